extension ExpressionGraph {
  /// Partial derivatives with 0 in place of what is not a finite number.
  ///
  ///     before   0.5 / sqrt(x)
  ///     after    |0.5 / sqrt(x)| ≤ largest number ? 0.5 / sqrt(x) : 0
  ///
  /// Where a function is finite its derivative need not be: a root or a power below one rises
  /// straight up at nothing, the chain rule makes 0·∞ of a root of squares, and ∞/∞ of
  /// `1/(1 + exp(x))` far out. What linearises a function for a step may be wrong there and the step
  /// be right: a Rosenbrock method with another matrix keeps its consistency and loses order, and
  /// its estimate of the error shows it. Without a number it would have no step at all.
  ///
  /// Only what can come out like this gets the test; sums, products and quotients by constants keep
  /// their bits.
  ///
  /// Source: Steihaug and Wolfbrandt (1979), Math. Comp. 33, 521, for methods with any matrix.
  ///
  /// - Parameters:
  ///   - slopes: The derivatives.
  ///   - arrays: The arrays that stay as they are while a lane steps.
  ///   - limit: The largest magnitude of a slope of roots and powers that is of use; the largest
  ///     number if not given.
  /// - Returns: The derivatives, in order.
  public mutating func finiteSlopes(
    _ slopes: [Node], constants arrays: Set<LaneArray>, steepestRoot limit: Node? = nil
  ) -> [Node] {
    let isConstant = nodesDependingOnly(on: arrays)
    var kinds: [Node: Singularity] = [:]
    for node in reachableNodes(from: slopes) {
      let inner = self[node].operands.compactMap { kinds[$0] }
      kinds[node] = (inner + [singularity(of: node, isConstant)].compactMap { $0 }).max()
    }
    let zero = constant(0)
    let largest = constant(.greatestFiniteMagnitude)
    return slopes.map { slope in
      guard let kind = kinds[slope] else { return slope }
      let bound = kind == .root ? limit ?? largest : largest
      let isFinite = compare(.lessOrEqual, unary(.absolute, slope), bound)
      return select(isFinite, slope, zero)
    }
  }

  /// How the derivative of something finite comes to be infinite or no number.
  private enum Singularity: Comparable {
    /// By an overflow on the way, or by 0/0.
    case overflow
    /// By a root or a power, near whose singularity it is as large as one likes.
    case root
  }

  private func singularity(of node: Node, _ isConstant: [Bool]) -> Singularity? {
    switch self[node] {
    case .constant, .load, .element, .fusedMultiplyAdd, .select, .compare, .both, .either, .not:
      return nil
    case .unary(let operation, let a):
      if isConstant[Int(a.index)] { return nil }
      switch operation {
      case .negate, .absolute, .floor, .ceiling, .sign, .sin, .cos, .atan, .tanh: return nil
      case .squareRoot, .cubeRoot, .asin, .acos: return .root
      case .exp, .expm1, .log, .log2, .log10, .log1p, .tan, .sinh, .cosh, .exprel, .linoid,
        .coarseExpm1, .coarseReciprocal, .coarseLog2, .coarseExp2:
        return .overflow
      }
    case .binary(let operation, let a, let b):
      switch operation {
      case .add, .subtract, .multiply, .minimum, .maximum, .normal, .uniform, .poissonQuantile:
        return nil
      case .divide: return isConstant[Int(b.index)] ? nil : .overflow
      case .power: return isConstant[Int(a.index)] && isConstant[Int(b.index)] ? nil : .root
      }
    }
  }
}
