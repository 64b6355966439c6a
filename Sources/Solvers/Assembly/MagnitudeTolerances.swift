import Programs

/// Absolute tolerances that follow what the states of a run reach.
///
/// An absolute tolerance says below which size a state is nothing, and no fixed number knows that:
/// in M, 1e-6 is nothing for a salt and everything for a drug. So it is a part of the largest
/// magnitude that the state has had in its run, and at most what its unit suggests:
///
///     aᵢ = min(uᵢ, ρ·max(|yᵢ| so far, φ·max over the states of its dimension))
///
/// A state that begins at 0 has no magnitude yet. What its neighbours of the same dimension have is
/// the second term, a millionth of it, so that rounding errors of theirs are not taken for values;
/// and before any of them has moved it is uᵢ·10⁻¹², because purely relative control of something
/// that grows like a high power of the time, such as the last of many compartments in a row, never
/// accepts a step.
///
/// Sources: Hindmarsh et al., User Documentation for CVODE, 5.4.2.3 "Advice on choice and use of
/// tolerances", for what an absolute tolerance should be; Choi et al. (2018), Biosystems 171, 74, and
/// libRoadRunner, which scale it by initial amounts; Hairer, Nørsett and Wanner, Solving Ordinary
/// Differential Equations I, II.4, for errors against the larger of old and new values.
extension StepAssembly {
  /// How much of the largest magnitude among the states of a dimension counts for each of them.
  private static let shareOfDimension = 1e-6

  /// Whether any state has such a tolerance.
  static func followsMagnitudes(_ system: EquationSystem) -> Bool {
    !system.toleranceGroups.isEmpty
  }

  /// The absolute tolerance of the current element of a loop over states.
  static func absoluteTolerance(
    _ system: EquationSystem, _ arrays: SteppingArrays, _ graph: inout ExpressionGraph
  ) -> Node {
    graph.element(followsMagnitudes(system) ? arrays.tolerance : arrays.absoluteTolerance)
  }

  /// Lets the tolerances follow the present state, where a condition holds.
  mutating func addToleranceUpdate(to routine: LaneProgram.Routine, where condition: LaneArray) {
    guard Self.followsMagnitudes(system) else { return }
    let arrays = arrays
    addLoop(to: routine) { graph in
      let holds = graph.compare(.notEqual, graph.load(condition), graph.constant(0))
      let old = graph.element(arrays.tolerance)
      let magnitude = graph.unary(.absolute, graph.element(arrays.state))
      let part = graph.multiply(graph.element(arrays.toleranceRatio), magnitude)
      let larger = graph.select(graph.compare(.greater, part, old), part, old)
      let most = graph.element(arrays.absoluteTolerance)
      let bounded = graph.select(graph.compare(.less, larger, most), larger, most)
      return ElementLoop(stores: [(arrays.tolerance, graph.select(holds, bounded, old))])
    }
    let groups = system.toleranceGroups.filter { $0.count > 1 }
    add("tolerances_by_dimension", to: routine) { graph in
      groups.flatMap { group -> [Procedure.Store] in
        let values = group.map { graph.load(arrays.tolerance, $0) }
        let largest = values.dropFirst().reduce(values[0]) { largest, value in
          graph.select(graph.compare(.greater, value, largest), value, largest)
        }
        let share = graph.multiply(graph.constant(Self.shareOfDimension), largest)
        return zip(group, values).map { state, value in
          let most = graph.load(arrays.absoluteTolerance, state)
          let bounded = graph.select(graph.compare(.less, share, most), share, most)
          return .init(
            arrays.tolerance, state,
            graph.select(graph.compare(.greater, bounded, value), bounded, value))
        }
      }
    }
  }
}
