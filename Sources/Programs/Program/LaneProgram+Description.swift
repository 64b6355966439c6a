extension LaneProgram: CustomStringConvertible {
  /// The program as text, phase by phase: arrays, procedures, routines.
  public var description: String {
    var text = ""
    for (index, array) in arrays.enumerated() {
      text += "array a\(index) \(array.name)[\(array.count)] \(array.storage.rawValue)\n"
    }
    for procedure in procedures {
      let formals = procedure.formals.map { "a\($0.index)" }.joined(separator: ", ")
      text += "\nprocedure \(procedure.name)(\(formals))\n"
      var seen: Set<Node> = []
      for store in procedure.stores {
        text += lines(for: [store.value], &seen)
        text += "  a\(store.array.index)[\(store.element)] <- %\(store.value.index)\n"
      }
    }
    for routine in routines.keys.sorted() {
      text += "\nroutine \(routine.rawValue)\n"
      for statement in routines[routine] ?? [] { text += description(of: statement) }
    }
    return text
  }

  private func description(of statement: Statement) -> String {
    switch statement {
    case .call(let handle, let actuals):
      let arguments = actuals.map { "a\($0.index)" }.joined(separator: ", ")
      return "  call \(self[handle].name)(\(arguments))\n"
    case .factorDense(let matrix, let order):
      return "  factor a\(matrix.index), a dense matrix of order \(order)\n"
    case .solveDense(let values, let order):
      return "  solve for a\(values.index), of \(order) values\n"
    case .forEach(let count, let loop):
      var seen: Set<Node> = []
      var text = "  for each of \(count)\n"
      for (array, value) in loop.stores {
        text += lines(for: [value], &seen)
        text += "    a\(array.index)[j] <- %\(value.index)\n"
      }
      for (array, value) in loop.sums {
        text += lines(for: [value], &seen)
        text += "    a\(array.index)[0] += %\(value.index)\n"
      }
      return text
    }
  }

  private func lines(for roots: [Node], _ seen: inout Set<Node>) -> String {
    graph.reachableNodes(from: roots, except: &seen)
      .map { "    %\($0.index) = \(description(of: graph[$0]))\n" }.joined()
  }

  private func description(of operation: Operation) -> String {
    let operands = operation.operands.map { "%\($0.index)" }.joined(separator: ", ")
    switch operation {
    case .constant(let bits): return "\(Double(bitPattern: bits))"
    case .load(let array, let element): return "a\(array.index)[\(element)]"
    case .element(let array): return "a\(array.index)[j]"
    case .unary(let name, _): return "\(name.rawValue)(\(operands))"
    case .binary(let name, _, _): return "\(name.rawValue)(\(operands))"
    case .fusedMultiplyAdd: return "fma(\(operands))"
    case .compare(let comparison, _, _): return "compare \(comparison.rawValue) (\(operands))"
    case .both: return "both(\(operands))"
    case .either: return "either(\(operands))"
    case .not: return "not(\(operands))"
    case .select: return "select(\(operands))"
    }
  }
}
