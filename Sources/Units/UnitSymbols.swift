/// The unit symbols that are known, and how prefixes combine with them.
enum UnitSymbols {
  struct Definition: Sendable {
    let dimensions: Dimensions
    let scale: DecimalScale
    let takesPrefixes: Bool
  }

  /// Units by symbol, exact by the definition of the SI.
  ///
  /// `M` is mol/L, `d` is 24 h and `wk` is 7 d. Source: BIPM, The International System of Units, 9th
  /// edition, 2019.
  static let definitions: [String: Definition] = {
    var table: [String: Definition] = [:]
    func define(
      _ symbol: String, _ dimensions: Dimensions, factor: Double = 1, exponent: Int = 0,
      prefixes: Bool = true
    ) {
      table[symbol] = Definition(
        dimensions: dimensions, scale: DecimalScale(numerator: factor, exponent: exponent),
        takesPrefixes: prefixes)
    }
    define("g", Dimensions(mass: 1), exponent: -3)
    define("m", Dimensions(length: 1))
    define("s", Dimensions(time: 1))
    define("A", Dimensions(current: 1))
    define("K", Dimensions(temperature: 1))
    define("mol", Dimensions(amount: 1))
    define("cd", Dimensions(luminousIntensity: 1))
    define("Hz", Dimensions(time: -1))
    define("N", Dimensions(mass: 1, length: 1, time: -2))
    define("Pa", Dimensions(mass: 1, length: -1, time: -2))
    define("J", Dimensions(mass: 1, length: 2, time: -2))
    define("W", Dimensions(mass: 1, length: 2, time: -3))
    define("C", Dimensions(time: 1, current: 1))
    define("V", Dimensions(mass: 1, length: 2, time: -3, current: -1))
    define("F", Dimensions(mass: -1, length: -2, time: 4, current: 2))
    define("ohm", Dimensions(mass: 1, length: 2, time: -3, current: -2))
    define("S", Dimensions(mass: -1, length: -2, time: 3, current: 2))
    define("L", Dimensions(length: 3), exponent: -3)
    define("M", Dimensions(length: -3, amount: 1), exponent: 3)
    define("min", Dimensions(time: 1), factor: 6, exponent: 1, prefixes: false)
    define("h", Dimensions(time: 1), factor: 36, exponent: 2, prefixes: false)
    define("d", Dimensions(time: 1), factor: 864, exponent: 2, prefixes: false)
    define("wk", Dimensions(time: 1), factor: 6048, exponent: 2, prefixes: false)
    define("%", .none, exponent: -2, prefixes: false)
    return table
  }()

  /// The SI prefixes and their powers of ten; the first of those that differ only in case is the
  /// one to suggest.
  static let prefixes: [(symbol: String, exponent: Int)] = [
    ("m", -3), ("u", -6), ("n", -9), ("k", 3), ("p", -12), ("c", -2), ("f", -15), ("d", -1),
    ("M", 6), ("G", 9), ("T", 12), ("h", 2), ("da", 1), ("a", -18), ("z", -21), ("y", -24),
    ("P", 15), ("E", 18), ("Z", 21), ("Y", 24),
  ]

  private static let prefixExponents = Dictionary(
    prefixes.map { ($0.symbol, $0.exponent) }, uniquingKeysWith: { first, _ in first })

  /// Spellings that people use for units that have another symbol here.
  private static let otherSpellings: [String: String] = [
    "sec": "s", "secs": "s", "second": "s", "seconds": "s", "msec": "ms", "usec": "us",
    "minute": "min", "minutes": "min", "mins": "min", "hr": "h", "hrs": "h", "hour": "h",
    "hours": "h", "day": "d", "days": "d", "week": "wk", "weeks": "wk", "mcg": "ug",
    "gram": "g", "grams": "g", "litre": "L", "liter": "L", "cc": "mL", "molar": "M",
    "volt": "V", "volts": "V", "amp": "A", "ampere": "A", "siemens": "S", "farad": "F",
    "hertz": "Hz", "mho": "S", "percent": "%", "metre": "m", "meter": "m", "micron": "um",
    "kilogram": "kg", "mole": "mol", "moles": "mol", "kelvin": "K",
  ]

  /// The unit with a symbol, with or without a prefix.
  static func unit(_ symbol: String) -> PhysicalUnit? {
    if let definition = definitions[symbol] {
      return PhysicalUnit(
        symbol: symbol, dimensions: definition.dimensions, decimalScale: definition.scale)
    }
    for length in 1...2 where symbol.utf8.count > length {
      guard let exponent = prefixExponents[String(symbol.prefix(length))],
        let definition = definitions[String(symbol.dropFirst(length))], definition.takesPrefixes
      else { continue }
      return PhysicalUnit(
        symbol: symbol, dimensions: definition.dimensions,
        decimalScale: definition.scale * DecimalScale(exponent: exponent))
    }
    return nil
  }

  /// The known symbol that was probably meant: another spelling, or the same letters in another
  /// case.
  static func suggestion(for symbol: String) -> String? {
    let lowercased = symbol.lowercased()
    if let spelling = otherSpellings[lowercased] { return spelling }
    // Candidates in a fixed order, so that the same text always gets the same answer.
    let bases = definitions.keys.sorted()
    if let base = bases.first(where: { $0.lowercased() == lowercased }) { return base }
    for prefix in prefixes {
      for base in bases where definitions[base]?.takesPrefixes == true {
        if (prefix.symbol + base).lowercased() == lowercased { return prefix.symbol + base }
      }
    }
    return nil
  }
}
