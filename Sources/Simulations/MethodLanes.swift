import LinearAlgebra
import Programs
import Solvers

/// The lanes of one thread that are stepped by one method, and the runs that wait for one of them.
final class MethodLanes {
  let method: Method
  let block: LaneBlock
  var lanes: [LaneRun?]
  /// Whether runs begin here.
  let isFirst: Bool
  private var waiting: [CarriedRun] = []
  /// The runs that have been put into lanes since the last restart.
  private var arrived: [(lane: Int, run: CarriedRun)] = []

  init(
    _ ensemble: Ensemble, _ kernel: SteppedKernel, isFirst: Bool
  ) throws(LinearAlgebraFailure) {
    method = kernel.stepped.method
    block = try LaneBlock(ensemble, kernel)
    lanes = Array(repeating: nil, count: kernel.kernel.layout.width)
    self.isFirst = isFirst
  }

  /// How many lanes would be in use if it were stepped next.
  func busyCount(hasMore: Bool) -> Int {
    if isFirst && hasMore { return lanes.count }
    return min(lanes.count, lanes.count { $0 != nil } + waiting.count)
  }

  /// Lets a run wait for a lane.
  func wait(_ run: CarriedRun) { waiting.append(run) }

  /// Gives a free lane to the run that has waited longest; false if there is none.
  func admit(to lane: Int) -> Bool {
    guard !waiting.isEmpty else { return false }
    let carried = waiting.removeFirst()
    lanes[lane] = carried.run
    block.put(carried, into: lane)
    arrived.append((lane, carried))
    return true
  }

  /// Restarts the lanes that were changed, and lets what arrived go on where it was.
  func restart() {
    block.restart()
    for (lane, carried) in arrived { block.settle(carried, in: lane) }
    arrived = []
  }
}
