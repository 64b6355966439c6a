public import Storage

/// Which runs of a campaign an earlier process has finished.
public struct FinishedRuns: Sendable {
  private var status: [RunRecord.Status]
  /// What each finished run is told apart by.
  private var identities: [UInt64]
  /// Why the first failed runs failed.
  private var reasons: [Int: String] = [:]
  /// For runs that are kept in parts, whose parts count; that of a run in flight until it is over.
  private var attempts: [Int: UInt64] = [:]
  private var latestAttempts: [Int: UInt64] = [:]

  /// None of so many runs.
  public init(runCount: Int) {
    status = Array(repeating: .notRun, count: runCount)
    identities = Array(repeating: 0, count: runCount)
  }

  /// What a journal holds, which is read to its end.
  public init(_ journal: JournalReader) {
    self.init(runCount: journal.header.runCount)
    take(journal)
  }

  /// Takes an entry of a journal; later ones count.
  mutating func take(_ entry: JournalEntry) {
    for (run, record) in zip(entry.runs, entry.records) {
      status[run] = record.status
      identities[run] = record.identity
      attempts[run] = latestAttempts.removeValue(forKey: run)
      reasons[run] = record.status == .failed && reasons.count < 1000 ? record.reason : nil
    }
  }

  /// Takes the runs that are left and stand in the result of the same campaign as far as it is done.
  public mutating func take(_ result: ResultFileReader) {
    guard let found = try? result.numbers("status"), found.count == status.count else { return }
    let texts = (try? result.texts("failure_reason")) ?? []
    for run in status.indices where status[run] == .notRun {
      guard let ended = Int8(exactly: found[run]).flatMap({ RunRecord.Status(rawValue: $0) }) else {
        continue
      }
      status[run] = ended
      if ended == .failed, reasons.count < 1000, run < texts.count { reasons[run] = texts[run] }
    }
  }

  /// Takes one run.
  mutating func mark(_ run: Int, _ record: RunRecord) {
    status[run] = record.status
    identities[run] = record.identity
    reasons[run] = nil
  }

  /// Takes the runs of another journal of the same campaign.
  public mutating func take(_ journal: JournalReader) {
    // What another process has left unfinished is not ended by this one.
    latestAttempts = [:]
    while let block = journal.nextBlock() {
      switch block {
      case .entry(let entry): take(entry)
      case .part(let part):
        if case .tally = part.content { latestAttempts[part.run] = part.attempt }
      }
    }
  }

  /// Whether a part belongs to a finished run.
  func keeps(_ part: RunPart) -> Bool {
    status[part.run] != .notRun && attempts[part.run] == part.attempt
  }

  /// How many runs of a range have ended in some way.
  func count(of runs: Range<Int>, _ wanted: RunRecord.Status) -> Int {
    status[runs].count { $0 == wanted }
  }

  /// How many runs of a range are left.
  public func leftCount(of runs: Range<Int>) -> Int { status[runs].count { $0 == .notRun } }

  /// Counts failed runs as left, so that they are tried again.
  public mutating func forgetFailures() {
    for run in status.indices where status[run] == .failed { status[run] = .notRun }
  }

  /// Counts runs as left that follow from something else than those of a plan, so that they are done
  /// again.
  ///
  /// - Returns: How many there are.
  public mutating func forgetOthers(than plan: RunPlan) -> Int {
    var count = 0
    for run in status.indices
    where status[run] != .notRun && identities[run] != plan.identity(of: run) {
      status[run] = .notRun
      reasons[run] = nil
      count += 1
    }
    return count
  }

  /// The first failed runs, and why they failed.
  public var failures: [(run: Int, reason: String)] {
    reasons.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  public var doneCount: Int { status.count { $0 == .done } }
  public var failedCount: Int { status.count { $0 == .failed } }
  /// How many runs are left.
  public var leftCount: Int { status.count { $0 == .notRun } }

  /// The runs that are left, as ascending ranges.
  var left: [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start: Int?
    for run in 0...status.count {
      let isLeft = run < status.count && status[run] == .notRun
      if isLeft, start == nil { start = run }
      if !isLeft, let first = start {
        ranges.append(first..<run)
        start = nil
      }
    }
    return ranges
  }

  /// The runs of a range that are finished, as ascending ranges.
  func kept(of runs: Range<Int>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for run in runs where status[run] != .notRun {
      if ranges.last?.upperBound == run {
        ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<run + 1
      } else {
        ranges.append(run..<run + 1)
      }
    }
    return ranges
  }
}
