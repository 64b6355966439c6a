import LinearAlgebra
import Programs
import Solvers

/// One thread's block of lanes: takes runs, steps them, hands back finished chunks.
///
/// Every lane has its own time and step; a lane that is done takes the next run. No lane's result
/// depends on what the others hold. With `auto` there are lanes of two methods, and a run that asks
/// for the other method goes on in a lane of that.
public final class EnsembleWorker {
  let ensemble: Ensemble
  /// The lanes of each method in use; runs begin in the first.
  var methods: [MethodLanes]
  /// Those that are being stepped.
  var current: MethodLanes
  private let timelines: ClockTimelines
  private var chunks: [ChunkBuffer] = []
  private var spareBuffers: [ChunkBuffer] = []
  private var chunkCapacity = 0
  private let largestChunk: Int

  init(_ ensemble: Ensemble, chunk: Int) throws(LinearAlgebraFailure) {
    largestChunk = chunk
    self.ensemble = ensemble
    timelines = ClockTimelines(ensemble)
    current = try MethodLanes(ensemble, ensemble.first, isFirst: true)
    methods = [current]
  }

  var block: LaneBlock { current.block }
  var lanes: [LaneRun?] { current.lanes }

  /// Runs until there are no more chunks.
  ///
  /// - Parameters:
  ///   - nextChunk: The next consecutive runs, none longer than the first; `nil` when there are no
  ///     more. Called from this thread; several workers may share one source.
  ///   - setup: What a run is.
  ///   - deliver: Takes a chunk all of whose runs are over; chunks may come in any order.
  /// - Throws: What `setup` or `deliver` throw.
  public func run(
    nextChunk: () -> Range<Int>?, setup: (Int) throws -> RunSetup,
    deliver: (borrowing ChunkResult) throws -> Void
  ) throws {
    var pending: (chunk: ChunkBuffer, next: Int)?
    var isDry = false
    func nextRun() throws -> (ChunkBuffer, Int)? {
      while true {
        if let (chunk, next) = pending, next < chunk.runs.upperBound {
          pending = (chunk, next + 1)
          return (chunk, next)
        }
        guard !isDry, let runs = nextChunk() else {
          isDry = true
          return nil
        }
        pending = (openChunk(runs), runs.lowerBound)
      }
    }
    func finish(_ lane: Int, _ outcome: RunOutcome) throws {
      guard let run = lanes[lane] else { return }
      run.chunk.outcomes[run.index - run.chunk.runs.lowerBound] = outcome
      run.chunk.remaining -= 1
      current.lanes[lane] = nil
      if run.chunk.remaining == 0 {
        try deliver(ChunkResult(run.chunk))
        close(run.chunk)
      }
    }
    /// Gives a free lane to a run; true if the run begins.
    func refill(_ lane: Int) throws -> Bool {
      if current.admit(to: lane) { return false }
      while current.isFirst, let (chunk, index) = try nextRun() {
        let setup = try setup(index)
        chunk.identities[index - chunk.runs.lowerBound] = setup.identity
        let run = LaneRun(index: index, chunk: chunk, setup: setup, ensemble)
        current.lanes[lane] = run
        guard let reason = run.begin(lane, block, ensemble, timelines) else { return true }
        try fail(lane, reason, finish)
      }
      block.idle(lane)
      return false
    }
    while chooseMethod(hasMore: !isDry) {
      var fresh: [Int] = []
      for lane in lanes.indices where lanes[lane] == nil {
        if try refill(lane) { fresh.append(lane) }
      }
      current.restart()
      if !fresh.isEmpty { sampleAtStart(fresh) }
      // There may have been no further run after all.
      guard lanes.contains(where: { $0 != nil }) else { continue }
      block.advance()
      for lane in lanes.indices {
        guard let run = lanes[lane] else { continue }
        switch block.attention(lane) {
        case .none: continue
        case .conditionChange: run.locateChange(lane, block, ensemble)
        case .stop:
          switch run.reachStop(lane, block, ensemble, timelines) {
          case .goesOn: break
          case .isOver:
            run.storeReductions(lane, block, ensemble)
            if let reason = run.missingValue(lane, block, ensemble) {
              try finish(lane, .failed(block.failure(lane, reason), statistics(lane)))
            } else {
              try finish(lane, .done(statistics(lane)))
            }
          case .fails(let reason): try fail(lane, reason, finish)
          }
        case .notFinite:
          try fail(lane, .notFinite, finish)
        case .stepTooSmall:
          if current.method.isImplicit, ensemble.alternatives != nil,
            run.methods.mayRescue(at: block[ensemble.stepped.arrays.time, lane])
          {
            try changeMethod(of: lane, step: nil)
          } else {
            try fail(lane, .stepTooSmall, finish)
          }
        case .tooManySteps:
          try fail(lane, .tooManySteps(ensemble.configuration.maximumSteps), finish)
        case .otherMethod:
          if isWorthChanging(lane) {
            try changeMethod(of: lane, step: block.stepAfterChange(lane))
          } else {
            block.stay(lane)
          }
        }
      }
    }
  }

  private func sampleAtStart(_ indices: [Int]) {
    let loaded = indices.filter { lanes[$0] != nil }
    for lane in loaded {
      lanes[lane]?.readObserved(
        lane, block, ensemble, at: ensemble.configuration.start)
      lanes[lane]?.watch(lane, block, ensemble, at: ensemble.configuration.start)
    }
    let due = loaded.filter { block.isSampleDue($0) }
    guard !due.isEmpty else { return }
    block.observe()
    for lane in due { block.storeSample(lane) }
  }

  private func fail(
    _ lane: Int, _ reason: RunFailure.Reason, _ finish: (Int, RunOutcome) throws -> Void
  ) throws {
    lanes[lane]?.markMissing(lane, block, ensemble)
    try finish(lane, .failed(block.failure(lane, reason), statistics(lane)))
  }

  private func statistics(_ lane: Int) -> RunStatistics {
    let statistics = block.statistics(lane)
    guard ensemble.alternatives != nil, let run = lanes[lane] else { return statistics }
    return run.methods.complete(statistics, by: current.method)
  }

  private func openChunk(_ runs: Range<Int>) -> ChunkBuffer {
    if chunkCapacity == 0 {
      chunkCapacity = max(largestChunk, runs.count)
      block.setVariableStride(
        ChunkBuffer.variableStride(
          capacity: chunkCapacity, timeCount: ensemble.configuration.sampleTimes.count))
    }
    precondition(runs.count <= chunkCapacity, "a chunk is longer than was said")
    let buffer =
      spareBuffers.popLast()
      ?? ChunkBuffer(
        capacity: chunkCapacity, timeCount: ensemble.configuration.sampleTimes.count,
        variableCount: ensemble.configuration.recorded.count,
        reductionCount: ensemble.configuration.reductions.count)
    buffer.reset(runs)
    return buffer
  }

  private func close(_ chunk: ChunkBuffer) { spareBuffers.append(chunk) }
}
