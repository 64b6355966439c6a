import Programs

/// Builds the step of a cell.
///
/// The whole step is one procedure: everything is arithmetic over the values at its start, so that
/// what several parts need is computed once.
struct CellAssembly {
  var program: LaneProgram
  let system: CellSystem
  let step: Node
  /// The states once everything that arrived has acted.
  var current: [Node] = []
  /// The sum of the watched states, for `check`.
  var watchedSum: Node?
  /// The states to which arrivals give values that do not add to what they were.
  private var replacedByArrivals: [Int] = []
  /// Steps that are left of the refractory time.
  private let hold: LaneArray
  /// Where values at the end of a step are kept; `nil` for none.
  let exposed: LaneArray?
  /// What arrived in the last step, for `observe`; empty if nothing recorded needs it.
  private let lastArrivals: LaneArray
  /// What has to rise through 0 for a spike, when its turn was over in the last step or before the first;
  /// empty if it follows from states and the time alone, and nothing changes those behind its turn.
  let lastFunction: LaneArray
  /// What has to rise through 0 for each of the other events, when nothing happened any more in the last step.
  let lastEventFunctions: LaneArray
  /// What continuous projections add up to before the first step.
  let firstSums: LaneArray

  init(_ system: CellSystem) {
    self.system = system
    program = system.program
    step = program.graph.load(system.timeStep)
    hold = program.declare("hold", storage: .persistent)
    exposed =
      system.exposed.isEmpty
      ? nil : program.declare("exposed", count: system.exposed.count, storage: .persistent)
    lastArrivals = program.declare(
      "last_arrivals",
      count: Self.needs(system.arrivals, in: system.recorded, program)
        ? program[system.arrivals].count : 0, storage: .persistent)
    let isKept =
      system.spike.map { spike in
        spike.needsCrossing
          && (Self.isDriven(spike.function, system) || !system.events.isEmpty
            || Self.isChanged(spike.function, system))
      } ?? false
    lastFunction = program.declare("last_function", count: isKept ? 1 : 0, storage: .persistent)
    lastEventFunctions = program.declare(
      "last_event_functions", count: system.events.count, storage: .persistent)
    let watched =
      (isKept ? system.spike.map { [$0.function] } ?? [] : []) + system.events.map(\.function)
    firstSums = program.declare(
      "first_sums",
      count: Self.needs(system.sums, in: watched, program) ? program[system.sums].count : 0,
      storage: .persistent)
  }

  /// Whether a function follows from a state that is changed from outside between steps.
  private static func isChanged(_ function: Node, _ system: CellSystem) -> Bool {
    system.program.graph.reachableNodes(from: [function]).contains {
      guard case .load(system.state, let element) = system.program.graph[$0] else { return false }
      return system.changedStates.contains(element)
    }
  }

  /// Whether a threshold moves with something that is given anew at each step.
  private static func isDriven(_ function: Node, _ system: CellSystem) -> Bool {
    let firstInput = system.program[system.uniform].count - system.inputCount
    return system.program.graph.reachableNodes(from: [function]).contains {
      guard case .load(let array, let element) = system.program.graph[$0] else { return false }
      return array == system.arrivals || array == system.sums
        || (array == system.uniform && element >= firstInput)
        || (array == system.clock && element == 1)
    }
  }

  // MARK: The step

  mutating func addStep(_ method: CellMethod) {
    var stores: [Procedure.Store] = []
    let old = (0..<stateCount).map { program.graph.load(system.state, $0) }
    current = received(old)
    let moved: [Node] =
      switch method {
      case .exponentialEuler: exponentialEuler()
      case .exponentialMidpoint: exponentialMidpoint()
      case .heun: heun()
      }
    var final = program.graph.withComposedLinoids(in: inPlaceOfFormals(moved))
    final = program.graph.shareExponentials(in: final)
    if let exposed {
      let shown = withoutNoise(inPlaceOfFormals(atEnd(system.exposed, final)))
      stores += shown.enumerated().map { .init(exposed, $0.offset, $0.element) }
    }
    stores += addWatch(old: old, advanced: final)
    var functions = system.events.indices.map { program.graph.load(lastEventFunctions, $0) }
    settle(&functions, &final, from: current)
    if let spike = system.spike {
      stores += addSpike(spike, old: old, final: &final)
      if spike.assignments.contains(where: { changesEvents([$0.state]) }) {
        settle(&functions, &final, from: nil)
      }
    } else {
      let none = program.graph.constant(0)
      stores += [
        .init(spikeArray, 0, none), .init(crossingArray, 0, none), .init(crossingArray, 1, none),
      ]
    }
    stores += addUnsettled(functions, final)
    for (index, value) in final.enumerated() where value != old[index] {
      stores.append(.init(system.state, index, value))
    }
    for element in 0..<program[lastArrivals].count {
      stores.append(.init(lastArrivals, element, program.graph.load(system.arrivals, element)))
    }
    let procedure = program.define(Procedure(name: "step", stores: stores))
    program.routines[.attempt] = [.call(procedure, [])]
    program.cells = CellArrays(
      clock: system.clock, arrivals: system.arrivals, sums: system.sums, spike: spikeArray,
      crossing: crossingArray,
      releases: system.releases.isEmpty || system.spike == nil ? nil : releaseArray,
      state: system.state, replaced: replacedArray,
      check: watchedAlways.isEmpty && endlessEvents.isEmpty ? nil : checkArray)
  }

