import Diagnostics

extension Elaborator {
  /// What makes an expression more than a formula over parameters and driven inputs, in words.
  func unsteadyPart(of expression: Expression) -> String? {
    var seen: Set<Int> = []
    var open = [expression]
    while let next = open.popLast() {
      let references = next.references
      if references.usesTime { return "`time`" }
      if let state = references.states.first {
        return "the state `\(model.states[state].declaration.path)`"
      }
      for input in references.inputs {
        if case .driven = model.inputs[input].role { continue }
        return "`\(model.inputs[input].declaration.path)`"
      }
      for quantity in references.quantities where seen.insert(quantity).inserted {
        open.append(model.quantities[quantity].value)
      }
    }
    return nil
  }

  /// An expression with the quantities in it replaced by what they stand for.
  mutating func expanded(_ expression: Expression, at range: SourceRange) -> Expression {
    var left = Self.largestExpressionSize - totalSize
    let result = expanded(expression, &left)
    if left <= 0 { reportTooLarge(at: range) }
    totalSize = Self.largestExpressionSize - max(left, 0)
    return result
  }

  private func expanded(_ expression: Expression, _ left: inout Int) -> Expression {
    left -= 1
    guard left > 0 else { return .number(.nan) }
    switch expression {
    case .number, .time, .amount, .parameter, .input, .state: return expression
    case .quantity(let index): return expanded(model.quantities[index].value, &left)
    case .negate(let operand): return .negate(expanded(operand, &left))
    case .binary(let symbol, let first, let second):
      return .binary(symbol, expanded(first, &left), expanded(second, &left))
    case .call(let function, let arguments):
      return .call(function, arguments.map { expanded($0, &left) })
    case .conditional(let condition, let then, let otherwise):
      return .conditional(
        expanded(condition, &left), then: expanded(then, &left),
        otherwise: expanded(otherwise, &left))
    }
  }

  private func expanded(
    _ condition: Expression.Condition, _ left: inout Int
  ) -> Expression.Condition {
    switch condition {
    case .comparison(let comparison, let first, let second):
      .comparison(comparison, expanded(first, &left), expanded(second, &left))
    case .not(let operand): .not(expanded(operand, &left))
    case .and(let first, let second): .and(expanded(first, &left), expanded(second, &left))
    case .or(let first, let second): .or(expanded(first, &left), expanded(second, &left))
    }
  }
}
