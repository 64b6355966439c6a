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

  /// The opening rate of a gate that relaxes linearly between two rates that are never negative.
  ///
  /// Where drift = α − (α + β)·x with α, β ≥ 0, the rate α vanishes whenever the slope does, so that
  /// the resting value α/(α + β) needs no care.
  mutating func openingRate(drift: Node, slope: Node, of state: Node) -> Node? {
    guard !reachableNodes(from: [slope]).contains(state) else { return nil }
    let opening = substitute([state: constant(0)], in: [drift])[0]
    let terms = terms(of: slope, isPositive: true)
    guard terms.contains(where: { $0.node == opening }),
      terms.allSatisfy({ !$0.isPositive && isNonnegative($0.node) })
    else { return nil }
    return opening
  }

  /// The terms of a sum, with their signs.
  private func terms(of node: Node, isPositive: Bool) -> [(node: Node, isPositive: Bool)] {
    switch self[node] {
    case .binary(.add, let a, let b):
      terms(of: a, isPositive: isPositive) + terms(of: b, isPositive: isPositive)
    case .binary(.subtract, let a, let b):
      terms(of: a, isPositive: isPositive) + terms(of: b, isPositive: !isPositive)
    case .unary(.negate, let a): terms(of: a, isPositive: !isPositive)
    default: [(node, isPositive)]
    }
  }

  /// Whether a value is certainly not negative, unless it is no number.
  private func isNonnegative(_ node: Node) -> Bool {
    switch self[node] {
    case .constant(let bits): Double(bitPattern: bits) >= 0
    case .unary(let operation, let a):
      switch operation {
      case .exp, .linoid, .exprel, .absolute, .squareRoot, .cosh: true
      case .cubeRoot, .floor, .ceiling, .sign: isNonnegative(a)
      default: false
      }
    case .binary(let operation, let a, let b):
      switch operation {
      case .add, .divide, .minimum: isNonnegative(a) && isNonnegative(b)
      case .multiply: a == b || isNonnegative(a) && isNonnegative(b)
      case .maximum: isNonnegative(a) || isNonnegative(b)
      case .power: isNonnegative(a)
      default: false
      }
    case .select(_, let a, let b): isNonnegative(a) && isNonnegative(b)
    default: false
    }
  }

  /// Puts x/(eˣ − 1) together from a quotient, within 4 ulp: the error of a fixed step is far
  /// larger, and this takes half the time of the function that is exact to the last digit.
  mutating func withComposedLinoids(in roots: [Node]) -> [Node] {
    var replacements: [Node: Node] = [:]
    for node in reachableNodes(from: roots) {
      guard case .unary(.linoid, let argument) = self[node] else { continue }
      let x = substitute(replacements, in: [argument])[0]
      let quotient = divide(x, unary(.coarseExpm1, x))
      let isZero = compare(.equal, x, constant(0))
      replacements[node] = select(isZero, constant(1), quotient)
    }
    return substitute(replacements, in: roots)
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
