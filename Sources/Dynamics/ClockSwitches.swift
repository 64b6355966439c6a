import ModelLanguage
import Programs

/// The parts of a model's equations that jump with the clock alone: comparisons of times, and `floor`, `ceil`
/// and `sign` of them.
///
/// In the equations each is an input of its own, constant between the moments at which it jumps, so that no
/// step sees both sides of one. A driver sets them and lets steps end where they jump.
struct ClockSwitches: Sendable {
  let dependence: ClockDependence
  /// What each is the value of, in the order of the inputs.
  private(set) var expressions: [Expression] = []
  private var places: [Expression: Int] = [:]

  init(_ model: Model) { dependence = ClockDependence(model) }

  /// The place of the switch for an expression, which is constant between jumps.
  mutating func place(of expression: Expression) -> Int {
    if let place = places[expression] { return place }
    places[expression] = expressions.count
    expressions.append(expression)
    return expressions.count - 1
  }

  /// The place of the switch that is 1 where a comparison holds and 0 elsewhere.
  mutating func place(
    of comparison: Expression.Condition.Comparison, _ left: Expression, _ right: Expression
  ) -> Int {
    place(
      of: .conditional(
        .comparison(comparison, left, right), then: .number(1), otherwise: .number(0)))
  }
}
