/// What is wrong with the text of a unit.
public enum UnitParsingError: Error, Sendable, Hashable {
  /// There is no unit in the text.
  case empty
  /// A symbol is not known; the one that was probably meant, where there is one.
  case unknownSymbol(String, suggestion: String?)
  /// Something stands where a symbol, `*`, `/` or `^` was expected.
  case unexpected(String)
  /// An exponent is not a whole or half number between -16 and 16.
  case exponent(String)

  /// One sentence that says what is wrong and, where it is known, what was meant.
  public var message: String {
    switch self {
    case .empty: "there is no unit here"
    case .unknownSymbol(let symbol, let suggestion):
      if let suggestion {
        "unknown unit `\(symbol)`; did you mean `\(suggestion)`?"
      } else {
        "unknown unit `\(symbol)`"
      }
    case .unexpected(let text): "unexpected `\(text)` in a unit such as `mg/kg/min`"
    case .exponent(let text): "`\(text)` is not an exponent of a unit"
    }
  }
}

extension PhysicalUnit {
  /// The unit with a symbol such as `mV`, with or without a prefix, or `nil` if it is not known.
  public init?(symbol: String) {
    guard let unit = UnitSymbols.unit(symbol) else { return nil }
    self = unit
  }

  /// The known unit symbol that was probably meant by an unknown one.
  public static func suggestedSymbol(for symbol: String) -> String? {
    UnitSymbols.suggestion(for: symbol)
  }

  /// Reads a unit such as `mg/kg/min`, `S/cm^2`, `1/min`, `/s` or `1`.
  ///
  /// `µ` is read as `u`. Products are written `*`, and everything is read from left to right:
  /// `mg/kg*min` is (mg/kg)·min.
  ///
  /// - Parameter text: The text of the unit, without a number in front.
  /// - Throws: ``UnitParsingError`` with the part that was not understood.
  public init(parsing text: String) throws(UnitParsingError) {
    var scanner = UnitScanner(text)
    self = try scanner.unit()
  }
}

/// Reads a unit from left to right.
private struct UnitScanner {
  private var rest: Substring.UnicodeScalarView

  init(_ text: String) {
    rest = Substring(text).unicodeScalars
  }

  mutating func unit() throws(UnitParsingError) -> PhysicalUnit {
    skipSpaces()
    guard !rest.isEmpty else { throw .empty }
    var result = PhysicalUnit.one
    if rest.first != "/" { result = try factor() }
    skipSpaces()
    while let symbol = rest.first {
      guard symbol == "/" || symbol == "*" else {
        throw .unexpected(String(Substring(rest.prefix(12))))
      }
      rest.removeFirst()
      skipSpaces()
      let next = try factor()
      result = symbol == "/" ? result.divided(by: next) : result.multiplied(by: next)
      skipSpaces()
    }
    return result
  }

  private mutating func factor() throws(UnitParsingError) -> PhysicalUnit {
    let symbol = take { $0.properties.isAlphabetic || $0 == "\u{B5}" || $0 == "%" }
    if symbol.isEmpty {
      guard rest.first == "1" else { throw .unexpected(String(Substring(rest.prefix(12)))) }
      rest.removeFirst()
      return .one
    }
    var normalized = symbol
    if let first = symbol.unicodeScalars.first, first == "\u{B5}" || first == "\u{3BC}" {
      normalized = "u" + symbol.dropFirst()
    }
    guard let base = PhysicalUnit(symbol: normalized) else {
      throw .unknownSymbol(symbol, suggestion: PhysicalUnit.suggestedSymbol(for: normalized))
    }
    guard rest.first == "^" else { return base }
    rest.removeFirst()
    let exponent = take { $0 == "-" || $0 == "." || ($0.value >= 48 && $0.value <= 57) }
    guard let number = Double(exponent), (2 * number).rounded() == 2 * number,
      number.magnitude <= 16, let power = base.raised(toHalves: Int(2 * number))
    else { throw .exponent(exponent) }
    return power
  }

  private mutating func skipSpaces() {
    while rest.first == " " { rest.removeFirst() }
  }

  private mutating func take(while belongs: (Unicode.Scalar) -> Bool) -> String {
    var taken = String.UnicodeScalarView()
    while let scalar = rest.first, belongs(scalar) {
      taken.append(scalar)
      rest.removeFirst()
    }
    return String(taken)
  }
}
