extension Expression {
  /// What an expression refers to, each in rising order.
  public struct References: Sendable, Hashable {
    public internal(set) var parameters: [Int] = []
    public internal(set) var inputs: [Int] = []
    public internal(set) var states: [Int] = []
    public internal(set) var quantities: [Int] = []
    public internal(set) var usesTime = false
    public internal(set) var usesAmount = false
  }

  /// The parameters, inputs, states and quantities that the expression names itself.
  public var references: References {
    var found = References()
    collect(into: &found)
    found.parameters = Array(Set(found.parameters)).sorted()
    found.inputs = Array(Set(found.inputs)).sorted()
    found.states = Array(Set(found.states)).sorted()
    found.quantities = Array(Set(found.quantities)).sorted()
    return found
  }

  /// Whether the expression depends on nothing but parameters.
  var isOverParameters: Bool {
    var found = References()
    collect(into: &found)
    return found.inputs.isEmpty && found.states.isEmpty && found.quantities.isEmpty
      && !found.usesTime && !found.usesAmount
  }

  fileprivate func collect(into found: inout References) {
    switch self {
    case .number: break
    case .time: found.usesTime = true
    case .amount: found.usesAmount = true
    case .parameter(let index): found.parameters.append(index)
    case .input(let index): found.inputs.append(index)
    case .state(let index): found.states.append(index)
    case .quantity(let index): found.quantities.append(index)
    case .negate(let operand): operand.collect(into: &found)
    case .binary(_, let left, let right):
      left.collect(into: &found)
      right.collect(into: &found)
    case .call(_, let arguments): for argument in arguments { argument.collect(into: &found) }
    case .conditional(let condition, let then, let otherwise):
      condition.collect(into: &found)
      then.collect(into: &found)
      otherwise.collect(into: &found)
    }
  }
}

extension Model {
  /// Whether the equations or the conditions of events depend on the time itself.
  public var changesWithTime: Bool {
    var isSeen = Array(repeating: false, count: quantities.count)
    func mentionsTime(_ expression: Expression) -> Bool {
      let found = expression.references
      if found.usesTime { return true }
      for index in found.quantities where !isSeen[index] {
        isSeen[index] = true
        if mentionsTime(quantities[index].value) { return true }
      }
      return false
    }
    return states.contains { mentionsTime($0.derivative) }
      || events.contains { mentionsTime($0.function) }
  }
}

extension Expression.Condition {
  fileprivate func collect(into found: inout Expression.References) {
    switch self {
    case .comparison(_, let left, let right):
      for side in [left, right] { side.collect(into: &found) }
    case .not(let operand): operand.collect(into: &found)
    case .and(let left, let right), .or(let left, let right):
      left.collect(into: &found)
      right.collect(into: &found)
    }
  }
}
