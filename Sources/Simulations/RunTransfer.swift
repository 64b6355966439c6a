import Programs
import Solvers

/// A run between two lanes: everything that it goes on with by another method.
struct CarriedRun {
  let run: LaneRun
  /// The numbers of `SteppedProgram.arraysOfRun`, one after the other.
  let values: [Double]
  let sampleIndex: Int64
  let destination: UnsafeMutablePointer<Double>?
  /// The step to begin with, in s; `nil` to choose it as at a start.
  let step: Double?
}

extension LaneBlock {
  /// Takes a run out of a lane, which is free then.
  func carry(_ run: LaneRun, from lane: Int, step: Double?) -> CarriedRun {
    self[arrays.attention, lane] = 0
    let values = stepped.arraysOfRun.flatMap { array in
      (0..<stepped.program[array].count).map { self[array, $0, lane] }
    }
    let carried = CarriedRun(
      run: run, values: values, sampleIndex: sampleIndex[lane], destination: destinations[lane],
      step: step)
    idle(lane)
    return carried
  }

  /// Puts a run into a free lane, to be restarted and then settled.
  func put(_ carried: CarriedRun, into lane: Int) {
    write(carried, to: lane)
    destinations[lane] = carried.destination
    sampleIndex[lane] = carried.sampleIndex
    beginWatching(lane, carried.run.methods)
    markForRestart(lane)
  }

  /// Undoes what a restart changes of a run that has only changed its method: nothing has happened to
  /// it, no event has passed, and its step is known.
  func settle(_ carried: CarriedRun, in lane: Int) {
    write(carried, to: lane)
    if let step = carried.step { self[arrays.step, lane] = step }
  }

  private func write(_ carried: CarriedRun, to lane: Int) {
    var position = 0
    for array in stepped.arraysOfRun {
      for element in 0..<stepped.program[array].count {
        self[array, element, lane] = carried.values[position]
        position += 1
      }
    }
  }

  /// Has a lane watch a run that begins or arrives; nothing is left of the one before.
  func beginWatching(_ lane: Int, _ history: MethodHistory) {
    guard let watch = stepped.switching else { return }
    self[watch.countdown, lane] = Double(SteppedProgram.firstInterval)
    self[watch.interval, lane] = Double(SteppedProgram.firstInterval)
    self[watch.votes, lane] = 0
    self[watch.patience, lane] = Double(history.patience(of: stepped.method))
    self[watch.rate, lane] = .infinity
    for element in 0..<stepped.program[watch.direction].count {
      self[watch.direction, element, lane] = 0
    }
  }

  /// Lets a run go on by its method although it asked for the other.
  func stay(_ lane: Int) {
    guard let watch = stepped.switching else { return }
    self[arrays.attention, lane] = 0
    self[watch.votes, lane] = 0
    self[watch.countdown, lane] = Double(SteppedProgram.firstInterval)
  }

  /// The step with which the other method takes over.
  func stepAfterChange(_ lane: Int) -> Double {
    let step = self[arrays.step, lane]
    guard let watch = stepped.switching, stepped.method.isImplicit else { return step }
    return min(step, 0.9 * SteppedProgram.stabilityBound / self[watch.rate, lane])
  }
}
