extension ElementaryFunctions {
  /// A power, with the same expansion of small whole exponents as in a graph.
  public static func power(_ base: Double, _ exponent: Double) -> Double {
    var graph = ExpressionGraph()
    let result = graph.power(graph.constant(base), graph.constant(exponent))
    guard let value = graph.constantValue(result) else {
      preconditionFailure("a power of two numbers is not a number")
    }
    return value
  }
}

extension ExpressionGraph {
  /// The values of nodes for given array elements.
  ///
  /// - Parameters:
  ///   - roots: The nodes.
  ///   - load: The value of an element of an array.
  /// - Returns: One value for each root.
  public func evaluate(_ roots: [Node], load: (LaneArray, Int) -> Double) -> [Double] {
    var values = NodeTable<Double>()
    var truths = NodeTable<Bool>()
    func value(_ node: Node) -> Double { values[node] }
    func truth(_ node: Node) -> Bool { truths[node] }
    for node in reachableNodes(from: roots) {
      switch self[node] {
      case .constant(let bits): values[node] = Double(bitPattern: bits)
      case .load(let array, let element): values[node] = load(array, element)
      case .element: preconditionFailure("the current element of an array is known in a loop only")
      case .unary(let operation, let a):
        values[node] = ElementaryFunctions.evaluate(operation, value(a))
      case .binary(let operation, let a, let b):
        values[node] = ElementaryFunctions.evaluate(operation, value(a), value(b))
      case .fusedMultiplyAdd(let a, let b, let c):
        values[node] = value(c).addingProduct(value(a), value(b))
      case .compare(let comparison, let a, let b):
        truths[node] = comparison.holds(value(a), value(b))
      case .both(let a, let b): truths[node] = truth(a) && truth(b)
      case .either(let a, let b): truths[node] = truth(a) || truth(b)
      case .not(let a): truths[node] = !truth(a)
      case .select(let condition, let a, let b):
        values[node] = truth(condition) ? value(a) : value(b)
      }
    }
    return roots.map(value)
  }
}
