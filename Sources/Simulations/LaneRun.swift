import Dynamics
import ModelLanguage
import Programs
import Solvers

/// The run that a lane holds: where its results go and what still lies ahead of it.
///
/// What happens at a stop, in this order: the conditions that have become true on the way there let their
/// events happen; then doses and inputs change, delayed events take effect and what follows the clock jumps,
/// and the conditions that become true by that let their events happen. What is sampled, read and reduced at a
/// time is what is there after all of it.
final class LaneRun {
  /// How a stop ends.
  enum Ending {
    case goesOn
    case isOver
    case fails(RunFailure.Reason)
  }

  let index: Int
  let chunk: ChunkBuffer
  let setup: RunSetup
  private var nextChange = 0
  private var nextCommonStop = 0
  private var inputs: [Double]
  private var timeline: ClockTimeline?
  private var nextJump = Double.infinity
  private var watches: [ConditionWatch] = []
  var eventLog: EventLog
  /// How many landings in a row have changed nothing.
  var landings = 0
  /// The kinks that the lane is about to land on, and the sides from which it comes.
  var kinksAhead: [(kink: Int, side: Double)] = []
  /// By which methods it has gone so far.
  var methods = MethodHistory()

  init(index: Int, chunk: ChunkBuffer, setup: RunSetup, _ ensemble: Ensemble) {
    self.index = index
    self.chunk = chunk
    self.setup = setup
    inputs = setup.inputs
    eventLog = EventLog(ensemble.model, parameters: setup.parameters)
  }

  /// Loads the run into a lane, at its start.
  ///
  /// - Returns: Why it cannot go on from there, if events never come to rest.
  func begin(
    _ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble, _ timelines: ClockTimelines
  ) -> RunFailure.Reason? {
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
    block[arrays.ignoresConditions, lane] = 0
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
    if !ensemble.clock.isEmpty {
      timeline = timelines.timeline(parameters: setup.parameters, inputs: inputs)
    }
    setJumps(timeline?.values(at: configuration.start), lane, block, ensemble)
    beginConditions(lane, block, ensemble)
    setJumps(timeline?.values(from: configuration.start), lane, block, ensemble)
    _ = applyChanges(lane, block, ensemble, timelines, at: configuration.start)
    var failure = settle(lane, block, ensemble).failure
    if let (event, delay) = eventLog.impossibleDelay { failure = .impossibleDelay(event, delay) }
    chooseStop(lane, block, ensemble)
    block.beginWatching(lane, methods)
    block.markForRestart(lane)
    return failure
  }

  /// Does what is due at the stop that the lane has reached.
  func reachStop(
    _ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble, _ timelines: ClockTimelines
  ) -> Ending {
    let arrays = ensemble.stepped.arrays
    let time = block[arrays.time, lane]
    block[arrays.attention, lane] = 0
    block[arrays.ignoresConditions, lane] = 0
    let arrival = settle(lane, block, ensemble)
    if let failure = arrival.failure { return .fails(failure) }
    var hasChanged = arrival.hasChanged
    let passesKink = passKinks(lane, block, ensemble)
    let isOver = time >= ensemble.configuration.end
    if isOver, nextJump <= time, setJumps(timeline?.values(at: time), lane, block, ensemble) {
      hasChanged = true
      if let failure = settle(lane, block, ensemble).failure { return .fails(failure) }
    }
    if !isOver {
      while nextCommonStop < ensemble.commonStops.count,
        ensemble.commonStops[nextCommonStop] <= time
      {
        nextCommonStop += 1
      }
      if applyChanges(lane, block, ensemble, timelines, at: time) {
        hasChanged = true
        if let failure = settle(lane, block, ensemble).failure { return .fails(failure) }
      }
    }
    if hasChanged { block.sampleAgain(lane) }
    readObserved(lane, block, ensemble, at: time)
    watch(lane, block, ensemble, at: time)
    if isOver { return .isOver }
    chooseStop(lane, block, ensemble)
    if hasChanged || passesKink {
      landings = 0
      block.markForRestart(lane)
    }
    return .goesOn
  }

