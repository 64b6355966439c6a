import Foundation
import ModelLanguage

/// The value of an expression over parameters, and over a dose where it has one.
///
/// - Parameters:
///   - expression: Without inputs, states and quantities; time counts as 0.
///   - parameters: The parameters of the run, in SI units.
///   - amount: The dose, in SI units.
/// - Returns: The value in SI units.
func evaluate(
  _ expression: ModelLanguage.Expression, parameters: [Double], amount: Double = 0
) -> Double {
  switch expression {
  case .number(let number): return number
  case .time: return 0
  case .amount: return amount
  case .parameter(let index): return parameters[index]
  case .input, .state, .quantity: return .nan
  case .negate(let operand): return -evaluate(operand, parameters: parameters, amount: amount)
  case .binary(let operation, let left, let right):
    let first = evaluate(left, parameters: parameters, amount: amount)
    let second = evaluate(right, parameters: parameters, amount: amount)
    return combine(operation, first, second)
  case .call(let function, let arguments):
    return call(
      function, arguments.map { evaluate($0, parameters: parameters, amount: amount) })
  case .conditional(let condition, let then, let otherwise):
    let chosen = holds(condition, parameters: parameters, amount: amount) ? then : otherwise
    return evaluate(chosen, parameters: parameters, amount: amount)
  }
}

private func combine(
  _ operation: ModelLanguage.Expression.BinaryOperator, _ left: Double, _ right: Double
) -> Double {
  switch operation {
  case .add: left + right
  case .subtract: left - right
  case .multiply: left * right
  case .divide: left / right
  case .power: pow(left, right)
  }
}

private func holds(
  _ condition: ModelLanguage.Expression.Condition, parameters: [Double], amount: Double
) -> Bool {
  switch condition {
  case .not(let inner): return !holds(inner, parameters: parameters, amount: amount)
  case .and(let left, let right):
    return holds(left, parameters: parameters, amount: amount)
      && holds(right, parameters: parameters, amount: amount)
  case .or(let left, let right):
    return holds(left, parameters: parameters, amount: amount)
      || holds(right, parameters: parameters, amount: amount)
  case .comparison(let comparison, let left, let right):
    let first = evaluate(left, parameters: parameters, amount: amount)
    let second = evaluate(right, parameters: parameters, amount: amount)
    switch comparison {
    case .less: return first < second
    case .lessOrEqual: return first <= second
    case .greater: return first > second
    case .greaterOrEqual: return first >= second
    case .equal: return first == second
    case .notEqual: return first != second
    }
  }
}

private func call(
  _ function: ModelLanguage.Expression.ElementaryFunction, _ arguments: [Double]
) -> Double {
  let x = arguments.first ?? .nan
  switch function {
  case .exp: return exp(x)
  case .expm1: return expm1(x)
  case .log: return log(x)
  case .log2: return log2(x)
  case .log10: return log10(x)
  case .log1p: return log1p(x)
  case .sqrt: return x.squareRoot()
  case .cbrt: return cbrt(x)
  case .abs: return Swift.abs(x)
  case .min: return arguments.dropFirst().reduce(x, Swift.min)
  case .max: return arguments.dropFirst().reduce(x, Swift.max)
  case .sin: return sin(x)
  case .cos: return cos(x)
  case .tan: return tan(x)
  case .asin: return asin(x)
  case .acos: return acos(x)
  case .atan: return atan(x)
  case .sinh: return sinh(x)
  case .cosh: return cosh(x)
  case .tanh: return tanh(x)
  case .exprel: return x == 0 ? 1 : expm1(x) / x
  case .linoid: return x == 0 ? 1 : x / expm1(x)
  case .floor: return floor(x)
  case .ceil: return ceil(x)
  case .sign: return x > 0 ? 1 : (x < 0 ? -1 : 0)
  }
}
