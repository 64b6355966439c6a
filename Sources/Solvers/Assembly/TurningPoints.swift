import Programs

/// Extremes within a step.
///
/// A peak rarely falls on the end of a step. Where the slope of a watched value changes its sign
/// within an accepted step, its zero is found on the interpolation, so that the extreme is as
/// exact as the solution. Steps without such a turn pay for the slopes at their ends only. The
/// turns of a lane are searched one after the other, so that the code does not grow with them.
extension StepAssembly {
  /// The arrays of the search; slopes are over the whole step, and those of minima are negated.
  struct TurningArrays {
    /// The slope of each watched value at both ends of the step.
    var first: LaneArray
    var last: LaneArray
    /// 1 for each value that turns within the step and may become the extreme.
    var turns: LaneArray
    /// 1 for the one that is being searched.
    var isSearched: LaneArray
    /// Whether any is left; one element, like what follows.
    var isTurning: LaneArray
    /// The bracket as fractions of the step, and the slopes at its ends.
    var low: LaneArray
    var high: LaneArray
    var slopeLow: LaneArray
    var slopeHigh: LaneArray
    /// Which end moved last: 1 the lower, −1 the upper.
    var side: LaneArray
    /// The extreme within the step so far, and its time.
    var best: LaneArray
    var bestTime: LaneArray
  }

  /// How often a bracket is narrowed: the secant about doubles the digits in two rounds.
  static var turningRounds: Int { 7 }

  /// Looks for turns at the end of an attempt, and adds the routines that follow them.
  ///
  /// - Parameter evaluation: Computes the watched values at a time and a state.
  mutating func addTurningPoints(_ evaluation: ProcedureHandle?) {
    guard let evaluation, method != .exponentialEuler, let interpolant else { return }
    let count = system.extremes.count
    func temporary(_ name: String, _ count: Int = 1) -> LaneArray {
      program.declare(name, count: count, storage: .temporary)
    }
    let turning = TurningArrays(
      first: temporary("turn_first", count), last: temporary("turn_last", count),
      turns: temporary("turns", count), isSearched: temporary("is_searched", count),
      isTurning: temporary("is_turning"), low: temporary("turn_low"),
      high: temporary("turn_high"), slopeLow: temporary("slope_low"),
      slopeHigh: temporary("slope_high"), side: temporary("turn_side"),
      best: temporary("turn_value"), bestTime: temporary("turn_time"))
    self.turning = turning
    let slope = slopeProcedure()
    addEndSlopes(turning, interpolant, slope)
    addTurnSearch(turning, interpolant, evaluation, slope)
  }

  /// The slopes of the watched values at a time and a state, by those of the states.
  private mutating func slopeProcedure() -> ProcedureHandle {
    let rate = program.declare("rate", count: system.stateCount, storage: .formal)
    let output = program.declare("slope", count: system.extremes.count, storage: .formal)
    let values = system.extremes.map(\.value)
    let overState = program.graph.partialDerivatives(of: values, withRespectTo: system.state)
    let overTime = program.graph.partialDerivatives(of: values, withRespectTo: system.time)
    var stores: [Procedure.Store] = []
    for index in values.indices {
      var sum = program.graph.constant(0)
      for (element, derivative) in overState[index] {
        let part = program.graph.multiply(derivative, program.graph.load(rate, element))
        sum = program.graph.add(sum, part)
      }
      for (_, derivative) in overTime[index] {
        let step = program.graph.load(arrays.attemptedStep)
        sum = program.graph.add(sum, program.graph.multiply(derivative, step))
      }
      if !system.extremes[index].isMaximum { sum = program.graph.negate(sum) }
      stores.append(.init(output, index, sum))
    }
    return program.define(
      Procedure(
        name: "extreme_slopes", formals: [system.time, system.state, rate, output],
        stores: stores))
  }

  /// How fast each state moves at a fraction of the step, over the whole step.
  private mutating func addStateSlope(
    _ interpolant: Interpolant, at fraction: Double?, into rate: LaneArray,
    to routine: LaneProgram.Routine
  ) {
    let arrays = arrays
    addLoop(to: routine) { graph in
      let theta = graph.load(arrays.fraction)
      let value = interpolant.value(
        theta, { fraction == nil ? $1.element($0) : interpolant.expanded($0, &$1) }, &graph)
      var slope =
        graph.partialDerivatives(of: [value], withRespectTo: arrays.fraction)[0].first?.derivative
        ?? graph.constant(0)
      if let fraction {
        slope = graph.substitute([theta: graph.constant(fraction)], in: [slope])[0]
      }
      return ElementLoop(stores: [(rate, slope)])
    }
  }

