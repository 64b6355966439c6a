extension KernelToolchain {
  /// Programs with more operations per round have eight lanes; see `width(of:)`.
  private static let wideLimit = 800

  /// How many lanes a block of a program has.
  ///
  /// Results do not depend on it. Eight lanes are two vector registers of AVX2, so that one half
  /// computes while the other waits. With AVX-512 the same takes sixteen, which pays for small
  /// programs: a larger loop leaves the processor's instruction cache, and takes twice as long to
  /// compile. Cells keep eight, so that small populations fill their blocks.
  func width(of program: LaneProgram) -> Int {
    guard target == .avx512, program.cells == nil else { return 8 }
    return program.operationsPerRound <= Self.wideLimit ? 16 : 8
  }
}

extension LaneProgram {
  /// How many operations one round of the loop of steps has, without rare work such as samples.
  var operationsPerRound: Int {
    [Routine.attempt, .judge, .commit].flatMap { routines[$0] ?? [] }.reduce(0) {
      count, statement in
      switch statement {
      case .call(let handle, _): count + operations(for: self[handle].stores.map(\.value))
      case .forEach(let times, let loop):
        count + times * operations(for: loop.stores.map(\.value) + loop.sums.map(\.value))
      case .factorDense, .solveDense: count
      }
    }
  }

  private func operations(for values: [Node]) -> Int {
    graph.reachableNodes(from: values).count { node in
      switch graph[node] {
      case .constant, .load, .element: false
      default: true
      }
    }
  }
}
