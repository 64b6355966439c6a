import Diagnostics

// White noise: a derivative may be linear in it, and nothing else may depend on it.
extension Elaborator {
  /// Checks that every derivative is linear in noise, and that nothing but derivatives has any.
  mutating func checkNoise() {
    let noise = Set(
      model.inputs.indices.filter {
        if case .whiteNoise = model.inputs[$0].role { true } else { false }
      })
    guard !noise.isEmpty, !diagnostics.all.hasErrors else { return }
    var degrees = NoiseDegrees(noise: noise)
    for quantity in model.quantities { degrees.append(quantity.value) }
    for state in model.states where degrees.degree(of: state.derivative) == nil {
      let equation = equation(of: state)
      diagnostics.report(
        Diagnostic(
          id: "noise-not-linear",
          "the derivative of `\(state.declaration.path)` is not linear in noise",
          at: equation?.value.range ?? state.declaration.range,
          help: ["noise can be multiplied by what has none: `V' = -V/tau + sigma*xi`"]))
    }
    for (index, quantity) in model.quantities.enumerated() where degrees.quantities[index] != 0 {
      noisyQuantities.insert(index)
      if quantity.isOutput { reportNoise("an output", at: quantity.declaration.range) }
    }
    let events = model.events.map {
      ($0.declaration, [$0.function] + $0.assignments.map(\.value))
    }
    let arrivals = receivers.map { ($0.declaration, $0.assignments.map(\.value)) }
    for (declaration, expressions) in events + arrivals {
      if expressions.contains(where: { degrees.degree(of: $0) != 0 }) {
        reportNoise("what happens at one moment", at: declaration.range)
      }
    }
  }

  mutating func reportNoise(_ what: String, at range: SourceRange) {
    diagnostics.report(
      Diagnostic(
        id: "noise-misplaced", "\(what) cannot depend on noise, only derivatives can", at: range))
  }

  private func equation(of state: State) -> EquationSyntax? {
    guard let symbol = symbols.first(where: { $0.path == state.declaration.path }) else {
      return nil
    }
    return scopes[symbol.scope].equations[symbol.name.text]
  }
}

/// To which power noise enters expressions: 0, 1, or `nil` for neither.
private struct NoiseDegrees {
  let noise: Set<Int>
  var quantities: [Int?] = []

  init(noise: Set<Int>) { self.noise = noise }

  mutating func append(_ value: Expression) { quantities.append(degree(of: value)) }

  func degree(of expression: Expression) -> Int? {
    switch expression {
    case .number, .time, .amount, .parameter, .state: return 0
    case .input(let index): return noise.contains(index) ? 1 : 0
    case .quantity(let index): return quantities[index]
    case .negate(let operand): return degree(of: operand)
    case .binary(let symbol, let left, let right):
      guard let first = degree(of: left), let second = degree(of: right) else { return nil }
      switch symbol {
      case .add, .subtract: return max(first, second)
      case .multiply: return first + second > 1 ? nil : first + second
      case .divide: return second == 0 ? first : nil
      case .power:
        if first == 0, second == 0 { return 0 }
        return right == .number(1) ? first : nil
      }
    case .call(_, let arguments):
      return arguments.allSatisfy { degree(of: $0) == 0 } ? 0 : nil
    case .conditional(let condition, let then, let otherwise):
      guard isFree(condition), let first = degree(of: then), let second = degree(of: otherwise)
      else { return nil }
      return max(first, second)
    }
  }

  private func isFree(_ condition: Expression.Condition) -> Bool {
    switch condition {
    case .comparison(_, let left, let right): degree(of: left) == 0 && degree(of: right) == 0
    case .not(let operand): isFree(operand)
    case .and(let left, let right), .or(let left, let right): isFree(left) && isFree(right)
    }
  }
}
