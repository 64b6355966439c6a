#if arch(x86_64)
import CElementwise
import Foundation
import Testing

/// Each function against the 64-bit significands of the processor's extended precision, which see
/// errors of a two-thousandth of a last digit.
@Suite("Elementary functions")
struct AccuracyTests {
  struct Function: CustomTestStringConvertible, Sendable {
    var name: String
    var lanes: @Sendable (SIMD8<Double>) -> SIMD8<Double>
    var reference: @Sendable (Float80) -> Float80
    /// Where most of its values are.
    var usual: ClosedRange<Double>

    var testDescription: String { name }
  }

  static let functions: [Function] = [
    Function(name: "exp", lanes: { afterglow_exp($0) }, reference: { exp($0) }, usual: -746...710),
    Function(
      name: "exp2", lanes: { afterglow_exp2($0) }, reference: { exp2($0) }, usual: -1076...1025),
    Function(
      name: "expm1", lanes: { afterglow_expm1($0) }, reference: { expm1($0) }, usual: -50...710),
    Function(
      name: "exprel", lanes: { afterglow_exprel($0) },
      reference: { $0 == 0 ? 1 : ($0 == .infinity ? $0 : expm1($0) / $0) }, usual: -100...716),
    Function(
      name: "linoid", lanes: { afterglow_linoid($0) },
      reference: { $0 == 0 ? 1 : ($0 == .infinity ? 0 : $0 / expm1($0)) }, usual: -100...745),
    Function(name: "log", lanes: { afterglow_log($0) }, reference: { log($0) }, usual: 0...10),
    Function(name: "log2", lanes: { afterglow_log2($0) }, reference: { log2($0) }, usual: 0...10),
    Function(
      name: "log10", lanes: { afterglow_log10($0) }, reference: { log10($0) }, usual: 0...10),
    Function(
      name: "log1p", lanes: { afterglow_log1p($0) }, reference: { log1p($0) }, usual: -1...10),
    Function(name: "cbrt", lanes: { afterglow_cbrt($0) }, reference: { cbrt($0) }, usual: -10...10),
    Function(name: "sin", lanes: { afterglow_sin($0) }, reference: { sin($0) }, usual: -100...100),
    Function(name: "cos", lanes: { afterglow_cos($0) }, reference: { cos($0) }, usual: -100...100),
    Function(name: "tan", lanes: { afterglow_tan($0) }, reference: { tan($0) }, usual: -100...100),
    Function(name: "asin", lanes: { afterglow_asin($0) }, reference: { asin($0) }, usual: -1...1),
    Function(name: "acos", lanes: { afterglow_acos($0) }, reference: { acos($0) }, usual: -1...1),
    Function(name: "atan", lanes: { afterglow_atan($0) }, reference: { atan($0) }, usual: -10...10),
    Function(
      name: "sinh", lanes: { afterglow_sinh($0) }, reference: { sinh($0) }, usual: -711...711),
    Function(
      name: "cosh", lanes: { afterglow_cosh($0) }, reference: { cosh($0) }, usual: -711...711),
    Function(name: "tanh", lanes: { afterglow_tanh($0) }, reference: { tanh($0) }, usual: -25...25),
  ]

  @Test(
    "a function is within one unit in the last place over its whole range",
    arguments: functions)
  func accuracy(function: Function) {
    var numbers = TestNumbers(seed: 1)
    var worst = 0.0
    var worstArgument = 0.0
    for round in 0..<6000 {
      let x = numbers.lanes(round % 3, usual: function.usual)
      let y = function.lanes(x)
      for lane in 0..<8 {
        let error = unitsInLastPlace(y[lane], function.reference(Float80(x[lane])))
        if error > worst {
          worst = error
          worstArgument = x[lane]
        }
      }
    }
    #expect(worst <= 1, "\(worst) ulp at \(worstArgument)")
  }

