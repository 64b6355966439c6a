import Units

extension Model {
  /// The elaborated model as text: every instance expanded, numbers in SI units.
  public var printed: String {
    (["model \(name) {"] + printedParts + ["}"]).joined(separator: "\n")
  }

  /// The parts of the elaborated model, a line or more for each.
  var printedParts: [String] {
    var lines: [String] = []
    for parameter in parameters {
      lines.append(
        "  parameter \(parameter.declaration.path) : \(parameter.declaration.unit.symbol) = "
          + text(of: parameter.defaultValue))
    }
    for input in inputs {
      lines.append(
        "  input \(input.declaration.path) : \(input.declaration.unit.symbol) = "
          + text(of: input.defaultValue) + text(of: input.role))
    }
    for state in states {
      lines.append(
        "  state \(state.declaration.path) : \(state.declaration.unit.symbol) = "
          + text(of: state.initialValue))
    }
    for quantity in quantities {
      lines.append(
        "  \(quantity.isOutput ? "output" : "quantity") \(quantity.declaration.path) : "
          + "\(quantity.declaration.unit.symbol) = \(text(of: quantity.value))")
    }
    for state in states {
      lines.append("  \(state.declaration.path)' = \(text(of: state.derivative))")
    }
    for event in events {
      lines.append("  event \(event.declaration.path) when \(text(of: event)) {")
      for (state, value) in event.assignments {
        lines.append("    \(states[state].declaration.path) = \(text(of: value))")
      }
      lines.append("  }")
    }
    for route in routes {
      lines.append("  route \(route.declaration.path) {")
      for target in route.targets {
        lines.append(
          "    into \(states[target.state].declaration.path) fraction \(text(of: target.fraction))")
      }
      lines.append("  }")
    }
    for conservation in conservations {
      let terms = conservation.terms.map { term in
        let name = states[term.state].declaration.path
        return term.weight == 1 ? name : "\(term.weight)*\(name)"
      }
      lines.append("  // conserved: " + terms.joined(separator: " + "))
    }
    return lines
  }

  /// What an event waits for, and when it happens then.
  public func text(of event: Event) -> String {
    var words = [text(of: event.condition)]
    if case .comparison(let comparison, let left, let right) = event.condition,
      comparison == event.direction.comparison(needsCrossing: true)
    {
      let verb = event.direction == .rising ? "rises through" : "falls through"
      words = [text(of: left, tighterThan: 1), verb, text(of: right, tighterThan: 1)]
    }
    if event.happensAtStart { words.append("at start") }
    if let delay = event.delay { words.append("after \(text(of: delay, tighterThan: 1))") }
    if let time = event.refractoryTime { words.append("refractory \(text(of: time))") }
    return words.joined(separator: " ")
  }

  private func text(of role: Input.Role) -> String {
    switch role {
    case .driven: ""
    case .arrivals: "  // the sum of the weights that arrive"
    case .poisson(let rate): "  // random arrivals at \(text(of: rate))"
    case .recorded: "  // recorded spikes"
    case .whiteNoise: "  // white noise"
    case .sum: "  // the sum of a projection"
    case .rate: "  // spikes per second in the last step"
    case .refractory: "  // 1 within the refractory time"
    case .cellIndex: "  // the number of the cell"
    case .cellCount: "  // how many cells there are"
    case .connection: "  // what the source of a connection has"
    }
  }

  /// An expression with the names of this model, numbers in SI units.
  public func text(of expression: Expression) -> String { text(of: expression, tighterThan: 0) }

  private func text(of expression: Expression, tighterThan bound: Int) -> String {
    switch expression {
    case .number(let number): return number < 0 && bound > 0 ? "(\(number))" : "\(number)"
    case .time: return "time"
    case .amount: return "amount"
    case .parameter(let index): return parameters[index].declaration.path
    case .input(let index): return inputs[index].declaration.path
    case .state(let index): return states[index].declaration.path
    case .quantity(let index): return quantities[index].declaration.path
    case .negate(let inner):
      return parenthesised("-" + text(of: inner, tighterThan: 3), 3, bound)
    case .binary(let symbol, let left, let right):
      let strength =
        switch symbol {
        case .add, .subtract: 1
        case .multiply, .divide: 2
        case .power: 4
        }
      // The right side of a difference or a quotient needs its parentheses; the left of a power.
      let isRightAssociative = symbol == .power
      let whole =
        text(of: left, tighterThan: isRightAssociative ? strength + 1 : strength)
        + (symbol == .power ? "^" : " \(symbol.rawValue) ")
        + text(of: right, tighterThan: isRightAssociative ? strength : strength + 1)
      return parenthesised(whole, strength, bound)
    case .call(let function, let arguments):
      let list = arguments.map { text(of: $0, tighterThan: 0) }.joined(separator: ", ")
      return "\(function.rawValue)(\(list))"
    case .conditional(let condition, let then, let otherwise):
      let whole =
        "if \(text(of: condition)) then \(text(of: then, tighterThan: 0)) else "
        + text(of: otherwise, tighterThan: 0)
      return bound > 0 ? "(\(whole))" : whole
    }
  }

  private func parenthesised(_ text: String, _ strength: Int, _ bound: Int) -> String {
    strength < bound ? "(\(text))" : text
  }

  private func text(of condition: Expression.Condition) -> String {
    switch condition {
    case .comparison(let comparison, let left, let right):
      "\(text(of: left, tighterThan: 1)) \(comparison.rawValue) \(text(of: right, tighterThan: 1))"
    case .not(let inner): "not (\(text(of: inner)))"
    case .and(let left, let right): "(\(text(of: left))) and (\(text(of: right)))"
    case .or(let left, let right): "(\(text(of: left))) or (\(text(of: right)))"
    }
  }
}
