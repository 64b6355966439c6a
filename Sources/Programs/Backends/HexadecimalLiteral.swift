/// A number as a hexadecimal C literal, which loses no bit.
enum HexadecimalLiteral {
  /// The literal of a finite number, such as `0x1.8p+1` for 3.
  static func text(of value: Double) -> String {
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    let sign = value.sign == .minus ? "-" : ""
    let isSubnormal = value.magnitude < .leastNormalMagnitude
    let exponent = isSubnormal ? -1022 : Int(value.exponent)
    var digits = String(value.significandBitPattern, radix: 16)
    digits = String(repeating: "0", count: 13 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    let lead = isSubnormal ? "0" : "1"
    return "\(sign)0x\(lead)\(digits.isEmpty ? "" : "." + digits)p\(exponent)"
  }
}
