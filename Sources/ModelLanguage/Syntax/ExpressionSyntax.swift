public import Diagnostics
public import Units

/// A name as it is written.
public struct NameSyntax: Sendable, Hashable {
  public var text: String
  public var range: SourceRange
}

/// A name, or a name inside instances, such as `ketamine.plasma`.
public struct PathSyntax: Sendable, Hashable {
  public var names: [NameSyntax]

  /// The names joined by dots.
  public var text: String {
    names.count == 1 ? names[0].text : names.map(\.text).joined(separator: ".")
  }

  /// The whole path.
  public var range: SourceRange { names[0].range.joined(with: names[names.count - 1].range) }
}

/// A unit as it is written.
public struct UnitSyntax: Sendable, Hashable {
  /// The unit, or `nil` if it is not known, which the parser has reported.
  public var unit: PhysicalUnit?
  public var range: SourceRange
}

/// A number with or without a unit.
public struct NumberSyntax: Sendable, Hashable {
  /// The digits as they are written.
  public var literal: String
  public var unit: UnitSyntax?
  public var range: SourceRange
}

/// An expression as it is written; parentheses are in the shape of the tree.
///
/// Numbers and conditions share this type: which is meant where is for the checker to say.
public indirect enum ExpressionSyntax: Sendable, Hashable {
  case number(NumberSyntax)
  case name(PathSyntax)
  case negate(ExpressionSyntax, range: SourceRange)
  case not(ExpressionSyntax, range: SourceRange)
  case binary(OperatorSyntax, ExpressionSyntax, ExpressionSyntax)
  case call(NameSyntax, [ExpressionSyntax], range: SourceRange)
  case conditional(
    ExpressionSyntax, then: ExpressionSyntax, otherwise: ExpressionSyntax, range: SourceRange)

  /// Whether it is true or false rather than a number, by its outermost operator.
  var isCondition: Bool {
    switch self {
    case .not: true
    case .name(let path): path.text == "refractory"
    case .binary(let symbol, _, _): symbol.symbol.precedence <= 4
    case .number, .negate, .call, .conditional: false
    }
  }

  /// The stretch of source that the expression was read from, without outer parentheses.
  public var range: SourceRange {
    switch self {
    case .number(let number): number.range
    case .name(let path): path.range
    case .negate(_, let range), .not(_, let range), .call(_, _, let range),
      .conditional(_, _, _, let range):
      range
    case .binary(let symbol, _, _): symbol.wholeRange
    }
  }
}

/// An operator between two expressions.
public struct OperatorSyntax: Sendable, Hashable {
  /// The operators, by how they are written.
  public enum Symbol: String, Sendable, Hashable, CaseIterable {
    case or, and
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "^"

    /// How tightly the operator binds, higher being tighter; `not` is 3 and a sign is 7.
    var precedence: Int {
      switch self {
      case .or: 1
      case .and: 2
      case .less, .lessOrEqual, .greater, .greaterOrEqual, .equal, .notEqual: 4
      case .add, .subtract: 5
      case .multiply, .divide: 6
      case .power: 8
      }
    }
  }

  public var symbol: Symbol
  /// Where the operator stands.
  public var range: SourceRange
  /// Both operands and the operator.
  public var wholeRange: SourceRange
  /// Whether it is a slash between a bare number and a name that is also the symbol of a unit, without
  /// spaces: `1/d`.
  public var couldBeginUnit = false
}
