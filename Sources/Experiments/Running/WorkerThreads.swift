import Foundation
import Simulations
import Synchronization

/// Hands out runs to threads, in chunks of equal length; only the last may be shorter.
final class ChunkQueue: Sendable {
  private let next = Mutex(0)
  private let isStopped = CancellationFlag()
  private let count: Int
  private let chunk: Int
  private let cancellation: CancellationFlag

  /// Makes a queue.
  ///
  /// - Parameters:
  ///   - count: How many runs there are.
  ///   - chunk: How many runs a thread takes at once.
  ///   - cancellation: Stops the hand-out when raised.
  init(count: Int, chunk: Int, cancellation: CancellationFlag) {
    self.count = count
    self.chunk = max(1, chunk)
    self.cancellation = cancellation
  }

  /// The next runs, or `nil` when there are no more or stopping was requested.
  func take() -> Range<Int>? {
    if cancellation.isRaised || isStopped.isRaised { return nil }
    return next.withLock { next in
      guard next < count else { return nil }
      let end = min(next + chunk, count)
      defer { next = end }
      return next..<end
    }
  }

  /// Hands out no more runs.
  func stop() { isStopped.raise() }

  /// How many runs a thread takes at once: few enough that all threads end together, enough to
  /// fill the lanes, and no more than fit into the memory of a chunk with so many numbers recorded
  /// of each.
  static func chunkSize(count: Int, threads: Int, recorded: Int) -> Int {
    let share = count / (max(1, threads) * 16)
    let fitting = max(1, chunkMemory / (8 * max(1, recorded)))
    return min(max(share, 16), 256, fitting)
  }

  /// The memory that the samples of a chunk may take, in bytes; a lane holds a chunk at the most.
  private static let chunkMemory = 16 << 20
}

/// Runs the same work on several threads and waits for all of them.
///
/// - Throws: The first error of any thread, after all have ended.
func onThreads(_ count: Int, _ work: @escaping @Sendable () throws -> Void) throws {
  if count <= 1 {
    try work()
    return
  }
  let firstError = Mutex<(any Error)?>(nil)
  let group = DispatchGroup()
  for _ in 0..<count {
    group.enter()
    let thread = Thread {
      do { try work() } catch { firstError.withLock { if $0 == nil { $0 = error } } }
      group.leave()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }
  group.wait()
  if let error = firstError.withLock({ $0 }) { throw error }
}
