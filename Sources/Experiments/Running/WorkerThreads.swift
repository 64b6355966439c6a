import Foundation
import Simulations
import Synchronization

/// Hands out runs to threads, in chunks of at most some length.
///
/// A chunk is kept once all of its runs are over. So that little is lost when the process ends, the
/// chunks of slow runs are shorter; and so that what is finished is a fair sample of what is to come,
/// chunks are taken from places that are scattered evenly over all runs. Results do not depend on it.
final class ChunkQueue: Sendable {
  private let state: Mutex<State>
  private let isStopped = CancellationFlag()
  private let chunk: Int
  private let total: Int
  private let blockSize: Int
  private let cancellation: CancellationFlag
  /// The time in s, from anywhere.
  private let now: @Sendable () -> Double

  private struct State {
    /// Consecutive runs, ascending; what is left of the one that is being handed out.
    var blocks: [Range<Int>]
    var isTaken: [Bool]
    /// The order in which blocks are begun.
    let order: [Int]
    /// The place in that order.
    var place = -1
    var start: Double?
    var finished = 0
  }

  /// How many blocks there are at the most, unless there are more ranges.
  private static let blockCount = 512
  /// In how many chunks a campaign is done at least, once it is known to be long, in s.
  private static let leastChunks = 256
  private static let longCampaign = 2.0

  /// Makes a queue.
  ///
  /// - Parameters:
  ///   - ranges: Which runs there are, ascending.
  ///   - chunk: How many runs a thread takes at once.
  ///   - cancellation: Stops the hand-out when raised.
  ///   - now: The time in s.
  init(
    _ ranges: [Range<Int>], chunk: Int, cancellation: CancellationFlag,
    now: (@Sendable () -> Double)? = nil
  ) {
    self.chunk = max(1, chunk)
    self.cancellation = cancellation
    total = ranges.reduce(0) { $0 + $1.count }
    let size = max(1, (total + Self.blockCount - 1) / Self.blockCount)
    blockSize = size
    let blocks = ranges.flatMap { range in
      stride(from: range.lowerBound, to: range.upperBound, by: size).map {
        $0..<min($0 + size, range.upperBound)
      }
    }
    state = Mutex(
      State(
        blocks: blocks, isTaken: Array(repeating: false, count: blocks.count),
        order: Self.scattered(blocks.count)))
    let origin = ContinuousClock.now
    self.now =
      now
      ?? {
        let passed = (ContinuousClock.now - origin).components
        return Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
      }
  }

  /// The numbers below a limit, so that those up to any place lie evenly: van der Corput's sequence.
  static func scattered(_ count: Int) -> [Int] {
    guard count > 1 else { return Array(0..<count) }
    let bits = Int.bitWidth - (count - 1).leadingZeroBitCount
    var result: [Int] = []
    result.reserveCapacity(count)
    for index in 0..<1 << bits {
      var reversed = 0
      for bit in 0..<bits where index >> bit & 1 == 1 { reversed |= 1 << (bits - 1 - bit) }
      if reversed < count { result.append(reversed) }
    }
    return result
  }

  /// The next runs, or `nil` when there are no more or stopping was requested.
  func take() -> Range<Int>? {
    if cancellation.isRaised || isStopped.isRaised { return nil }
    let time = now()
    return state.withLock { state in
      let start = state.start ?? time
      state.start = start
      let length = length(finished: state.finished, after: time - start)
      if state.place < 0 || state.blocks[state.order[state.place]].isEmpty {
        state.place += 1
        while state.place < state.order.count, state.isTaken[state.order[state.place]] {
          state.place += 1
        }
        guard state.place < state.order.count else {
          state.place = -1
          return nil
        }
      }
      var block = state.order[state.place]
      state.isTaken[block] = true
      let first = state.blocks[block].lowerBound
      var end = min(first + length, state.blocks[block].upperBound)
      state.blocks[block] = end..<state.blocks[block].upperBound
      // Whole blocks behind it, as far as they follow on and fit.
      while state.blocks[block].isEmpty, block + 1 < state.blocks.count,
        !state.isTaken[block + 1], state.blocks[block + 1].lowerBound == end,
        state.blocks[block + 1].upperBound - first <= length
      {
        block += 1
        state.isTaken[block] = true
        end = state.blocks[block].upperBound
        state.blocks[block] = end..<end
      }
      return first..<end
    }
  }

  /// Takes note of runs that are over.
  func finish(_ count: Int) { state.withLock { $0.finished += count } }

  /// As many runs as are done in a fifth of a second, once that is known; and of a long campaign no
  /// more than a small part.
  private func length(finished: Int, after seconds: Double) -> Int {
    guard finished > 0 else { return min(chunk, 8, blockSize) }
    let rate = Double(finished) / max(seconds, 1e-9)
    let most =
      Double(total) / rate > Self.longCampaign
      ? min(chunk, max(1, total / Self.leastChunks)) : chunk
    return rate * 0.2 >= Double(most) ? most : max(1, Int(rate * 0.2))
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
