import Diagnostics
import Foundation
import ModelLanguage
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// Weights at the end of runs, against what a rule gives by hand.
@Suite("Recorded weights")
struct WeightRecordingTests {
  /// Three clocks that spike at different times, and one cell that spikes when it is told to; each spike
  /// of a source adds 0.5 mV to its weight, each of the target halves all of them.
  private static let model = SourceFile(
    path: "Models/learning.model",
    text: """
      neuron Clock {
        parameter period = 10 ms in 1 ms ... 1 s   assumed "a test value"
        state phase : 1 = 0
        phase' = 1/period
        receive kick : mV { phase = phase }
        event spike when phase > 0.999 { phase = 0 }
      }
      synapse Learning {
        on presynaptic spike { weight = weight + 0.5 mV }
        on postsynaptic spike { weight = weight/2 }
        input V : mV = 0 mV
        state g : mV = 0 mV
        g' = -g/(5 ms)
        receive weight : mV { g = g + weight }
        output current : mV = g
      }
      neuron Listener {
        parameter period = 35 ms in 1 ms ... 1 s   assumed "a test value"
        input current : mV = 0 mV
        state phase : 1 = 0
        state V : mV = 0 mV
        V' = (current - V)/(10 ms)
        phase' = 1/period
        event spike when phase > 0.999 { phase = 0 }
      }
      circuit Learners {
        parameter n = 3 in 1 ... 1000   assumed "a test value"
        population clocks : Clock[n] { period ~ uniform(10 ms, 10.5 ms)  assumed "a test value" }
        population listeners : Listener[2]
        projection learning : clocks -> listeners.current : Learning {
          connect all
          weight = 1 mV
          delay = 1 ms
        }
        projection fixed : clocks -> clocks.kick {
          connect all
          weight = index*0.5 mV
          delay = 1 ms
        }
      }
      """)

  private static func experiment(_ rest: String) throws -> Experiment {
    let (experiment, diagnostics) = Experiment.read(
      SourceFile(
        path: "test.yaml",
        text: """
          title: Learning
          model: learning
          duration: 50 ms
          solver: {step: 0.1 ms}
          parameters: {clocks.period: 10 ms}
          \(rest)
          """),
      library: FileLibrary(mainModel: model, files: []))
    try #require(!diagnostics.hasErrors, "\(DiagnosticPrinter().text(of: diagnostics))")
    return try #require(experiment)
  }

  private func withFile(
    _ experiment: Experiment, threads: Int = 1, backend: Backend = .interpreter,
    _ body: (ResultFileReader, NetworkSummary, Data) throws -> Void
  ) throws {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).h5"
    defer { unlink(path) }
    let campaign = try #require(
      NetworkCampaign(experiment, options: CampaignOptions(threads: threads, backend: backend)))
    let output = try campaign.makeFile(path: path, mayReplace: false, facts: [:])
    let summary = try campaign.run(into: output)
    try output.commit(summary: summary)
    try body(
      ResultFileReader(path: path), summary, Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// A clock of 10 ms spikes at 10, 20, 30, 40 and 50 ms, the listener once, at 35 ms: the weight of 1 mV
  /// grows by 1.5 mV, is halved, and grows by 1 mV.
  @Test("are those that the rules give by hand")
  func byHand() throws {
    let experiment = try Self.experiment(
      """
      record: {weights: [learning]}
      reduce: {mean: weight_mean(learning), least: weight_min(learning), fixed: weight_max(fixed),
        spread: weight_deviation(learning), listened: count(listeners), clicked: count(clocks)}
      """)
    try withFile(experiment) { reader, summary, _ in
      let result = try #require(summary.results.first?.result)
      #expect(result.reductions[4] == 2)
      #expect(result.reductions[5] == 15)
      #expect(abs(result.reductions[0] - 2.25e-3) < 1e-15)
      #expect(abs(result.reductions[1] - 2.25e-3) < 1e-15)
      #expect(result.reductions[2] == 1e-3)
      #expect(result.reductions[3] < 1e-15)
      #expect(try reader.numbers("edges/learning/source_node_id") == [0, 0, 1, 1, 2, 2])
      #expect(try reader.numbers("edges/learning/target_node_id") == [0, 1, 0, 1, 0, 1])
      let weights = try reader.numbers("edges/learning/weight")
      #expect(weights.count == 6 && weights.allSatisfy { abs($0 - 2.25) < 1e-12 })
      #expect(reader.description(of: "edges/learning/weight").unit == "mV")
      #expect(reader.shape(of: "edges/fixed") == nil)
    }
  }

  @Test("are the same on any number of threads, in the interpreter and in parts")
  func sameBytes() throws {
    let text = """
      record: {weights: all}
      reduce: {mean: weight_mean(learning)}
      sweep: {design: grid, parameters: {n: {values: [3, 40]}, listeners.period: {values: [17 ms, 35 ms]}}}
      """
    let experiment = try Self.experiment(text)
    try withFile(experiment) { reader, _, expected in
      #expect(reader.shape(of: "runs/3/edges/learning/weight") == [80])
      #expect(reader.shape(of: "runs/0/edges/fixed/weight") == [6])
      let native = Backend.native(KernelToolchain.detect(environment: [:]))
      for (threads, backend) in [(2, Backend.interpreter), (2, native)] {
        try withFile(experiment, threads: threads, backend: backend) { _, _, bytes in
          #expect(bytes == expected)
        }
      }
      let folder = FileManager.default.temporaryDirectory.path
      let campaign = try #require(
        NetworkCampaign(
          experiment, options: CampaignOptions(threads: 2, backend: .interpreter)))
      let header = CampaignJournal.header(
        experiment, campaign.plan, overrides: ExperimentOverrides(), version: "1")
      let place = "\(folder)/\(UUID().uuidString).journal"
      let path = "\(folder)/\(UUID().uuidString).h5"
      defer {
        unlink(place)
        unlink(path)
      }
      let journal = try JournalWriter(path: place, header: header)
      _ = try campaign.run(
        shard: try #require(Shard(number: 1, of: 1)), after: nil,
        into: campaign.output(journal, header, nil))
      journal.close()
      let output = try campaign.makeFile(path: path, mayReplace: false, facts: [:])
      let finished = FinishedRuns(try JournalReader(path: place))
      try output.restore(JournalReader(path: place), finished)
      try output.commit(summary: try campaign.run(after: finished, into: output))
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == expected)
    }
  }
}
