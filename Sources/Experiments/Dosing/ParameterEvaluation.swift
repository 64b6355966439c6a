import Dynamics
import ModelLanguage

/// The value of an expression over parameters, and over a dose where it has one.
///
/// - Parameters:
///   - expression: Without inputs, states and quantities; time counts as 0.
///   - parameters: The parameters of the run, in SI units.
///   - amount: The dose, in SI units.
/// - Returns: The value in SI units.
func evaluate(
  _ expression: Expression, parameters: [Double], amount: Double = 0
) -> Double {
  ExpressionEvaluator(parameters: parameters, time: 0, amount: amount).value(of: expression)
}
