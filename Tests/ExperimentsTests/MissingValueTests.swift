import Diagnostics
import Foundation
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// What has no finite value is told, and never passed off as a number.
@Suite("Results without a value")
struct MissingValueTests {
  private static let model = """
    model Test {
      parameter n = 1    assumed "swept"
      parameter k = 1 /s assumed "swept"
      state A : 1 = 1
      state z : 1 = 0
      A' = -0.1 /h*A
      z' = 0 /h
      output root = (A - 0.5)^n
      output inverse = 1/(A - 1)
    }
    """

  private func run(
    _ model: String, _ text: String
  ) throws -> (output: CollectedRuns, summary: CampaignSummary) {
    let experiment = try experiment(of: model, text)
    let output = CollectedRuns(experiment)
    let summary = try Campaign(
      experiment, options: CampaignOptions(threads: 2, backend: .interpreter)
    ).run(into: output)
    return (output, summary)
  }

  @Test("a mean of something without a value fails its run, by name, and no other")
  func meanOfRoot() throws {
    let (output, summary) = try run(
      Self.model,
      """
      duration: 10 h
      sweep: {design: grid, parameters: {n: {values: [1, 0.5, 2]}}}
      reduce: {other: final(A), mean: mean(root)}
      """)
    #expect(summary.progress.done == 2 && summary.progress.failed == 1)
    let text = try #require(summary.firstFailure?.text)
    #expect(text.contains("the reduction `mean` has no finite value"))
    #expect(text.contains("may_lack_value: [mean]"))
    let last = exp(-1.0)
    for run in [0, 2] {
      #expect(abs(output.reductions[0][run] - last) < 1e-5)
      #expect(output.reductions[1][run].isFinite)
    }
    #expect(output.reductions[1][1].isNaN)
  }

  @Test("a value that may lack is NaN, and steers nothing")
  func allowed() throws {
    let (output, summary) = try run(
      Self.model,
      """
      duration: 10 h
      may_lack_value: [mean, root, last]
      record: {every: 5 h, variables: [root]}
      sweep: {design: grid, parameters: {n: {values: [1, 0.5, 2]}}}
      reduce: {other: final(A), mean: mean(root), last: final(root)}
      """)
    #expect(summary.progress.done == 3)
    #expect(output.reductions[1][1].isNaN && output.reductions[2][1].isNaN)
    #expect(abs(output.reductions[2][0] - (exp(-1) - 0.5)) < 1e-5)
    #expect(output.samples[0][5].isNaN)
  }

  @Test("a sample that is infinite fails its run, and says when")
  func infiniteSample() throws {
    let (_, summary) = try run(
      Self.model,
      "duration: 10 h\nrecord: {every: 5 h, variables: [inverse]}")
    let text = try #require(summary.firstFailure?.text)
    #expect(text.contains("the recorded variable `inverse` has no finite value at t = 0 s"))
  }

  @Test(
    "a state that leaves the numbers fails its run with its equation, by every method",
    arguments: ["rk4", "exponential-euler", "dopri5", "rodas5p", "auto"])
  func brokenState(method: String) throws {
    let solver =
      ["rk4", "exponential-euler"].contains(method)
      ? "{method: \(method), step: 10 ms}" : "{method: \(method)}"
    let (output, summary) = try run(
      """
      model Test {
        parameter k = 1 /s assumed "swept"
        state x : 1 = 1
        state z : 1 = 0
        x' = -k
        z' = k*sqrt(x)
      }
      """,
      """
      duration: 3 s
      solver: \(solver)
      record: {every: 1 s, variables: states}
      reduce: {final: final(z), largest: max(z)}
      sweep: {design: grid, parameters: {k: {values: [0.1 /s, 1 /s, 2 /s]}}}
      """)
    #expect(summary.progress.done == 1 && summary.progress.failed == 2)
    let text = try #require(summary.firstFailure?.text)
    #expect(text.contains("`z' = k * sqrt(x)`"), "\(text)")
    #expect(output.reductions.allSatisfy { $0[0].isFinite && $0[1].isNaN && $0[2].isNaN })
  }

  @Test("names that are no result are told with the nearest one")
  func unknownName() throws {
    let (_, diagnostics) = readExperiment(
      "model: test\nduration: 1 h\nmay_lack_value: [lst]\nreduce: {last: final(drug.plasma)}")
    let text = DiagnosticPrinter().text(of: diagnostics)
    #expect(text.contains("nothing called `lst` is recorded or reduced"))
    #expect(text.contains("did you mean `last`?"))
  }

  @Test("a fixed step beyond stability is warned of before the run")
  func unstableStep() throws {
    func diagnostics(_ step: String) -> String {
      let (_, diagnostics) = readExperiment(
        "model: test\nduration: 1 d\nsolver: {method: rk4, step: \(step)}\n"
          + "parameters: {drug.k: 100 /h}\nreduce: {last: final(drug.plasma)}")
      return DiagnosticPrinter().text(of: diagnostics)
    }
    // 2.785/(100 /h) is 100.3 s.
    #expect(diagnostics("101 s").contains("rk4 is stable up to steps of 100.26 s"))
    #expect(diagnostics("99 s").isEmpty)
  }
}
