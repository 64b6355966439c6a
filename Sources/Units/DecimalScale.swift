/// A positive factor kept as `numerator / denominator · 10^exponent`.
///
/// The powers of ten of prefixes and of a literal's own exponent are added as integers before
/// anything is rounded, so that `0.5 mg/kg` is the double nearest to 5e-7 and `40 min` is 2400.
struct DecimalScale: Sendable, Hashable {
  var numerator: Double
  var denominator: Double
  var exponent: Int

  init(numerator: Double = 1, denominator: Double = 1, exponent: Int = 0) {
    self.numerator = numerator
    self.denominator = denominator
    self.exponent = exponent
  }

  /// The factor, rounded once as long as the parts are exact.
  var value: Double {
    exponent >= 0
      ? numerator * Self.powerOfTen(exponent) / denominator
      : numerator / (denominator * Self.powerOfTen(-exponent))
  }

  static func * (left: DecimalScale, right: DecimalScale) -> DecimalScale {
    DecimalScale(
      numerator: left.numerator * right.numerator,
      denominator: left.denominator * right.denominator,
      exponent: left.exponent + right.exponent)
  }

  var inverse: DecimalScale {
    DecimalScale(numerator: denominator, denominator: numerator, exponent: -exponent)
  }

  var squareRoot: DecimalScale {
    guard exponent.isMultiple(of: 2) else {
      return DecimalScale(
        numerator: (numerator * 10).squareRoot(), denominator: denominator.squareRoot(),
        exponent: (exponent - 1) / 2)
    }
    return DecimalScale(
      numerator: numerator.squareRoot(), denominator: denominator.squareRoot(),
      exponent: exponent / 2)
  }

  /// The factor times a decimal number, given as it is written.
  ///
  /// - Returns: `nil` where the text is not a plain decimal number.
  func value(timesDecimal text: String) -> Double? {
    guard let (mantissa, ownExponent) = Self.split(text) else { return nil }
    let total = ownExponent + exponent
    if numerator == 1, denominator == 1 { return Double("\(mantissa)e\(total)") }
    // Digits, factors and small powers of ten are whole numbers and their products exact, so that
    // the division is the only rounding.
    let fraction = mantissa.firstIndex(of: ".").map { mantissa[$0...].utf8.count - 1 } ?? 0
    let power = total - fraction
    guard let digits = Self.digits(of: mantissa) else { return nil }
    if power.magnitude <= 22 {
      let scale = Self.powerOfTen(abs(power))
      return power >= 0
        ? digits * scale * numerator / denominator : digits * numerator / (denominator * scale)
    }
    return Double("\(mantissa)e\(total)").map { $0 * numerator / denominator }
  }

  /// The digits of a mantissa without its point, as a number.
  private static func digits(of mantissa: Substring) -> Double? {
    var whole: UInt64 = 0
    var isNegative = false
    for byte in mantissa.utf8 {
      switch byte {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "."), UInt8(ascii: "+"): continue
      default: whole = whole * 10 + UInt64(byte - UInt8(ascii: "0"))
      }
      // Beyond this a whole number is not exact, and the next digit may be too much.
      if whole >= 1 << 53 { return Double(mantissa.filter { $0 != "." }) }
    }
    return isNegative ? -Double(whole) : Double(whole)
  }

  /// The mantissa and the exponent of a plain decimal number such as `-1.5e-3`.
  static func split(_ text: String) -> (mantissa: Substring, exponent: Int)? {
    var digits = 0
    var points = 0
    var index = text.utf8.startIndex
    let bytes = text.utf8
    if index < bytes.endIndex,
      bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+")
    {
      index = bytes.index(after: index)
    }
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        digits += 1
      } else if byte == UInt8(ascii: "."), points == 0 {
        points = 1
      } else {
        break
      }
      index = bytes.index(after: index)
    }
    guard digits > 0 else { return nil }
    let mantissa = text[..<index]
    if index == bytes.endIndex { return (mantissa, 0) }
    guard bytes[index] == UInt8(ascii: "e") || bytes[index] == UInt8(ascii: "E") else { return nil }
    return exponent(text[bytes.index(after: index)...]).map { (mantissa, $0) }
  }

  /// Beyond this every number is 0 or infinite; the bound keeps sums of exponents from overflowing.
  private static let largestExponent = 100_000

  private static func exponent(_ text: Substring) -> Int? {
    if let exponent = Int(text) {
      return max(-largestExponent, min(largestExponent, exponent))
    }
    // Digits that are too many for an `Int` are an exponent all the same.
    let hasSign = text.hasPrefix("-") || text.hasPrefix("+")
    let digits = hasSign ? text.dropFirst() : text
    guard !digits.isEmpty, digits.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
    return text.hasPrefix("-") ? -largestExponent : largestExponent
  }

  private static func powerOfTen(_ exponent: Int) -> Double {
    if exponent < exactPowers.count { return exactPowers[exponent] }
    guard let power = Double("1e\(exponent)") else {
      preconditionFailure("1e\(exponent) is not a decimal number")
    }
    return power
  }

  /// The powers of ten that have no rounding error: up to 22.
  private static let exactPowers: [Double] = (0...22).map { power in
    (0..<power).reduce(1.0) { product, _ in product * 10 }
  }
}
