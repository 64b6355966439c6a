import Programs
import Solvers
import Testing

/// Natively what lives within a routine is a local variable: what reads it first reads anything.
@Suite("Written before read")
struct WrittenBeforeReadTests {
  /// So many states: none, one, few, and enough for loops of both parities and for dense systems.
  static let sizes = [0, 1, 2, 7, 40]

  /// Random equations in which each state hears every other one, with all that a driver can ask for.
  static func system(states: Int, seed: UInt64, isTimed: Bool) -> EquationSystem {
    var system = EquationSystem(stateCount: states, parameterCount: 2, inputCount: 1)
    var generator = Generator(state: seed)
    let time = system.program.graph.load(system.time)
    let leaves =
      (0..<states).map { system.program.graph.load(system.state, $0) }
      + (0..<2).map { system.program.graph.load(system.parameters, $0) }
      + [system.program.graph.load(system.inputs, 0)] + (isTimed ? [time] : [])
    func expression(_ depth: Int) -> Node {
      if depth == 0 { return leaves[generator.next(below: leaves.count)] }
      let (a, b) = (expression(depth - 1), expression(depth - 1))
      switch generator.next(below: 6) {
      case 0: return system.program.graph.multiply(a, b)
      case 1: return system.program.graph.subtract(a, b)
      case 2: return system.program.graph.unary(.exp, a)
      case 3: return system.program.graph.unary(.sin, b)
      case 4:
        let isLess = system.program.graph.compare(.less, a, b)
        return system.program.graph.select(isLess, a, expression(depth - 1))
      default: return system.program.graph.add(a, b)
      }
    }
    func sumOfAll() -> Node {
      leaves.reduce(expression(2)) { sum, leaf in
        system.program.graph.add(sum, system.program.graph.multiply(leaf, expression(1)))
      }
    }
    for _ in 0..<states { system.derivatives.append(sumOfAll()) }
    system.recorded = [expression(2), expression(1)]
    if generator.next(below: 3) > 0 {
      for tellsEnd in [false, true] {
        let (left, right) = (expression(2), expression(2))
        system.conditions.append(
          WatchedCondition(
            holds: system.program.graph.compare(.greaterOrEqual, left, right),
            hasGoneBack: system.program.graph.compare(.less, left, right),
            margin: system.program.graph.subtract(left, right), tellsEnd: tellsEnd))
      }
      system.kinks.append(Kink(left: expression(1), right: expression(2)))
    }
    if generator.next(below: 3) > 0 {
      system.extremes = [
        .init(value: expression(2), isMaximum: true), .init(value: expression(1), isMaximum: false),
      ]
      system.observed = [expression(1)]
    }
    return system
  }

  struct Generator {
    var state: UInt64

    /// SplitMix64 (Steele, Lea and Flood 2014).
    mutating func next(below bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((z ^ (z >> 31)) % UInt64(bound))
    }
  }

  @Test("every method writes what it reads", arguments: Method.allCases, sizes)
  func methods(_ method: Method, _ states: Int) {
    for seed in 0..<(states > 10 ? 1 : 4) {
      for isTimed in [false, true] {
        let system = Self.system(states: states, seed: UInt64(seed), isTimed: isTimed)
        let stepped = SteppedProgram(system, method: method)
        #expect(stepped.program.unwrittenReads() == [], "seed \(seed)")
      }
    }
  }

  /// A cell with all that a cell can have.
  static func cell(states: Int, hasSpike: Bool) -> CellSystem {
    var counts = CellSystem.Counts()
    counts.uniform = 3
    counts.inputs = 1
    counts.varied = 1
    counts.states = states
    counts.arrivals = 2
    counts.sums = 1
    counts.noises = 1
    var system = CellSystem(counts)
    let arrived = system.program.graph.load(system.arrivals, 0)
    let sum = system.program.graph.load(system.sums, 0)
    let clock = system.program.graph.load(system.clock, 0)
    let input = system.program.graph.load(system.uniform, 2)
    let noise = system.program.graph.load(system.noises, 0)
    let random = system.poissonArrivals(rate: input, stream: 1024)
    let one = system.program.graph.constant(1)
    for index in 0..<states {
      let own = system.program.graph.load(system.state, index)
      let other = system.program.graph.load(system.state, (index + 1) % states)
      let decay = system.program.graph.multiply(system.program.graph.unary(.exp, other), own)
      let drift = system.program.graph.subtract(system.program.graph.add(sum, clock), decay)
      system.derivatives.append(index == 0 ? system.program.graph.add(drift, noise) : drift)
    }
    if states > 0 {
      let first = system.program.graph.load(system.state, 0)
      let raised = system.program.graph.add(first, arrived)
      system.receivers = [
        .init(arrival: arrived, assignments: [(0, raised)]),
        .init(arrival: random, assignments: [(states - 1, one)]),
      ]
      let distance = system.program.graph.subtract(first, one)
      system.events = [.init(function: distance, assignments: [(states - 1, one)])]
    }
    let function = system.program.graph.subtract(
      system.program.graph.add(sum, arrived), system.program.graph.add(clock, one))
    if hasSpike {
      let refractory = system.program.graph.load(system.uniform, 1)
      let zero = system.program.graph.constant(0)
      system.spike = .init(
        function: function, needsCrossing: true, refractoryTime: refractory,
        assignments: states > 0 ? [(0, zero)] : [])
    }
    system.releases = [sum]
    system.exposed = [clock, arrived]
    system.recorded = [function, arrived]
    return system
  }

  @Test("every step of cells writes what it reads", arguments: CellMethod.allCases, sizes)
  func cells(_ method: CellMethod, _ states: Int) {
    for hasSpike in [false, true] {
      let program = CellProgram(Self.cell(states: states, hasSpike: hasSpike), method: method)
      #expect(program.program.unwrittenReads() == [])
    }
  }

  @Test("what is read too early is found")
  func found() {
    var program = LaneProgram()
    let kept = program.declare("kept", storage: .persistent)
    let lost = program.declare("lost", count: 2, storage: .temporary)
    let late = program.graph.load(lost, 1)
    let read = program.define(Procedure(name: "read", stores: [.init(kept, 0, late)]))
    let one = program.graph.constant(1)
    let first = program.define(Procedure(name: "first", stores: [.init(lost, 0, one)]))
    let second = program.define(Procedure(name: "second", stores: [.init(lost, 1, one)]))
    program.routines[.observe] = [.call(first, []), .call(read, []), .call(second, [])]
    #expect(
      program.unwrittenReads() == [
        "`read` in `observe` reads element 1 of `lost` before it is written"
      ])
    program.routines[.observe] = [.call(first, []), .call(second, []), .call(read, [])]
    #expect(program.unwrittenReads() == [])
  }
}
