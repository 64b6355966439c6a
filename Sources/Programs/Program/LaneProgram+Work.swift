extension LaneProgram {
  /// How much arithmetic some routines do for a block of lanes, in multiplications.
  ///
  /// An estimate to compare programs by: what a processor with vectors needs for an operation,
  /// counted in each call and each round of a loop. A library's dense systems are solved lane by
  /// lane, and count that much more.
  public func work(of routines: [Routine]) -> Double {
    var total = 0.0
    for statement in routines.flatMap({ self.routines[$0] ?? [] }) {
      switch statement {
      case .call(let handle, _):
        let stores = self[handle].stores
        total += work(of: stores.map(\.value)) + Double(stores.count)
      case .forEach(let count, let loop):
        let values = loop.stores.map(\.value) + loop.sums.map(\.value)
        total += Double(count) * (work(of: values) + Double(values.count))
      case .factorDense(_, let order):
        let order = Double(order)
        total += Self.denseWork * order * order * order / 3
      case .solveDense(_, let order):
        total += Self.denseWork * Double(order) * Double(order)
      }
    }
    return total
  }

  /// A library takes one lane after the other, with vectors along a column.
  private static let denseWork = 2.0

  private func work(of values: [Node]) -> Double {
    graph.reachableNodes(from: values).reduce(0) { $0 + Self.work(of: graph[$1]) }
  }

  private static func work(of operation: Operation) -> Double {
    switch operation {
    case .constant: 0
    // Half of the loads go along with an operation.
    case .load, .element: 0.5
    case .compare, .both, .either, .not, .select, .fusedMultiplyAdd: 1
    case .unary(let name, _):
      switch name {
      case .negate, .absolute: 0.5
      case .floor, .ceiling, .sign: 2
      case .squareRoot: 8
      case .coarseReciprocal, .coarseLog2, .coarseExp2: 7
      case .exp, .log, .log2, .log10, .exprel, .linoid, .coarseExpm1, .cubeRoot: 25
      case .expm1, .log1p, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh, .tanh: 40
      }
    case .binary(let name, _, _):
      switch name {
      case .add, .subtract, .multiply, .minimum, .maximum: 1
      case .divide: 8
      case .power: 70
      case .normal, .uniform, .poissonQuantile: 100
      }
    }
  }
}
