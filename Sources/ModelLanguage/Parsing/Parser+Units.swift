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
  /// Directly behind a number a unit symbol is a unit, whatever names there are. After `*` and
  /// `/` a name in scope wins, and a leading `/` must touch its symbol: `5 /s`.
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
      let next = token(after: 1)
      guard next.lowerBound == token.upperBound, isUnitFactor(at: 1) else { return nil }
    default: return nil
    }
    return try parseUnit(stopsAtNames: true)
  }

  /// Reads the unit behind a colon.
  mutating func parseDeclaredUnit() throws(ParseFailure) -> UnitSyntax {
    switch token.kind {
    case .identifier, .percent, .number, .slash: break
    default: throw unexpected(expected: "a unit, such as `mV` or `1`")
    }
    return try parseUnit(stopsAtNames: false)
  }

  /// Whether a token is a unit symbol that is neither a name in scope nor part of a path or call.
  private func isUnitFactor(at distance: Int) -> Bool {
    let candidate = token(after: distance)
    guard candidate.kind == .identifier, !candidate.startsLine else {
      return candidate.kind == .percent
    }
    let following = token(after: distance + 1).kind
    guard following != .dot, following != .leftParenthesis else { return false }
    let word = text(of: candidate)
    return PhysicalUnit(symbol: word) != nil && !namesInScope.contains(word)
  }

  private mutating func parseUnit(stopsAtNames: Bool) throws(ParseFailure) -> UnitSyntax {
    let first = token
    var unit: PhysicalUnit? = .one
    if token.kind != .slash { unit = try parseUnitFactor() }
    while token.kind == .slash || token.kind == .star, !token.startsLine {
      if stopsAtNames, !isUnitFactor(at: 1) { break }
      let divides = token.kind == .slash
      advance()
      let factor = try parseUnitFactor()
      guard let left = unit, let right = factor else {
        unit = nil
        continue
      }
      unit = divides ? left.divided(by: right) : left.multiplied(by: right)
    }
    return UnitSyntax(unit: unit, range: range(from: first))
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
    } else if namesInScope.contains(symbol) {
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
