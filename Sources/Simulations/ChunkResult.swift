/// The samples and reductions of consecutive runs, all of them over.
public struct ChunkResult: ~Copyable {
  private let buffer: ChunkBuffer

  init(_ buffer: ChunkBuffer) { self.buffer = buffer }

  /// Which runs.
  public var runs: Range<Int> { buffer.runs }

  /// How each ended.
  public var outcomes: [RunOutcome] { buffer.outcomes }

  /// What each was set up with as its identity.
  public var identities: [UInt64] { buffer.identities }

  /// The samples of one recorded variable in SI units, run after run, each over all sample times.
  ///
  /// Runs whose setup asks for no samples are left out. What a failed run did not reach is NaN. The
  /// memory is valid while the chunk is.
  public func samples(of variable: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(
      start: buffer.samples + variable * buffer.variableStride,
      count: buffer.sampledCount * buffer.timeCount)
  }

  /// The values of one reduction in SI units, one for each run; NaN for a failed one.
  public func reduction(_ index: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(
      start: buffer.reductions + index * buffer.capacity, count: runs.count)
  }
}

/// The memory of a chunk, used again for the next.
final class ChunkBuffer {
  let capacity: Int
  let timeCount: Int
  let variableStride: Int
  let samples: UnsafeMutablePointer<Double>
  let reductions: UnsafeMutablePointer<Double>
  var runs: Range<Int> = 0..<0
  var outcomes: [RunOutcome] = []
  var identities: [UInt64] = []
  var remaining = 0
  /// How many of the runs that have begun keep samples; runs begin in order.
  var sampledCount = 0

  /// The distance between two variables: an odd number of cache lines behind the samples, so that
  /// the lanes' streams do not fall on the same lines of the cache.
  static func variableStride(capacity: Int, timeCount: Int) -> Int {
    let lines = (capacity * timeCount + 7) / 8 + 1
    return (lines | 1) * 8
  }

  init(capacity: Int, timeCount: Int, variableCount: Int, reductionCount: Int) {
    self.capacity = capacity
    self.timeCount = timeCount
    variableStride = Self.variableStride(capacity: capacity, timeCount: timeCount)
    samples = .allocate(capacity: max(1, variableStride * variableCount))
    reductions = .allocate(capacity: max(1, capacity * reductionCount))
  }

  deinit {
    samples.deallocate()
    reductions.deallocate()
  }

  func reset(_ runs: Range<Int>) {
    self.runs = runs
    remaining = runs.count
    sampledCount = 0
    identities = Array(repeating: 0, count: runs.count)
    outcomes = Array(
      repeating: .done(RunStatistics(acceptedSteps: 0, rejectedSteps: 0)), count: runs.count)
  }
}
