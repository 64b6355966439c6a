import Foundation
public import Simulations
public import Storage

/// Keeps finished runs in a journal, and passes them on to a result file if there is one.
///
/// Samples that stand in both are written twice, which costs a campaign of a fraction of a second a third
/// of its time. In the first second they therefore stand in the result file alone, and when it is over
/// they are copied from there to the journal.
public final class JournaledOutput: RunOutput, @unchecked Sendable {
  private let journal: JournalWriter
  private let header: JournalHeader
  private let result: ResultFileOutput?
  // Used with the lock held: the end of the first second comes from another thread.
  private let lock = NSLock()
  /// Runs that the journal does not have yet, without their samples; `nil` when none wait any more.
  private var waiting: [JournalEntry]?
  private var problem: (any Error)?

  /// Joins a journal and a result file.
  ///
  /// - Parameters:
  ///   - journal: The journal.
  ///   - header: What it is of.
  ///   - result: The result file; `nil` for a part of a campaign, which has none of its own.
  ///   - patience: How long samples stand in the result file alone, in s.
  public init(
    _ journal: JournalWriter, _ header: JournalHeader, _ result: ResultFileOutput?,
    patience: Double = 1
  ) {
    self.journal = journal
    self.header = header
    self.result = result
    guard result != nil, header.variableCount > 0, patience > 0 else { return }
    waiting = []
    DispatchQueue.global().asyncAfter(deadline: .now() + patience) { [weak self] in
      self?.endFirstSecond()
    }
  }

  public func write(_ chunk: borrowing ChunkResult, reports: [RunReport]) throws {
    lock.lock()
    defer { lock.unlock() }
    if let problem { throw problem }
    let records = reports.map(RunRecord.init)
    var reductions: [UnsafeBufferPointer<Double>] = []
    for reduction in 0..<header.reductionCount { reductions.append(chunk.reduction(reduction)) }
    guard waiting == nil else {
      try result?.write(chunk, reports: reports)
      waiting?.append(
        JournalEntry(
          firstRun: chunk.runs.lowerBound, records: records,
          reductions: reductions.map { Array($0) }, samples: []))
      return
    }
    var numbers = reductions
    for variable in 0..<header.variableCount { numbers.append(chunk.samples(of: variable)) }
    try journal.append(firstRun: chunk.runs.lowerBound, records, numbers: numbers)
    try result?.write(chunk, reports: reports)
  }

  public func end(_ progress: CampaignProgress) throws {
    lock.lock()
    defer { lock.unlock() }
    // The journal of a campaign all of whose runs are done is not needed any more.
    if progress.done == progress.total { waiting = nil } else { try appendWaiting() }
  }

  /// What the journal does not have yet, to be appended when the unfinished result has made room for it.
  ///
  /// From now on nothing waits, and nothing is read from the result file. Runs whose samples cannot be
  /// read back are left out.
  public func takeWaiting() -> [JournalEntry] {
    lock.lock()
    defer { lock.unlock() }
    let entries = waiting ?? []
    waiting = nil
    return entries.compactMap { try? complete($0) }
  }

  private func endFirstSecond() {
    lock.lock()
    defer { lock.unlock() }
    do { try appendWaiting() } catch { problem = error }
  }

  private func appendWaiting() throws(StorageFailure) {
    for entry in waiting ?? [] {
      try journal.append(try complete(entry))
      waiting?.removeFirst()
    }
    waiting = nil
  }

  private func complete(_ entry: JournalEntry) throws(StorageFailure) -> JournalEntry {
    guard let result else { return entry }
    var entry = entry
    entry.samples = try result.writtenSamples(of: entry.runs)
    entry.samplesAreInUnits = true
    return entry
  }
}