  private var stateCount: Int { program[system.state].count }

  private lazy var spikeArray = program.declare("spike", storage: .temporary)
  private lazy var crossingArray = program.declare("crossing", count: 2, storage: .temporary)
  private lazy var releaseArray = program.declare(
    "release", count: system.releases.count, storage: .temporary)

  lazy var checkArray = program.declare("check", storage: .temporary)
  lazy var replacedArray = program.declare(
    "replaced", count: watched.count, storage: .temporary)

  private var usesRefractoryTime: Bool { system.spike?.refractoryTime != nil }

  private mutating func held() -> Node {
    let left = program.graph.load(hold)
    return program.graph.compare(.greater, left, program.graph.constant(0))
  }

  /// Replaces the states by other values.
  mutating func values(
    _ nodes: [Node], at states: [Node], _ others: [Node: Node] = [:]
  ) -> [Node] {
    var replacements = others
    for (index, value) in states.enumerated() {
      replacements[program.graph.load(system.state, index)] = value
    }
    return program.graph.substitute(replacements, in: nodes)
  }

  /// Values at the end of the step.
  mutating func atEnd(_ nodes: [Node], _ states: [Node]) -> [Node] {
    let start = program.graph.load(system.clock, 0)
    return values(nodes, at: states, [start: program.graph.load(system.clock, 2)])
  }

  /// What arrived, one receiver after the other.
  private mutating func received(_ old: [Node]) -> [Node] {
    var states = old
    var replaced: Set<Int> = []
    for receiver in system.receivers {
      let after = values(receiver.assignments.map(\.value), at: states)
      let zero = program.graph.constant(0)
      let withoutArrival = program.graph.substitute([receiver.arrival: zero], in: after)
      let has = program.graph.compare(.notEqual, receiver.arrival, zero)
      for (position, assignment) in receiver.assignments.enumerated() {
        let before = states[assignment.state]
        // What adds a multiple of what arrived adds nothing by itself where nothing did.
        let isNeutral = withoutArrival[position] == before
        if !isNeutral { replaced.insert(assignment.state) }
        states[assignment.state] =
          isNeutral ? after[position] : program.graph.select(has, after[position], before)
      }
    }
    replacedByArrivals = replaced.sorted()
    return states
  }

  mutating func inPlaceOfFormals(_ nodes: [Node]) -> [Node] {
    let formal = program.graph.load(system.refractory)
    let one = program.graph.constant(1)
    let zero = program.graph.constant(0)
    let isHeld = held()
    let value = usesRefractoryTime ? program.graph.select(isHeld, one, zero) : zero
    return program.graph.substitute([formal: value], in: nodes)
  }

  private mutating func addSpike(
    _ spike: CellSystem.Spike, old: [Node], final: inout [Node]
  ) -> [Procedure.Store] {
    var stores: [Procedure.Store] = []
    let zero = program.graph.constant(0)
    let one = program.graph.constant(1)
    let before =
      program[lastFunction].count > 0
      ? program.graph.load(lastFunction, 0) : inPlaceOfFormals([spike.function])[0]
    let end = inPlaceOfFormals(atEnd([spike.function], final))[0]
    var fires = program.graph.compare(spike.needsCrossing ? .greaterOrEqual : .greater, end, zero)
    // A spike that needs no crossing happens at the end of the step.
    var crossing = [one, zero]
    if spike.needsCrossing {
      let rise = rise(of: spike.function, before: before, end: end, final)
      fires = rise.happens
      crossing = rise.crossing
    }
    if let time = spike.refractoryTime {
      let left = program.graph.subtract(program.graph.load(hold), one)
      let remaining = program.graph.maximum(left, zero)
      let isOver = program.graph.compare(.lessOrEqual, remaining, zero)
      fires = program.graph.both(fires, isOver)
      let half = program.graph.constant(0.5)
      let quotient = program.graph.divide(time, step)
      let steps = program.graph.unary(.floor, program.graph.add(quotient, half))
      stores.append(.init(hold, 0, program.graph.select(fires, steps, remaining)))
    }
    for (element, value) in inPlaceOfFormals(atEnd(system.releases, final)).enumerated() {
      stores.append(.init(releaseArray, element, value))
    }
    let assigned = inPlaceOfFormals(atEnd(spike.assignments.map(\.value), final))
    for (position, assignment) in spike.assignments.enumerated() {
      final[assignment.state] = program.graph.select(
        fires, assigned[position], final[assignment.state])
    }
    if program[lastFunction].count > 0 {
      stores.append(.init(lastFunction, 0, inPlaceOfFormals(atEnd([spike.function], final))[0]))
    }
    stores.append(.init(spikeArray, 0, program.graph.select(fires, one, zero)))
    for (element, value) in crossing.enumerated() {
      stores.append(.init(crossingArray, element, value))
    }
    return stores
  }

