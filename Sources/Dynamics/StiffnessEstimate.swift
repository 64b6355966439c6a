public import ModelLanguage
import Programs
import Solvers

/// How fast the fastest part of a model moves, at its start.
public enum StiffnessEstimate {
  /// The spectral radius of the Jacobian at the initial state, in 1/s; parameters have their
  /// defaults where they are not overridden, by index and in SI units.
  ///
  /// By power iteration on the numbers; the mean growth over the last rounds serves for complex
  /// pairs too. An entry that is not finite, such as the slope of a root at 0, counts as 0: how steep
  /// a function is in one point says nothing of how fast anything moves away from it.
  public static func largestDecayRate(
    of model: Model, overriding overrides: [Int: Double] = [:]
  ) -> Double {
    guard !model.states.isEmpty else { return 0 }
    var builder = EquationBuilder(model)
    let parameters = model.parameterValues(overriding: overrides)
    let given = model.initialInputs(parameters: parameters)
    let clock = ClockTimeline(
      builder.clock(from: 0), parameters: parameters, inputs: given, end: 0)
    let inputs = given + clock.values(from: 0)
    let states = model.initialStates(parameters: parameters)
    let system = builder.system
    let jacobian = builder.system.program.graph.partialDerivatives(
      of: system.derivatives, withRespectTo: system.state)
    let entries = builder.system.program.graph.finiteSlopes(
      jacobian.flatMap { $0.map(\.derivative) }, constants: [])
    let values = builder.system.program.graph.evaluate(entries) { array, element in
      switch array {
      case system.parameters: parameters[element]
      case system.inputs: inputs[element]
      case system.state: states[element]
      case system.time: 0
      default: preconditionFailure("the equations of a model read an array that is not theirs")
      }
    }
    var position = 0
    let rows = jacobian.map { row in
      row.map { entry -> (Int, Double) in
        defer { position += 1 }
        return (entry.element, values[position])
      }
    }
    guard values.allSatisfy(\.isFinite) else { return .infinity }
    return spectralRadius(rows)
  }

  private static func spectralRadius(_ rows: [[(column: Int, value: Double)]]) -> Double {
    let count = rows.count
    // A start with all directions in it, the same each time.
    var vector = (0..<count).map { 1 + 0.37 * Double($0 % 7) }
    var growth: [Double] = []
    for _ in 0..<60 {
      var next = rows.map { row in row.reduce(0) { $0 + $1.value * vector[$1.column] } }
      let norm = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let old = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0, old > 0, norm.isFinite else { return norm.isFinite ? 0 : .infinity }
      growth.append(norm / old)
      for index in 0..<count { next[index] /= norm }
      vector = next
    }
    let last = growth.suffix(20)
    let product = last.reduce(1) { $0 * ElementaryFunctions.power($1, 1 / Double(last.count)) }
    return product
  }
}
