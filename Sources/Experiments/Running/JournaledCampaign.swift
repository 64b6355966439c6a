public import Storage

/// The runs of an experiment that can be kept in a journal, divided, and gone on with.
///
/// A run is a function of its index alone, so that it does not matter which process does it.
public protocol JournaledCampaign: Sendable {
  /// Where runs go.
  associatedtype Output
  /// The result file, as an output.
  associatedtype File: CampaignFile
  associatedtype Summary: CampaignEnd where Summary == File.Summary

  var experiment: Experiment { get }
  var plan: RunPlan { get }

  /// Begins the result file under a temporary name.
  ///
  /// - Parameters:
  ///   - path: Where the file will be.
  ///   - mayReplace: Whether an existing file may be replaced.
  ///   - facts: What the file says of where it was made.
  /// - Returns: The file, without any runs.
  /// - Throws: `StorageFailure` if the destination cannot be written to.
  func makeFile(
    path: String, mayReplace: Bool, facts: [String: String]
  ) throws(StorageFailure) -> File

  /// An output that only writes the file.
  func output(_ file: File) -> Output

  /// An output that keeps runs in a journal, and in the file if there is one.
  func output(_ journal: JournalWriter, _ header: JournalHeader, _ file: File?) -> Output

  /// Finished runs that are in the file but not in the journal yet, when an error has ended the campaign.
  ///
  /// - Parameter output: The output, which is not used any more.
  /// - Returns: What the journal should have before it is closed.
  func takeWaiting(from output: Output) -> [JournalEntry]

  /// Carries out some runs.
  ///
  /// - Parameters:
  ///   - ranges: Which runs, by index, ascending.
  ///   - start: What is finished already.
  ///   - output: Where results go.
  ///   - cancellation: Begins no more runs when raised.
  ///   - progress: Called from time to time, by one thread at a time.
  /// - Returns: How it ended.
  /// - Throws: What compiling the model or the output throws. A run that fails is no error: it is
  ///   reported to the output and counted.
  func run(
    _ ranges: [Range<Int>], from start: CampaignProgress, into output: Output,
    cancellation: CancellationFlag, progress: @escaping @Sendable (CampaignProgress) -> Void
  ) throws -> Summary
}

/// How a campaign ended, as far as it does not matter of what.
public protocol CampaignEnd: Sendable {
  var progress: CampaignProgress { get }
  /// What is to be said of the kernels, if anything is.
  var warning: String? { get }
  /// Whether the equations were interpreted.
  var usesInterpreter: Bool { get }
}

/// A result file that takes over runs from a journal.
public protocol CampaignFile: AnyObject {
  associatedtype Summary

  /// Takes over what an earlier process has finished, but for runs that are left to be tried again.
  ///
  /// - Parameters:
  ///   - block: What the journal has, one block after the other.
  ///   - finished: Which runs count.
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  func restore(_ block: JournalBlock, _ finished: FinishedRuns) throws(StorageFailure)

  /// Copies the runs that stand in an earlier result.
  ///
  /// - Parameters:
  ///   - earlier: The result.
  ///   - finished: What has been finished elsewhere, before the result was taken into account.
  /// - Throws: `StorageFailure` if the earlier result is damaged, or the disk is full.
  func adopt(_ earlier: EarlierResult, after finished: FinishedRuns) throws(StorageFailure)

  /// Completes the file and gives it its name.
  ///
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  func commit(summary: Summary) throws(StorageFailure)

  /// Removes the unfinished file.
  func abandon()

  /// The reductions and verdicts of all runs, those of earlier processes included.
  func digest(_ summary: Summary) -> RunDigest
}

extension CampaignFile {
  /// Takes over what a journal has of finished runs.
  ///
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func restore(
    _ journal: JournalReader, _ finished: FinishedRuns
  ) throws(StorageFailure) {
    while let block = journal.nextBlock() { try restore(block, finished) }
  }
}

extension JournaledCampaign {
  public func takeWaiting(from output: Output) -> [JournalEntry] { [] }

  /// Carries out all runs.
  ///
  /// - Parameters:
  ///   - output: Where results go.
  ///   - cancellation: Begins no more runs when raised.
  ///   - progress: Called from time to time, by one thread at a time.
  /// - Returns: How it ended.
  /// - Throws: What compiling the model or the output throws. A run that fails is no error: it is
  ///   reported to the output and counted.
  public func run(
    into output: Output, cancellation: CancellationFlag = CancellationFlag(),
    progress: @escaping @Sendable (CampaignProgress) -> Void = { _ in }
  ) throws -> Summary {
    try run(
      [0..<plan.count], from: CampaignProgress(total: plan.count), into: output,
      cancellation: cancellation, progress: progress)
  }

  /// Carries out the runs that an earlier process has left.
  ///
  /// - Parameters:
  ///   - finished: What that process has finished, which the output has already.
  ///   - output: Where results go.
  ///   - cancellation: Begins no more runs when raised.
  ///   - progress: Called from time to time, by one thread at a time.
  /// - Returns: How it ended, the earlier runs included.
  /// - Throws: What compiling the model or the output throws.
  public func run(
    after finished: FinishedRuns, into output: Output,
    cancellation: CancellationFlag = CancellationFlag(),
    progress: @escaping @Sendable (CampaignProgress) -> Void = { _ in }
  ) throws -> Summary {
    try run(
      finished.left, from: CampaignProgress(of: 0..<plan.count, after: finished), into: output,
      cancellation: cancellation, progress: progress)
  }

  /// Carries out what is left of a part of the runs.
  ///
  /// - Parameters:
  ///   - shard: The part.
  ///   - finished: What an earlier process has finished; `nil` if there was none.
  ///   - output: Where results go.
  ///   - cancellation: Begins no more runs when raised.
  ///   - progress: Called from time to time, by one thread at a time.
  /// - Returns: How it ended, for the runs of the part.
  /// - Throws: What compiling the model or the output throws.
  public func run(
    shard: Shard, after finished: FinishedRuns?, into output: Output,
    cancellation: CancellationFlag = CancellationFlag(),
    progress: @escaping @Sendable (CampaignProgress) -> Void = { _ in }
  ) throws -> Summary {
    let runs = shard.runs(of: plan.count)
    let finished = finished ?? FinishedRuns(runCount: plan.count)
    return try run(
      finished.left.map { $0.clamped(to: runs) }.filter { !$0.isEmpty },
      from: CampaignProgress(of: runs, after: finished), into: output,
      cancellation: cancellation, progress: progress)
  }
}

extension CampaignProgress {
  /// The progress of some runs, of which an earlier process has finished some.
  init(of runs: Range<Int>, after finished: FinishedRuns) {
    self.init(total: runs.count)
    done = finished.count(of: runs, .done)
    failed = finished.count(of: runs, .failed)
    earlier = done + failed
  }
}