  // MARK: States that could be lost and found

  /// What stands in `CellArrays.replaced`: states that something may give another value within a step, whatever
  /// they are, those that arrivals replace, those that events do, those that the spike does; and behind them
  /// the events, with something other than a number where one would go on for ever.
  ///
  /// All other states stay lost once they are not finite, so that a look behind the step finds them.
  var watched: [CellProgram.Watched] {
    (watchedAlways.map(\.state) + replacedBySpike).map { .state($0) }
      + endlessEvents.map { .event($0) }
  }

  var watchedAlways: [(state: Int, isBefore: Bool)] {
    replacedByArrivals.map { ($0, true) } + replacedByEvents.map { ($0, false) }
  }

  private var replacedByEvents: [Int] {
    Set(system.events.flatMap(\.assignments).map(\.state)).sorted()
  }

  var replacedBySpike: [Int] {
    Set((system.spike?.assignments ?? []).map(\.state)).subtracting(replacedByEvents).sorted()
  }

  /// Stores what the states were before they were replaced, and a sum that tells whether those are finite
  /// which are looked at in every step.
  private mutating func addWatch(old: [Node], advanced: [Node]) -> [Procedure.Store] {
    var stores: [Procedure.Store] = []
    var sum: Node?
    for (element, watched) in watchedAlways.enumerated() {
      let value = watched.isBefore ? old[watched.state] : advanced[watched.state]
      stores.append(.init(replacedArray, element, value))
      sum = sum.map { program.graph.intern(.binary(.add, $0, value)) } ?? value
    }
    for (element, state) in replacedBySpike.enumerated() {
      stores.append(.init(replacedArray, watchedAlways.count + element, advanced[state]))
    }
    watchedSum = sum
    return stores
  }

  // MARK: Observation

  /// Adds the routine that computes what is recorded.
  mutating func addObservation() -> Observation {
    let recorded = program.declare("recorded", count: system.recorded.count, storage: .persistent)
    let nodes = withoutNoise(inPlaceOfFormals(system.recorded))
    // Between steps there is no clock and nothing arrives: what is recorded has its own copies.
    let clock = standIn(for: system.clock, named: "observed_clock", in: nodes)
    let sums = standIn(for: system.sums, named: "observed_sums", in: nodes)
    let observation = Observation(recorded: recorded, clock: clock, sums: sums)
    guard !nodes.isEmpty else { return observation }
    var replacements: [Node: Node] = [:]
    let pairs = [(system.clock, clock), (system.sums, sums), (system.arrivals, lastArrivals)]
    for (original, copy) in pairs {
      for element in 0..<program[copy].count {
        replacements[program.graph.load(original, element)] = program.graph.load(copy, element)
      }
    }
    let values = program.graph.substitute(replacements, in: nodes)
    let procedure = program.define(
      Procedure(
        name: "observe", stores: values.enumerated().map { .init(recorded, $0.offset, $0.element) }
      ))
    program.routines[.observe] = [.call(procedure, [])]
    return observation
  }

  /// A lasting array of the size of another one, or of size 0 if some values do not need it.
  private mutating func standIn(
    for array: LaneArray, named name: String, in nodes: [Node]
  ) -> LaneArray {
    let count = Self.needs(array, in: nodes, program) ? program[array].count : 0
    return program.declare(name, count: count, storage: .persistent)
  }

  private static func needs(_ array: LaneArray, in nodes: [Node], _ program: LaneProgram) -> Bool {
    program.graph.reachableNodes(from: nodes).contains {
      if case .load(let loaded, _) = program.graph[$0] { loaded == array } else { false }
    }
  }

