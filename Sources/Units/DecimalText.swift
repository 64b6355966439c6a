/// A number as decimal text with at most so many significant digits, without trailing zeros.
///
/// Numbers that are not finite are written `nan`, `inf` and `-inf`.
///
/// - Parameters:
///   - number: The number to write.
///   - significantDigits: How many digits to keep at most; 1 to 17.
/// - Returns: The text.
public func decimalText(_ number: Double, significantDigits: Int) -> String {
  guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf" }
  guard number != 0 else { return "0" }
  // The shortest text that reads back as the same number is rounded as text, in decimal.
  guard let (mantissa, exponent) = DecimalScale.split("\(number.magnitude)") else {
    return "\(number)"
  }
  var digits: [UInt8] = []
  var pointPosition: Int?
  for byte in mantissa.utf8 {
    if byte == UInt8(ascii: ".") { pointPosition = digits.count } else { digits.append(byte - 48) }
  }
  var power = exponent + (pointPosition ?? digits.count) - 1
  let leadingZeros = digits.prefix { $0 == 0 }.count
  digits.removeFirst(leadingZeros)
  power -= leadingZeros
  if digits.count > significantDigits {
    let roundsUp = digits[significantDigits] >= 5
    digits.removeSubrange(significantDigits...)
    var index = digits.count - 1
    while roundsUp, index >= 0 {
      digits[index] += 1
      if digits[index] < 10 { break }
      digits[index] = 0
      index -= 1
    }
    if roundsUp, index < 0 {
      digits.insert(1, at: 0)
      power += 1
    }
  }
  while digits.count > 1, digits.last == 0 { digits.removeLast() }
  return (number < 0 ? "-" : "") + place(digits, power: power)
}

/// Digits of which the first has the value `10^power`, as plain or scientific text.
private func place(_ digits: [UInt8], power: Int) -> String {
  let text = digits.map { "\($0)" }
  if power < -5 || power > 15 {
    let fraction = text.count > 1 ? "." + text.dropFirst().joined() : ""
    return "\(text[0])\(fraction)e\(power)"
  }
  if power < 0 {
    return "0." + String(repeating: "0", count: -power - 1) + text.joined()
  }
  if text.count <= power + 1 {
    return text.joined() + String(repeating: "0", count: power + 1 - text.count)
  }
  return text[...power].joined() + "." + text[(power + 1)...].joined()
}
