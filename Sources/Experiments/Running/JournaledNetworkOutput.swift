import Foundation
import Networks
import Simulations
public import Storage

/// Keeps runs of a circuit in a journal while they go on, and passes them on to a result file if there
/// is one.
///
/// What a run records is kept in parts, so that memory does not grow with it; the parts count once the
/// entry of the run is behind them.
public final class JournaledNetworkOutput: NetworkOutput, @unchecked Sendable {
  private let journal: JournalWriter
  private let file: NetworkFileOutput?
  private let plan: RunPlan
  private let keepsRuns: Bool
  // Used with the lock held.
  private let lock = NSLock()
  private var firstProblem: StorageFailure?

  /// Joins a journal and a result file.
  ///
  /// - Parameters:
  ///   - journal: The journal.
  ///   - file: The result file; `nil` for a part of a campaign, which has none of its own.
  ///   - plan: The runs.
  ///   - keepsRuns: Whether runs are kept; of a single one, whose end is that of the campaign,
  ///     nothing is gained.
  public init(
    _ journal: JournalWriter, _ file: NetworkFileOutput?, _ plan: RunPlan, keepsRuns: Bool = true
  ) {
    self.plan = plan
    self.journal = journal
    self.file = file
    self.keepsRuns = keepsRuns
  }

  public var restored: RestoredNetworks? { file?.restored }

  public var problem: StorageFailure? { lock.withLock { firstProblem } ?? file?.problem }

  public func write(_ content: RunPart.Content, run: Int) {
    keep { () throws(StorageFailure) in try journal.append(content, of: run) }
    file?.write(content, run: run)
  }

  public func finish(_ result: NetworkRunResult, run: Int) throws(StorageFailure) {
    if !result.wasInterrupted {
      keep { () throws(StorageFailure) in
        try journal.append(.tally(result.tally), of: run)
        try journal.append(
          JournalEntry(
            firstRun: run, records: [RunRecord(result, identity: plan.identity(of: run))],
            reductions: result.reductions.map { [$0] },
            samples: []))
      }
    }
    if let problem = lock.withLock({ firstProblem }) { throw problem }
    try file?.finish(result, run: run)
  }

  private func keep(_ work: () throws(StorageFailure) -> Void) {
    guard keepsRuns else { return }
    lock.lock()
    defer { lock.unlock() }
    guard firstProblem == nil else { return }
    do throws(StorageFailure) { try work() } catch { firstProblem = error }
  }
}