  /// Changes inputs and states that are due; true if anything is another than before.
  private func applyChanges(
    _ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble, _ timelines: ClockTimelines,
    at time: Double
  ) -> Bool {
    let arrays = ensemble.stepped.arrays
    var hasChanged = false
    for gate in ensemble.reductions.gates {
      let value: Double = gate.from <= time && time < gate.to ? 1 : 0
      if block[arrays.inputs, gate.input, lane] != value {
        block[arrays.inputs, gate.input, lane] = value
        hasChanged = true
      }
    }
    var movesClock = false
    while nextChange < setup.schedule.count, setup.schedule[nextChange].time <= time {
      switch setup.schedule[nextChange].action {
      case .setInput(let input, let value):
        block[arrays.inputs, input, lane] = value
        inputs[input] = value
        movesClock = movesClock || ensemble.clock.inputs.contains(input)
      case .setState(let state, let value): block[arrays.state, state, lane] = value
      case .addToState(let state, let value): block[arrays.state, state, lane] += value
      }
      hasChanged = true
      nextChange += 1
    }
    for event in eventLog.takeDue(at: time) {
      change(lane, block, ensemble, by: event)
      hasChanged = true
    }
    if movesClock {
      timeline = timelines.timeline(parameters: setup.parameters, inputs: inputs)
    }
    if movesClock || nextJump <= time {
      if setJumps(timeline?.values(from: time), lane, block, ensemble) { hasChanged = true }
    }
    return hasChanged
  }

  /// Sets the inputs that jump with the clock; true if one is another than before.
  @discardableResult
  private func setJumps(
    _ values: [Double]?, _ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble
  ) -> Bool {
    let arrays = ensemble.stepped.arrays
    var hasChanged = false
    for (offset, value) in (values ?? []).enumerated() {
      let element = ensemble.firstClockInput + offset
      if block[arrays.inputs, element, lane].bitPattern != value.bitPattern { hasChanged = true }
      block[arrays.inputs, element, lane] = value
    }
    return hasChanged
  }

  private func chooseStop(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) {
    let arrays = ensemble.stepped.arrays
    var stop = ensemble.configuration.end
    if nextCommonStop < ensemble.commonStops.count {
      stop = min(stop, ensemble.commonStops[nextCommonStop])
    }
    if nextChange < setup.schedule.count {
      stop = min(stop, setup.schedule[nextChange].time)
    }
    if let time = eventLog.nextDue { stop = min(stop, time) }
    nextJump = timeline?.nextChange(after: block[arrays.time, lane]) ?? .infinity
    block[arrays.stop, lane] = min(stop, nextJump)
  }

  // MARK: Reductions

  /// Reads the reductions that are the value at this time, or a rounding before it.
  func readObserved(
    _ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble, at time: Double
  ) {
    let due = ensemble.reductions.readings.filter {
      $0.time <= time && time - $0.time <= LaneBlock.sameMoment(as: time)
    }
    guard !due.isEmpty else { return }
    block.observe()
    for (_, reduction) in due {
      guard case .observed(let place) = ensemble.reductions.origins[reduction] else { continue }
      store(block[ensemble.stepped.arrays.observed, place, lane], reduction)
    }
  }

  /// Looks whether the watched conditions hold, after everything that happens at this time.
  func watch(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble, at time: Double) {
    for (index, plan) in ensemble.reductions.watches.enumerated() {
      let holds = block[ensemble.stepped.arrays.holding, plan.condition, lane] != 0
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

  /// What of the results of a finished run has no value although the experiment does not allow it.
  func missingValue(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) -> RunFailure.Reason? {
    let configuration = ensemble.configuration
    for (index, reduction) in configuration.reductions.enumerated()
    where reduction.kind != .firstTime && !configuration.mayLackValue.reductions.contains(index) {
      if !value(ofReduction: index).isFinite { return .noValue(of: .reduction(index), at: nil) }
    }
    guard let found = block.firstMissingSample(lane, except: configuration.mayLackValue.recorded)
    else { return nil }
    return .noValue(of: .recorded(found.variable), at: configuration.sampleTimes[found.sample])
  }

  /// Marks what a failed run did not reach.
  func markMissing(_ lane: Int, _ block: LaneBlock, _ ensemble: Ensemble) {
    block.markMissingSamples(lane)
    for reduction in ensemble.reductions.origins.indices { store(.nan, reduction) }
  }

  private func place(ofReduction reduction: Int) -> Int {
    reduction * chunk.capacity + index - chunk.runs.lowerBound
  }

  private func value(ofReduction reduction: Int) -> Double {
    chunk.reductions[place(ofReduction: reduction)]
  }

  private func store(_ value: Double, _ reduction: Int) {
    chunk.reductions[place(ofReduction: reduction)] = value
  }
}
