import Foundation
import Simulations
import Synchronization

/// Hands out runs to threads, in chunks of at most some length.
///
/// A chunk is kept once all of its runs are over. So that little is lost when the process ends, the
/// chunks of slow runs are shorter; results do not depend on it.
final class ChunkQueue: Sendable {
  private let place: Mutex<(range: Int, next: Int, taken: Int)>
  private let start = ContinuousClock.now
  private let isStopped = CancellationFlag()
  private let ranges: [Range<Int>]
  private let chunk: Int
  private let cancellation: CancellationFlag

  /// Makes a queue.
  ///
  /// - Parameters:
  ///   - ranges: Which runs there are.
  ///   - chunk: How many runs a thread takes at once.
  ///   - cancellation: Stops the hand-out when raised.
  init(_ ranges: [Range<Int>], chunk: Int, cancellation: CancellationFlag) {
    self.ranges = ranges
    self.chunk = max(1, chunk)
    self.cancellation = cancellation
    place = Mutex((0, ranges.first?.lowerBound ?? 0, 0))
  }

  /// The next runs, or `nil` when there are no more or stopping was requested.
  func take() -> Range<Int>? {
    if cancellation.isRaised || isStopped.isRaised { return nil }
    return place.withLock { place in
      while place.range < ranges.count {
        let range = ranges[place.range]
        if place.next < range.upperBound {
          let end = min(place.next + length(after: place.taken), range.upperBound)
          defer {
            place.taken += end - place.next
            place.next = end
          }
          return place.next..<end
        }
        place.range += 1
        if place.range < ranges.count { place.next = ranges[place.range].lowerBound }
      }
      return nil
    }
  }

  /// As many runs as are handed out in a fifth of a second, once that is known.
  private func length(after taken: Int) -> Int {
    guard taken > 0 else { return min(chunk, 8) }
    let passed = (ContinuousClock.now - start).components
    let seconds = Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
    let rate = Double(taken) / max(seconds, 1e-9)
    return rate * 0.2 >= Double(chunk) ? chunk : max(1, Int(rate * 0.2))
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
