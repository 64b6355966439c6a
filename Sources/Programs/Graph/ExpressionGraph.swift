/// Arithmetic on lanes as a graph in which equal expressions are one node.
///
/// Building simplifies: constants are folded with the functions that kernels use, neutral elements
/// vanish, and an expression that exists already is found again. So both backends see the same
/// operations in the same order.
public struct ExpressionGraph: Sendable {
  /// What each node computes; operands come before their users.
  public private(set) var operations: [Operation] = []
  private var known: [Operation: Node] = [:]

  /// Makes an empty graph.
  public init() {}

  /// What a node computes.
  public subscript(node: Node) -> Operation { operations[Int(node.index)] }

  /// The number of a constant node, or `nil`.
  public func constantValue(_ node: Node) -> Double? {
    if case .constant(let bits) = self[node] { return Double(bitPattern: bits) }
    return nil
  }

  /// Finds or adds an operation as it stands.
  public mutating func intern(_ operation: Operation) -> Node {
    if let node = known[operation] { return node }
    let node = Node(operations.count)
    operations.append(operation)
    known[operation] = node
    return node
  }

  /// A number.
  public mutating func constant(_ value: Double) -> Node { intern(.constant(value.bitPattern)) }

  /// An element of an array.
  public mutating func load(_ array: LaneArray, _ index: Int = 0) -> Node {
    intern(.load(array, index))
  }

  /// The current element of an array, inside a loop over elements.
  public mutating func element(_ array: LaneArray) -> Node { intern(.element(array)) }

  /// The sum of two values.
  public mutating func add(_ a: Node, _ b: Node) -> Node {
    if let x = constantValue(a), let y = constantValue(b) { return constant(x + y) }
    if constantValue(a) == 0 { return b }
    if constantValue(b) == 0 { return a }
    if case .unary(.negate, let inner) = self[b] { return subtract(a, inner) }
    if case .unary(.negate, let inner) = self[a] { return subtract(b, inner) }
    return intern(.binary(.add, min(a, b), max(a, b)))
  }

  /// The difference of two values.
  public mutating func subtract(_ a: Node, _ b: Node) -> Node {
    if let x = constantValue(a), let y = constantValue(b) { return constant(x - y) }
    if constantValue(b) == 0 { return a }
    if constantValue(a) == 0 { return negate(b) }
    if a == b { return constant(0) }
    if case .unary(.negate, let inner) = self[b] { return add(a, inner) }
    if case .unary(.negate, let inner) = self[a] { return negate(add(inner, b)) }
    return intern(.binary(.subtract, a, b))
  }

  /// The product of two values; a product with the number 0 is 0.
  public mutating func multiply(_ a: Node, _ b: Node) -> Node {
    if let x = constantValue(a), let y = constantValue(b) { return constant(x * y) }
    for (factor, other) in [(a, b), (b, a)] {
      if let value = constantValue(factor) {
        if value == 0 { return constant(0) }
        if value == 1 { return other }
        if value == -1 { return negate(other) }
      }
      if case .unary(.negate, let inner) = self[factor] {
        return negate(multiply(inner, other))
      }
    }
    // Two constant factors become one, so that `2·(3·x)` costs one multiplication.
    for (factor, other) in [(a, b), (b, a)] {
      if let value = constantValue(factor),
        case .binary(.multiply, let inner, let rest) = self[other]
      {
        if let second = constantValue(inner) {
          return multiply(constant(value * second), rest)
        }
        if let second = constantValue(rest) {
          return multiply(constant(value * second), inner)
        }
      }
    }
    return intern(.binary(.multiply, min(a, b), max(a, b)))
  }

  /// The quotient of two values; division by a power of two or by any constant becomes a product.
  public mutating func divide(_ a: Node, _ b: Node) -> Node {
    if let y = constantValue(b), y != 0, (1 / y).isFinite {
      if let x = constantValue(a) { return constant(x / y) }
      return multiply(constant(1 / y), a)
    }
    if constantValue(a) == 0 { return constant(0) }
    if a == b { return constant(1) }
    if case .unary(.negate, let inner) = self[a] { return negate(divide(inner, b)) }
    if case .unary(.negate, let inner) = self[b] {
      return constantValue(a).map { divide(constant(-$0), inner) } ?? negate(divide(a, inner))
    }
    return intern(.binary(.divide, a, b))
  }

  /// The value with the other sign.
  public mutating func negate(_ a: Node) -> Node {
    if let x = constantValue(a) { return constant(-x) }
    switch self[a] {
    case .unary(.negate, let inner): return inner
    case .binary(.subtract, let x, let y): return subtract(y, x)
    case .binary(.multiply, let x, let y):
      // The sign goes into a constant factor.
      if let factor = constantValue(x) { return multiply(constant(-factor), y) }
      if let factor = constantValue(y) { return multiply(x, constant(-factor)) }
      return intern(.unary(.negate, a))
    default: return intern(.unary(.negate, a))
    }
  }

