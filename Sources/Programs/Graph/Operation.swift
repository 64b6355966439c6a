/// A value in an `ExpressionGraph`.
public struct Node: Hashable, Sendable, Comparable {
  /// The position in the graph; operands always have smaller positions.
  public let index: Int32

  @inlinable
  init(_ index: Int) { self.index = Int32(truncatingIfNeeded: index) }

  public static func < (left: Node, right: Node) -> Bool { left.index < right.index }
}

/// An array of lane values that programs read and write.
public struct LaneArray: Hashable, Sendable, Comparable {
  /// The position in the program's table of arrays.
  public let index: Int

  public static func < (left: LaneArray, right: LaneArray) -> Bool { left.index < right.index }
}

/// What one node computes, in every lane alike.
public enum Operation: Hashable, Sendable {
  /// A number, by its bits, so that −0 and 0 differ and NaN equals itself.
  case constant(UInt64)
  /// An element of an array.
  case load(LaneArray, Int)
  /// The current element of an array, inside a loop over elements.
  case element(LaneArray)
  case unary(UnaryOperation, Node)
  case binary(BinaryOperation, Node, Node)
  /// `a·b + c`, rounded once.
  case fusedMultiplyAdd(Node, Node, Node)
  /// A truth value.
  case compare(Comparison, Node, Node)
  case both(Node, Node)
  case either(Node, Node)
  case not(Node)
  /// The second where the first is true, else the third.
  case select(Node, Node, Node)

  /// The nodes that it reads, in order.
  public var operands: [Node] {
    switch self {
    case .constant, .load, .element: []
    case .unary(_, let a), .not(let a): [a]
    case .binary(_, let a, let b), .compare(_, let a, let b), .both(let a, let b),
      .either(let a, let b):
      [a, b]
    case .fusedMultiplyAdd(let a, let b, let c), .select(let a, let b, let c): [a, b, c]
    }
  }

  /// Whether it yields a truth value.
  public var isTruthValue: Bool {
    switch self {
    case .compare, .both, .either, .not: true
    default: false
    }
  }
}

/// An operation on one number.
public enum UnaryOperation: String, Hashable, Sendable, CaseIterable {
  case negate, absolute, squareRoot, floor, ceiling, sign
  case exp, expm1, log, log2, log10, log1p, cubeRoot
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh
  /// `(exp(x) − 1)/x`.
  case exprel
  /// `x/(exp(x) − 1)`.
  case linoid
  /// A reciprocal to about four digits, for step control only.
  case coarseReciprocal
  /// A binary logarithm to about three digits, for step control only.
  case coarseLog2
  /// A power of two to about three digits, for step control only.
  case coarseExp2
}

/// An operation on two numbers.
public enum BinaryOperation: String, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, minimum, maximum, power
  /// A standard normal number at a place, the second, in a stream, the first, by their bits.
  case normal
  /// A uniform number in (0, 1), likewise.
  case uniform
  /// The number of random arrivals for a uniform number and a mean of at most 600.
  case poissonQuantile
}

/// How two numbers are compared; all but `notEqual` are false when one of them is NaN.
public enum Comparison: String, Hashable, Sendable, CaseIterable {
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case equal = "=="
  case notEqual = "!="
}
