extension LaneProgram {
  /// Moves what depends on parameters only out of the procedures that run every step.
  ///
  ///     before   step:     y' = -(k10 + k12)·y
  ///     after    prepare:  hoisted[0] = k10 + k12
  ///              step:     y' = -hoisted[0]·y
  ///
  /// A node is hoisted where it is the largest one of its kind: it depends on the given arrays
  /// only, does some work, and is read by something that does not.
  ///
  /// - Parameters:
  ///   - constants: The arrays that stay as they are while a lane steps.
  ///   - target: The array that receives the hoisted values; its size is set here.
  ///   - handles: The procedures to relieve.
  /// - Returns: The stores that `prepare` has to make, in order.
  public mutating func hoist(
    constants: Set<LaneArray>, into target: LaneArray, from handles: [ProcedureHandle]
  ) -> [Procedure.Store] {
    for handle in handles {
      let values = graph.multiplyByReciprocals(
        in: self[handle].stores.map(\.value), constants: constants)
      for (position, value) in values.enumerated() {
        self[handle].stores[position].value = value
      }
    }
    let isConstant = graph.nodesDependingOnly(on: constants)
    let roots = handles.flatMap { self[$0].stores.map(\.value) }
    var isHoisted = [Bool](repeating: false, count: graph.operations.count)
    var hoisted: [Node] = []
    var pending: [Node] = []
    for node in graph.reachableNodes(from: roots) where !isConstant[Int(node.index)] {
      pending.append(contentsOf: graph[node].operands)
    }
    pending.append(contentsOf: roots)
    var position = 0
    while position < pending.count {
      let node = pending[position]
      position += 1
      guard isConstant[Int(node.index)], !isHoisted[Int(node.index)] else { continue }
      let operation = graph[node]
      switch operation {
      case .constant, .load, .element: continue
      case .compare, .both, .either, .not:
        // A truth value cannot be stored; what it compares can.
        pending.append(contentsOf: operation.operands)
      default:
        isHoisted[Int(node.index)] = true
        hoisted.append(node)
      }
    }
    setCount(hoisted.count, of: target)
    var replacements: [Node: Node] = [:]
    for (position, node) in hoisted.enumerated() {
      replacements[node] = graph.load(target, position)
    }
    for handle in handles {
      var procedure = self[handle]
      let values = graph.substitute(replacements, in: procedure.stores.map(\.value))
      for (position, value) in values.enumerated() { procedure.stores[position].value = value }
      self[handle] = procedure
    }
    return hoisted.enumerated().map { Procedure.Store(target, $0.offset, $0.element) }
  }

  /// Fuses multiply-adds in every procedure and loop.
  ///
  /// Called once, when the program is complete and before a backend takes it.
  public mutating func fuse() {
    for position in procedures.indices {
      let values = graph.fuseMultiplyAdds(in: procedures[position].stores.map(\.value))
      for (index, value) in values.enumerated() {
        procedures[position].stores[index].value = value
      }
    }
    for routine in routines.keys.sorted() {
      guard let statements = routines[routine] else { continue }
      routines[routine] = statements.map { statement in
        guard case .forEach(let count, var loop) = statement else { return statement }
        let values = graph.fuseMultiplyAdds(
          in: loop.stores.map(\.value) + loop.sums.map(\.value))
        for index in loop.stores.indices { loop.stores[index].value = values[index] }
        for index in loop.sums.indices {
          loop.sums[index].value = values[loop.stores.count + index]
        }
        return .forEach(count: count, loop)
      }
    }
  }
}
