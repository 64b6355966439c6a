/// An expression of an elaborated model: names resolved to indices, numbers in SI.
///
/// Quantities are referred to by index and never copied in, so what an author names once is
/// computed once.
public indirect enum Expression: Sendable, Hashable {
  case number(Double)
  /// The time since the start of the experiment, in s.
  case time
  /// The dose, inside the expressions of a route.
  case amount
  case parameter(Int)
  case input(Int)
  case state(Int)
  case quantity(Int)
  case negate(Expression)
  case binary(BinaryOperator, Expression, Expression)
  case call(ElementaryFunction, [Expression])
  case conditional(Condition, then: Expression, otherwise: Expression)

  /// Arithmetic between two numbers.
  public enum BinaryOperator: String, Sendable, Hashable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case power = "^"
  }

  /// The functions that the language knows.
  ///
  /// `exprel(x)` is `(exp(x) − 1)/x` and `linoid(x)` is `x/(exp(x) − 1)`, both 1 at 0.
  public enum ElementaryFunction: String, Sendable, Hashable, CaseIterable {
    case exp, expm1, log, log2, log10, log1p, sqrt, cbrt, abs, min, max
    case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh
    case exprel, linoid, floor, ceil, sign
  }

  /// A truth value.
  public indirect enum Condition: Sendable, Hashable {
    case comparison(Comparison, Expression, Expression)
    case not(Condition)
    case and(Condition, Condition)
    case or(Condition, Condition)

    /// How two numbers are compared.
    public enum Comparison: String, Sendable, Hashable, CaseIterable {
      case less = "<"
      case lessOrEqual = "<="
      case greater = ">"
      case greaterOrEqual = ">="
      case equal = "=="
      case notEqual = "!="
    }
  }
}
