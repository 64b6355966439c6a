import CElementwise
import CReferenceMathematics
import Testing

/// A function of lanes as Swift imports it, and its name in the reference.
struct ElementaryFunction: CustomTestStringConvertible, Sendable {
  var name: String
  var lanes: @Sendable (SIMD8<Double>, SIMD8<Double>) -> SIMD8<Double>

  var testDescription: String { name }

  static func of(
    _ name: String, _ function: @escaping @Sendable (SIMD8<Double>) -> SIMD8<Double>
  ) -> ElementaryFunction {
    ElementaryFunction(name: name) { x, _ in function(x) }
  }

  /// Each has an exact value to be compared with.
  static let all: [ElementaryFunction] = [
    .of("exp") { afterglow_exp($0) },
    .of("exp2") { afterglow_exp2($0) },
    .of("expm1") { afterglow_expm1($0) },
    .of("exprel") { afterglow_exprel($0) },
    .of("linoid") { afterglow_linoid($0) },
    .of("log") { afterglow_log($0) },
    .of("log2") { afterglow_log2($0) },
    .of("log10") { afterglow_log10($0) },
    .of("log1p") { afterglow_log1p($0) },
    .of("cbrt") { afterglow_cbrt($0) },
    .of("sqrt") { afterglow_sqrt($0) },
    .of("sin") { afterglow_sin($0) },
    .of("cos") { afterglow_cos($0) },
    .of("tan") { afterglow_tan($0) },
    .of("asin") { afterglow_asin($0) },
    .of("acos") { afterglow_acos($0) },
    .of("atan") { afterglow_atan($0) },
    .of("sinh") { afterglow_sinh($0) },
    .of("cosh") { afterglow_cosh($0) },
    .of("tanh") { afterglow_tanh($0) },
    .of("abs") { afterglow_abs($0) },
    .of("floor") { afterglow_floor($0) },
    .of("ceil") { afterglow_ceil($0) },
    .of("round") { afterglow_round($0) },
    ElementaryFunction(name: "pow") { x, y in afterglow_pow(x, y) },
  ]

  /// Eight neighbouring sample arguments.
  func arguments(from first: Int) -> (x: SIMD8<Double>, y: SIMD8<Double>) {
    var x = SIMD8<Double>()
    var y = SIMD8<Double>()
    for lane in 0..<8 {
      x[lane] = sample_argument(name, UInt64(first + lane))
      y[lane] = sample_second_argument(name, UInt64(first + lane))
    }
    return (x, y)
  }
}
