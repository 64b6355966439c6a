public import Programs

/// The arrays by which a program of one method asks for another, and a driver answers.
///
/// They belong to the method: a run that goes on by another method leaves them behind.
public struct SwitchingArrays: Sendable, Hashable {
  /// After how many steps to look again.
  public var countdown: LaneArray
  /// How many steps pass between the looks of an explicit method at present.
  public var interval: LaneArray
  /// How many looks in a row have spoken for the other method.
  public var votes: LaneArray
  /// How many such looks it takes.
  public var patience: LaneArray
  /// How fast the fastest part of the system moves, in 1/s; infinite as long as that is not known.
  ///
  /// Explicit methods leave it alone.
  public var rate: LaneArray
  /// The direction in which that was found, one element for each state; explicit methods have none.
  public var direction: LaneArray
  /// Shared: below which product of rate and step an explicit method would take less work.
  public var calmBound: LaneArray
  /// Shared: numbers of all sizes and signs, one for each state, in which all directions are.
  public var directions: LaneArray
}

extension SteppedProgram {
  /// How many looks in a row speak for a stiff method before an explicit one asks for it.
  ///
  /// Source: Hairer and Wanner, Solving Ordinary Differential Equations II, IV.2, and the program
  /// DOPRI5.
  public static let stiffVotes = 15
  /// How many looks in a row speak for an explicit method before a stiff one asks for it.
  public static let calmVotes = 8
  /// After how many steps to look first, when a run has just begun with a method.
  public static let firstInterval = 4
  /// The product of step and rate of decay above which Dormand and Prince's method is not stable.
  ///
  /// Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, program DOPRI5.
  public static let stabilityBound = 2.5
}

/// The least that has to be known of a run's stiffness, step by step: whether the other kind of
/// method would do better from here on.
///
/// An explicit method asks for a stiff one where its steps are at the bound of its stability. A
/// stiff method asks for the explicit one where that could make steps that are long enough, by the
/// spectral radius of the Jacobian, to be worth their smaller work. Both look now and then; only
/// when a look speaks for the other method is every step looked at. What they find depends on
/// the lane's own numbers alone, and states of no weight in the error, such as integrals of
/// reductions, have none here.
extension StepAssembly {
  /// After how many looks in a row that speak for an explicit method the others are forgotten.
  ///
  /// Source: Hairer and Wanner, Solving Ordinary Differential Equations II, IV.2, and the program
  /// DOPRI5.
  private static var forgiveness: Double { 6 }
  /// How many steps pass between looks that find nothing: of an explicit method more and more, since
  /// a run that was calm for long has time to find out; of a stiff one, whose looks take more work,
  /// so many, and fewer as long as it is calm.
  private static var explicitIntervalGrowth: Double { 4 }
  private static var longestExplicitInterval: Double { 48 }
  private static var stiffInterval: Double { 200 }
  private static var calmInterval: Double { 4 }
  /// How many products a power iteration takes; the first, by a mixture of directions, does not count.
  private static var rounds: Int { 3 }

  /// Adds the looks of an adaptive method that a driver may replace by another.
  mutating func addStiffnessDetection() {
    guard system.controlledCount > 0 else { return }
    let watch = SwitchingArrays(
      countdown: program.declare("look_countdown", storage: .persistent),
      interval: program.declare("look_interval", storage: .persistent),
      votes: program.declare("votes", storage: .persistent),
      patience: program.declare("patience", storage: .persistent),
      rate: program.declare("fastest_rate", storage: .persistent),
      direction: program.declare(
        "fastest_direction", count: method.isImplicit ? system.stateCount : 0, storage: .persistent),
      calmBound: program.declare("calm_bound", storage: .shared),
      directions: program.declare("directions", count: system.stateCount, storage: .shared))
    switching = watch
    let isDue = program.declare("is_assessed", storage: .temporary)
    isAssessed = isDue
    addCountdown(watch, isDue)
    if method.isImplicit {
      addCalmLook(watch, isDue)
    } else {
      addStiffLook(watch, isDue)
    }
  }

  /// Decides in which accepted steps to look.
  private mutating func addCountdown(_ watch: SwitchingArrays, _ isDue: LaneArray) {
    let arrays = arrays
    let scratch = scratch
    let isImplicit = method.isImplicit
    add("count_down", to: .commit) { graph in
      let one = graph.constant(1)
      let zero = graph.constant(0)
      let isAccepted = graph.compare(.notEqual, graph.load(scratch.accepted), zero)
      let left = graph.load(watch.countdown)
      var isTime = graph.compare(.lessOrEqual, left, one)
      if isImplicit {
        // By the rate that was found last, it is worth a look before its time.
        let product = graph.multiply(graph.load(arrays.attemptedStep), graph.load(watch.rate))
        let mayBeCalm = graph.both(
          graph.compare(.equal, graph.load(watch.votes), zero),
          graph.compare(.less, product, graph.load(watch.calmBound)))
        isTime = graph.either(isTime, mayBeCalm)
      }
      return [
        .init(
          watch.countdown, 0,
          graph.subtract(left, graph.select(isAccepted, one, zero))),
        .init(isDue, 0, graph.select(graph.both(isAccepted, isTime), one, zero)),
      ]
    }
  }

