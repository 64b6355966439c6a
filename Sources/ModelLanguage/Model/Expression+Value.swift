#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What an expression is evaluated with.
struct ExpressionValues {
  /// In SI units; NaN where a value is not known.
  var parameters: [Double]
}

extension Expression {
  /// The value of an expression over parameters, to check a model before it runs.
  ///
  /// NaN where it needs more than parameters. Runs use the functions of the kernels instead, which
  /// may differ in the last digit.
  func value(in values: ExpressionValues) -> Double {
    switch self {
    case .number(let number): return number
    case .parameter(let index): return values.parameters[index]
    case .time, .amount, .input, .state, .quantity: return .nan
    case .negate(let inner): return -inner.value(in: values)
    case .binary(let symbol, let left, let right):
      let x = left.value(in: values)
      let y = right.value(in: values)
      switch symbol {
      case .add: return x + y
      case .subtract: return x - y
      case .multiply: return x * y
      case .divide: return x / y
      case .power: return pow(x, y)
      }
    case .call(let function, let arguments):
      return LibraryFunctions.value(of: function, arguments.map { $0.value(in: values) })
    case .conditional(let condition, let then, let otherwise):
      return condition.holds(in: values) ? then.value(in: values) : otherwise.value(in: values)
    }
  }
}

extension Expression.Condition {
  fileprivate func holds(in values: ExpressionValues) -> Bool {
    switch self {
    case .comparison(let comparison, let left, let right):
      let x = left.value(in: values)
      let y = right.value(in: values)
      switch comparison {
      case .less: return x < y
      case .lessOrEqual: return x <= y
      case .greater: return x > y
      case .greaterOrEqual: return x >= y
      case .equal: return x == y
      case .notEqual: return x != y
      }
    case .not(let inner): return !inner.holds(in: values)
    case .and(let left, let right): return left.holds(in: values) && right.holds(in: values)
    case .or(let left, let right): return left.holds(in: values) || right.holds(in: values)
    }
  }
}

/// The functions of the language by the system's library.
private enum LibraryFunctions {
  static func value(
    of function: Expression.ElementaryFunction, _ arguments: [Double]
  ) -> Double {
    guard let x = arguments.first else { return .nan }
    switch function {
    case .exp: return exp(x)
    case .expm1: return expm1(x)
    case .log: return log(x)
    case .log2: return log2(x)
    case .log10: return log10(x)
    case .log1p: return log1p(x)
    case .sqrt: return x.squareRoot()
    case .cbrt: return cbrt(x)
    case .abs: return x.magnitude
    case .min: return arguments.dropFirst().reduce(x) { min($0, $1) }
    case .max: return arguments.dropFirst().reduce(x) { max($0, $1) }
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
    case .floor: return x.rounded(.down)
    case .ceil: return x.rounded(.up)
    case .sign: return x > 0 ? 1 : (x < 0 ? -1 : x)
    }
  }

}
