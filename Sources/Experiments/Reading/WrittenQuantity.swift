import Diagnostics
public import Units

/// A quantity as its author wrote it, and its value in SI.
public struct WrittenQuantity: Sendable, Hashable {
  /// The value in SI units.
  public let value: Double
  /// The unit as written; the dimensionless unit for a bare number.
  public let unit: PhysicalUnit
  /// What stands in the file.
  public let text: String
  /// Whether no unit was written.
  public let isBare: Bool

  /// Reads a text such as `0.5 mg/kg`.
  ///
  /// - Throws: When the text is no number, or its unit is unknown.
  public init(parsing text: String) throws(QuantityParsingError) {
    let (quantity, unit) = try Quantity.parse(text)
    value = quantity.value
    self.unit = unit
    self.text = text
    isBare =
      text.utf8.last.map { $0 >= 48 && $0 <= 57 || $0 == UInt8(ascii: ".") } == true
      && Double(text) != nil
  }

  /// Makes a quantity of an SI value, in a unit.
  public init(si value: Double, in unit: PhysicalUnit) {
    self.value = value
    self.unit = unit
    let number = unit.value(ofSI: value)
    text = unit.symbol == "1" ? "\(number)" : "\(number) \(unit.symbol)"
    isBare = unit.symbol == "1"
  }

  /// Reads a text and reports what is wrong with it.
  init?(_ text: String, name: String, range: SourceRange, problems: ProblemList) {
    do throws(QuantityParsingError) {
      self = try WrittenQuantity(parsing: text)
    } catch {
      switch error {
      case .number:
        problems.error(
          "\(name) is a number with a unit, found `\(shortened(text))`", id: "wrong-type",
          at: range)
      case .outOfRange:
        problems.error("\(name): \(error.message)", id: "out-of-range", at: range)
      case .unit(.unknownSymbol(let symbol, let suggestion)):
        problems.error(
          "\(name) has the unknown unit `\(shortened(symbol))`", id: "unknown-unit", at: range,
          help: suggestion.map { "did you mean `\($0)`?" })
      case .unit(let inner):
        problems.error("\(name): \(inner.message)", id: "bad-unit", at: range)
      }
      return nil
    }
  }
}
