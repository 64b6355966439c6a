extension ExpressionGraph {
  /// Rewrites divisions by what stays constant as products with its reciprocal.
  ///
  ///     before   (x − y) / tau
  ///     after    (x − y) · (1 / tau)
  ///
  /// The reciprocal is hoisted afterwards, so that a step multiplies where it would divide.
  ///
  /// - Parameters:
  ///   - roots: The values to rewrite.
  ///   - arrays: The arrays that stay as they are while a lane steps.
  /// - Returns: The values, rewritten.
  public mutating func multiplyByReciprocals(
    in roots: [Node], constants arrays: Set<LaneArray>
  ) -> [Node] {
    let isConstant = nodesDependingOnly(on: arrays)
    var replacements: [Node: Node] = [:]
    let one = constant(1)
    for node in reachableNodes(from: roots) {
      guard case .binary(.divide, let a, let b) = self[node], isConstant[Int(b.index)],
        !isConstant[Int(a.index)]
      else { continue }
      let numerator = substitute(replacements, in: [a])[0]
      replacements[node] = multiply(numerator, divide(one, b))
    }
    return replacements.isEmpty ? roots : substitute(replacements, in: roots)
  }

  /// Rewrites divisions as products where the reciprocal of the divisor is needed anyway.
  ///
  ///     before   x / y, 1 / y
  ///     after    x · (1 / y), 1 / y
  ///
  /// The product may differ from the quotient in its last digit.
  ///
  /// - Parameter roots: The values to rewrite.
  /// - Returns: The values, rewritten.
  public mutating func multiplyBySharedReciprocals(in roots: [Node]) -> [Node] {
    let nodes = reachableNodes(from: roots)
    let one = constant(1)
    var reciprocals: [Node: Node] = [:]
    for node in nodes {
      if case .binary(.divide, let a, let divisor) = self[node], a == one {
        reciprocals[divisor] = node
      }
    }
    var replacements: [Node: Node] = [:]
    for node in nodes {
      guard case .binary(.divide, let a, let b) = self[node], a != one,
        let reciprocal = reciprocals[b]
      else { continue }
      let factors = substitute(replacements, in: [a, reciprocal])
      replacements[node] = multiply(factors[0], factors[1])
    }
    return replacements.isEmpty ? roots : substitute(replacements, in: roots)
  }
}
