/// A unit: a symbol, its dimensions, and its size in SI.
public struct PhysicalUnit: Sendable, Hashable {
  /// The unit as it is written, such as `mg/kg/min`; `1` for a pure number.
  public var symbol: String
  /// The exponents of the base dimensions.
  public let dimensions: Dimensions
  /// How many SI base units one of this unit is.
  public let scale: Double
  /// The same factor with its power of ten apart.
  let decimalScale: DecimalScale

  /// Makes a unit of a size that need not be a power of ten.
  public init(symbol: String, dimensions: Dimensions, scale: Double) {
    self.init(
      symbol: symbol, dimensions: dimensions, decimalScale: DecimalScale(numerator: scale))
  }

  init(symbol: String, dimensions: Dimensions, decimalScale: DecimalScale) {
    self.symbol = symbol
    self.dimensions = dimensions
    self.decimalScale = decimalScale
    scale = decimalScale.value
  }

  /// The unit of a pure number, written `1`.
  public static let one = PhysicalUnit(symbol: "1", dimensions: .none, scale: 1)

  /// The second.
  public static let second = PhysicalUnit(symbol: "s", dimensions: .time, scale: 1)

  /// The product of two units.
  public func multiplied(by other: PhysicalUnit) -> PhysicalUnit {
    let text: String
    if symbol == "1" {
      text = other.symbol
    } else if other.symbol == "1" {
      text = symbol
    } else {
      text = "\(symbol)*\(other.symbol)"
    }
    return PhysicalUnit(
      symbol: text, dimensions: dimensions * other.dimensions,
      decimalScale: decimalScale * other.decimalScale)
  }

  /// The quotient of two units; the divisor is a single factor such as `min` or `cm^2`.
  public func divided(by factor: PhysicalUnit) -> PhysicalUnit {
    PhysicalUnit(
      symbol: factor.symbol == "1" ? symbol : "\(symbol)/\(factor.symbol)",
      dimensions: dimensions / factor.dimensions,
      decimalScale: decimalScale * factor.decimalScale.inverse)
  }

  /// A power of a single factor, with the exponent counted in halves.
  ///
  /// - Returns: `nil` for exponents beyond ±16, or where the dimensions would not be multiples of
  ///   one half.
  public func raised(toHalves halves: Int) -> PhysicalUnit? {
    guard abs(halves) <= 32, let raised = dimensions.raised(to: Double(halves) / 2) else {
      return nil
    }
    var factor = DecimalScale()
    for _ in 0..<(abs(halves) / 2) { factor = factor * decimalScale }
    if !halves.isMultiple(of: 2) { factor = factor * decimalScale.squareRoot }
    let whole = halves / 2
    let exponent = halves.isMultiple(of: 2) ? "\(whole)" : "\(Double(halves) / 2)"
    return PhysicalUnit(
      symbol: "\(symbol)^\(exponent)", dimensions: raised,
      decimalScale: halves < 0 ? factor.inverse : factor)
  }

  /// The number in SI base units that a number of this unit is.
  public func siValue(of number: Double) -> Double {
    decimalScale.value(timesDecimal: "\(number)") ?? number * scale
  }

  /// The number in SI base units that a decimal number of this unit is, given as it is written.
  ///
  /// - Returns: `nil` where the text is not a plain decimal number such as `1.5e-3`.
  public func siValue(ofDecimal text: String) -> Double? {
    decimalScale.value(timesDecimal: text)
  }

  /// How many of this unit a number in SI base units is.
  public func value(ofSI number: Double) -> Double {
    decimalScale.inverse.value(timesDecimal: "\(number)") ?? number / scale
  }

  /// A number in SI base units as text in this unit, such as `70 kg`, `5 /min` or `0.5`.
  ///
  /// The number is rounded to 12 significant digits, so that a conversion leaves no dust.
  public func text(ofSI number: Double) -> String { text(ofSI: number, significantDigits: 12) }

  /// A number given in SI units as text in this unit, with at most so many digits.
  public func text(ofSI number: Double, significantDigits: Int) -> String {
    let digits = decimalText(value(ofSI: number), significantDigits: significantDigits)
    if symbol == "1" { return digits }
    if symbol.hasPrefix("1/") { return "\(digits) \(symbol.dropFirst())" }
    return "\(digits) \(symbol)"
  }
}