  @Test("special arguments have the values of the C library", arguments: functions)
  func specialValues(function: Function) {
    let special: [Double] = [
      0, -0.0, .infinity, -.infinity, .nan, 1, -1, 5e-324, -5e-324, 1e308, -1e308, 2, -2,
    ]
    for x in special {
      let found = function.lanes(SIMD8(repeating: x))[3]
      let expected = Double(function.reference(Float80(x)))
      #expect(
        isSame(found, expected) || unitsInLastPlace(found, function.reference(Float80(x))) <= 1,
        "\(function.name)(\(x)) is \(found), not \(expected)")
    }
  }

  @Test("powers are within one unit in the last place")
  func powers() {
    var numbers = TestNumbers(seed: 2)
    var worst = 0.0
    var worstArguments = (0.0, 0.0)
    for round in 0..<6000 {
      var x = SIMD8<Double>()
      var y = SIMD8<Double>()
      for lane in 0..<8 {
        let spread = round % 2 == 0 ? 40 : 2000
        let a = scalbn(1 + numbers.uniform(), numbers.whole(below: spread) - spread / 2)
        let reach = round % 2 == 0 ? 745 / (abs(log(a)) + 1e-9) : 30
        x[lane] = a
        y[lane] = (2 * numbers.uniform() - 1) * reach
      }
      let z = afterglow_pow(x, y)
      for lane in 0..<8 {
        let error = unitsInLastPlace(z[lane], pow(Float80(x[lane]), Float80(y[lane])))
        if error > worst {
          worst = error
          worstArguments = (x[lane], y[lane])
        }
      }
    }
    #expect(worst <= 1, "\(worst) ulp at \(worstArguments)")
  }

  @Test("powers of special arguments have the values of the C library")
  func specialPowers() {
    let special: [Double] = [
      0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, .infinity, -.infinity, .nan, 1e300, -1e300, 1e-310,
    ]
    for x in special {
      for y in special {
        let found = afterglow_pow(SIMD8(repeating: x), SIMD8(repeating: y))[0]
        let expected = pow(x, y)
        #expect(
          isSame(found, expected) || abs(found - expected) <= 1e-15 * abs(expected),
          "pow(\(x), \(y)) is \(found), not \(expected)")
      }
    }
  }

  /// This number is the same on every machine that gives the same results; see the agreement of
  /// backends for the same functions compiled for other processors.
  @Test("the bits of many results are those that were recorded")
  func recordedBits() {
    var numbers = TestNumbers(seed: 3)
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for function in Self.functions {
      for round in 0..<1500 {
        let y = function.lanes(numbers.lanes(round % 3, usual: function.usual))
        for lane in 0..<8 {
          let bits = y[lane].isNaN ? 1 : y[lane].bitPattern
          hash = (hash ^ bits) &* 0x100_0000_01B3
        }
      }
    }
    #expect(hash == 0xF7AC_DF48_40DD_7213, "\(String(hash, radix: 16))")
  }

  private func isSame(_ a: Double, _ b: Double) -> Bool {
    (a.isNaN && b.isNaN) || (a == b && a.sign == b.sign)
  }

  /// The distance from the exact value in units of the last place of the result.
  private func unitsInLastPlace(_ found: Double, _ exact: Float80) -> Double {
    if found.isNaN || exact.isNaN { return found.isNaN && exact.isNaN ? 0 : .infinity }
    let rounded = Double(exact)
    if rounded.isInfinite || found.isInfinite { return rounded == found ? 0 : .infinity }
    return Double(abs(Float80(found) - exact) / Float80(rounded.ulp))
  }
}

/// Arguments from a seed: even over the usual range, over many magnitudes, and of any bits.
struct TestNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele, Lea and Flood 2014).
  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform() -> Double { Double(bits() >> 11) * 0x1p-53 }

  mutating func whole(below bound: Int) -> Int { Int(bits() % UInt64(bound)) }

  mutating func lanes(_ kind: Int, usual: ClosedRange<Double>) -> SIMD8<Double> {
    var result = SIMD8<Double>()
    for lane in 0..<8 {
      switch kind {
      case 0:
        result[lane] = usual.lowerBound + (usual.upperBound - usual.lowerBound) * uniform()
      case 1:
        let magnitude = scalbn(1 + uniform(), whole(below: 80) - 70)
        result[lane] = bits() & 1 == 0 ? magnitude : -magnitude
      default:
        result[lane] = Double(bitPattern: bits())
      }
    }
    return result
  }
}
#endif
