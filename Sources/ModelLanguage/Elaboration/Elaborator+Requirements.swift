import Diagnostics
import Units

extension Elaborator {
  /// Checks that an expression has certain dimensions; a bare `0` and an unknown one pass.
  ///
  /// - Parameters:
  ///   - operand: The expression as written and as elaborated.
  ///   - dimensions: What is required.
  ///   - unit: The unit that the requirement was written in, if it was.
  ///   - message: Makes the message of the unit that was found and the one that is required.
  ///   - notes: What to add.
  /// - Returns: Whether it has them.
  @discardableResult
  mutating func require(
    _ operand: Operand, _ dimensions: Dimensions?, _ unit: PhysicalUnit?,
    message: (_ found: String, _ expected: String) -> String, notes: [Diagnostic.Note] = []
  ) -> Bool {
    guard let dimensions, let found = operand.value.dimensions, !operand.value.isZero,
      found != dimensions
    else { return true }
    let expected =
      unit.flatMap { $0.dimensions == dimensions ? $0.symbol : nil } ?? "\(dimensions)"
    if operand.value.isBareNumber {
      reportMissingUnit(operand.syntax, expected: expected, beside: nil)
      return false
    }
    var foundText = operand.value.unitText
    if foundText == "1" { foundText = "no unit" }
    let expectedText = expected == "1" ? "no unit" : expected
    diagnostics.report(
      Diagnostic(
        id: "unit-mismatch", message(foundText, expectedText), at: operand.syntax.range,
        notes: notes))
    return false
  }

  /// Elaborates a definition and gives the symbol its unit and dimensions.
  mutating func define(_ id: Int, _ use: ExpressionContext.Use) -> TypedExpression? {
    let symbol = symbols[id]
    var declared: PhysicalUnit?
    if let written = symbol.unitSyntax {
      declared = written.unit
      symbols[id].unit = declared
      symbols[id].dimensions = declared?.dimensions
    }
    guard let definition = symbol.definition else {
      guard !symbol.addends.isEmpty else { return nil }
      return addingProjections(to: nil, id)
    }
    currentScope = definition.scope
    let value = number(definition.syntax, context(definition.scope, use))
    count(value, at: definition.syntax.range)
    if let declared {
      require(
        (definition.syntax, value), declared.dimensions, declared,
        message: {
          "the \(symbol.noun) `\(symbol.name.text)` is declared in \($1), and this is in \($0)"
        }, notes: note(on: symbol, definition))
    } else if symbol.unitSyntax == nil {
      // Without a unit of its own a symbol has that of its value. A bare 0 is a pure number, unless
      // it stands in the place of another value.
      let typed = declaredDefinition(besideZero: symbol).map { dimensioned($0, use) } ?? value
      symbols[id].dimensions = typed.dimensions
      symbols[id].unit = typed.unit ?? typed.dimensions.map { PhysicalUnit(familiarFor: $0) }
    }
    return symbol.addends.isEmpty ? value : addingProjections(to: value, id)
  }

  /// What a symbol without a unit is declared as, where a bare 0 has taken the place of that.
  func declaredDefinition(besideZero symbol: Symbol) -> Symbol.Definition? {
    guard symbol.unitSyntax == nil, let own = symbol.ownDefinition,
      case .number(let literal)? = symbol.definition?.syntax, literal.unit == nil,
      Double(literal.literal) == 0
    else { return nil }
    return own
  }

  /// A definition for its dimensions alone; what is wrong in it is told where it is in force.
  private mutating func dimensioned(
    _ definition: Symbol.Definition, _ use: ExpressionContext.Use
  ) -> TypedExpression {
    let known = (diagnostics, usedSymbols, totalSize)
    defer { (diagnostics, usedSymbols, totalSize) = known }
    currentScope = definition.scope
    return number(definition.syntax, context(definition.scope, use))
  }

  /// The value of an input with what projections add to it.
  private mutating func addingProjections(
    to value: TypedExpression?, _ id: Int
  ) -> TypedExpression {
    var sum = value
    for addend in symbols[id].addends {
      let kind = symbols[addend].kind
      let index = symbols[addend].index
      usedSymbols.insert(addend)
      let term = TypedExpression(
        expression: kind == .input ? .input(index) : .quantity(index),
        dimensions: symbols[addend].dimensions, unit: symbols[addend].unit)
      guard let current = sum, !current.isZero else {
        sum = term
        continue
      }
      sum = TypedExpression(
        .binary(.add, current.expression, term.expression), dimensions: current.dimensions,
        unit: current.unit, of: [current, term])
    }
    if symbols[id].unitSyntax == nil, symbols[id].dimensions == nil {
      symbols[id].dimensions = sum?.dimensions
      symbols[id].unit = sum?.unit
    }
    return sum ?? .unknown
  }

  private func note(on symbol: Symbol, _ definition: Symbol.Definition) -> [Diagnostic.Note] {
    // On the same line the declaration is in sight.
    symbol.name.range.file == definition.syntax.range.file
      && symbol.name.range.position.line == definition.syntax.range.position.line
      ? [] : [Diagnostic.Note("it is declared", at: symbol.name.range)]
  }

  /// What the model says of a symbol.
  func declaration(of id: Int) -> Declaration {
    let symbol = symbols[id]
    return Declaration(
      path: symbol.path, unit: symbol.unit ?? .one, documentation: symbol.documentation,
      range: symbol.name.range)
  }
}
