import Testing
import Units

@Suite("Decimal text")
struct DecimalTextTests {
  @Test(
    "rounds in decimal and drops what is not needed",
    arguments: [
      (0.1 + 0.2, 12, "0.3"), (70, 6, "70"), (1.0 / 3, 3, "0.333"), (0.9996, 3, "1"),
      (-2.5e-9, 6, "-2.5e-9"), (1e21, 6, "1e21"), (123_456, 2, "120000"), (0, 5, "0"),
      (-0.0, 5, "0"), (.nan, 5, "nan"), (.infinity, 5, "inf"), (-.infinity, 5, "-inf"),
      (0.00012, 4, "0.00012"), (.leastNonzeroMagnitude, 17, "5e-324"), (9.99999e22, 3, "1e23"),
    ] as [(Double, Int, String)])
  func rounds(number: Double, digits: Int, text: String) {
    #expect(decimalText(number, significantDigits: digits) == text)
  }

  @Test("with 17 digits every number is read back as itself", arguments: 0..<200)
  func roundTrip(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let number = Double(bitPattern: random.next())
    guard number.isFinite else { return }
    #expect(Double(decimalText(number, significantDigits: 17)) == number)
  }
}
