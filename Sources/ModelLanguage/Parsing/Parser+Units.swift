import Diagnostics
import Units

extension Parser {
  /// Words that can follow a number and are not units.
  private static let wordsAfterNumbers: Set<String> = [
    "source", "assumed", "derived", "in", "then", "else", "and", "or", "fraction", "over", "lag",
    "rises", "falls", "through", "refractory", "at", "after",
  ]

  /// Reads the unit behind a number, if there is one.
  ///
  /// A symbol directly behind the number, and one behind a slash that has a space before it and
  /// none behind, is a unit, whatever names there are. Behind a `*` names win. Other factors that
  /// are names too are reported, unless the number stands for itself.
  mutating func parseLiteralUnit() throws(ParseFailure) -> UnitSyntax? {
    guard !token.startsLine else { return nil }
    switch token.kind {
    case .percent: break
    case .identifier:
      let word = text(of: token)
      if Self.wordsAfterNumbers.contains(word) || wordsOfBlock.contains(word)
        || token(after: 1).kind == .leftParenthesis
      {
        return nil
      }
    case .slash:
      guard touchesNext(index), isUnitSymbol(at: 1) else { return nil }
      if touchesNext(index - 1), namesInScope[text(of: token(after: 1))] != nil {
        if purpose == .number {
          reportTwoReadings(ofOperator: index, number: index - 1)
        } else {
          slashesBeforeNames.insert(index)
        }
        return nil
      }
    default: return nil
    }
    let number = index - 1
    var ambiguous: [Int] = []
    let unit = try parseUnit(ambiguous: &ambiguous)
    if let first = ambiguous.first(where: { !isUnitAlone($0, number: number) }) {
      reportTwoReadings(ofOperator: first, number: number)
    }
    return unit
  }

  /// Reads the unit behind a colon.
  mutating func parseDeclaredUnit() throws(ParseFailure) -> UnitSyntax {
    switch token.kind {
    case .identifier, .percent, .number, .slash: break
    default: throw unexpected(expected: "a unit, such as `mV` or `1`")
    }
    return try parseUnit()
  }

  // MARK: Units and names

  /// Whether nothing is between a token and the one after it.
  private func touchesNext(_ place: Int) -> Bool {
    tokens[place].upperBound == tokens[min(place + 1, tokens.count - 1)].lowerBound
  }

  /// Whether a token is a unit symbol, and not part of a path or a call.
  private func isUnitSymbol(at distance: Int) -> Bool {
    let candidate = token(after: distance)
    guard candidate.kind == .identifier, !candidate.startsLine else {
      return candidate.kind == .percent
    }
    let following = token(after: distance + 1).kind
    guard following != .dot, following != .leftParenthesis else { return false }
    return PhysicalUnit(symbol: text(of: candidate)) != nil
  }

  /// Whether a `*` or `/` before a symbol that is a name too can only belong to the unit.
  private func isUnitAlone(_ place: Int, number: Int) -> Bool {
    func isFactor(_ token: Token) -> Bool {
      switch token.kind {
      case .star, .slash, .caret: true
      default: false
      }
    }
    guard purpose != .formula, tokens[place].kind == .slash, touchesNext(place),
      touchesNext(place - 1)
    else { return false }
    var before = number - 1
    while before >= 0, tokens[before].kind == .minus { before -= 1 }
    return !(before >= 0 && isFactor(tokens[before])) && !(isFactor(token) && !token.startsLine)
  }

  /// Reports a symbol behind `*` or `/` that is a unit and a name.
  private mutating func reportTwoReadings(ofOperator place: Int, number: Int) {
    let symbol = text(of: tokens[place + 1])
    let noun = namesInScope[symbol] ?? "name"
    let divides = tokens[place].kind == .slash
    let before = SourceRange(
      file: file, lowerBound: Int(tokens[number].lowerBound),
      upperBound: Int(tokens[place - 1].upperBound)
    ).text
    let unit = divides ? "\(before) /\(symbol)" : "\(before)/\(symbol)^-1"
    let isBare = place == number + 1
    let name =
      isBare ? "\(before) / \(symbol)" : "(\(before))\(divides ? "/" : "*")\(symbol)"
    report(
      Diagnostic(
        id: "unit-or-name",
        "`\(symbol)` could be the unit or the \(noun) of this name here",
        at: range(of: tokens[place]).joined(with: range(of: tokens[place + 1])),
        help: ["for the unit, write `\(unit)`", "for the \(noun), write `\(name)`"]))
  }

