import Programs

/// How a method interpolates a state within a step, as arithmetic on whatever stands for arrays.
///
/// `pick` gives what stands for an array, such as its current element inside a loop over states.
struct Interpolant {
  typealias Pick = (LaneArray, inout ExpressionGraph) -> Node

  /// A number of each state that is computed once for a step.
  struct Coefficient {
    var array: LaneArray
    var formula: (Pick, inout ExpressionGraph) -> Node
  }

  var coefficients: [Coefficient] = []
  /// The state at a fraction of the step.
  var value: (_ fraction: Node, _ pick: Pick, inout ExpressionGraph) -> Node

  /// The current element of an array, with coefficients worked out in place.
  func expanded(_ array: LaneArray, _ graph: inout ExpressionGraph) -> Node {
    guard let coefficient = coefficients.first(where: { $0.array == array }) else {
      return graph.element(array)
    }
    return coefficient.formula(expanded, &graph)
  }
}

extension StepAssembly {
  /// Adds the routines that sample within a step.
  mutating func addInterpolation(_ interpolant: Interpolant) {
    self.interpolant = interpolant
    for coefficient in interpolant.coefficients {
      addLoop(to: .interpolationCoefficients) { graph in
        let value = coefficient.formula({ $1.element($0) }, &graph)
        return ElementLoop(stores: [(coefficient.array, value)])
      }
    }
    addSampleTime()
    let arrays = arrays
    let scratch = scratch
    addLoop(to: .interpolate) { graph in
      let value = interpolant.value(graph.load(arrays.fraction), { $1.element($0) }, &graph)
      return ElementLoop(stores: [(scratch.sampleState, value)])
    }
  }
}
