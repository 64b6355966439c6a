import Programs

extension ExpressionGraph {
  /// How far a state is from where it would rest, if that can be read off its derivative.
  ///
  /// A gate written as (rest − x)/τ has the slope −1/τ, and the quotient of the two is the
  /// distance x − rest without a division.
  mutating func distanceFromRest(drift: Node, slope: Node) -> Node? {
    guard let (numerator, denominator) = quotientForm(drift),
      let (slopeNumerator, slopeDenominator) = quotientForm(slope),
      denominator == slopeDenominator, let constant = constantValue(slopeNumerator),
      abs(constant) == 1
    else { return nil }
    return constant == -1 ? negate(numerator) : numerator
  }

  /// The two parts of a quotient, through a sign in front of it.
  private mutating func quotientForm(_ node: Node) -> (numerator: Node, denominator: Node)? {
    switch self[node] {
    case .binary(.divide, let a, let b): return (a, b)
    case .unary(.negate, let inner):
      guard let (numerator, denominator) = quotientForm(inner) else { return nil }
      return (negate(numerator), denominator)
    case .binary(.multiply, let a, let b):
      // A product with a reciprocal.
      if case .binary(.divide, let one, let denominator) = self[b], constantValue(one) == 1 {
        return (a, denominator)
      }
      if case .binary(.divide, let one, let denominator) = self[a], constantValue(one) == 1 {
        return (b, denominator)
      }
      if let sign = constantValue(a), abs(sign) == 1, let (n, d) = quotientForm(b) {
        return (sign < 0 ? negate(n) : n, d)
      }
      return nil
    default: return nil
    }
  }
}
