/// A number with its dimensions, in SI base units.
public struct Quantity: Sendable, Hashable {
  /// The number in SI base units.
  public var value: Double
  /// The exponents of the base dimensions.
  public var dimensions: Dimensions

  /// Makes a quantity of a number in SI base units.
  public init(si value: Double, dimensions: Dimensions) {
    self.value = value
    self.dimensions = dimensions
  }

  /// Makes a quantity of a number of a unit.
  public init(_ number: Double, _ unit: PhysicalUnit) {
    self.init(si: unit.siValue(of: number), dimensions: unit.dimensions)
  }

  /// How many of a unit the quantity is, or `nil` where the dimensions differ.
  public func value(in unit: PhysicalUnit) -> Double? {
    unit.dimensions == dimensions ? unit.value(ofSI: value) : nil
  }

  /// The quantity as text, in the unit if its dimensions fit and in a familiar one otherwise.
  public func text(in unit: PhysicalUnit) -> String {
    let fitting = unit.dimensions == dimensions ? unit : PhysicalUnit(familiarFor: dimensions)
    return fitting.text(ofSI: value)
  }
}

/// What is wrong with the text of a quantity.
public enum QuantityParsingError: Error, Sendable, Hashable {
  /// The text does not begin with a number.
  case number(String)
  /// The number is too large to be represented.
  case outOfRange(String)
  /// What follows the number is not a unit.
  case unit(UnitParsingError)

  /// One sentence that says what is wrong and, where it is known, what was meant.
  public var message: String {
    switch self {
    case .number(let text): "`\(text)` is not a number with a unit, such as `0.5 mg/kg`"
    case .outOfRange(let text): "the number `\(text)` is too large"
    case .unit(let error): error.message
    }
  }
}

extension Quantity {
  /// Reads a number and its unit, such as `0.5 mg/kg`, `-62 mV`, `40 min`, `5 /s` or `0.3`.
  ///
  /// - Parameter text: The text; spaces around and between number and unit are ignored.
  /// - Throws: ``QuantityParsingError`` with the part that was not understood.
  public init(parsing text: String) throws(QuantityParsingError) {
    let (quantity, _) = try Self.parse(text)
    self = quantity
  }

  /// Reads a number and its unit, and keeps the unit as it was written.
  ///
  /// - Parameter text: The text; spaces around and between number and unit are ignored.
  /// - Returns: The quantity and its unit, which is `1` where none was written.
  /// - Throws: ``QuantityParsingError`` with the part that was not understood.
  public static func parse(
    _ text: String
  ) throws(QuantityParsingError) -> (quantity: Quantity, unit: PhysicalUnit) {
    let trimmed = Array(text.utf8.drop { $0 == 32 || $0 == 9 })
    let length = numberLength(trimmed)
    let number = String(decoding: trimmed[..<length], as: UTF8.self)
    guard length > 0 else { throw .number(text) }
    let rest = String(decoding: trimmed[length...].drop { $0 == 32 || $0 == 9 }, as: UTF8.self)
    var unit = PhysicalUnit.one
    if rest.utf8.contains(where: { $0 != 32 && $0 != 9 && $0 != 10 && $0 != 13 }) {
      do throws(UnitParsingError) {
        unit = try PhysicalUnit(parsing: rest)
      } catch {
        throw .unit(error)
      }
    }
    guard let value = unit.siValue(ofDecimal: number) else { throw .number(text) }
    guard value.isFinite else { throw .outOfRange(number) }
    return (Quantity(si: value, dimensions: unit.dimensions), unit)
  }

  /// How many bytes at the front are a decimal number; an `e` counts only before digits.
  private static func numberLength(_ bytes: [UInt8]) -> Int {
    func isDigit(_ index: Int) -> Bool {
      index < bytes.count && bytes[index] >= 48 && bytes[index] <= 57
    }
    func isSign(_ index: Int) -> Bool {
      index < bytes.count
        && (bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+"))
    }
    var end = isSign(0) ? 1 : 0
    let start = end
    while isDigit(end) { end += 1 }
    var digits = end - start
    if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
      var fraction = end + 1
      while isDigit(fraction) { fraction += 1 }
      digits += fraction - end - 1
      end = fraction
    }
    guard digits > 0 else { return 0 }
    if end < bytes.count, bytes[end] == UInt8(ascii: "e") || bytes[end] == UInt8(ascii: "E") {
      var exponent = isSign(end + 1) ? end + 2 : end + 1
      if isDigit(exponent) {
        while isDigit(exponent) { exponent += 1 }
        end = exponent
      }
    }
    return end
  }
}
