import Networks
import Simulations
public import Storage

/// Where what runs of a circuit record goes, while they go on and at their ends.
///
/// Spikes and samples may come from several threads, but those of one run from one at a time, in order.
/// The first thing that goes wrong is kept, and everything after it is dropped.
public protocol NetworkOutput: AnyObject, Sendable {
  /// What went wrong first, if something has.
  var problem: StorageFailure? { get }

  /// What has been taken over from an earlier process, if anything has.
  var restored: RestoredNetworks? { get }

  /// Takes a part of what a run records.
  func write(_ content: RunPart.Content, run: Int)

  /// Takes over what is known of a run at its end.
  func finish(_ result: NetworkRunResult, run: Int) throws(StorageFailure)
}

/// What an account needs of runs that an earlier process has finished.
public struct RestoredNetworks: Sendable {
  var digest: RunDigest
  /// Of the first hundred runs.
  var results: [Int: NetworkRunResult] = [:]
}

extension NetworkRunResult {
  /// What a journal keeps of a run beside its record and its reductions, as numbers.
  var tally: [Double] {
    [Double(connectionCount), buildSeconds, runSeconds, processorSeconds]
      + cellCounts.map(Double.init) + spikeCounts.map(Double.init)
  }

  /// A result as a journal keeps it; `nil` if the numbers are not a tally.
  init?(tally: [Double], populations: Int) {
    let counts = tally.dropFirst(4).compactMap { Int(exactly: $0) }
    guard tally.count >= 4, counts.count == tally.count - 4,
      let connections = Int(exactly: tally[0])
    else { return nil }
    // A network that could not be built has no cells.
    guard counts.count == 2 * populations || counts.isEmpty else { return nil }
    connectionCount = connections
    (buildSeconds, runSeconds, processorSeconds) = (tally[1], tally[2], tally[3])
    cellCounts = Array(counts.prefix(counts.count / 2))
    spikeCounts = Array(counts.suffix(counts.count / 2))
  }
}

extension RunRecord {
  /// What a result file keeps of a run of a circuit.
  init(_ result: NetworkRunResult, identity: UInt64) {
    self.init(
      status: result.failure != nil ? .failed : result.wasInterrupted ? .notRun : .done,
      reason: result.failure ?? "", verdict: Int8(clamping: result.verdict ?? -1),
      acceptedSteps: Int64(result.steps), rejectedSteps: 0, identity: identity)
  }
}
