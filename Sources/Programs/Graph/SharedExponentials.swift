extension ExpressionGraph {
  /// Rewrites a choice between two exponentials as the exponential of a choice.
  ///
  ///     before   select(c, f(exp(a)), g(exp(b)))
  ///     after    select(c, f(e), g(e)),  e = exp(select(c, a, b))
  ///
  /// Only where neither exponential has another use; the branch that is not taken is wrong then, and
  /// not looked at.
  ///
  /// - Parameter roots: The values of one procedure.
  /// - Returns: The values, rewritten.
  public mutating func shareExponentials(in roots: [Node]) -> [Node] {
    let uses = useCounts(for: roots)
    var replacements: [Node: Node] = [:]
    for node in reachableNodes(from: roots) {
      guard case .select(let condition, let first, let second) = self[node] else { continue }
      for (one, other) in zip(ownExponentials(of: first, uses), ownExponentials(of: second, uses))
      where replacements[one.node] == nil && replacements[other.node] == nil {
        let arguments = substitute(replacements, in: [one.argument, other.argument])
        let chosen = substitute(replacements, in: [condition])[0]
        let shared = unary(.exp, select(chosen, arguments[0], arguments[1]))
        replacements[one.node] = shared
        replacements[other.node] = shared
      }
    }
    return replacements.isEmpty ? roots : substitute(replacements, in: roots)
  }

  /// The exponentials in a value that nothing else reads.
  private func ownExponentials(
    of root: Node, _ uses: [Int32]
  ) -> [(node: Node, argument: Node)] {
    var found: [(Node, Node)] = []
    var pending = [root]
    while let node = pending.popLast() {
      guard uses[Int(node.index)] == 1 else { continue }
      if case .unary(.exp, let argument) = self[node] {
        found.append((node, argument))
      } else {
        pending.append(contentsOf: self[node].operands.reversed())
      }
    }
    return found
  }
}
