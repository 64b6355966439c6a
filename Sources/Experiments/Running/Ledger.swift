import Foundation
import ModelLanguage
import Simulations

/// Takes finished chunks from all threads, one at a time: judges, counts, and passes them on.
final class Ledger: Sendable {
  private let experiment: Experiment
  private let plan: RunPlan
  /// Why a run could not be prepared, or `nil`.
  private let preparationFailure: @Sendable (Int) -> String?
  private let notify: @Sendable (CampaignProgress) -> Void
  private let lock = NSLock()
  // The following are only used while the lock is held.
  private nonisolated(unsafe) let output: any RunOutput
  private nonisolated(unsafe) var progress: CampaignProgress
  private nonisolated(unsafe) var firstFailure: (run: Int, text: String)?

  init(
    output: any RunOutput, experiment: Experiment, plan: RunPlan, start: CampaignProgress,
    progress: @escaping @Sendable (CampaignProgress) -> Void,
    preparationFailure: @escaping @Sendable (Int) -> String?
  ) {
    self.output = output
    self.experiment = experiment
    self.plan = plan
    self.preparationFailure = preparationFailure
    notify = progress
    self.progress = start
  }

  /// Takes note that the first run is about to begin.
  func begin() {
    lock.lock()
    defer { lock.unlock() }
    progress.began = .now
  }

  /// Passes a chunk on; gives the number of failed runs in it.
  func add(_ chunk: borrowing ChunkResult) throws -> Int {
    let identities = chunk.identities
    let reports = chunk.outcomes.enumerated().map { index, outcome in
      var report = report(outcome, run: chunk.runs.lowerBound + index)
      report.identity = identities[index]
      return report
    }
    let judged = judge(reports, chunk)
    let failed = judged.count { $0.status == .failed }
    lock.lock()
    defer { lock.unlock() }
    try output.write(chunk, reports: judged)
    progress.failed += failed
    progress.done += judged.count - failed
    if let first = judged.firstIndex(where: { $0.status == .failed }) {
      let run = chunk.runs.lowerBound + first
      if run < firstFailure?.run ?? .max { firstFailure = (run, judged[first].reason ?? "") }
    }
    notify(progress)
    return failed
  }

  /// How it ended, once all threads have.
  func summary(notes: EnsembleNotes) -> CampaignSummary {
    lock.lock()
    defer { lock.unlock() }
    return CampaignSummary(
      progress: progress, notes: notes,
      wasInterrupted: progress.done + progress.failed < progress.total,
      firstFailure: firstFailure)
  }

  private func report(_ outcome: RunOutcome, run: Int) -> RunReport {
    if let reason = preparationFailure(run) {
      return RunReport(
        status: .failed, reason: plan.described(run, of: experiment) + reason, verdict: nil,
        statistics: RunStatistics(acceptedSteps: 0, rejectedSteps: 0))
    }
    switch outcome {
    case .done(let statistics):
      return RunReport(status: .done, reason: nil, verdict: nil, statistics: statistics)
    case .failed(let failure, let statistics):
      return RunReport(
        status: .failed,
        reason: plan.described(run, of: experiment)
          + failure.message(
            in: experiment.model,
            recorded: experiment.recording?.variables.map(\.path) ?? [],
            reductions: experiment.reductions.map(\.name)),
        verdict: nil, statistics: statistics, lastState: (failure.time, failure.states))
    }
  }

  /// Adds the verdict of each finished run.
  private func judge(_ reports: [RunReport], _ chunk: borrowing ChunkResult) -> [RunReport] {
    guard let verdict = experiment.verdict else { return reports }
    var judged = reports
    var values = Array(repeating: 0.0, count: experiment.reductions.count)
    for index in reports.indices where reports[index].status == .done {
      for reduction in values.indices { values[reduction] = chunk.reduction(reduction)[index] }
      judged[index].verdict = verdict.judge(values)
    }
    return judged
  }
}

extension Verdict {
  /// The index of the first case that holds, or that of `otherwise`.
  ///
  /// - Parameter reductions: The values of all reductions, in SI units.
  /// - Returns: An index into the names of the verdict.
  public func judge(_ reductions: [Double]) -> Int {
    cases.firstIndex { evaluate($0.condition, parameters: reductions) > 0 } ?? cases.count
  }
}
