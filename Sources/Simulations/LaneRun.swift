import ModelLanguage
import Programs
import Solvers

/// The run that a lane holds: where its results go and what still lies ahead of it.
final class LaneRun {
  let index: Int
  let chunk: ChunkBuffer
  private let setup: RunSetup
  private var nextChange = 0
  private var nextCommonStop = 0
  /// The events that happen at the stop on the way, by index.
  private var comingEvents: [Int] = []
  /// When each event happened last, in s.
  private var lastTimes: [Double] = []
  private var watches: [ConditionWatch] = []

  init(index: Int, chunk: ChunkBuffer, setup: RunSetup) {
    self.index = index
    self.chunk = chunk
    self.setup = setup
  }

  /// Loads the run into a lane, at its start.
  func begin(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) {
    let arrays = ensemble.stepped.arrays
    let configuration = ensemble.configuration
    for (element, value) in setup.parameters.enumerated() {
      block[arrays.parameters, element, lane] = value
    }
    for (element, value) in setup.inputs.enumerated() {
      block[arrays.inputs, element, lane] = value
    }
    for (element, value) in setup.states.enumerated() {
      block[arrays.state, element, lane] = value
    }
    for gate in ensemble.reductions.gates { block[arrays.inputs, gate.input, lane] = 0 }
    for added in 0..<ensemble.reductions.addedCount {
      block[arrays.state, setup.states.count + added, lane] = 0
    }
    for (element, value) in ensemble.reductions.initialExtremes.enumerated() {
      block[arrays.extremes, element, lane] = value
      block[arrays.extremeTimes, element, lane] = .nan
    }
    block.resetTolerances(lane)
    block[arrays.time, lane] = configuration.start
    block[arrays.isActive, lane] = 1
    block[arrays.ignoresEvents, lane] = 0
    for event in ensemble.risingEvents.indices { block[arrays.firedEvents, event, lane] = 0 }
    lastTimes = ensemble.risingEvents.map { _ in -.infinity }
    watches = ensemble.reductions.watches.map { _ in ConditionWatch() }
    block[arrays.acceptedSteps, lane] = 0
    block[arrays.rejectedSteps, lane] = 0
    block[arrays.attention, lane] = 0
    if setup.isSampled {
      block.setDestination(lane, chunk.samples + chunk.sampledCount * chunk.timeCount)
      chunk.sampledCount += 1
    } else {
      block.setDestination(lane, nil)
    }
    applyChanges(lane, block, ensemble, at: configuration.start)
    chooseStop(lane, block, ensemble)
    block.markForRestart(lane)
  }

  /// Does what is due at the stop that the lane has reached; true if the run is over.
  func reachStop(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) -> Bool {
    let arrays = ensemble.stepped.arrays
    let time = block[arrays.time, lane]
    block[arrays.attention, lane] = 0
    let events = comingEvents
    let before = events.isEmpty ? [] : margins(lane, block, ensemble)
    if !events.isEmpty {
      applyEvents(lane, block, ensemble)
      block[arrays.ignoresEvents, lane] = 0
    }
    readObserved(lane, block, ensemble, at: time)
    while nextCommonStop < ensemble.commonStops.count,
      ensemble.commonStops[nextCommonStop] <= time
    {
      nextCommonStop += 1
    }
    if time >= ensemble.configuration.end {
      watch(lane, block, ensemble, at: time, events: events, before: before)
      return true
    }
    let changeCount = nextChange
    applyChanges(lane, block, ensemble, at: time)
    if nextChange > changeCount || !events.isEmpty {
      // What is sampled and read at a time is what is there after everything that happens then.
      block.sampleAgain(lane)
      readObserved(lane, block, ensemble, at: time)
    }
    watch(lane, block, ensemble, at: time, events: events, before: before)
    chooseStop(lane, block, ensemble)
    block.markForRestart(lane)
    return false
  }

  /// Finds when an event happens within the attempted step, and makes it the next stop.
  ///
  /// - Returns: An event that happens again before the time has moved, so that the run would never
  ///   end; `nil` in all other cases.
  func locateEvent(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) -> Int? {
    let arrays = ensemble.stepped.arrays
    var earliest = 1.0
    comingEvents = []
    func value(_ event: Int, at fraction: Double) -> Double {
      block[arrays.fraction, lane] = fraction
      block.locate()
      let found = block[arrays.locatedEvents, event, lane]
      return ensemble.risingEvents[event] ? found : -found
    }
    for (event, isRising) in ensemble.risingEvents.enumerated() {
      let raw = block[arrays.eventValues, event, lane]
      let before = isRising ? raw : -raw
      guard before < 0 else { continue }
      let after = value(event, at: 1)
      guard after >= 0 else { continue }
      let fraction = Self.crossing(before: before, after: after) { value(event, at: $0) }
      if fraction < earliest || (fraction == earliest && comingEvents.isEmpty) {
        earliest = fraction
        comingEvents = [event]
      } else if fraction == earliest {
        comingEvents.append(event)
      }
    }
    // The step's own end and its interpolation can differ in the last digit: then it is the end.
    if comingEvents.isEmpty {
      comingEvents = ensemble.risingEvents.indices.filter { event in
        let raw = block[arrays.eventValues, event, lane]
        return ensemble.risingEvents[event] ? raw < 0 : raw > 0
      }.prefix(1).map { $0 }
    }
    let time = block[arrays.time, lane]
    let target = time + earliest * block[arrays.attemptedStep, lane]
    block[arrays.attention, lane] = 0
    if target > time {
      block[arrays.stop, lane] = min(target, block[arrays.stop, lane])
      block[arrays.ignoresEvents, lane] = 1
    } else {
      if let endless = comingEvents.first(where: { lastTimes[$0] == time }) { return endless }
      let events = comingEvents
      let before = margins(lane, block, ensemble)
      applyEvents(lane, block, ensemble)
      watch(lane, block, ensemble, at: time, events: events, before: before)
      chooseStop(lane, block, ensemble)
      block.markForRestart(lane)
    }
    return nil
  }

