extension ExpressionGraph {
  /// The nodes that some values need, operands before users, in order of first use.
  ///
  /// Depth first from each root in turn, so that what belongs together stands together and few
  /// values are alive at a time.
  public func reachableNodes(from roots: [Node]) -> [Node] {
    var seen = [Bool](repeating: false, count: operations.count)
    var order: [Node] = []
    var stack: [(node: Node, isExpanded: Bool)] = []
    for root in roots where !seen[Int(root.index)] {
      stack.append((root, false))
      while let (node, isExpanded) = stack.popLast() {
        if isExpanded {
          order.append(node)
          continue
        }
        if seen[Int(node.index)] { continue }
        seen[Int(node.index)] = true
        stack.append((node, true))
        for operand in self[node].operands.reversed() where !seen[Int(operand.index)] {
          stack.append((operand, false))
        }
      }
    }
    return order
  }

  /// How often each node is read by the nodes that some values need, the values themselves included.
  public func useCounts(for roots: [Node]) -> [Int32] {
    var counts = [Int32](repeating: 0, count: operations.count)
    for root in roots { counts[Int(root.index)] += 1 }
    for node in reachableNodes(from: roots) {
      for operand in self[node].operands { counts[Int(operand.index)] += 1 }
    }
    return counts
  }

  /// For each node, whether every array that it depends on is one of the given ones.
  public func nodesDependingOnly(on arrays: Set<LaneArray>) -> [Bool] {
    var result = [Bool](repeating: false, count: operations.count)
    for (index, operation) in operations.enumerated() {
      switch operation {
      case .constant: result[index] = true
      case .load(let array, _): result[index] = arrays.contains(array)
      case .element: result[index] = false
      default: result[index] = operation.operands.allSatisfy { result[Int($0.index)] }
      }
    }
    return result
  }

  /// Copies values to expressions in which some nodes are replaced by others.
  ///
  /// - Parameters:
  ///   - replacements: What stands for which node; they are taken as they are.
  ///   - roots: The values to copy.
  /// - Returns: The new roots.
  public mutating func substitute(_ replacements: [Node: Node], in roots: [Node]) -> [Node] {
    var copies = replacements
    for node in reachableNodes(from: roots) where copies[node] == nil {
      func copy(_ operand: Node) -> Node { copies[operand] ?? operand }
      let result: Node
      switch self[node] {
      case .constant, .load, .element: result = node
      case .unary(let operation, let a): result = unary(operation, copy(a))
      case .binary(let operation, let a, let b):
        switch operation {
        case .add: result = add(copy(a), copy(b))
        case .subtract: result = subtract(copy(a), copy(b))
        case .multiply: result = multiply(copy(a), copy(b))
        case .divide: result = divide(copy(a), copy(b))
        case .minimum: result = minimum(copy(a), copy(b))
        case .maximum: result = maximum(copy(a), copy(b))
        case .power: result = power(copy(a), copy(b))
        case .normal, .uniform, .poissonQuantile:
          result = intern(.binary(operation, copy(a), copy(b)))
        }
      case .fusedMultiplyAdd(let a, let b, let c):
        result = fusedMultiplyAdd(copy(a), copy(b), copy(c))
      case .compare(let comparison, let a, let b): result = compare(comparison, copy(a), copy(b))
      case .both(let a, let b): result = both(copy(a), copy(b))
      case .either(let a, let b): result = either(copy(a), copy(b))
      case .not(let a): result = not(copy(a))
      case .select(let a, let b, let c): result = select(copy(a), copy(b), copy(c))
      }
      copies[node] = result
    }
    return roots.map { copies[$0] ?? $0 }
  }
}

extension ExpressionGraph {
  /// The nodes that some values need and that have not been seen before, operands before users.
  func reachableNodes(from roots: [Node], except seen: inout Set<Node>) -> [Node] {
    var order: [Node] = []
    var stack: [(node: Node, isExpanded: Bool)] = []
    for root in roots where !seen.contains(root) {
      stack.append((root, false))
      while let (node, isExpanded) = stack.popLast() {
        if isExpanded {
          order.append(node)
          continue
        }
        guard seen.insert(node).inserted else { continue }
        stack.append((node, true))
        for operand in self[node].operands.reversed() where !seen.contains(operand) {
          stack.append((operand, false))
        }
      }
    }
    return order
  }
}