  private mutating func withoutNoise(_ nodes: [Node]) -> [Node] {
    var replacements: [Node: Node] = [:]
    for index in 0..<program[system.noises].count {
      replacements[program.graph.load(system.noises, index)] = program.graph.constant(0)
    }
    return program.graph.substitute(replacements, in: nodes)
  }

  // MARK: Methods

  /// A derivative without its noise, and the factor of each noise in it.
  private struct Parts {
    var drift: Node
    /// The derivative of the drift with respect to the state itself, or `nil` for 0.
    var slope: Node?
    /// The opening rate α, where the drift is α·(1 − x) − β·x or the like; else `nil`.
    var opening: Node?
    var noises: [(element: Int, factor: Node)]
  }

  /// The parts of one derivative that say how a state relaxes.
  private struct Relaxation {
    var drift: Node
    var slope: Node?
    var opening: Node?
  }

  private mutating func parts() -> [Parts] {
    let drifts = withoutNoise(system.derivatives)
    let gradients = program.graph.partialDerivatives(of: drifts, withRespectTo: system.state)
    let factors = program.graph.partialDerivatives(
      of: system.derivatives, withRespectTo: system.noises)
    return drifts.indices.map { index in
      let slope = gradients[index].first { $0.element == index }?.derivative
      let own = program.graph.load(system.state, index)
      return Parts(
        drift: drifts[index], slope: slope,
        opening: slope.flatMap {
          program.graph.openingRate(drift: drifts[index], slope: $0, of: own)
        },
        noises: factors[index].map { ($0.element, $0.derivative) })
    }
  }

  /// A standard normal number for this cell, step and noise.
  private mutating func normal(_ noise: Int) -> Node {
    let number = program.graph.load(system.clock, 1)
    let place = program.graph.randomPlace(noise, step: number)
    let stream = program.graph.load(system.randomStream)
    return program.graph.intern(.binary(.normal, stream, place))
  }

  /// x ← x + h f(x) · (eᶻ − 1)/z, z = h ∂f/∂x, for each state by itself.
  ///
  /// Source: Rush and Larsen (1978), IEEE Trans. Biomed. Eng. 25, 389.
  private mutating func exponentialEuler() -> [Node] {
    let parts = parts()
    return parts.indices.map { index in
      let moved = relaxation(of: parts[index], at: current)
      let relaxed = relaxed(current[index], moved, over: step)
      return addNoise(parts[index], slope: moved.slope, to: relaxed)
    }
  }

  /// A half step of exponential Euler, then a whole one with all other states at the middle.
  ///
  /// Source: Sundnes, Artebrant, Skavhaug and Tveito (2009), IEEE Trans. Biomed. Eng. 56, 2546.
  private mutating func exponentialMidpoint() -> [Node] {
    let parts = parts()
    let half = program.graph.multiply(program.graph.constant(0.5), step)
    let middle = parts.indices.map { index in
      relaxed(current[index], relaxation(of: parts[index], at: current), over: half)
    }
    // Explicit dependence on time is taken at the middle as well.
    let time = program.graph.load(system.clock, 0)
    let later = program.graph.add(time, half)
    return parts.indices.map { index in
      var states = middle
      states[index] = current[index]
      let moved = relaxation(of: parts[index], at: states, [time: later])
      return addNoise(
        parts[index], slope: moved.slope, to: relaxed(current[index], moved, over: step))
    }
  }

  /// x̃ = x + h f(x) + g(x) ΔW, then x + h (f(x) + f(x̃))/2 + (g(x) + g(x̃)) ΔW/2.
  ///
  /// Source: Rümelin (1982), SIAM J. Numer. Anal. 19, 604.
  private mutating func heun() -> [Node] {
    let parts = parts()
    let root = program.graph.unary(.squareRoot, step)
    func increments(_ assembly: inout CellAssembly, _ states: [Node], _ later: Bool) -> [Node] {
      parts.map { part in
        var drift = assembly.values([part.drift], at: states)[0]
        if later {
          let time = assembly.program.graph.load(assembly.system.clock, 0)
          let end = assembly.program.graph.add(time, assembly.step)
          drift = assembly.program.graph.substitute([time: end], in: [drift])[0]
        }
        var sum = assembly.program.graph.multiply(assembly.step, drift)
        for (element, factor) in part.noises {
          let size = assembly.values([factor], at: states)[0]
          let scaled = assembly.program.graph.multiply(size, root)
          let change = assembly.program.graph.multiply(scaled, assembly.normal(element))
          sum = assembly.program.graph.add(sum, change)
        }
        return sum
      }
    }
    let first = increments(&self, current, false)
    let guess = zip(current, first).map { program.graph.add($0, $1) }
    let second = increments(&self, guess, true)
    let half = program.graph.constant(0.5)
    return current.indices.map { index in
      let sum = program.graph.add(first[index], second[index])
      return program.graph.add(current[index], program.graph.multiply(half, sum))
    }
  }