  /// The test of an explicit method, by the last two stages, which are at the same time.
  ///
  ///     h ‖k₇ − k₆‖ / ‖y₇ − g₆‖ > 3.25
  ///
  /// Both are taken in the norm of the error, so that units do not count.
  ///
  /// Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, program DOPRI5.
  private mutating func addStiffLook(_ watch: SwitchingArrays, _ isDue: LaneArray) {
    guard let before = penultimateStage else {
      preconditionFailure("only a method of several stages can be watched for stiffness")
    }
    let arrays = arrays
    let scratch = scratch
    let system = system
    let forgiven = program.declare("calm_looks", storage: .persistent)
    methodsOwn.insert(forgiven)
    let slopes = program.declare("slope_difference", storage: .temporary)
    let states = program.declare("state_difference", storage: .temporary)
    addLoop(to: .assess, count: system.controlledCount) { graph in
      let weight = Self.weight(of: graph.element(scratch.newState), system, arrays, &graph)
      func square(_ later: LaneArray, _ earlier: LaneArray) -> Node {
        let scaled = graph.multiply(
          weight, graph.subtract(graph.element(later), graph.element(earlier)))
        return graph.multiply(scaled, scaled)
      }
      return ElementLoop(sums: [
        (slopes, square(scratch.lastStage, before.derivative)),
        (states, square(scratch.newState, before.argument)),
      ])
    }
    add("assess", to: .assess) { graph in
      let zero = graph.constant(0)
      let one = graph.constant(1)
      let isLooking = graph.compare(.notEqual, graph.load(isDue), zero)
      let step = graph.load(arrays.attemptedStep)
      let product = graph.multiply(graph.multiply(step, step), graph.load(slopes))
      let bound = graph.multiply(
        graph.constant(SteppedProgram.stabilityBound * SteppedProgram.stabilityBound),
        graph.load(states))
      let isStiff = graph.compare(.greater, product, bound)
      let calm = graph.select(isStiff, zero, graph.add(graph.load(forgiven), one))
      let isForgotten = graph.compare(.greaterOrEqual, calm, graph.constant(Self.forgiveness))
      let before = graph.load(watch.votes)
      let votes = graph.select(
        isStiff, graph.add(before, one), graph.select(isForgotten, zero, before))
      let isSuspicious = graph.compare(.greater, votes, zero)
      let present = graph.load(watch.interval)
      let longer = graph.add(present, graph.constant(Self.explicitIntervalGrowth))
      let longest = graph.constant(Self.longestExplicitInterval)
      let next = graph.select(graph.compare(.less, longer, longest), longer, longest)
      let interval = graph.select(isSuspicious, one, present)
      return Self.answer(watch, arrays, isLooking, votes: votes, interval: interval, &graph) + [
        .init(forgiven, 0, graph.select(isLooking, calm, graph.load(forgiven))),
        .init(watch.interval, 0, graph.select(isLooking, next, present)),
      ]
    }
  }

