import Foundation
import Programs
import Simulations
import Testing

@testable import Experiments

/// When a condition holds first, and for how long, against what the closed form of boluses says.
@Suite("Watched conditions")
struct WatchedConditionTests {
  /// Three boluses of 20 mg into 20 L, eliminated by 0.2 /h.
  private static func text(_ reductions: String, method: String = "dopri5") -> String {
    """
    model: test
    duration: 72 h
    doses: [{into: drug, route: intravenous, amount: 20 mg, start: 1 h, every: 24 h, count: 3}]
    solver: {method: \(method), relative_tolerance: 1.0e-10, absolute_tolerance: 1.0e-12}
    reduce: {\(reductions)}
    """
  }

  private static func hours(_ reductions: String, method: String = "dopri5") throws -> [Double] {
    let experiment = try rightExperiment(text(reductions, method: method))
    return try results(of: experiment).reductions.map { $0[0] / 3600 }
  }

  /// How long one bolus needs to fall from 1 mg/L to a level.
  private static func fall(to level: Double) -> Double { -log(level) / 0.2 }

  @Test("are found where they begin and where they end", arguments: ["dopri5", "rodas5p"])
  func crossings(method: String) throws {
    let found = try Self.hours(
      """
      jump: first_time(drug.plasma > 0.5 mg/L), below: "first_time(drug.plasma < 0.5 mg/L, 2 h, 72 h)",
      above: time_while(drug.plasma > 0.5 mg/L),
      late: "time_while(drug.plasma > 0.5 mg/L, 26 h, 50 h)",
      between: time_while(drug.plasma > 0.5 mg/L and drug.plasma < 0.8 mg/L),
      outside: time_while(not (drug.plasma > 0.5 mg/L and drug.plasma < 0.8 mg/L))
      """, method: method)
    // What is left of earlier boluses: exp(-4.8) of each after a day.
    let left = exp(-0.2 * 24)
    func above(_ level: Double, _ start: Double) -> Double { log(start / level) / 0.2 }
    let starts = [1, 1 + left, 1 + left + left * left]
    let whole = starts.map { above(0.5, $0) }.reduce(0, +)
    let high = starts.map { above(0.8, $0) }.reduce(0, +)
    let expected = [
      1, 1 + Self.fall(to: 0.5), whole, above(0.5, starts[1]) - 1 + 1, whole - high,
      72 - (whole - high),
    ]
    for (value, wanted) in zip(found, expected) { #expect(abs(value - wanted) < 1e-6) }
  }

  @Test("that hold at the beginning of their window are found there, and those that never hold not")
  func edges() throws {
    let found = try Self.hours(
      """
      already: "first_time(drug.plasma < 5 mg/L, 3 h, 4 h)", never: first_time(drug.plasma > 5 mg/L),
      missed: "first_time(drug.plasma > 0.5 mg/L, 10 h, 24 h)", none: time_while(drug.plasma > 5 mg/L),
      always: time_while(drug.plasma < 5 mg/L), start: first_time(drug.plasma < 5 mg/L)
      """)
    #expect(found[0] == 3)
    #expect(found[1].isNaN && found[2].isNaN)
    #expect(found[3] == 0 && found[4] == 72 && found[5] == 0)
  }

  /// The level falls to that of a dose which comes at that very moment.
  @Test("that change at the moment of a dose follow what is there after it")
  func together() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 10 h
      doses:
        - {into: drug, route: intravenous, amount: 20 mg, start: 0 h}
        - {into: drug, route: intravenous, amount: 20 mg, start: \(log(2) / 0.2) h}
      solver: {method: dopri5, relative_tolerance: 1.0e-10, absolute_tolerance: 1.0e-12}
      reduce: {above: time_while(drug.plasma > 0.5 mg/L)}
      """)
    let found = try results(of: experiment).reductions[0][0] / 3600
    let expected = log(2) / 0.2 + log(3) / 0.2
    #expect(abs(found - expected) < 1e-6)
  }

  @Test("do not depend on what runs the equations, or beside what")
  func sameBits() throws {
    let text =
      Self.text(
        "below: \"first_time(drug.plasma < 0.3 mg/L, 2 h, 72 h)\", "
          + "above: time_while(drug.plasma > 0.3 mg/L)")
      + "\nsweep: {design: random, samples: 40, parameters: {drug.V: [10 L, 60 L]}}"
    let experiment = try rightExperiment(text)
    let reference = try results(of: experiment)
    let native = CollectedRuns(experiment)
    let backend = Backend.native(KernelToolchain.detect(environment: [:]))
    _ = try Campaign(
      experiment, options: CampaignOptions(threads: 2, backend: backend, chunk: 3)
    ).run(into: native)
    let bits = { (runs: CollectedRuns) in runs.reductions.map { $0.map(\.bitPattern) } }
    #expect(bits(native) == bits(reference))
    #expect(reference.reductions[0].contains { $0.isFinite })
  }
}
