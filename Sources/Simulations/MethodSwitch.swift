import LinearAlgebra
import Solvers

/// How runs of `auto` go over to the other method.
extension EnsembleWorker {
  /// Chooses the lanes to step next: where most are in use, so that few are stepped in vain.
  ///
  /// Of equals the second is taken, which keeps small the number of runs that have begun.
  ///
  /// - Parameter hasMore: Whether runs may be left that have not begun.
  /// - Returns: Whether there is anything to step.
  func chooseMethod(hasMore: Bool) -> Bool {
    var most = 0
    for lanes in methods {
      let count = lanes.busyCount(hasMore: hasMore)
      if count > 0, count >= most {
        most = count
        current = lanes
      }
    }
    return most > 0
  }

  /// Whether enough is left of a run to make up for a change.
  ///
  /// A stiff method would take some tens of steps as well, each at several times the work.
  func isWorthChanging(_ lane: Int) -> Bool {
    guard !current.method.isImplicit else { return true }
    let arrays = ensemble.stepped.arrays
    let rest = ensemble.configuration.end - block[arrays.time, lane]
    return rest > Self.fewSteps * block[arrays.step, lane]
  }

  private static var fewSteps: Double { 60 }

  /// Has the run of a lane wait for a lane of the other method.
  ///
  /// - Parameters:
  ///   - lane: The lane, which is free then.
  ///   - step: The step to go on with, in s; `nil` to choose it as at a start.
  /// - Throws: `LinearAlgebraFailure` if the other method needs LAPACKE, and that is not installed.
  func changeMethod(of lane: Int, step: Double?) throws(LinearAlgebraFailure) {
    guard let alternatives = ensemble.alternatives, let run = lanes[lane] else {
      preconditionFailure("only a run of `auto` asks for another method")
    }
    run.methods.leave(current.method, after: block.statistics(lane))
    let carried = block.carry(run, from: lane, step: step)
    current.lanes[lane] = nil
    if methods.count == 1 {
      let lanes = try MethodLanes(ensemble, alternatives.other(), isFirst: false)
      lanes.block.setVariableStride(block.variableStride)
      methods.append(lanes)
    }
    guard let other = methods.first(where: { $0 !== current }) else {
      preconditionFailure("the lanes of the other method have just been made")
    }
    other.wait(carried)
  }
}