  /// The test of a stiff method: the spectral radius by power iteration, along a direction that is
  /// kept from look to look, with differences of derivatives for products with the Jacobian.
  ///
  /// Source: Sommeijer, Shampine and Verwer (1998), J. Comput. Appl. Math. 88, 315, for the
  /// iteration; Petzold (1983), SIAM J. Sci. Stat. Comput. 4, 136, for when to change over.
  private mutating func addCalmLook(_ watch: SwitchingArrays, _ isDue: LaneArray) {
    let arrays = arrays
    let system = system
    // Integrals must not decide what steps are stable.
    let count = system.controlledCount
    func temporary(_ name: String, _ count: Int = 1) -> LaneArray {
      program.declare(name, count: count, storage: .temporary)
    }
    let direction = watch.direction
    let base = temporary("look_base", count)
    let trial = temporary("look_state", count)
    let slope = temporary("look_slope", count)
    // The length of the direction that a round begins with, and that it ends with.
    let lengths = (0...Self.rounds).map { temporary("look_length\($0)") }
    let factor = temporary("look_factor")
    let reference = temporary("look_reference")
    let fastest = temporary("look_rate")
    func weighted(_ value: Node, _ graph: inout ExpressionGraph) -> Node {
      let weight = Self.weight(of: graph.element(arrays.state), system, arrays, &graph)
      let scaled = graph.multiply(weight, value)
      return graph.multiply(scaled, scaled)
    }
    addDerivative(time: arrays.time, state: arrays.state, into: base, to: .assess)
    addLoop(to: .assess, count: system.controlledCount) { graph in
      ElementLoop(sums: [(lengths[0], weighted(graph.element(direction), &graph))])
    }
    for round in 0..<Self.rounds {
      // As small as differences allow: 1e-8 of the states, or of what is nothing beside them.
      add("look_factor", to: .assess) { graph in
        let square = graph.load(lengths[round])
        let wanted = graph.divide(
          graph.constant(1e-8 * Double(count).squareRoot()),
          graph.load(arrays.relativeTolerance))
        let isUsable = graph.both(
          graph.compare(.greater, square, graph.constant(1e-250)),
          graph.compare(.less, square, graph.constant(1e250)))
        let length = graph.unary(
          .squareRoot, graph.select(isUsable, square, graph.constant(1)))
        let scaling = graph.select(
          isUsable, graph.divide(wanted, length), graph.constant(0))
        return [.init(factor, 0, scaling), .init(reference, 0, wanted)]
      }
      addLoop(to: .assess, count: system.controlledCount) { graph in
        let isUsable = graph.compare(.greater, graph.load(factor), graph.constant(0))
        var step = graph.select(
          isUsable, graph.multiply(graph.load(factor), graph.element(direction)),
          graph.constant(0))
        if round == 0 {
          // A part of all directions: what has begun to move must not be missed.
          let size = graph.add(
            graph.divide(
              Self.absoluteTolerance(system, arrays, &graph),
              graph.load(arrays.relativeTolerance)),
            graph.unary(.absolute, graph.element(arrays.state)))
          step = graph.add(
            step,
            graph.multiply(
              graph.constant(1e-9), graph.multiply(size, graph.element(watch.directions))))
        }
        return ElementLoop(stores: [(trial, graph.add(graph.element(arrays.state), step))])
      }
      addDerivative(time: arrays.time, state: trial, into: slope, to: .assess)
      addLoop(to: .assess, count: system.controlledCount) { graph in
        let change = graph.subtract(graph.element(slope), graph.element(base))
        return ElementLoop(
          stores: [(direction, change)], sums: [(lengths[round + 1], weighted(change, &graph))])
      }
      guard round > 0 else { continue }
      add("look_rate", to: .assess) { graph in
        let growth = graph.divide(
          graph.unary(.squareRoot, graph.load(lengths[round + 1])), graph.load(reference))
        let last = graph.load(fastest)
        let larger = graph.select(graph.compare(.greater, last, growth), last, growth)
        return [.init(fastest, 0, round == 1 ? growth : larger)]
      }
    }
    add("assess", to: .assess) { graph in
      let zero = graph.constant(0)
      let isLooking = graph.compare(.notEqual, graph.load(isDue), zero)
      let found = graph.load(fastest)
      let isFound = graph.compare(.less, found, graph.constant(1e250))
      let rate = graph.select(isFound, found, graph.constant(.infinity))
      let product = graph.multiply(graph.load(arrays.attemptedStep), rate)
      let isCalm = graph.compare(.less, product, graph.load(watch.calmBound))
      let votes = graph.select(
        isCalm, graph.add(graph.load(watch.votes), graph.constant(1)), zero)
      let interval = graph.select(
        isCalm, graph.constant(Self.calmInterval), graph.constant(Self.stiffInterval))
      return Self.answer(watch, arrays, isLooking, votes: votes, interval: interval, &graph) + [
        .init(watch.rate, 0, graph.select(isLooking, rate, graph.load(watch.rate)))
      ]
    }
  }

  /// Keeps the votes where a lane was due, and asks for the other method where they are enough.
  ///
  /// A stop comes first: the votes stay, and the next look asks.
  private static func answer(
    _ watch: SwitchingArrays, _ arrays: SteppingArrays, _ isLooking: Node, votes: Node,
    interval: Node, _ graph: inout ExpressionGraph
  ) -> [Procedure.Store] {
    let attention = graph.load(arrays.attention)
    let isFree = graph.compare(.equal, attention, graph.constant(0))
    let isEnough = graph.compare(.greaterOrEqual, votes, graph.load(watch.patience))
    let asks = graph.both(graph.both(isLooking, isFree), isEnough)
    return [
      .init(watch.votes, 0, graph.select(isLooking, votes, graph.load(watch.votes))),
      .init(watch.countdown, 0, graph.select(isLooking, interval, graph.load(watch.countdown))),
      .init(
        arrays.attention, 0,
        graph.select(asks, graph.constant(Attention.otherMethod.rawValue), attention)),
    ]
  }

  /// What the error of a state is divided by, as a factor.
  private static func weight(
    of state: Node, _ system: EquationSystem, _ arrays: SteppingArrays,
    _ graph: inout ExpressionGraph
  ) -> Node {
    let scale = graph.add(
      absoluteTolerance(system, arrays, &graph),
      graph.multiply(graph.load(arrays.relativeTolerance), graph.unary(.absolute, state)))
    return graph.unary(.coarseReciprocal, scale)
  }
}