  /// How a state relaxes while all states have given values.
  private mutating func relaxation(
    of parts: Parts, at states: [Node], _ replacements: [Node: Node] = [:]
  ) -> Relaxation {
    let given = [parts.drift, parts.slope, parts.opening].compactMap { $0 }
    var moved = program.graph.substitute(replacements, in: values(given, at: states))[...]
    let drift = moved.removeFirst()
    let slope = parts.slope.map { _ in moved.removeFirst() }
    return Relaxation(
      drift: drift, slope: slope, opening: parts.opening.map { _ in moved[moved.startIndex] })
  }

  /// What a state becomes over a time while everything else stands still.
  private mutating func relaxed(_ old: Node, _ relaxation: Relaxation, over time: Node) -> Node {
    let drift = relaxation.drift
    let slope = relaxation.slope
    guard let slope else {
      return program.graph.add(old, program.graph.multiply(time, drift))
    }
    let exponent = program.graph.multiply(time, slope)
    let constants: Set<LaneArray> = [system.uniform, system.timeStep, system.varied]
    if program.graph.nodesDependingOnly(on: constants)[Int(exponent.index)] {
      // Computed once, so the exact function costs nothing.
      let factor = program.graph.multiply(time, program.graph.unary(.exprel, exponent))
      return program.graph.add(old, program.graph.multiply(factor, drift))
    }
    if let opening = relaxation.opening {
      // x∞ + (x − x∞)·eᶻ. Where both rates vanish, x∞ is 0 and the gate stays as it is.
      let least = program.graph.constant(-0x1p-1000)
      let isClosing = program.graph.compare(.less, slope, least)
      let closing = program.graph.select(isClosing, slope, least)
      let rest = program.graph.negate(program.graph.divide(opening, closing))
      let distance = program.graph.subtract(old, rest)
      let decay = program.graph.unary(.exp, exponent)
      return program.graph.add(rest, program.graph.multiply(distance, decay))
    }
    if let distance = program.graph.distanceFromRest(drift: drift, slope: slope) {
      let growth = program.graph.unary(.coarseExpm1, exponent)
      return program.graph.add(old, program.graph.multiply(distance, growth))
    }
    // Where the exponent is so small that the quotient could be 0/0, Euler's step is as good; where
    // the slope is infinite, as that of a root at 0, there is no other.
    let finite = program.graph.finiteSlopes([slope], constants: constants)[0]
    let bounded = program.graph.multiply(time, finite)
    let growth = program.graph.unary(.coarseExpm1, bounded)
    let quotient = program.graph.divide(drift, finite)
    let magnitude = program.graph.unary(.absolute, bounded)
    let isTiny = program.graph.compare(.less, magnitude, program.graph.constant(0x1p-26))
    let straight = program.graph.multiply(time, drift)
    let curved = program.graph.multiply(quotient, growth)
    return program.graph.add(old, program.graph.select(isTiny, straight, curved))
  }

  /// Adds the noise of a step: √h·g·√((e²ᶻ − 1)/2z), which is exact for a linear relaxation.
  private mutating func addNoise(_ parts: Parts, slope: Node?, to value: Node) -> Node {
    var sum = value
    for (element, factor) in parts.noises {
      var size = values([factor], at: current)[0]
      size = program.graph.multiply(size, program.graph.unary(.squareRoot, step))
      if let slope {
        let twice = program.graph.multiply(program.graph.constant(2), step)
        let finite = program.graph.finiteSlopes(
          [slope], constants: [system.uniform, system.timeStep, system.varied])[0]
        let exponent = program.graph.multiply(twice, finite)
        let spread = program.graph.unary(.exprel, exponent)
        size = program.graph.multiply(size, program.graph.unary(.squareRoot, spread))
      }
      sum = program.graph.add(sum, program.graph.multiply(size, normal(element)))
    }
    return sum
  }
}

/// The arrays of the routine `observe` of a cell.
struct Observation {
  /// What it computes.
  var recorded: LaneArray
  /// The time and the number of the step, to be given; empty if nothing recorded needs them.
  var clock: LaneArray
  /// What continuous projections add up to, likewise.
  var sums: LaneArray
}
