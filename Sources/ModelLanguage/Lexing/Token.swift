/// The smallest unit of meaning in the text of a model.
struct Token: Sendable, Hashable {
  enum Kind: UInt8, Sendable, Hashable {
    case identifier, number, string
    case leftBrace, rightBrace, leftParenthesis, rightParenthesis, leftBracket, rightBracket
    case comma, colon, equals, tilde, prime, dot, ellipsis, percent
    case plus, minus, star, slash, caret
    case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
    case arrow, doubleArrow
    case unknown, end
  }

  var kind: Kind
  /// Whether a line break stands between this token and the one before it.
  var startsLine: Bool
  /// The index of the documentation comment in front of this token, or -1.
  var documentation: Int32
  var lowerBound: Int32
  var upperBound: Int32
}
