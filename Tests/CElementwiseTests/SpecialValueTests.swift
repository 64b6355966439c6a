import CElementwise
import Testing

/// The values that C's annex F and IEEE 754 prescribe, written out, so that they hold without any
/// reference at hand.
@Suite("Special values of elementary functions")
struct SpecialValueTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var name: String
    /// Argument and value.
    var values: [(Double, Double)]

    var testDescription: String { name }
  }

  static let least = 5e-324
  static let most = Double.greatestFiniteMagnitude
  static let infinity = Double.infinity
  static let nan = Double.nan

  static let rows: [Row] = [
    Row(
      name: "exp",
      values: [
        (0, 1), (-0.0, 1), (infinity, infinity), (-infinity, 0), (710, infinity), (-746, 0),
        (-745, least), (nan, nan),
      ]),
    Row(
      name: "exp2",
      values: [
        (0, 1), (10, 1024), (-1074, least), (-1076, 0), (1023, 0x1p1023), (1024, infinity),
        (infinity, infinity), (-infinity, 0), (nan, nan),
      ]),
    Row(
      name: "expm1",
      values: [
        (0, 0), (-0.0, -0.0), (least, least), (-least, -least), (infinity, infinity),
        (-infinity, -1), (-50, -1), (710, infinity), (nan, nan),
      ]),
    Row(
      name: "exprel",
      values: [
        (0, 1), (-0.0, 1), (least, 1), (infinity, infinity), (-infinity, 0), (-1e308, 1e-308),
        (nan, nan),
      ]),
    Row(
      name: "linoid",
      values: [
        (0, 1), (-0.0, 1), (least, 1), (infinity, 0), (-infinity, infinity), (-100, 100),
        (800, 0), (nan, nan),
      ]),
    Row(
      name: "log",
      values: [
        (1, 0), (0, -infinity), (-0.0, -infinity), (infinity, infinity), (-1, nan),
        (-least, nan), (-infinity, nan), (nan, nan),
      ]),
    Row(
      name: "log2",
      values: [
        (1, 0), (8, 3), (least, -1074), (0x1p1023, 1023), (0, -infinity), (infinity, infinity),
        (-1, nan), (nan, nan),
      ]),
    Row(
      name: "log10",
      values: [
        (1, 0), (1000, 3), (1e22, 22), (0, -infinity), (infinity, infinity), (-1, nan),
        (nan, nan),
      ]),
    Row(
      name: "log1p",
      values: [
        (0, 0), (-0.0, -0.0), (least, least), (-1, -infinity), (infinity, infinity), (-1.5, nan),
        (-infinity, nan), (nan, nan),
      ]),
    Row(
      name: "cbrt",
      values: [
        (0, 0), (-0.0, -0.0), (27, 3), (-8, -2), (infinity, infinity), (-infinity, -infinity),
        (0x1p-1074, 0x1p-358), (nan, nan),
      ]),
    Row(
      name: "sqrt",
      values: [(0, 0), (-0.0, -0.0), (4, 2), (-1, nan), (infinity, infinity), (nan, nan)]),
    Row(
      name: "sin",
      values: [(0, 0), (-0.0, -0.0), (least, least), (infinity, nan), (-infinity, nan), (nan, nan)]),
    Row(name: "cos", values: [(0, 1), (-0.0, 1), (infinity, nan), (-infinity, nan), (nan, nan)]),
    Row(
      name: "tan",
      values: [(0, 0), (-0.0, -0.0), (-least, -least), (infinity, nan), (nan, nan)]),
    Row(
      name: "asin",
      values: [
        (0, 0), (-0.0, -0.0), (1, .pi / 2), (-1, -.pi / 2), (1.5, nan), (-infinity, nan),
        (nan, nan),
      ]),
    Row(
      name: "acos",
      values: [(1, 0), (0, .pi / 2), (-1, .pi), (-1.5, nan), (infinity, nan), (nan, nan)]),
    Row(
      name: "atan",
      values: [
        (0, 0), (-0.0, -0.0), (infinity, .pi / 2), (-infinity, -.pi / 2), (most, .pi / 2),
        (nan, nan),
      ]),
    Row(
      name: "sinh",
      values: [
        (0, 0), (-0.0, -0.0), (least, least), (711, infinity), (-infinity, -infinity), (nan, nan),
      ]),
    Row(
      name: "cosh",
      values: [(0, 1), (-0.0, 1), (least, 1), (711, infinity), (-infinity, infinity), (nan, nan)]),
    Row(
      name: "tanh",
      values: [
        (0, 0), (-0.0, -0.0), (least, least), (-least, -least), (20, 1), (infinity, 1),
        (-infinity, -1), (nan, nan),
      ]),
    Row(name: "floor", values: [(-0.5, -1), (-0.0, -0.0), (2.5, 2), (infinity, infinity)]),
    Row(name: "ceil", values: [(-0.5, -0.0), (0.25, 1), (-2.5, -2), (-infinity, -infinity)]),
    Row(name: "round", values: [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, -0.0), (nan, nan)]),
  ]

  // Swift rounds .pi down, which for a double is the nearest number too.
  @Test("special arguments have the prescribed values", arguments: rows)
  func special(row: Row) throws {
    let function = try #require(ElementaryFunction.all.first { $0.name == row.name })
    for (x, expected) in row.values {
      // In the midst of usual lanes, which must not notice.
      var arguments = SIMD8<Double>(repeating: 0.5)
      let alone = function.lanes(arguments, arguments)
      arguments[3] = x
      let found = function.lanes(arguments, arguments)
      #expect(
        found[3].isIdentical(to: expected), "\(row.name)(\(x)) is \(found[3]), not \(expected)")
      for lane in [0, 1, 2, 4, 5, 6, 7] {
        #expect(found[lane].bitPattern == alone[lane].bitPattern)
      }
    }
  }

  /// x, y and x to the power of y.
  static let powers: [(Double, Double, Double)] = [
    (nan, 0, 1), (nan, -0.0, 1), (1, nan, 1), (1, infinity, 1), (nan, 1, nan), (2, nan, nan),
    (0, 3, 0), (-0.0, 3, -0.0), (-0.0, 2, 0), (0, -3, infinity), (-0.0, -3, -infinity),
    (-0.0, -2, infinity), (0, infinity, 0), (0, -infinity, infinity), (-1, infinity, 1),
    (-1, -infinity, 1), (0.5, infinity, 0), (0.5, -infinity, infinity), (2, infinity, infinity),
    (-2, -infinity, 0), (infinity, 2, infinity), (infinity, -2, 0), (-infinity, 3, -infinity),
    (-infinity, 2, infinity), (-infinity, -3, -0.0), (-infinity, -2, 0), (-8, 1.0 / 3, nan),
    (-2, 3, -8), (-2, 2, 4), (-2, -1, -0.5), (-infinity, 0.5, infinity), (-0.0, 0.5, 0),
    (2, 1024, infinity), (2, -1074, least), (2, -1076, 0), (-2, 1025, -infinity), (10, 3, 1000),
    (most, 2, infinity), (least, 2, 0), (least, -1, infinity), (1.5, 1e300, infinity),
    (0.75, 1e300, 0), (-1, 0x1p53, 1), (-1, 0x1.fffffffffffffp52, -1), (least, 1, least),
  ]

  @Test("powers of special arguments have the prescribed values", arguments: powers)
  func specialPowers(x: Double, y: Double, expected: Double) {
    var bases = SIMD8<Double>(repeating: 1.25)
    var exponents = SIMD8<Double>(repeating: 2.5)
    let alone = afterglow_pow(bases, exponents)
    bases[5] = x
    exponents[5] = y
    let found = afterglow_pow(bases, exponents)
    #expect(found[5].isIdentical(to: expected), "pow(\(x), \(y)) is \(found[5]), not \(expected)")
    #expect(found[0].bitPattern == alone[0].bitPattern)
  }

  @Test("the smaller and the larger of two are NaN if one is")
  func extremes() {
    let nan = SIMD8<Double>(repeating: .nan)
    let one = SIMD8<Double>(repeating: 1)
    let two = SIMD8<Double>(repeating: 2)
    #expect(afterglow_min(one, two) == one)
    #expect(afterglow_max(one, two) == two)
    #expect(afterglow_min(two, one) == one)
    #expect(afterglow_max(two, one) == two)
    for result in [
      afterglow_min(nan, one), afterglow_min(one, nan), afterglow_max(nan, one),
      afterglow_max(one, nan),
    ] {
      #expect(result[0].isNaN && result[7].isNaN)
    }
  }

  @Test("a fused multiply-add rounds once")
  func fused() {
    let x = SIMD8<Double>(repeating: 1 + 0x1p-30)
    let found = afterglow_fma(x, x, SIMD8(repeating: -1 - 0x1p-29))
    #expect(found == SIMD8(repeating: 0x1p-60))
  }
}