  /// The smaller of two values, or NaN if one is.
  public mutating func minimum(_ a: Node, _ b: Node) -> Node { foldable(.minimum, a, b) }

  /// The larger of two values, or NaN if one is.
  public mutating func maximum(_ a: Node, _ b: Node) -> Node { foldable(.maximum, a, b) }

  /// A power; small whole exponents and halves become products and square roots.
  public mutating func power(_ base: Node, _ exponent: Node) -> Node {
    guard let p = constantValue(exponent) else { return foldable(.power, base, exponent) }
    if let whole = Int(exactly: p), abs(whole) <= 64 {
      return wholePower(base, whole)
    }
    if p == 0.5 { return unary(.squareRoot, base) }
    if p == -0.5 { return divide(constant(1), unary(.squareRoot, base)) }
    if p == 1.5 { return multiply(base, unary(.squareRoot, base)) }
    return foldable(.power, base, exponent)
  }

  private mutating func wholePower(_ base: Node, _ exponent: Int) -> Node {
    if exponent == 0 { return constant(1) }
    if exponent < 0 { return divide(constant(1), wholePower(base, -exponent)) }
    var result: Node?
    var square = base
    var remaining = exponent
    while remaining > 0 {
      if remaining & 1 == 1 { result = result.map { multiply($0, square) } ?? square }
      remaining >>= 1
      if remaining > 0 { square = multiply(square, square) }
    }
    return result ?? constant(1)
  }

  private mutating func foldable(_ operation: BinaryOperation, _ a: Node, _ b: Node) -> Node {
    if let x = constantValue(a), let y = constantValue(b) {
      return constant(ElementaryFunctions.evaluate(operation, x, y))
    }
    return intern(.binary(operation, a, b))
  }

  /// A function of one value.
  public mutating func unary(_ operation: UnaryOperation, _ a: Node) -> Node {
    if operation == .negate { return negate(a) }
    if let x = constantValue(a) { return constant(ElementaryFunctions.evaluate(operation, x)) }
    return intern(.unary(operation, a))
  }

  /// `a·b + c`, rounded once.
  public mutating func fusedMultiplyAdd(_ a: Node, _ b: Node, _ c: Node) -> Node {
    if constantValue(a) == 0 || constantValue(b) == 0 { return c }
    if constantValue(a) == 1 { return add(b, c) }
    if constantValue(b) == 1 { return add(a, c) }
    if constantValue(c) == 0 { return multiply(a, b) }
    if let x = constantValue(a), let y = constantValue(b), let z = constantValue(c) {
      return constant(z.addingProduct(x, y))
    }
    return intern(.fusedMultiplyAdd(min(a, b), max(a, b), c))
  }

  /// A comparison of two values.
  public mutating func compare(_ comparison: Comparison, _ a: Node, _ b: Node) -> Node {
    intern(.compare(comparison, a, b))
  }

  /// True where both are.
  public mutating func both(_ a: Node, _ b: Node) -> Node { a == b ? a : intern(.both(a, b)) }

  /// True where one is.
  public mutating func either(_ a: Node, _ b: Node) -> Node { a == b ? a : intern(.either(a, b)) }

  /// True where the value is not.
  public mutating func not(_ a: Node) -> Node {
    if case .not(let inner) = self[a] { return inner }
    return intern(.not(a))
  }

  /// The second value where the first is true, else the third.
  public mutating func select(_ condition: Node, _ a: Node, _ b: Node) -> Node {
    if a == b { return a }
    if let outcome = truthOfConstants(condition) { return outcome ? a : b }
    return intern(.select(condition, a, b))
  }

  private func truthOfConstants(_ node: Node) -> Bool? {
    switch self[node] {
    case .compare(let comparison, let a, let b):
      guard let x = constantValue(a), let y = constantValue(b) else { return nil }
      return comparison.holds(x, y)
    case .not(let a): return truthOfConstants(a).map { !$0 }
    case .both(let a, let b):
      guard let x = truthOfConstants(a), let y = truthOfConstants(b) else { return nil }
      return x && y
    case .either(let a, let b):
      guard let x = truthOfConstants(a), let y = truthOfConstants(b) else { return nil }
      return x || y
    default: return nil
    }
  }
}

extension Comparison {
  /// Whether the comparison is true of two numbers.
  public func holds(_ x: Double, _ y: Double) -> Bool {
    switch self {
    case .less: x < y
    case .lessOrEqual: x <= y
    case .greater: x > y
    case .greaterOrEqual: x >= y
    case .equal: x == y
    case .notEqual: x != y
    }
  }
}