  /// The slopes of the watched values at both ends of the attempt.
  private mutating func addEndSlopes(
    _ turning: TurningArrays, _ interpolant: Interpolant, _ slope: ProcedureHandle
  ) {
    let count = system.stateCount
    for (end, time, state, result) in [
      (0.0, arrays.time, arrays.state, turning.first),
      (1.0, scratch.newTime, scratch.newState, turning.last),
    ] {
      let rate = program.declare("rate_\(Int(end))", count: count, storage: .temporary)
      addStateSlope(interpolant, at: end, into: rate, to: .attempt)
      append(.call(slope, [time, state, rate, result]), to: .attempt)
    }
  }

  /// Where each watched value turns within the attempt and may become the extreme: up at the start and
  /// down at the end, and not too low.
  static func turns(
    _ turning: TurningArrays, _ extremes: [EquationSystem.Extreme], _ arrays: SteppingArrays,
    _ scratch: ScratchArrays, _ graph: inout ExpressionGraph
  ) -> [Node] {
    let zero = graph.constant(0)
    let time = graph.load(arrays.time)
    let newTime = graph.load(scratch.newTime)
    return extremes.map(\.isMaximum).enumerated().map { index, isMaximum in
      let first = graph.load(turning.first, index)
      let last = graph.load(turning.last, index)
      // No further than straight on from the start.
      let value = graph.load(arrays.extremeValues, index)
      let bound = isMaximum ? graph.add(value, first) : graph.subtract(value, first)
      let conditions = [
        graph.compare(.lessOrEqual, newTime, graph.load(arrays.extremeWindows, 2 * index + 1)),
        // A slope without a value, such as 0·∞ at a root of 0, may be any.
        graph.not(graph.compare(.lessOrEqual, first, zero)),
        graph.not(graph.compare(.greaterOrEqual, last, zero)),
        graph.not(
          graph.compare(
            isMaximum ? .lessOrEqual : .greaterOrEqual, bound,
            graph.load(arrays.extremes, index))),
      ]
      let isOpen = graph.compare(
        .greaterOrEqual, time, graph.load(arrays.extremeWindows, 2 * index))
      return conditions.reduce(isOpen) { graph.both($0, $1) }
    }
  }

  /// Marks what turns within an accepted step.
  mutating func addTurnTest() {
    guard let turning else { return }
    let arrays = arrays
    let scratch = scratch
    let extremes = system.extremes
    add("find_turns", to: .judge) { graph in
      let zero = graph.constant(0)
      let one = graph.constant(1)
      let accepted = graph.compare(.notEqual, graph.load(scratch.accepted), zero)
      var any = zero
      var stores: [Procedure.Store] = []
      for (index, turns) in Self.turns(turning, extremes, arrays, scratch, &graph).enumerated() {
        let isFound = graph.both(accepted, turns)
        any = graph.select(isFound, one, any)
        stores.append(.init(turning.turns, index, graph.select(isFound, one, zero)))
      }
      return stores + [.init(turning.isTurning, 0, any)]
    }
  }

