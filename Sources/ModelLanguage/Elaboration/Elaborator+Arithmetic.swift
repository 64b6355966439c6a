import Diagnostics
import Units

/// An operand as it is written and as it was elaborated.
typealias Operand = (syntax: ExpressionSyntax, value: TypedExpression)

extension OperatorSyntax.Symbol {
  /// The arithmetic that the symbol stands for, or `nil` for comparisons and logic.
  var arithmetic: Expression.BinaryOperator? {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .power: .power
    default: nil
    }
  }
}

extension Elaborator {
  /// The negative of an expression; of a literal it is a literal.
  func negated(_ operand: TypedExpression) -> TypedExpression {
    var result = operand
    if case .number(let value) = operand.expression {
      result.expression = .number(-value)
    } else {
      result = TypedExpression(
        .negate(operand.expression), dimensions: operand.dimensions, unit: operand.unit,
        of: [operand])
    }
    result.constant = operand.constant.map { -$0 }
    return result
  }

  /// Elaborates arithmetic between two numbers.
  mutating func arithmetic(
    _ operation: Expression.BinaryOperator, _ left: Operand, _ right: Operand,
    _ symbol: OperatorSyntax
  ) -> TypedExpression {
    if operation == .power { return power(left, right, symbol) }
    let (a, b) = (left.value, right.value)
    var result = TypedExpression(
      .binary(operation, a.expression, b.expression), dimensions: nil, of: [a, b])
    switch operation {
    case .add, .subtract:
      let verb = operation == .add ? "add" : "subtract"
      result.dimensions = agreed(
        left, right, at: symbol.range,
        message: {
          operation == .add ? "cannot \(verb) \($0) and \($1)" : "cannot \(verb) \($1) from \($0)"
        })
      result.unit = a.isZero ? b.unit : a.unit
    case .multiply:
      if let first = a.dimensions, let second = b.dimensions { result.dimensions = first * second }
      if a.dimensions?.isNone == true { result.unit = b.unit }
      if b.dimensions?.isNone == true { result.unit = a.unit }
    case .divide:
      if let first = a.dimensions, let second = b.dimensions { result.dimensions = first / second }
      if b.dimensions?.isNone == true { result.unit = a.unit }
    case .power: break
    }
    // A percentage among factors is no unit to speak in.
    if result.unit?.dimensions != result.dimensions || result.dimensions?.isNone == true {
      result.unit = nil
    }
    if let first = a.constant, let second = b.constant {
      switch operation {
      case .add: result.constant = first + second
      case .subtract: result.constant = first - second
      case .multiply: result.constant = first * second
      case .divide: result.constant = first / second
      case .power: break
      }
    }
    return result
  }

  /// Reports a bare number over a name that is a unit too, where both readings have the same
  /// dimensions: in `1/d` with a duration `d` the unit would do as well.
  mutating func checkDivisor(
    _ divisor: ExpressionSyntax, _ value: TypedExpression, after dividend: ExpressionSyntax,
    _ symbol: OperatorSyntax
  ) {
    let path: PathSyntax
    var exponent = 1.0
    switch divisor {
    case .name(let name): path = name
    case .binary(let power, .name(let name), .number(let number)) where power.symbol == .power:
      path = name
      exponent = Double(number.literal) ?? 1
    default: return
    }
    let name = path.text
    guard let unit = PhysicalUnit(symbol: name), value.dimensions != nil,
      value.dimensions == unit.dimensions.raised(to: exponent)
    else { return }
    diagnostics.report(
      Diagnostic(
        id: "unit-or-name", "`\(name)` could be the unit or the name that is declared here",
        at: symbol.range.joined(with: path.range),
        help: [
          "for the unit, write `\(lastNumber(of: dividend)) /\(name)`",
          "for what is declared, write `\(lastNumber(of: dividend)) / \(name)`",
        ]))
  }

  /// The number at the end of a product.
  private func lastNumber(of expression: ExpressionSyntax) -> String {
    switch expression {
    case .binary(_, _, let right): lastNumber(of: right)
    case .negate(let operand, _): lastNumber(of: operand)
    default: expression.range.text
    }
  }

