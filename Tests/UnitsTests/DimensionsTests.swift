import Testing
import Units

@Suite("Dimensions")
struct DimensionsTests {
  private static func some(_ random: inout SplitMix) -> Dimensions {
    Dimensions(halves: (0..<7).map { _ in random.below(13) - 6 })
  }

  @Test("multiply like the exponents they are", arguments: 0..<100)
  func algebra(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let (a, b, c) = (Self.some(&random), Self.some(&random), Self.some(&random))
    #expect(a * b == b * a)
    #expect((a * b) * c == a * (b * c))
    #expect(a * .none == a)
    #expect(a / a == .none)
    #expect((a * b) / b == a)
    #expect(a.raised(to: 2) == a * a)
    #expect(a.raised(to: -1) == .none / a)
    #expect((a * a).raised(to: 0.5) == a)
    #expect((a * a * a).raised(to: 1.0 / 3) == a)
  }

  @Test("have a name that can be read again", arguments: 0..<200)
  func nameIsRead(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let dimensions = Self.some(&random)
    #expect(try PhysicalUnit(parsing: "\(dimensions)").dimensions == dimensions)
  }

  @Test(
    "are told in familiar units",
    arguments: [
      ("mV", "V"), ("uA/cm^2", "A/m^2"), ("ng/mL", "mg/L"), ("uM", "mM"), ("1/min", "1/s"),
      ("mV/ms", "V/s"), ("mg/kg", "1"), ("S*s", "F"), ("V^2/s", "V^2/s"), ("mL/min", "L/s"),
    ] as [(String, String)])
  func familiar(unit: String, name: String) throws {
    let dimensions = try PhysicalUnit(parsing: unit).dimensions
    if name == "V^2/s" {
      #expect(try PhysicalUnit(parsing: "\(dimensions)").dimensions == dimensions)
    } else {
      #expect("\(dimensions)" == name)
    }
  }

  @Test("have no power that is not a multiple of one half")
  func impossible() {
    let length = Dimensions(length: 1)
    #expect(length.raised(to: 0.5) != nil)
    #expect(length.raised(to: 0.3) == nil)
    #expect(length.raised(to: .nan) == nil)
    #expect(Dimensions.none.raised(to: 0.3) == Dimensions.none)
  }

  @Test("saturate instead of overflowing")
  func saturate() {
    var huge = Dimensions(length: 90)
    for _ in 0..<100 { huge = huge * huge }
    #expect(huge.halves(of: .length) == 2 * Dimensions.largestExponent)
  }
}
