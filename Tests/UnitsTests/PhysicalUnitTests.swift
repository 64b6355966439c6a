import Testing
import Units

@Suite("Physical unit")
struct PhysicalUnitTests {
  @Test("prefixes are powers of ten to the last bit")
  func prefixes() throws {
    let expected: [(String, Double)] = [
      ("fF", 1e-15), ("pA", 1e-12), ("nS", 1e-9), ("um", 1e-6), ("ms", 1e-3), ("cm", 1e-2),
      ("dL", 1e-4), ("kHz", 1e3), ("Mohm", 1e6), ("GPa", 1e9),
      ("ug", 1e-9), ("mM", 1), ("nM", 1e-6),
    ]
    for (symbol, scale) in expected {
      #expect(try PhysicalUnit(parsing: symbol).scale == scale, "\(symbol)")
    }
  }

  @Test("symbols that could be prefixed units are what people mean by them")
  func ambiguous() throws {
    #expect(try PhysicalUnit(parsing: "min").dimensions == .time)
    #expect(try PhysicalUnit(parsing: "d").scale == 86_400)
    #expect(try PhysicalUnit(parsing: "cd").dimensions == Dimensions(luminousIntensity: 1))
    #expect(try PhysicalUnit(parsing: "Pa").dimensions == Dimensions(mass: 1, length: -1, time: -2))
    #expect(try PhysicalUnit(parsing: "m").dimensions == Dimensions(length: 1))
    #expect(try PhysicalUnit(parsing: "M").dimensions == Dimensions(length: -3, amount: 1))
    #expect(throws: UnitParsingError.self) { try PhysicalUnit(parsing: "mmin") }
    #expect(throws: UnitParsingError.self) { try PhysicalUnit(parsing: "m%") }
  }

  @Test("a product is read from left to right")
  func leftToRight() throws {
    let unit = try PhysicalUnit(parsing: "mg/kg*min")
    #expect(unit.dimensions == .time)
    #expect(unit.scale == 6e-5)
  }

  @Test("the unit of a product is the product of the units", arguments: 0..<100)
  func products(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let symbols = ["mV", "min", "kg", "cm^2", "mM", "nS", "uF", "L", "h", "g"]
    let a = try PhysicalUnit(parsing: symbols[random.below(symbols.count)])
    let b = try PhysicalUnit(parsing: symbols[random.below(symbols.count)])
    let product = a.multiplied(by: b)
    let quotient = a.divided(by: b)
    #expect(product.dimensions == a.dimensions * b.dimensions)
    #expect(quotient.dimensions == a.dimensions / b.dimensions)
    #expect(try PhysicalUnit(parsing: product.symbol) == product)
    #expect(try PhysicalUnit(parsing: quotient.symbol) == quotient)
    // One rounding in each of three scales, and one in the product of two of them.
    #expect(abs(product.scale - a.scale * b.scale) <= 4 * product.scale.ulp)
    #expect(abs(quotient.scale - a.scale / b.scale) <= 4 * quotient.scale.ulp)
  }

  @Test(
    "an unknown symbol comes with the one that was meant",
    arguments: [
      ("mv", "mV"), ("khz", "kHz"), ("Kg", "kg"), ("hours", "h"), ("mcg", "ug"), ("Min", "min"),
      ("banana", nil),
    ] as [(String, String?)])
  func suggestion(symbol: String, meant: String?) {
    #expect(PhysicalUnit.suggestedSymbol(for: symbol) == meant)
  }
}
