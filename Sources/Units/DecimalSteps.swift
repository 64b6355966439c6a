/// The number nearest to `start + count·step`, all three as they are written in decimal.
///
/// Both numbers stand for the shortest decimal that reads back as them, so that three times 0.1 is 0.3
/// and not the sum of the rounded binary numbers.
///
/// - Parameters:
///   - count: How many steps there are.
///   - step: The length of one.
///   - start: Where they begin.
/// - Returns: The number; where decimals do not fit into 128 bits, what binary arithmetic gives.
public func decimalSteps(_ count: Int, of step: Double, from start: Double = 0) -> Double {
  decimalPoint(start, weight: 1, step, weight: count, divisor: 1)
    ?? (start + Double(count) * step)
}

/// The number nearest to the point `index` of `intervals` equal ones between two decimal numbers.
///
/// - Parameters:
///   - index: Which point, from 0, which is the first number.
///   - intervals: How many intervals there are; at least 1.
///   - first: The first number.
///   - last: The last number, at `index == intervals`.
/// - Returns: The number; where decimals do not fit into 128 bits, what binary arithmetic gives.
public func decimalPoint(
  _ index: Int, of intervals: Int, from first: Double, to last: Double
) -> Double {
  if index == 0 { return first }
  if index == intervals { return last }
  return decimalPoint(
    first, weight: intervals - index, last, weight: index, divisor: intervals)
    ?? (first + Double(index) / Double(intervals) * (last - first))
}

/// `(a·i + b·j)/divisor`, rounded once, or `nil` where a part is too large.
private func decimalPoint(
  _ a: Double, weight i: Int, _ b: Double, weight j: Int, divisor: Int
) -> Double? {
  guard let first = Decimal(a), let second = Decimal(b) else { return nil }
  let exponent = min(first.exponent, second.exponent)
  guard let left = first.digits(at: exponent, times: i),
    let right = second.digits(at: exponent, times: j)
  else { return nil }
  let (sum, overflows) = left.addingReportingOverflow(right)
  guard !overflows else { return nil }
  let (quotient, remainder) = sum.quotientAndRemainder(dividingBy: Int128(divisor))
  if remainder == 0 { return Double("\(quotient)e\(exponent)") }
  // Enough digits behind the point that the text is on the right side of every tie.
  var digits = quotient.magnitude.description
  var rest = remainder.magnitude
  for _ in 0..<40 {
    rest *= 10
    digits += "\(rest / UInt128(divisor))"
    rest %= UInt128(divisor)
  }
  return Double("\(sum < 0 ? "-" : "")\(digits)e\(exponent - 40)")
}

/// `digits · 10^exponent`, the shortest decimal that reads back as a number.
private struct Decimal {
  let digits: Int128
  let exponent: Int

  init?(_ number: Double) {
    guard number.isFinite, let (mantissa, power) = DecimalScale.split("\(number)") else {
      return nil
    }
    let fraction = mantissa.firstIndex(of: ".").map { mantissa[$0...].utf8.count - 1 } ?? 0
    guard var whole = Int128(mantissa.filter { $0 != "." }) else { return nil }
    var exponent = power - fraction
    while whole != 0, whole.isMultiple(of: 10) {
      whole /= 10
      exponent += 1
    }
    digits = whole
    self.exponent = whole == 0 ? 0 : exponent
  }

  /// The digits times a weight, at a lower exponent.
  func digits(at lower: Int, times weight: Int) -> Int128? {
    var (result, overflows) = digits.multipliedReportingOverflow(by: Int128(weight))
    guard !overflows else { return nil }
    if result == 0 { return 0 }
    for _ in 0..<(exponent - lower) {
      (result, overflows) = result.multipliedReportingOverflow(by: 10)
      guard !overflows else { return nil }
    }
    return result
  }
}

extension PhysicalUnit {
  /// How many of this unit a number in SI is, as its author would have written it.
  ///
  /// A conversion to SI and back may be off by some last bits. Where a number of at most twelve digits
  /// converts to the same number in SI, it is the one that was meant.
  public func writtenValue(ofSI number: Double) -> Double {
    let plain = value(ofSI: number)
    guard number.isFinite, plain.isFinite,
      let short = Double(decimalText(plain, significantDigits: 12)), siValue(of: short) == number
    else { return plain }
    return short
  }
}
