import CElementwise
import CReferenceMathematics
import Testing

/// Each function against the C library in its widest number, which sees errors of a two-thousandth
/// of a last digit on x86-64 and finer ones elsewhere.
@Suite(
  "Accuracy of elementary functions",
  .enabled(if: reference_digits() > 53, "the C library here has no number wider than ours"))
struct AccuracyTests {
  // 1 ulp is what the headers promise.
  @Test(
    "a function is within one unit in the last place over its whole range",
    arguments: ElementaryFunction.all)
  func accuracy(function: ElementaryFunction) {
    var worst = 0.0
    var worstArguments = (0.0, 0.0)
    for first in stride(from: 0, to: 100_000, by: 8) {
      let (x, y) = function.arguments(from: first)
      let found = function.lanes(x, y)
      for lane in 0..<8 {
        let error = reference_error(function.name, x[lane], y[lane], found[lane])
        if error > worst {
          worst = error
          worstArguments = (x[lane], y[lane])
        }
      }
    }
    #expect(worst <= 1, "\(function.name): \(worst) ulp at \(worstArguments)")
  }

  @Test(
    "what is defined to be rounded correctly has no error beyond the rounding",
    arguments: ElementaryFunction.all.filter {
      ["abs", "floor", "ceil", "round", "sqrt"].contains($0.name)
    })
  func exactness(function: ElementaryFunction) {
    for first in stride(from: 0, to: 20_000, by: 8) {
      let (x, y) = function.arguments(from: first)
      let found = function.lanes(x, y)
      for lane in 0..<8 {
        // The reference's root is rounded twice on the way to a double; the processor's once.
        let expected =
          function.name == "sqrt"
          ? x[lane].squareRoot() : reference_value(function.name, x[lane], y[lane])
        #expect(
          found[lane].isIdentical(to: expected),
          "\(function.name)(\(x[lane])) is \(found[lane]), not \(expected)")
      }
    }
  }
}

extension Double {
  /// The same number with the same sign of zero, or both NaN.
  func isIdentical(to other: Double) -> Bool {
    isNaN ? other.isNaN : bitPattern == other.bitPattern
  }
}
