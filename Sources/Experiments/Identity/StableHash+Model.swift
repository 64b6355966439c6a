import ModelLanguage

extension StableHash {
  /// Takes the equations: what the values of parameters, inputs and states are put into.
  ///
  /// Names, units, sources and comments do not count; the values are each run's own.
  mutating func add(equationsOf model: Model) {
    add(model.parameters.count)
    add(model.inputs.count)
    add(model.states.count)
    for state in model.states { add(state.derivative) }
    add(model.quantities.count)
    for quantity in model.quantities { add(quantity.value) }
    add(model.events.count)
    for event in model.events {
      add(event.function)
      add(event.direction == .rising ? 1 : 0)
      add(event.condition)
      add(event.happensAtStart ? 1 : 0)
      add(event.delay ?? .number(.nan))
      add(event.needsCrossing ? 1 : 0)
      add(event.refractoryTime ?? .number(.nan))
      add(event.assignments.count)
      for assignment in event.assignments {
        add(assignment.state)
        add(assignment.value)
      }
    }
  }

  /// Takes an expression, node by node; each node says how many follow.
  mutating func add(_ expression: Expression) {
    switch expression {
    case .number(let value):
      add(1)
      add(value)
    case .time: add(2)
    case .amount: add(3)
    case .parameter(let index):
      add(4)
      add(index)
    case .input(let index):
      add(5)
      add(index)
    case .state(let index):
      add(6)
      add(index)
    case .quantity(let index):
      add(7)
      add(index)
    case .negate(let operand):
      add(8)
      add(operand)
    case .binary(let symbol, let left, let right):
      add(9)
      add(symbol.rawValue)
      add(left)
      add(right)
    case .call(let function, let arguments):
      add(10)
      add(function.rawValue)
      add(arguments.count)
      for argument in arguments { add(argument) }
    case .conditional(let condition, let then, let otherwise):
      add(11)
      add(condition)
      add(then)
      add(otherwise)
    }
  }

  private mutating func add(_ condition: Expression.Condition) {
    switch condition {
    case .comparison(let comparison, let left, let right):
      add(12)
      add(comparison.rawValue)
      add(left)
      add(right)
    case .not(let inner):
      add(13)
      add(inner)
    case .and(let left, let right):
      add(14)
      add(left)
      add(right)
    case .or(let left, let right):
      add(15)
      add(left)
      add(right)
    }
  }
}
