import Diagnostics
import Foundation
import ModelLanguage
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// Leaky cells that are driven from outside and excite each other; of the second kind there are few.
let networkModel = SourceFile(
  path: "Models/network.model",
  text: """
    neuron Cell {
      parameter tau = 10 ms in 1 ms ... 100 ms  assumed "a test value"
      parameter gain = 1                        assumed "a test value"
      input drive : mV/ms = 0 mV/ms
      state V = 0 mV
      state wild : 1 = 1
      V' = -V/tau + gain*drive
      wild' = wildness*wild^2
      parameter wildness = 0 /ms                assumed "a test value: above 0, a pole in time"
      receive kick : mV { V = V + kick }
      event spike when V > 10 mV { V = 0 mV }
    }
    circuit Network {
      parameter size = 30          assumed "a test value"
      parameter probability = 0.2  assumed "a test value"
      parameter lag = 1 ms         assumed "a test value"
      input current : mV/ms = 0 mV/ms
      population many : Cell[size] {
        gain ~ normal(1, 0.1)      assumed "a test value"
        drive = current
      }
      population few : Cell[4] { drive = current }
      projection forth : many -> few.kick {
        connect all
        weight = 0.1 mV
        delay = lag
      }
      projection around : many -> many.kick {
        connect random(probability)
        weight = 0.5 mV
        delay = lag
      }
    }
    """)

/// Reads an experiment with a circuit, that of the tests unless another is given, which has to be right.
func rightNetworkExperiment(
  _ text: String, model: SourceFile = networkModel
) throws -> Experiment {
  let (experiment, diagnostics) = Experiment.read(
    SourceFile(path: "test.yaml", text: text),
    library: FileLibrary(mainModel: model, files: []))
  try #require(!diagnostics.hasErrors, "\(DiagnosticPrinter().text(of: diagnostics))")
  return try #require(experiment)
}

/// Runs of a circuit and the file that they were written to, which is there as long as this is.
final class NetworkResults {
  let summary: NetworkSummary
  let reader: ResultFileReader
  private let path: String

  init(_ experiment: Experiment, threads: Int = 1, backend: Backend = .interpreter) throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("afterglow-\(UUID().uuidString).h5").path
    let campaign = try #require(
      NetworkCampaign(experiment, options: CampaignOptions(threads: threads, backend: backend)))
    let output = try NetworkFileOutput(
      path: path, campaign: campaign, mayReplace: false, facts: [:])
    summary = try campaign.run(into: output)
    try output.commit(summary: summary)
    reader = try ResultFileReader(path: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The times in ms and the cells of a population's spikes.
  func spikes(_ population: String, run: Int? = nil) throws -> (times: [Double], cells: [Double]) {
    let group = (run.map { "runs/\($0)/" } ?? "") + "spikes/\(population)"
    if reader.shape(of: "\(group)/timestamps") == [0] { return ([], []) }
    return (
      try reader.numbers("\(group)/timestamps"), try reader.numbers("\(group)/node_ids")
    )
  }

  /// Every number in the file at the top, by name, with missing ones made comparable.
  func numbers() throws -> [String: [UInt64]] {
    var result: [String: [UInt64]] = [:]
    for name in reader.names {
      guard let values = try? reader.numbers(name) else { continue }
      result[name] = values.map { $0.isNaN ? 1 : $0.bitPattern }
    }
    return result
  }
}
