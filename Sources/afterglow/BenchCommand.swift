import ArgumentParser
import Experiments
import Foundation
import Simulations

/// The benchmark workloads, through the same path as any experiment.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Runs the benchmark workloads and says how fast and how exact.",
    discussion: """
      Each workload is an experiment in the folder `Benchmarks`. The time includes everything from \
      the first run to the finished file; compiling is told apart. The error is the largest \
      difference from a solution at a far smaller tolerance.

      `work-precision` solves published stiff problems instead, and prints requested against \
      delivered digits.

      EXAMPLES
        afterglow bench
        afterglow bench work-precision
        afterglow bench stiff-ensemble --threads 1 --json
        afterglow bench cobahh burst-bank --threads 1
      """)

  @Argument(help: "Workloads by name; all if not given.")
  var names: [String] = []

  @OptionGroup var simulation: SimulationOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: "What networks record: nothing, spikes, or voltages of all cells each 1 ms.")
  var record = NetworkWorkload.Record.spikes

  @Option(help: "How often each workload is run; the median is told.")
  var repeats = 3

  func run() throws {
    let terminal = Terminal(isQuiet: json)
    if names == ["work-precision"] {
      try WorkPrecisionTable(backend: Workplace.backend(simulation.backend)).print(
        terminal, asJSON: json)
      return
    }
    let workloads = try chosenWorkloads(terminal)
    var results: [BenchmarkResult] = []
    for workload in workloads {
      results.append(
        try BenchmarkRun(
          workload: workload, threads: simulation.threadCount,
          backend: Workplace.backend(simulation.backend), repeats: max(1, repeats)
        ).measure(terminal))
    }
    let networks = try NetworkWorkload.all.filter { names.isEmpty || names.contains($0.name) }
      .map {
        try $0.measure(
          threads: simulation.threadCount, backend: Workplace.backend(simulation.backend),
          record: record, repeats: max(1, repeats), terminal)
      }
    if json {
      terminal.print(JSONText.of(BenchmarkReport(benchmarks: results, networks: networks)))
      return
    }
    if !results.isEmpty { terminal.print(Self.table(results)) }
    if !networks.isEmpty { terminal.print(NetworkWorkload.table(networks)) }
  }

  private static func table(_ results: [BenchmarkResult]) -> String {
    var table = TextTable([
      "workload", "threads", "runs", "runs/s", "wall s", "processor s", "compile s", "error",
    ])
    for result in results {
      table.add([
        result.name, "\(result.threads)", "\(result.runs)", shortNumber(result.runsPerSecond),
        shortNumber(result.wallSeconds), shortNumber(result.processorSeconds),
        result.compileWasCached
          ? "\(shortNumber(result.compileSeconds)) (cached)" : shortNumber(result.compileSeconds),
        shortNumber(result.largestError),
      ])
    }
    return table.text
  }

  private func chosenWorkloads(_ terminal: Terminal) throws -> [BenchmarkWorkload] {
    let all = BenchmarkWorkload.all.map(\.name) + NetworkWorkload.all.map(\.name)
    let unknown = names.filter { !all.contains($0) }
    guard unknown.isEmpty else {
      let known = all.joined(separator: ", ")
      terminal.complain("there is no benchmark `\(unknown[0])`; there are \(known)")
      throw ExitCode.validationFailure
    }
    return BenchmarkWorkload.all.filter { names.isEmpty || names.contains($0.name) }
  }
}

/// A workload: an experiment and how its error is judged.
struct BenchmarkWorkload: Sendable {
  var name: String
  /// The experiment in the folder `Benchmarks`.
  var experiment: String
  /// Every how many runs one is solved again with a far smaller tolerance.
  var referenceStride: Int
  var referenceTolerance: Double
  /// What is added to the magnitude of a value that an error is divided by, in its unit.
  var errorFloor: Double

  static let all = [
    BenchmarkWorkload(
      name: "stiff-ensemble", experiment: "stiff_ensemble", referenceStride: 500,
      referenceTolerance: 1e-11, errorFloor: 1e-3),
    BenchmarkWorkload(
      name: "non-stiff-ensemble", experiment: "non_stiff_ensemble", referenceStride: 100,
      referenceTolerance: 1e-12, errorFloor: 1e-2),
  ]
}

/// What a workload measured.
struct BenchmarkResult: Encodable {
  var name: String
  var threads: Int
  var runs: Int
  var failedRuns: Int
  var runsPerSecond: Double
  var runsPerProcessorSecond: Double
  var wallSeconds: Double
  var wallSecondsOfAll: [Double]
  var processorSeconds: Double
  var compileSeconds: Double
  var compileWasCached: Bool
  var method: String
  var stepsPerRun: Double
  var largestError: Double
  var medianError: Double
  var fileMegabytes: Double
}
