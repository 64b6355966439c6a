import ArgumentParser
import Experiments
import Foundation
import ModelLanguage
import Networks
import Programs

/// A benchmark of a network: an experiment, run several times into a file that is deleted.
struct NetworkWorkload {
  /// What is recorded while the time is taken.
  enum Record: String, ExpressibleByArgument, CaseIterable {
    case nothing, spikes, voltages
  }

  var name: String
  /// The experiment in the folder `Benchmarks`; its first variable is the voltage of cells.
  var experiment: String

  static let all = [
    NetworkWorkload(name: "cobahh", experiment: "cobahh"),
    NetworkWorkload(name: "burst-bank", experiment: "burst_bank"),
  ]

  /// Runs the workload; compiling and building are told apart.
  func measure(
    threads: Int, backend: Backend, record: Record, repeats: Int, _ terminal: Terminal
  ) throws -> NetworkBenchmarkResult {
    let name = Workplace().find(experiment, in: "Benchmarks", ending: ".yaml")
    var experiment = try ExperimentLoading(terminal).load(name, ExperimentOverrides())
    if record == .nothing { experiment.network?.spikes = [] }
    if record != .voltages { experiment.recording = nil }
    let path = "\(FileManager.default.temporaryDirectory.path)/afterglow-bench-\(getpid()).h5"
    defer { try? FileManager.default.removeItem(atPath: path) }
    guard
      let campaign = NetworkCampaign(
        experiment, options: CampaignOptions(threads: threads, backend: backend))
    else { throw ExitStatus.dataError }
    let runner = CampaignRunner(terminal: terminal, showsProgress: false, keepsLog: false)
    let header = runner.header(of: campaign, ExperimentOverrides())
    // The first round compiles, and is not counted.
    let first = try runner.run(
      campaign, path: path, mayReplace: true, header: header)
    var rounds: [NetworkRunResult] = []
    for _ in 0..<repeats {
      let finished = try runner.run(
        campaign, path: path, mayReplace: true, header: header)
      guard let result = finished.summary.results.first?.result else { continue }
      rounds.append(result)
    }
    rounds.sort { $0.runSeconds < $1.runSeconds }
    guard let some = rounds.first else { throw ExitCode.failure }
    let runSeconds = median(ofSorted: rounds.map(\.runSeconds))
    let processorSeconds = median(ofSorted: rounds.map(\.processorSeconds).sorted())
    let cells = some.cellCounts.reduce(0, +)
    let spikes = some.spikeCounts.reduce(0, +)
    let cellSteps = Double(cells) * Double(some.steps)
    return NetworkBenchmarkResult(
      name: self.name, threads: threads, record: record.rawValue, cells: cells,
      connections: some.connectionCount, steps: some.steps, spikes: spikes,
      ratePerCell: Double(spikes) / Double(cells) / experiment.duration.value,
      wallSeconds: runSeconds, wallSecondsOfAll: rounds.map(\.runSeconds),
      processorSeconds: processorSeconds,
      cellStepsPerSecond: cellSteps / runSeconds,
      nanosecondsPerCellStep: runSeconds / cellSteps * 1e9,
      processorNanosecondsPerCellStep: processorSeconds / cellSteps * 1e9,
      buildSeconds: median(ofSorted: rounds.map(\.buildSeconds).sorted()),
      compileSeconds: first.summary.notes.compileSeconds,
      compileWasCached: first.summary.notes.cameFromCache)
  }

  /// The results as a table.
  static func table(_ results: [NetworkBenchmarkResult]) -> String {
    var table = TextTable([
      "network", "threads", "cells", "connections", "steps", "spikes", "Hz per cell", "wall s",
      "ns per cell-step", "processor", "build s", "compile s",
    ])
    for result in results {
      table.add([
        result.name, "\(result.threads)", "\(result.cells)", "\(result.connections)",
        "\(result.steps)", "\(result.spikes)", shortNumber(result.ratePerCell),
        shortNumber(result.wallSeconds), shortNumber(result.nanosecondsPerCellStep),
        shortNumber(result.processorNanosecondsPerCellStep), shortNumber(result.buildSeconds),
        result.compileWasCached
          ? "\(shortNumber(result.compileSeconds)) (cached)" : shortNumber(result.compileSeconds),
      ])
    }
    return table.text
  }
}

/// What a network measured.
struct NetworkBenchmarkResult: Encodable {
  var name: String
  var threads: Int
  var record: String
  var cells: Int
  var connections: Int
  var steps: Int
  var spikes: Int
  var ratePerCell: Double
  /// Of stepping alone, recording included.
  var wallSeconds: Double
  var wallSecondsOfAll: [Double]
  var processorSeconds: Double
  var cellStepsPerSecond: Double
  var nanosecondsPerCellStep: Double
  var processorNanosecondsPerCellStep: Double
  var buildSeconds: Double
  var compileSeconds: Double
  var compileWasCached: Bool
}

/// Everything that `bench --json` prints.
struct BenchmarkReport: Encodable {
  var benchmarks: [BenchmarkResult]
  var networks: [NetworkBenchmarkResult]
}
