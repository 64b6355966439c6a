import ArgumentParser
import Experiments
import Foundation
import Programs
import Simulations
import Solvers
import Storage
import Units

/// Measures one workload.
struct BenchmarkRun {
  var workload: BenchmarkWorkload
  var threads: Int
  var backend: Backend
  var repeats: Int

  /// Runs the workload several times into a file that is deleted, and judges its error.
  func measure(_ terminal: Terminal) throws -> BenchmarkResult {
    let workplace = Workplace()
    let name = workplace.find(workload.experiment, in: "Benchmarks", ending: ".yaml")
    let experiment = try ExperimentLoading(terminal).load(name, ExperimentOverrides())
    let folder = FileManager.default.temporaryDirectory.path
    let path = "\(folder)/afterglow-bench-\(getpid()).h5"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let campaign = Campaign(
      experiment, options: CampaignOptions(threads: threads, backend: backend))
    let runner = CampaignRunner(
      terminal: terminal, showsProgress: false, keepsLog: false)
    let header = runner.header(of: campaign, ExperimentOverrides())
    // The first round compiles, and is not counted.
    let first = try runner.run(campaign, path: path, mayReplace: true, header: header)
    var rounds: [(wall: Double, processor: Double)] = []
    for _ in 0..<repeats {
      let finished = try runner.run(campaign, path: path, mayReplace: true, header: header)
      let making = finished.summary.notes.compileSeconds
      rounds.append((finished.wallSeconds - making, finished.processorSeconds - making))
    }
    let wall = median(ofSorted: rounds.map(\.wall).sorted())
    let processor = median(ofSorted: rounds.map(\.processor).sorted())
    let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    let errors = try self.errors(of: experiment, path: path)
    let runs = campaign.plan.count
    return BenchmarkResult(
      name: workload.name, threads: threads, runs: runs,
      failedRuns: first.summary.progress.failed, runsPerSecond: Double(runs) / wall,
      runsPerProcessorSecond: Double(runs) / processor, wallSeconds: wall,
      wallSecondsOfAll: rounds.map(\.wall), processorSeconds: processor,
      compileSeconds: first.summary.notes.compileSeconds,
      compileWasCached: first.summary.notes.cameFromCache,
      method: first.digest.methodUse.text(first.summary.notes), stepsPerRun: try stepsPerRun(path),
      largestError: errors.last ?? .nan,
      medianError: median(ofSorted: errors),
      fileMegabytes: Double(size ?? 0) / 1e6)
  }

  private func stepsPerRun(_ path: String) throws -> Double {
    let steps = try ResultFileReader(path: path).numbers("accepted_steps")
    return steps.reduce(0, +) / Double(max(1, steps.count))
  }

  /// For each reference run, the largest scaled difference from the file, ascending.
  private func errors(of experiment: Experiment, path: String) throws -> [Double] {
    var exact = experiment
    exact.solver.relativeTolerance = workload.referenceTolerance
    exact.solver.absoluteTolerance = workload.referenceTolerance * 1e-3
    exact.solver.maximumSteps = 100_000_000
    let plan = RunPlan(experiment)
    let chosen = stride(from: 0, to: plan.count, by: workload.referenceStride).map { $0 }
    let reference = CollectedRuns(experiment)
    _ = try Campaign(exact, options: CampaignOptions(threads: threads, backend: backend))
      .run(only: chosen, into: reference)
    let reader = try ResultFileReader(path: path)
    var worst = [Double](repeating: 0, count: chosen.count)
    func compare(
      _ name: String, _ scale: Double, _ perRun: Int, _ expected: (Int, Int) -> Double
    )
      throws
    {
      let values = try reader.numbers(name)
      for (index, run) in chosen.enumerated() {
        for sample in 0..<perRun {
          let wanted = expected(run, sample) / scale
          let error =
            abs(values[run * perRun + sample] - wanted) / (abs(wanted) + workload.errorFloor)
          if !(error <= worst[index]) { worst[index] = error }
        }
      }
    }
    if let recording = experiment.recording {
      let count = recording.times.count
      for (variable, entry) in recording.variables.enumerated() {
        try compare(entry.path, entry.unit.scale, count) { run, sample in
          reference.samples[variable][run * count + sample]
        }
      }
    } else {
      // The last reduction of such a workload is a peak over steps, which depends on the steps.
      for (index, reduction) in experiment.reductions.dropLast().enumerated() {
        try compare(reduction.name, reduction.unit.scale, 1) { run, _ in
          reference.reductions[index][run]
        }
      }
    }
    return worst.sorted()
  }
}
