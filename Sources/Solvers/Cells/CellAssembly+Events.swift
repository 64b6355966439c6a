import Programs

// What happens at the end of a step beside the spike.
extension CellAssembly {
  /// Lets events happen until nothing rises.
  ///
  /// In each round they are looked at in the order in which they are declared, each with what those before it
  /// have left. What rose happens, and can happen again only after it has gone back.
  ///
  /// - Parameters:
  ///   - functions: Their functions when they were last looked at; updated.
  ///   - final: The states, updated.
  ///   - start: The states at the start of the step, for functions that lose their value within it; `nil` if
  ///     no time has passed.
  mutating func settle(_ functions: inout [Node], _ final: inout [Node], from start: [Node]?) {
    for round in 0..<roundCount {
      for (index, event) in system.events.enumerated() {
        let end = inPlaceOfFormals(atEnd([event.function], final))[0]
        let happens =
          round == 0 && start != nil
          ? rise(of: event.function, before: functions[index], end: end, final).happens
          : program.graph.both(isHeld(end), program.graph.not(isHeld(functions[index])))
        let assigned = inPlaceOfFormals(atEnd(event.assignments.map(\.value), final))
        for (position, assignment) in event.assignments.enumerated() {
          final[assignment.state] = program.graph.select(
            happens, assigned[position], final[assignment.state])
        }
        functions[index] = inPlaceOfFormals(atEnd([event.function], final))[0]
      }
    }
  }

  private mutating func isHeld(_ function: Node) -> Node {
    program.graph.compare(.greaterOrEqual, function, program.graph.constant(0))
  }

  /// Whether a function has risen to 0 or above since it was looked at last, and two numbers of which the
  /// quotient of the first and their difference says where in the step.
  ///
  /// A function that has no value at the end of the step, such as the logarithm of what ran out, counts with
  /// its last one; what had no value before was not above.
  mutating func rise(
    of function: Node, before: Node, end: Node, _ final: [Node]
  ) -> (happens: Node, crossing: [Node]) {
    let zero = program.graph.constant(0)
    guard canLoseValue(function) else {
      let wasBelow = program.graph.compare(.less, before, zero)
      return (program.graph.both(isHeld(end), wasBelow), [before, end])
    }
    let one = program.graph.constant(1)
    let isKnown = program.graph.compare(.equal, before, before)
    var place = zero
    var value = before
    var width = 1.0
    // Where the function loses its value, to a millionth of the step.
    for _ in 0..<20 {
      width /= 2
      let middle = program.graph.add(place, program.graph.constant(width))
      let found = inPlaceOfFormals([within(function, middle, final)])[0]
      let hasValue = program.graph.compare(.equal, found, found)
      place = program.graph.select(hasValue, middle, place)
      value = program.graph.select(hasValue, found, value)
    }
    let isThere = program.graph.compare(.equal, end, end)
    place = program.graph.select(isThere, one, place)
    value = program.graph.select(isThere, end, value)
    let happens = program.graph.both(isHeld(value), program.graph.not(isHeld(before)))
    let part = program.graph.divide(before, program.graph.subtract(before, value))
    let fraction = program.graph.select(isKnown, program.graph.multiply(place, part), place)
    return (happens, [fraction, program.graph.subtract(fraction, one)])
  }

  /// A function at a part of the step, with states and time between those at its ends.
  private mutating func within(_ function: Node, _ part: Node, _ final: [Node]) -> Node {
    let states = current.indices.map { index in
      let change = program.graph.subtract(final[index], current[index])
      return program.graph.add(current[index], program.graph.multiply(part, change))
    }
    let start = program.graph.load(system.clock, 0)
    let time = program.graph.add(start, program.graph.multiply(part, step))
    return values([function], at: states, [start: time])[0]
  }

  /// Whether a function of finite states can have no value: by a root, a logarithm, a power or a quotient
  /// whose denominator moves.
  private func canLoseValue(_ function: Node) -> Bool {
    let constants: Set<LaneArray> = [system.uniform, system.timeStep, system.varied]
    let isConstant = program.graph.nodesDependingOnly(on: constants)
    return program.graph.reachableNodes(from: [function]).contains { node in
      guard !isConstant[Int(node.index)] else { return false }
      switch program.graph[node] {
      case .unary(let operation, _):
        return [.log, .log2, .log10, .log1p, .squareRoot, .asin, .acos].contains(operation)
      case .binary(.power, _, _): return true
      case .binary(.divide, _, let denominator): return !isConstant[Int(denominator.index)]
      default: return false
      }
    }
  }

