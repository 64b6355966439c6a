import LinearAlgebra
import Programs
import Solvers

/// One thread's block of lanes: takes runs, steps them, hands back finished chunks.
///
/// Every lane has its own time and step; a lane that is done takes the next run. No lane's result
/// depends on what the others hold.
public final class EnsembleWorker {
  private let ensemble: Ensemble
  private let block: LaneBlock
  private let timelines: ClockTimelines
  private var lanes: [LaneRun?]
  private var chunks: [ChunkBuffer] = []
  private var spareBuffers: [ChunkBuffer] = []
  private var chunkCapacity = 0
  private let largestChunk: Int

  init(_ ensemble: Ensemble, chunk: Int) throws(LinearAlgebraFailure) {
    largestChunk = chunk
    self.ensemble = ensemble
    timelines = ClockTimelines(ensemble)
    block = try LaneBlock(ensemble)
    lanes = Array(repeating: nil, count: ensemble.kernel.layout.width)
  }

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
      lanes[lane] = nil
      if run.chunk.remaining == 0 {
        try deliver(ChunkResult(run.chunk))
        close(run.chunk)
      }
    }
    func refill(_ lane: Int) throws {
      while lanes[lane] == nil {
        guard let (chunk, index) = try nextRun() else {
          block.idle(lane)
          return
        }
        let setup = try setup(index)
        chunk.identities[index - chunk.runs.lowerBound] = setup.identity
        let run = LaneRun(index: index, chunk: chunk, setup: setup, ensemble)
        lanes[lane] = run
        if let reason = run.begin(lane, block, ensemble, timelines) {
          try fail(lane, reason, finish)
        }
      }
    }
    for lane in lanes.indices { try refill(lane) }
    block.restart()
    sampleAtStart(Array(lanes.indices))
    while lanes.contains(where: { $0 != nil }) {
      block.advance()
      var fresh: [Int] = []
      func renew(_ lane: Int) throws {
        try refill(lane)
        if lanes[lane] != nil { fresh.append(lane) }
      }
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
              try finish(lane, .failed(block.failure(lane, reason), block.statistics(lane)))
            } else {
              try finish(lane, .done(block.statistics(lane)))
            }
            try renew(lane)
          case .fails(let reason):
            try fail(lane, reason, finish)
            try renew(lane)
          }
        case .notFinite:
          try fail(lane, .notFinite, finish)
          try renew(lane)
        case .stepTooSmall:
          try fail(lane, .stepTooSmall, finish)
          try renew(lane)
        case .tooManySteps:
          try fail(lane, .tooManySteps(ensemble.configuration.maximumSteps), finish)
          try renew(lane)
        }
      }
      block.restart()
      if !fresh.isEmpty { sampleAtStart(fresh) }
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
    try finish(lane, .failed(block.failure(lane, reason), block.statistics(lane)))
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
