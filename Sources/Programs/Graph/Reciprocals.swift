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
}