  // MARK: How long it can go on

  /// Whether some states are in the function of an event.
  func changesEvents(_ states: Set<Int>) -> Bool {
    system.events.contains { isRead(states, by: $0.function) }
  }

  private func isRead(_ states: Set<Int>, by function: Node) -> Bool {
    program.graph.reachableNodes(from: [function]).contains {
      guard case .load(system.state, let element) = program.graph[$0] else { return false }
      return states.contains(element)
    }
  }

  /// For each event, which others it may make rise.
  private var followers: [[Int]] {
    system.events.enumerated().map { index, event in
      let changed = Set(event.assignments.map(\.state))
      return system.events.indices.filter {
        $0 != index && isRead(changed, by: system.events[$0].function)
      }
    }
  }

  /// How many rounds may be needed: one where events make only later ones rise, else one for each, and one
  /// more where they may go on for ever.
  private var roundCount: Int {
    let isForward = followers.enumerated().allSatisfy { index, next in
      next.allSatisfy { $0 > index }
    }
    if isForward { return 1 }
    return system.events.count + (endlessEvents.isEmpty ? 0 : 1)
  }

  /// The events that may make themselves rise again by way of others.
  var endlessEvents: [Int] {
    let followers = followers
    return system.events.indices.filter { event in
      var seen: Set<Int> = []
      var pending = followers[event]
      while let next = pending.popLast() {
        if next == event { return true }
        if seen.insert(next).inserted { pending += followers[next] }
      }
      return false
    }
  }

  /// Stores the functions of events, and tells of those that still rise.
  mutating func addUnsettled(_ functions: [Node], _ final: [Node]) -> [Procedure.Store] {
    var stores: [Procedure.Store] = []
    let zero = program.graph.constant(0)
    let first = watchedAlways.count + replacedBySpike.count
    for (element, index) in endlessEvents.enumerated() {
      let end = inPlaceOfFormals(atEnd([system.events[index].function], final))[0]
      let rises = program.graph.both(isHeld(end), program.graph.not(isHeld(functions[index])))
      let mark = program.graph.select(rises, program.graph.constant(.nan), zero)
      stores.append(.init(replacedArray, first + element, mark))
      watchedSum = watchedSum.map { program.graph.intern(.binary(.add, $0, mark)) } ?? mark
    }
    for (index, event) in system.events.enumerated() {
      let end = inPlaceOfFormals(atEnd([event.function], final))[0]
      stores.append(.init(lastEventFunctions, index, end))
    }
    if let watchedSum { stores.append(.init(checkArray, 0, watchedSum)) }
    return stores
  }

  // MARK: Before the first step

  /// Adds the routine that looks at all functions before anything has happened.
  mutating func addBeginning() {
    let zero = program.graph.constant(0)
    var replacements: [Node: Node] = [program.graph.load(system.refractory): zero]
    for element in 0..<program[system.clock].count {
      replacements[program.graph.load(system.clock, element)] = zero
    }
    for element in 0..<program[system.arrivals].count {
      replacements[program.graph.load(system.arrivals, element)] = zero
    }
    for element in 0..<program[firstSums].count {
      replacements[program.graph.load(system.sums, element)] = program.graph.load(
        firstSums, element)
    }
    let functions = system.events.map(\.function)
    var stores = program.graph.substitute(replacements, in: functions).enumerated().map {
      Procedure.Store(lastEventFunctions, $0.offset, $0.element)
    }
    if program[lastFunction].count > 0, let spike = system.spike {
      let value = program.graph.substitute(replacements, in: [spike.function])[0]
      stores.append(.init(lastFunction, 0, value))
    }
    guard !stores.isEmpty else { return }
    let procedure = program.define(Procedure(name: "begin", stores: stores))
    program.routines[.begin] = [.call(procedure, [])]
  }
}
