import Foundation
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// What an account and a result say of the methods of `auto`.
@Suite("The use of methods")
struct MethodUseTests {
  private func notes(_ configuration: String = "") throws -> EnsembleNotes {
    let experiment = try rightExperiment(
      "model: test\nduration: 12 h\nreduce: {peak: max(drug.plasma)}\n" + configuration)
    let plan = RunPlan(experiment)
    return try Ensemble(
      model: experiment.model, configuration: plan.configuration, backend: .interpreter
    ).notes
  }

  @Test("the share of each method is said, and none that is small is lost")
  func shares() throws {
    let notes = try notes()
    func text(_ accepted: Int, _ stiff: Int) -> String {
      MethodUse(acceptedSteps: accepted, stiffSteps: stiff, switches: 1).text(notes)
    }
    #expect(text(50, 44) == "auto: dopri5 for 12 % and rodas5p for 88 % of steps")
    #expect(text(50, 0) == "auto: dopri5 for all steps")
    #expect(text(50, 50) == "auto: rodas5p for all steps")
    #expect(
      text(100_000, 3) == "auto: dopri5 for more than 99 % and rodas5p for less than 1 % of steps")
    #expect(text(0, 0) == "auto")
  }

  @Test("a named method is called by its name alone")
  func named() throws {
    let notes = try notes("solver: {method: rodas4}\n")
    let use = MethodUse(acceptedSteps: 7, stiffSteps: 0, switches: 0)
    #expect(use.text(notes) == "rodas4")
  }

  @Test("a result says by which methods its runs went, and has no such columns for a named one")
  func inResults() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/afterglow-use-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = """
      model: test
      duration: 12 h
      doses: [{into: drug, route: oral, amount: 10 mg, start: 1 h}]
      reduce: {peak: max(drug.plasma)}
      sweep: {design: grid, parameters: {drug.k: {values: [0.1 /h, 100000 /h]}}}

      """
    func write(_ settings: String, _ name: String) throws -> ResultFileReader {
      let experiment = try rightExperiment(text + settings)
      let campaign = Campaign(
        experiment, options: CampaignOptions(threads: 1, backend: .interpreter))
      let path = "\(folder)/\(name).h5"
      let file = try campaign.makeFile(path: path, mayReplace: false, facts: [:])
      let summary = try campaign.run(only: [0, 1], into: file)
      #expect(summary.progress.failed == 0)
      try file.commit(summary: summary)
      return try ResultFileReader(path: path)
    }
    let automatic = try write("", "auto")
    let stiff = try automatic.numbers("stiff_steps")
    let switches = try automatic.numbers("method_switches")
    let accepted = try automatic.numbers("accepted_steps")
    // The first is never stiff; the second is from the dose on.
    #expect(stiff[0] == 0 && stiff[1] > 0 && stiff[1] < accepted[1])
    #expect(switches == [0, 1])
    #expect(automatic.attribute("method_switches") == "1")
    let method = try #require(automatic.attribute("method"))
    #expect(method.hasPrefix("auto: dopri5 for ") && method.hasSuffix(" % of steps"))
    let named = try write("solver: {method: rodas5p}\n", "named")
    #expect(named.attribute("method") == "rodas5p")
    #expect(named.attribute("method_switches") == nil)
    #expect(named.shape(of: "stiff_steps") == nil && named.shape(of: "method_switches") == nil)
  }
}
