import Diagnostics
import Units

/// An expression and how many operators lie between its root and its deepest leaf.
private typealias Measured = (syntax: ExpressionSyntax, depth: Int)

extension Parser {
  /// Reads an expression.
  mutating func parseExpression() throws(ParseFailure) -> ExpressionSyntax {
    try parseOperators(tighterThan: 0).syntax
  }

  /// Reads an expression of sums and products, such as a bound of a range.
  mutating func parseSum() throws(ParseFailure) -> ExpressionSyntax {
    try parseOperators(tighterThan: 4).syntax
  }

  /// Reads an expression for a purpose.
  mutating func parseExpression(for purpose: Purpose) throws(ParseFailure) -> ExpressionSyntax {
    let outer = self.purpose
    defer { self.purpose = outer }
    self.purpose = purpose
    return try parseExpression()
  }

  /// Reads an end of a range, where a number stands for itself.
  mutating func parseBound() throws(ParseFailure) -> ExpressionSyntax {
    let outer = purpose
    defer { purpose = outer }
    purpose = .value
    return try parseSum()
  }

  /// What the statement at hand is for, by the word that says where its value comes from.
  func purposeByProvenance() -> Purpose {
    var distance = 0
    while true {
      let next = token(after: distance)
      if distance > 0, next.startsLine { return .formula }
      switch next.kind {
      case .end, .rightBrace: return .formula
      case .identifier:
        switch text(of: next) {
        case "source", "assumed": return .number
        case "derived": return .formula
        default: distance += 1
        }
      default: distance += 1
      }
    }
  }

  // MARK: Operators

  private var currentOperator: OperatorSyntax.Symbol? {
    switch token.kind {
    case .plus: .add
    case .minus: .subtract
    case .star: .multiply
    case .slash: .divide
    case .caret: .power
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .equal: .equal
    case .notEqual: .notEqual
    case .identifier: isWord("and") ? .and : isWord("or") ? .or : nil
    default: nil
    }
  }

  private mutating func parseOperators(tighterThan bound: Int) throws(ParseFailure) -> Measured {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.deepestNesting else { throw tooDeep() }
    var left = try parsePrefixed()
    while let symbol = currentOperator, symbol.precedence > bound {
      let place = range(of: token)
      let isAmbiguous = slashesBeforeNames.contains(index)
      advance()
      // A power groups to the right and takes a sign: 2^-3^2 is 2^(-(3^2)).
      let right =
        symbol == .power
        ? try parseExponent() : try parseOperators(tighterThan: symbol.precedence)
      let depth = 1 + max(left.depth, right.depth)
      guard depth <= Self.deepestExpression else { throw tooDeep() }
      let whole = left.syntax.range.joined(with: right.syntax.range)
      left = (
        .binary(
          OperatorSyntax(
            symbol: symbol, range: place, wholeRange: whole, couldBeginUnit: isAmbiguous),
          left.syntax, right.syntax
        ), depth
      )
    }
    return left
  }

  private mutating func tooDeep() -> ParseFailure {
    report(
      Diagnostic(
        id: "too-deep", "this expression is nested too deeply", at: range(of: token),
        help: ["give its parts names with `quantity`"]))
    return ParseFailure()
  }

  private mutating func parseExponent() throws(ParseFailure) -> Measured {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Self.deepestNesting else { throw tooDeep() }
    if token.kind == .minus {
      let first = token
      advance()
      let operand = try parseExponent()
      return (.negate(operand.syntax, range: range(from: first)), operand.depth + 1)
    }
    let base = try token.kind == .number ? parseNumber(takesUnit: false) : parseOperand()
    guard token.kind == .caret else { return base }
    let place = range(of: token)
    advance()
    let exponent = try parseExponent()
    let whole = base.syntax.range.joined(with: exponent.syntax.range)
    return (
      .binary(
        OperatorSyntax(symbol: .power, range: place, wholeRange: whole), base.syntax,
        exponent.syntax), 1 + max(base.depth, exponent.depth)
    )
  }

