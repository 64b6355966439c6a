import Diagnostics
import Foundation
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// Indices from result files, as a user gets them.
@Suite("Sensitivity of results")
struct SensitivityReportTests {
  /// Grows without bound before the end of the run where the product of duration and start is
  /// above 1.
  private static let growth = SourceFile(
    path: "growth.model",
    text: """
      model Growth {
        parameter start = 0.5 in 0 ... 10    assumed "a test value"
        parameter slope = 1 in 0 ... 10      assumed "a test value"
        state x : 1 = start
        state y : 1 = 0
        x' = x*x/(1 s)
        y' = slope/(1 s)
      }
      """)

  private func report(
    _ text: String, model: SourceFile? = nil, outputs: [String] = [],
    library: FileLibrary? = nil
  ) throws -> SensitivityReport {
    let (found, diagnostics) = Experiment.read(
      SourceFile(path: "test.yaml", text: text),
      library: library ?? FileLibrary(mainModel: model ?? drugModel, files: []))
    let experiment = try #require(found, "\(DiagnosticPrinter().text(of: diagnostics))")
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("afterglow-\(UUID().uuidString).h5").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let campaign = Campaign(
      experiment, options: CampaignOptions(threads: 2, backend: .interpreter))
    let output = try ResultFileOutput(
      path: path, experiment: experiment, plan: campaign.plan, mayReplace: false, facts: [:])
    let summary = try campaign.run(into: output)
    try output.commit(summary: summary)
    let reader = try ResultFileReader(path: path)
    return try SensitivityReport(experiment, result: reader, outputs: outputs)
  }

  /// The examples of the page on experiments, with an answer that is known.
  ///
  /// The exposure is the dose over the clearance, but for the little that is left after two days, so
  /// that all of its variance is due to the clearance.
  @Test("the examples of the page on experiments do what the page says")
  func documented() throws {
    let page = LanguageReferenceTests.root.appendingPathComponent("Documentation/experiments.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let examples = text.components(separatedBy: "```yaml\n").dropFirst()
      .map { $0.components(separatedBy: "\n```")[0] }
      .filter { $0.contains("design: sobol-indices") || $0.contains("design: morris") }
    #expect(examples.count == 2)
    let models = LanguageReferenceTests.root.appendingPathComponent("Models").path
    for example in examples {
      let report = try report(example, library: FileLibrary(modelRoots: [models]))
      #expect(report.parameters == ["CL", "V", "ka"])
      #expect(report.entries.map(\.output) == ["peak", "exposure"])
      switch report.entries[1].indices {
      case .sobol(let indices):
        let clearance = try #require(indices.total[0])
        #expect(abs(clearance.value - 1) < 0.02)
        #expect(try #require(indices.total[1]).value < 0.01)
        #expect(try #require(indices.total[2]).value < 0.01)
      case .morris(let effects):
        let clearance = try #require(effects.effects[0])
        #expect(clearance.mu.value < 0 && clearance.muStar.value == -clearance.mu.value)
        let others = try effects.effects.dropFirst().map { try #require($0).muStar.value }
        #expect(others.allSatisfy { $0 < 0.1 * clearance.muStar.value })
      }
    }
  }

  @Test("failed runs are counted, and their blocks left out")
  func failures() throws {
    let report = try report(
      """
      model: growth
      duration: 1 s
      reduce: {end: final(y), size: final(x)}
      sweep:
        design: sobol-indices
        samples: 256
        parameters: {start: [0.1, 1.05], slope: [1, 2]}
      """, model: Self.growth)
    #expect(report.runs == 256 * 6)
    let entry = report.entries[0]
    #expect((40..<140).contains(entry.missing))
    #expect(!entry.indices.isIncomplete)
    guard case .sobol(let indices) = entry.indices else { return }
    #expect(indices.wholeRows < 256 && indices.wholeRows > 200)
    // y grows by its slope alone.
    let slope = try #require(indices.total[1])
    #expect(slope.rows < 256 && slope.rows >= indices.wholeRows)
    #expect((slope.lower...slope.upper).contains(1))
    #expect(try #require(indices.total[0]).upper < 1e-6)
  }

  @Test("indices are not given where most runs fail")
  func mostlyFailed() throws {
    let report = try report(
      """
      model: growth
      duration: 1 s
      reduce: {end: final(y)}
      sweep:
        design: morris
        trajectories: 20
        parameters: {start: [0.1, 3], slope: [1, 2]}
      """, model: Self.growth)
    #expect(report.entries[0].indices.isIncomplete)
  }

  @Test("arms have indices of their own, and an output can be chosen")
  func arms() throws {
    let report = try report(
      """
      model: test
      duration: 12 h
      arms:
        drug: {doses: [{into: drug, route: oral, amount: 100 mg, start: 1 h}]}
        placebo: {}
      reduce: {peak: max(drug.plasma), end: final(drug.central)}
      sweep:
        design: sobol-indices
        second_order: false
        samples: 32
        parameters: {drug.k: [0.1 /h, 0.4 /h], drug.V: [10 L, 30 L]}
      """, outputs: ["peak"])
    #expect(report.entries.map(\.arm) == ["drug", "placebo"])
    #expect(report.entries.allSatisfy { $0.output == "peak" && $0.unit == "mg/L" })
    guard case .sobol(let placebo) = report.entries[1].indices else { return }
    #expect(placebo.deviation == 0 && placebo.first.allSatisfy { $0 == nil })
  }

  @Test("what has no indices says so")
  func refusals() throws {
    let body = """
      model: test
      duration: 1 h
      reduce: {peak: max(drug.plasma)}
      """
    func message(_ text: String, outputs: [String] = []) -> String {
      do {
        _ = try report(text, outputs: outputs)
        return "none"
      } catch { return (error as? SensitivityFailure)?.message ?? "\(error)" }
    }
    #expect(message(body).hasPrefix("nothing varies between these runs"))
    #expect(
      message(body + "\nsweep: {design: sobol, samples: 4, parameters: {drug.V: [1 L, 2 L]}}")
        == "these runs have a sobol design; indices need `design: sobol-indices` or "
        + "`design: morris`")
    #expect(
      message(
        body + "\nsweep: {design: morris, trajectories: 2, parameters: {drug.V: [1 L, 2 L]}}",
        outputs: ["paek"]) == "there is no reduction `paek`; there are `peak`")
  }
}
