import Foundation
import Simulations
import Testing

@testable import Experiments

/// The bits of some runs, by version of the numerics: whoever changes bits raises the version.
@Suite("The version of the numerics")
struct NumericsVersionTests {
  private static let head = """
    model: test
    duration: 12 h
    record: {every: 1 h, variables: [drug.plasma]}
    reduce:
      peak: max(drug.plasma)
      when: time_of_max(drug.plasma)
      mean: mean(drug.plasma)
      exposure: integral(drug.plasma, 1 h, 5 h)
      end: "final(drug.plasma)"
      six: at(drug.plasma, 6 h)

    """
  private static let dose = "doses: [{into: drug, route: oral, amount: 10 mg, start: 1 h}]\n"

  /// What is run, by name.
  private static let cases: [(name: String, text: String)] =
    [
      ("dopri5", head + dose + "solver: {method: dopri5}\n"),
      ("rodas4", head + dose + "solver: {method: rodas4}\n"),
      ("rodas5p", head + dose + "solver: {method: rodas5p}\n"),
      ("rk4", head + dose + "solver: {method: rk4, step: 1 min}\n"),
      ("auto", head + dose),
      (
        "infusions",
        head + """
          doses:
            - {into: drug, route: intravenous, amount: 3 mg, start: 1 h, over: 40 min, every: 2 h, count: 4}
            - {into: drug, route: spray, amount: 5 mg, start: 90 min}
          """
      ),
      (
        "noise",
        head + """
          inputs: {drug.feed: {noise: {mean: 2 mg/h, standard_deviation: 0.5 mg/h, correlation_time: 1 h}}}
          """
      ),
    ]
    + [
      ("random", "design: random, samples: 16"), ("sobol", "design: sobol, samples: 16"),
      ("latin-hypercube", "design: latin-hypercube, samples: 16"),
      ("morris", "design: morris, trajectories: 4"),
      ("sobol-indices", "design: sobol-indices, samples: 4"),
    ].map { name, design in
      (
        name,
        head + dose
          + "sweep: {\(design), parameters: {drug.V: [10 L, 60 L], drug.ka: [0.2 /h, 3 /h]}}\n"
      )
    }
    + [
      (
        "individuals",
        head + dose
          + "individuals: {count: 8, parameters: {drug.V: {log_normal: typical, cv: 0.3}}}\n"
      )
    ]

  /// The bits of everything that a run gives, as one number.
  private func bits(_ text: String) throws -> String {
    let found = try results(of: try rightExperiment(text))
    var hash = StableHash()
    for samples in found.samples { hash.add(samples) }
    for values in found.reductions { hash.add(values) }
    for report in found.reports {
      hash.add(report.statistics.acceptedSteps)
      hash.add(report.statistics.rejectedSteps)
    }
    return String(hash.value, radix: 16)
  }

  /// The bits of a circuit's spikes and samples.
  private func networkBits() throws -> String {
    let results = try NetworkResults(
      rightNetworkExperiment(
        """
        model: network
        duration: 200 ms
        inputs: {current: 1.2 mV/ms}
        solver: {step: 0.1 ms}
        record: {spikes: [many, few]}
        """))
    var hash = StableHash()
    for population in ["many", "few"] {
      let spikes = try results.spikes(population)
      #expect(spikes.times.count > 20)
      hash.add(spikes.times)
      hash.add(spikes.cells)
    }
    return String(hash.value, radix: 16)
  }

  @Test("other bits need another version")
  func bitsOfThisVersion() throws {
    var lines: [String] = []
    for entry in Self.cases { lines.append("\(entry.name) \(try bits(entry.text))") }
    lines.append("circuit \(try networkBits())")
    let text = lines.joined(separator: "\n") + "\n"
    let path = LanguageReferenceTests.root.appendingPathComponent(
      "Tests/Golden/numerics/\(Numerics.version).txt")
    guard let recorded = try? String(contentsOf: path, encoding: .utf8) else {
      // A new version is recorded once, and what is recorded is never written over.
      try #require(
        ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil,
        "version \(Numerics.version) of the numerics has no recorded bits: UPDATE_GOLDEN=1 records them"
      )
      try text.write(to: path, atomically: true, encoding: .utf8)
      return
    }
    #expect(
      text == recorded,
      "the bits of runs have changed: raise `Numerics.version`, and record them by UPDATE_GOLDEN=1")
  }
}
