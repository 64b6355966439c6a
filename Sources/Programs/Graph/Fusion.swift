extension ExpressionGraph {
  /// Rewrites sums of products as fused multiply-adds.
  ///
  ///     before   t = a·b;  s = t + c
  ///     after    s = fma(a, b, c)
  ///
  /// Only where the product has no other use. Which operations are fused is decided here, once,
  /// for both backends: the C compiler is forbidden to do it, so the bits do not depend on it.
  ///
  /// - Parameter roots: The values of one procedure.
  /// - Returns: The values, rewritten.
  public mutating func fuseMultiplyAdds(in roots: [Node]) -> [Node] {
    let uses = useCounts(for: roots)
    var copies: [Node: Node] = [:]
    for node in reachableNodes(from: roots) {
      func copy(_ operand: Node) -> Node { copies[operand] ?? operand }
      var result: Node?
      if case .binary(let operation, let a, let b) = self[node],
        operation == .add || operation == .subtract
      {
        // Of two candidate products the later one is fused: the earlier is ready sooner.
        if let (x, y) = soleProduct(b, uses) {
          let left = operation == .add ? copy(x) : negate(copy(x))
          result = intern(.fusedMultiplyAdd(left, copy(y), copy(a)))
        } else if let (x, y) = soleProduct(a, uses) {
          let rest = operation == .add ? copy(b) : negate(copy(b))
          result = intern(.fusedMultiplyAdd(copy(x), copy(y), rest))
        }
      }
      copies[node] = result ?? rebuild(node, copy)
    }
    return roots.map { copies[$0] ?? $0 }
  }

  private func soleProduct(_ node: Node, _ uses: [Int32]) -> (Node, Node)? {
    guard case .binary(.multiply, let x, let y) = self[node], uses[Int(node.index)] == 1 else {
      return nil
    }
    return (x, y)
  }

  private mutating func rebuild(_ node: Node, _ copy: (Node) -> Node) -> Node {
    switch self[node] {
    case .constant, .load, .element: node
    case .unary(let operation, let a): intern(.unary(operation, copy(a)))
    case .binary(let operation, let a, let b): intern(.binary(operation, copy(a), copy(b)))
    case .fusedMultiplyAdd(let a, let b, let c):
      intern(.fusedMultiplyAdd(copy(a), copy(b), copy(c)))
    case .compare(let comparison, let a, let b):
      intern(.compare(comparison, copy(a), copy(b)))
    case .both(let a, let b): intern(.both(copy(a), copy(b)))
    case .either(let a, let b): intern(.either(copy(a), copy(b)))
    case .not(let a): intern(.not(copy(a)))
    case .select(let a, let b, let c): intern(.select(copy(a), copy(b), copy(c)))
    }
  }
}
