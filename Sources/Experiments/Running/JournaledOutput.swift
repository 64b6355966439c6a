public import Simulations
public import Storage

/// Keeps finished runs in a journal, and then passes them on to a result file if there is one.
public final class JournaledOutput: RunOutput {
  private let journal: JournalWriter
  private let header: JournalHeader
  private let result: ResultFileOutput?
  /// When the journal begins to be kept.
  private let start: ContinuousClock.Instant

  /// Joins a journal and a result file.
  ///
  /// - Parameters:
  ///   - journal: The journal.
  ///   - header: What it is of.
  ///   - result: The result file; `nil` for a part of a campaign, which has none of its own.
  ///   - delay: For how long runs go to the result file alone; an interrupted campaign does them
  ///     again. Samples are written twice, which a campaign that is soon over can be spared.
  public init(
    _ journal: JournalWriter, _ header: JournalHeader, _ result: ResultFileOutput?,
    delay: Duration = .zero
  ) {
    start = .now + (result == nil ? .zero : delay)
    self.journal = journal
    self.header = header
    self.result = result
  }

  public func write(_ chunk: borrowing ChunkResult, reports: [RunReport]) throws {
    guard ContinuousClock.now >= start else {
      try result?.write(chunk, reports: reports)
      return
    }
    var numbers: [UnsafeBufferPointer<Double>] = []
    for reduction in 0..<header.reductionCount { numbers.append(chunk.reduction(reduction)) }
    for variable in 0..<header.variableCount { numbers.append(chunk.samples(of: variable)) }
    try journal.append(
      firstRun: chunk.runs.lowerBound, reports.map(RunRecord.init), numbers: numbers)
    try result?.write(chunk, reports: reports)
  }
}