  private mutating func power(
    _ left: Operand, _ right: Operand, _ symbol: OperatorSyntax
  ) -> TypedExpression {
    let (base, exponent) = (left.value, right.value)
    var result = TypedExpression(
      .binary(.power, base.expression, exponent.expression), dimensions: nil, of: [base, exponent])
    if let dimensions = exponent.dimensions, !dimensions.isNone {
      diagnostics.report(
        Diagnostic(
          id: "exponent-with-dimension",
          "an exponent is a pure number, and this is in "
            + exponent.unitText, at: right.syntax.range))
      return .unknown
    }
    guard let dimensions = base.dimensions else { return result }
    if dimensions.isNone {
      result.dimensions = Dimensions.none
      return result
    }
    guard let value = exponent.constant else {
      if exponent.dimensions != nil {
        diagnostics.report(
          Diagnostic(
            id: "exponent-not-constant",
            "the exponent of something in \(base.unitText) has to be a number",
            at: right.syntax.range,
            help: ["divide the base by a reference, so that any exponent is possible"]))
      }
      return result
    }
    result.dimensions = dimensions.raised(to: value)
    if result.dimensions == nil {
      diagnostics.report(
        Diagnostic(
          id: "exponent-of-dimension",
          "\(base.unitText) to the power of \(decimalText(value, significantDigits: 6)) is no unit",
          at: right.syntax.range,
          notes: [Diagnostic.Note("the exponents of units are multiples of one half")]))
    }
    return result
  }

  /// The dimensions of two operands that have to agree; reports them if they do not.
  ///
  /// A bare `0` agrees with everything.
  mutating func agreed(
    _ left: Operand, _ right: Operand, at range: SourceRange,
    message: (String, String) -> String
  ) -> Dimensions? {
    let (a, b) = (left.value, right.value)
    if a.isZero { return b.dimensions }
    if b.isZero { return a.dimensions }
    guard let first = a.dimensions, let second = b.dimensions else {
      return nil
    }
    if first == second { return first }
    if a.isBareNumber || b.isBareNumber {
      let (bare, other) = a.isBareNumber ? (left, right) : (right, left)
      reportMissingUnit(bare.syntax, expected: other.value.unitText, beside: other.syntax)
      return other.value.dimensions
    }
    diagnostics.report(
      Diagnostic(
        id: "unit-mismatch", message(a.unitText, b.unitText), at: range,
        labels: [
          Diagnostic.Label(left.syntax.range, a.unitText),
          Diagnostic.Label(right.syntax.range, b.unitText),
        ],
        notes: [left, right].compactMap { declarationNote($0) }))
    return nil
  }

  /// Reports a bare number where something with dimensions is needed.
  mutating func reportMissingUnit(
    _ syntax: ExpressionSyntax, expected: String, beside other: ExpressionSyntax?
  ) {
    let text = syntax.range.text
    var diagnostic = Diagnostic(
      id: "missing-unit", "`\(text)` has no unit, and \(expected) is needed here",
      at: syntax.range, help: ["write the unit behind the number: `\(text) \(expected)`"])
    if expected.hasPrefix("1/") {
      diagnostic.help = ["write the unit behind the number: `\(text) \(expected.dropFirst())`"]
    }
    if let other, let note = declarationNote((other, .unknown)) { diagnostic.notes = [note] }
    diagnostics.report(diagnostic)
  }

  /// Where a name that is an operand is declared, and with what unit.
  private func declarationNote(_ operand: Operand) -> Diagnostic.Note? {
    guard case .name(let path) = operand.syntax, let scope = currentScope,
      case .symbol(let id) = resolve(path, in: scope)
    else { return nil }
    let symbol = symbols[id]
    let unit = symbol.unit?.symbol ?? symbol.dimensions.map { "\($0)" }
    guard let unit else { return nil }
    return Diagnostic.Note("`\(path.text) : \(unit)` is declared", at: symbol.name.range)
  }
}