  private mutating func parsePrefixed() throws(ParseFailure) -> Measured {
    let first = token
    if first.kind == .minus {
      advance()
      let operand = try parseOperators(tighterThan: 7)
      return (.negate(operand.syntax, range: range(from: first)), operand.depth + 1)
    }
    if takeWord("not") {
      let operand = try parseOperators(tighterThan: 3)
      return (.not(operand.syntax, range: range(from: first)), operand.depth + 1)
    }
    if takeWord("if") {
      let condition = try parseOperators(tighterThan: 0)
      guard takeWord("then") else { throw unexpected(expected: "`then`") }
      let then = try parseOperators(tighterThan: 0)
      guard takeWord("else") else {
        throw unexpected(
          expected: "`else`", help: ["an `if` has a value on both sides: `if a then b else c`"])
      }
      let otherwise = try parseOperators(tighterThan: 0)
      let syntax = ExpressionSyntax.conditional(
        condition.syntax, then: then.syntax, otherwise: otherwise.syntax, range: range(from: first))
      return (syntax, 1 + max(condition.depth, then.depth, otherwise.depth))
    }
    return try parseOperand()
  }

  // MARK: Operands

  private mutating func parseOperand() throws(ParseFailure) -> Measured {
    let first = token
    switch first.kind {
    case .number: return try parseNumber(takesUnit: true)
    case .leftParenthesis:
      advance()
      let inner = try parseOperators(tighterThan: 0)
      guard take(.rightParenthesis) else {
        throw unexpected(expected: "`)` for the `(` at \(place(of: first))")
      }
      return inner
    case .identifier:
      let word = text(of: first)
      if ReservedWords.keywords.contains(word), word != "time", word != "pi",
        word != "refractory", !(word == "presynaptic" && token(after: 1).kind == .dot)
      {
        throw unexpected(expected: "an expression")
      }
      let path = try parsePath("a name")
      guard token.kind == .leftParenthesis, !token.startsLine else { return (.name(path), 0) }
      return try parseCall(path, first: first)
    case .plus:
      throw unexpected(expected: "an expression", help: ["a number needs no `+` in front"])
    default: throw unexpected(expected: "an expression")
    }
  }

  private func place(of token: Token) -> String {
    let position = range(of: token).position
    return "\(position.line):\(position.column)"
  }

  private mutating func parseCall(
    _ path: PathSyntax, first: Token
  ) throws(ParseFailure) -> Measured {
    guard path.names.count == 1 else {
      report(
        Diagnostic(
          id: "unknown-function", "functions of an instance cannot be called from outside",
          at: path.range))
      throw ParseFailure()
    }
    let parenthesis = token
    advance()
    var arguments: [ExpressionSyntax] = []
    var depth = 0
    if token.kind != .rightParenthesis {
      repeat {
        let argument = try parseOperators(tighterThan: 0)
        arguments.append(argument.syntax)
        depth = max(depth, argument.depth)
      } while take(.comma)
    }
    guard take(.rightParenthesis) else {
      throw unexpected(expected: "`,` or `)` for the `(` at \(place(of: parenthesis))")
    }
    return (.call(path.names[0], arguments, range: range(from: first)), depth + 1)
  }

  /// Reads a number and, unless it is an exponent, the unit behind it.
  private mutating func parseNumber(takesUnit: Bool) throws(ParseFailure) -> Measured {
    let first = token
    let literal = text(of: first)
    advance()
    if Double(literal)?.isFinite != true {
      report(
        Diagnostic(
          id: "number-too-large", "this number is too large", at: range(of: first),
          notes: [Diagnostic.Note("the largest is about 1.8e308")]))
    }
    var unit: UnitSyntax?
    if takesUnit { unit = try parseLiteralUnit() }
    return (.number(NumberSyntax(literal: literal, unit: unit, range: range(from: first))), 0)
  }
}