  /// Narrows the bracket by the secant, halving the slope of an end that stays (Illinois).
  ///
  /// Source: Dowell and Jarratt (1971), BIT 11, 168.
  private mutating func addTurnSearch(
    _ turning: TurningArrays, _ interpolant: Interpolant, _ evaluation: ProcedureHandle,
    _ slope: ProcedureHandle
  ) {
    let arrays = arrays
    let scratch = scratch
    let isMaximum = system.extremes.map(\.isMaximum)
    add("choose_turn", to: .turningPoints) { graph in
      let zero = graph.constant(0)
      let one = graph.constant(1)
      var isFree = graph.compare(.equal, zero, zero)
      var (slopeLow, slopeHigh, best) = (one, graph.constant(-1), zero)
      var stores: [Procedure.Store] = []
      for index in isMaximum.indices {
        let turns = graph.compare(.notEqual, graph.load(turning.turns, index), zero)
        let isChosen = graph.both(isFree, turns)
        isFree = graph.both(isFree, graph.not(turns))
        slopeLow = graph.select(isChosen, graph.load(turning.first, index), slopeLow)
        slopeHigh = graph.select(isChosen, graph.load(turning.last, index), slopeHigh)
        best = graph.select(isChosen, graph.load(arrays.extremes, index), best)
        stores.append(.init(turning.isSearched, index, graph.select(isChosen, one, zero)))
      }
      // The secant needs two numbers; without them the first guess is the middle.
      let steepness = graph.add(
        graph.unary(.absolute, slopeLow), graph.unary(.absolute, slopeHigh))
      let isSecant = graph.compare(
        .lessOrEqual, steepness, graph.constant(.greatestFiniteMagnitude))
      slopeLow = graph.select(isSecant, slopeLow, one)
      slopeHigh = graph.select(isSecant, slopeHigh, graph.constant(-1))
      return stores + [
        .init(turning.slopeLow, 0, slopeLow), .init(turning.slopeHigh, 0, slopeHigh),
        .init(turning.low, 0, zero), .init(turning.high, 0, one), .init(turning.side, 0, zero),
        .init(turning.best, 0, best), .init(turning.bestTime, 0, graph.constant(.nan)),
      ]
    }
    add("guess_turn", to: .turningRound) { graph in
      let low = graph.load(turning.low)
      let width = graph.subtract(graph.load(turning.high), low)
      let slope = graph.load(turning.slopeLow)
      let fall = graph.subtract(slope, graph.load(turning.slopeHigh))
      let part = graph.divide(graph.multiply(width, slope), fall)
      return [.init(arrays.fraction, 0, graph.add(low, part))]
    }
    // The interpolation without the recording, which is added later.
    for statement in program.routines[.interpolate] ?? [] { append(statement, to: .turningRound) }
    let rate = program.declare("turn_rate", count: system.stateCount, storage: .temporary)
    let values = program.declare("turn_values", count: isMaximum.count, storage: .temporary)
    let slopes = program.declare("turn_slopes", count: isMaximum.count, storage: .temporary)
    addStateSlope(interpolant, at: nil, into: rate, to: .turningRound)
    append(
      .call(evaluation, [scratch.sampleTime, scratch.sampleState, values]), to: .turningRound)
    append(
      .call(slope, [scratch.sampleTime, scratch.sampleState, rate, slopes]), to: .turningRound)
    add("narrow_turn", to: .turningRound) { graph in
      let zero = graph.constant(0)
      let half = graph.constant(0.5)
      let best = graph.load(turning.best)
      var (value, slope) = (zero, zero)
      var isFurther = graph.compare(.notEqual, zero, zero)
      for (index, isMaximum) in isMaximum.enumerated() {
        let isSearched = graph.compare(.notEqual, graph.load(turning.isSearched, index), zero)
        let candidate = graph.load(values, index)
        value = graph.select(isSearched, candidate, value)
        slope = graph.select(isSearched, graph.load(slopes, index), slope)
        let exceeds = graph.compare(isMaximum ? .greater : .less, candidate, best)
        isFurther = graph.either(isFurther, graph.both(isSearched, exceeds))
      }
      let theta = graph.load(arrays.fraction)
      let isBefore = graph.compare(.greater, slope, zero)
      let side = graph.load(turning.side)
      let low = graph.load(turning.slopeLow)
      let high = graph.load(turning.slopeHigh)
      let halvedLow = graph.select(
        graph.compare(.less, side, zero), graph.multiply(half, low), low)
      let halvedHigh = graph.select(
        graph.compare(.greater, side, zero), graph.multiply(half, high), high)
      return [
        .init(turning.low, 0, graph.select(isBefore, theta, graph.load(turning.low))),
        .init(turning.high, 0, graph.select(isBefore, graph.load(turning.high), theta)),
        .init(turning.slopeLow, 0, graph.select(isBefore, slope, halvedLow)),
        .init(turning.slopeHigh, 0, graph.select(isBefore, halvedHigh, slope)),
        .init(turning.side, 0, graph.select(isBefore, graph.constant(1), graph.constant(-1))),
        .init(turning.best, 0, graph.select(isFurther, value, best)),
        .init(
          turning.bestTime, 0,
          graph.select(isFurther, graph.load(scratch.sampleTime), graph.load(turning.bestTime))),
      ]
    }
    add("keep_turn", to: .turningEnd) { graph in
      let zero = graph.constant(0)
      let time = graph.load(turning.bestTime)
      // The time is a number only where something was found beyond the extreme so far.
      let isFound = graph.compare(.equal, time, time)
      var any = zero
      var stores: [Procedure.Store] = []
      for index in isMaximum.indices {
        let isSearched = graph.compare(.notEqual, graph.load(turning.isSearched, index), zero)
        let takes = graph.both(isSearched, isFound)
        let rest = graph.select(isSearched, zero, graph.load(turning.turns, index))
        any = graph.select(graph.compare(.notEqual, rest, zero), graph.constant(1), any)
        stores += [
          .init(
            arrays.extremes, index,
            graph.select(takes, graph.load(turning.best), graph.load(arrays.extremes, index))),
          .init(
            arrays.extremeTimes, index,
            graph.select(takes, time, graph.load(arrays.extremeTimes, index))),
          .init(turning.turns, index, rest),
        ]
      }
      return stores + [.init(turning.isTurning, 0, any)]
    }
  }
}
