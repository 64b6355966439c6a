import ModelLanguage
import Programs
import Solvers

/// Conditions and events of a run.
extension LaneRun {
  /// How often events may set off one another at one moment.
  private static let mostRounds = 1000

  /// Notes which conditions hold at the start, before anything happens there.
  func beginConditions(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) {
    let arrays = ensemble.stepped.arrays
    guard ensemble.conditionCount > 0 else { return }
    block.observe()
    for condition in 0..<ensemble.conditionCount {
      let holds = block[arrays.margins, condition, lane] >= 0
      let events = ensemble.model.events
      let countsAsNew = events.indices.contains(condition) && events[condition].happensAtStart
      block[arrays.holding, condition, lane] = holds && !countsAsNew ? 1 : 0
    }
  }

  /// Lets the events happen whose conditions have become true, until none does any more.
  ///
  /// - Returns: Whether states have changed, and why the run cannot go on if events never come to rest.
  func settle(
    _ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble
  ) -> (hasChanged: Bool, failure: RunFailure.Reason?) {
    let arrays = ensemble.stepped.arrays
    guard ensemble.conditionCount > 0 else { return (false, nil) }
    let time = block[arrays.time, lane]
    let eventCount = ensemble.assignments.count
    var hasChanged = false
    var lately = 0
    for _ in 0..<Self.mostRounds {
      block.observe()
      var begun: [Int] = []
      for condition in 0..<ensemble.conditionCount {
        if block[arrays.holding, condition, lane] == 0 {
          guard block[arrays.margins, condition, lane] >= 0 else { continue }
          block[arrays.holding, condition, lane] = 1
          if condition < eventCount { begun.append(condition) }
        } else if block[arrays.goneBack, condition, lane] != 0 {
          block[arrays.holding, condition, lane] = 0
        }
      }
      if begun.isEmpty { return (hasChanged, nil) }
      for event in begun {
        lately = event
        if eventLog.isEndless(event, at: time) { return (hasChanged, .endlessEvent(event)) }
        guard eventLog.begins(event, at: time) else { continue }
        change(lane, block, ensemble, by: event)
        hasChanged = true
      }
      if block[arrays.acceptedSteps, lane] >= Double(ensemble.configuration.maximumSteps) {
        return (hasChanged, .tooManySteps(ensemble.configuration.maximumSteps))
      }
    }
    return (hasChanged, .endlessEvent(lately))
  }

  /// Changes the states by an event, which counts as a step.
  func change(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble, by event: Int) {
    let arrays = ensemble.stepped.arrays
    block.observe()
    for (state, observed) in ensemble.assignments[event] {
      block[arrays.state, state, lane] = block[arrays.observed, observed, lane]
    }
    block[arrays.acceptedSteps, lane] += 1
  }

  /// Looks which kinks on the way have been passed; what was not is still ahead.
  ///
  /// - Returns: Whether one was passed, so that the derivatives may have jumped.
  func passKinks(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) -> Bool {
    guard !kinksAhead.isEmpty else { return false }
    let arrays = ensemble.stepped.arrays
    if ensemble.conditionCount == 0 { block.observe() }
    var hasPassed = false
    for (kink, side) in kinksAhead {
      let isAhead = block[arrays.locatedKinks, kink, lane] * side >= 0
      if isAhead { block[arrays.kinkSides, kink, lane] = side } else { hasPassed = true }
    }
    kinksAhead = []
    return hasPassed
  }

  /// Finds where a condition or a kink changes first within the attempted step, and makes it the next stop.
  ///
  /// Where nothing changes after all, the step is made as it was attempted.
  func locateChange(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) {
    let arrays = ensemble.stepped.arrays
    let search = ConditionSearch(lane: lane, block: block, ensemble: ensemble)
    let (fraction, kinks) = search.earliestChange()
    kinksAhead = kinks
    let time = block[arrays.time, lane]
    let step = block[arrays.attemptedStep, lane]
    // A step that ends a rounding short may be too short to move the states: then further each time.
    let least =
      max(time.ulp, 0x1p-52 * step) * Double(sign: .plus, exponent: landings, significand: 1)
    let target = max(time + fraction * step, time + min(least, step))
    landings = fraction < 1 ? min(landings + 1, 52) : 0
    block[arrays.attention, lane] = 0
    block[arrays.stop, lane] = min(target, block[arrays.stop, lane])
    block[arrays.ignoresConditions, lane] = 1
  }
}