  /// The smallest fraction found at which a rising function is no longer negative.
  ///
  /// Bisection with the secant's guess in every other step: never slow, never outside. The value
  /// at the start may stand for no more than a side, so the secant waits for a better one.
  private static func crossing(
    before: Double, after: Double, _ value: (Double) -> Double
  ) -> Double {
    var low = 0.0
    var high = 1.0
    var lowValue = before
    var highValue = after
    for round in 0..<100 where high - low > 1e-15 {
      var middle = 0.5 * (low + high)
      if round % 2 == 0, low > 0, highValue > lowValue {
        let secant = low - lowValue * (high - low) / (highValue - lowValue)
        if secant > low, secant < high { middle = secant }
      }
      let found = value(middle)
      if found >= 0 {
        high = middle
        highValue = found
      } else if found < 0 {
        low = middle
        lowValue = found
      } else {
        break
      }
      if middle == 0 || highValue == 0 { break }
    }
    return high
  }

  private func applyEvents(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) {
    let arrays = ensemble.stepped.arrays
    for event in comingEvents {
      block[arrays.firedEvents, event, lane] = 1
      lastTimes[event] = block[arrays.time, lane]
      block.observe()
      for (state, observed) in ensemble.assignments[event] {
        block[arrays.state, state, lane] = block[arrays.observed, observed, lane]
      }
    }
    comingEvents = []
  }

  private func applyChanges(
    _ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble, at time: Double
  ) {
    let arrays = ensemble.stepped.arrays
    for gate in ensemble.reductions.gates {
      block[arrays.inputs, gate.input, lane] = gate.from <= time && time < gate.to ? 1 : 0
    }
    while nextChange < setup.schedule.count, setup.schedule[nextChange].time <= time {
      switch setup.schedule[nextChange].action {
      case .setInput(let input, let value): block[arrays.inputs, input, lane] = value
      case .setState(let state, let value): block[arrays.state, state, lane] = value
      case .addToState(let state, let value): block[arrays.state, state, lane] += value
      }
      nextChange += 1
    }
  }

  private func chooseStop(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) {
    var stop = ensemble.configuration.end
    if nextCommonStop < ensemble.commonStops.count {
      stop = min(stop, ensemble.commonStops[nextCommonStop])
    }
    if nextChange < setup.schedule.count {
      stop = min(stop, setup.schedule[nextChange].time)
    }
    block[ensemble.stepped.arrays.stop, lane] = stop
  }

  // MARK: Reductions

  /// Reads the reductions that are the value at this time.
  func readObserved(
    _ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble, at time: Double
  ) {
    let due = ensemble.reductions.readings.filter { $0.time == time }
    guard !due.isEmpty else { return }
    block.observe()
    for (_, reduction) in due {
      guard case .observed(let place) = ensemble.reductions.origins[reduction] else { continue }
      store(block[ensemble.stepped.arrays.observed, place, lane], reduction)
    }
  }

  /// By how much the watched conditions hold.
  private func margins(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) -> [Double] {
    guard !watches.isEmpty else { return [] }
    block.observe()
    return ensemble.reductions.watches.map {
      block[ensemble.stepped.arrays.observed, $0.observed, lane]
    }
  }

  /// Looks whether the watched conditions hold, after everything that happens at this time.
  ///
  /// - Parameters:
  ///   - lane: The lane of the run.
  ///   - block: What its numbers are in.
  ///   - ensemble: What is run.
  ///   - time: In s.
  ///   - events: What has just happened.
  ///   - before: The margins before events and changes. Where they are the same still, a margin at its
  ///     own crossing is a rounding error, and the direction tells.
  func watch(
    _ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble, at time: Double, events: [Int] = [],
    before: [Double] = []
  ) {
    let margins = margins(lane, block, ensemble)
    for (index, plan) in ensemble.reductions.watches.enumerated() {
      let isSame = before.indices.contains(index) && before[index] == margins[index]
      let holds: Bool =
        if isSame, events.contains(plan.rising) {
          true
        } else if isSame, events.contains(plan.falling) {
          false
        } else {
          margins[index] > 0
        }
      watches[index].set(holds, at: time, plan)
    }
  }

  /// Stores what is known only when the run is over.
  func storeReductions(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) {
    let arrays = ensemble.stepped.arrays
    for (reduction, origin) in ensemble.reductions.origins.enumerated() {
      switch origin {
      case .extreme(let place):
        // What was never a number has left the beginning, beyond all numbers.
        let value = block[arrays.extremes, place, lane]
        let isFound = value != ensemble.reductions.initialExtremes[place]
        store(isFound ? value : .nan, reduction)
      case .extremeTime(let place): store(block[arrays.extremeTimes, place, lane], reduction)
      case .integral(let state, let divisor):
        store(block[arrays.state, state, lane] / divisor, reduction)
      case .observed: break
      case .watch(let index):
        store(watches[index].value(ensemble.reductions.watches[index]), reduction)
      }
    }
  }

  /// Marks what a failed run did not reach.
  func markMissing(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) {
    block.markMissingSamples(lane)
    for reduction in ensemble.reductions.origins.indices { store(.nan, reduction) }
  }

  private func store(_ value: Double, _ reduction: Int) {
    chunk.reductions[reduction * chunk.capacity + index - chunk.runs.lowerBound] = value
  }
}