  // MARK: Factors

  private mutating func parseUnit() throws(ParseFailure) -> UnitSyntax {
    let first = token
    var unit: PhysicalUnit? = .one
    if token.kind != .slash { unit = try parseUnitFactor() }
    while token.kind == .slash || token.kind == .star, !token.startsLine {
      unit = try parseFurtherFactor(of: unit)
    }
    return UnitSyntax(unit: unit, range: range(from: first))
  }

  /// Reads a unit behind a number, and notes operators before symbols that are names too.
  private mutating func parseUnit(
    ambiguous: inout [Int]
  ) throws(ParseFailure) -> UnitSyntax {
    let first = token
    var unit: PhysicalUnit? = .one
    if token.kind != .slash { unit = try parseUnitFactor() }
    while token.kind == .slash || token.kind == .star, !token.startsLine, isUnitSymbol(at: 1) {
      if namesInScope[text(of: token(after: 1))] != nil {
        // A number times a name is what formulas are made of.
        if token.kind == .star, purpose != .number { break }
        let isOfUnit = token.kind == .slash && touchesNext(index) && !touchesNext(index - 1)
        // The slash that begins a unit has been looked at.
        if !isOfUnit, first.lowerBound != token.lowerBound { ambiguous.append(index) }
      }
      unit = try parseFurtherFactor(of: unit)
    }
    return UnitSyntax(unit: unit, range: range(from: first))
  }

  private mutating func parseFurtherFactor(
    of left: PhysicalUnit?
  ) throws(ParseFailure) -> PhysicalUnit? {
    let divides = token.kind == .slash
    advance()
    guard let factor = try parseUnitFactor(), let left else { return nil }
    return divides ? left.divided(by: factor) : left.multiplied(by: factor)
  }

  /// Reads a symbol with an exponent; `nil` for an unknown one, which is reported.
  private mutating func parseUnitFactor() throws(ParseFailure) -> PhysicalUnit? {
    let place = range(of: token)
    var unit: PhysicalUnit?
    switch token.kind {
    case .number where text(of: token) == "1":
      advance()
      return .one
    case .identifier, .percent:
      let symbol = text(of: token)
      unit = PhysicalUnit(symbol: symbol)
      if unit == nil { reportUnknownUnit(symbol, at: place) }
      advance()
    default: throw unexpected(expected: "the symbol of a unit")
    }
    guard token.kind == .caret, !token.startsLine else { return unit }
    advance()
    let sign = take(.minus) ? "-" : ""
    guard token.kind == .number else { throw unexpected(expected: "an exponent") }
    let exponent = range(of: token)
    let number = Double(sign + text(of: token)) ?? .infinity
    advance()
    guard number.magnitude <= 16, (2 * number).rounded() == 2 * number else {
      report(
        Diagnostic(
          id: "unit-exponent", "the exponent of a unit is a whole or half number up to 16",
          at: exponent))
      return nil
    }
    guard let base = unit else { return nil }
    guard let power = base.raised(toHalves: Int(2 * number)) else {
      report(
        Diagnostic(id: "unit-exponent", "this unit cannot have this exponent", at: exponent))
      return nil
    }
    return power
  }

  private mutating func reportUnknownUnit(_ symbol: String, at range: SourceRange) {
    var diagnostic = Diagnostic(id: "unknown-unit", "unknown unit `\(symbol)`", at: range)
    if let suggestion = PhysicalUnit.suggestedSymbol(for: symbol) {
      diagnostic.fix = Diagnostic.Fix(range, suggestion)
    } else if namesInScope[symbol] != nil {
      diagnostic.notes = [
        Diagnostic.Note("`\(symbol)` is a name here, and only a unit can follow a number")
      ]
      diagnostic.help = ["to multiply, write `*` between the number and the name"]
    } else {
      diagnostic.help = ["units are written like `mV`, `mg/kg/min`, `uF/cm^2` or `1`"]
    }
    report(diagnostic)
  }
}
