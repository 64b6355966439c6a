import Testing
import Units

/// Multiples and points between numbers, as they are written in decimal.
@Suite("Decimal steps")
struct DecimalStepsTests {
  @Test("multiples are the numbers nearest to what was asked")
  func multiples() {
    for count in 0...100_000 {
      #expect(decimalSteps(count, of: 0.1) == Double(count) / 10)
      #expect(decimalSteps(count, of: 1e-4) == Double(count) / 10_000)
    }
    #expect(decimalSteps(3, of: 0.1, from: 0.2) == 0.5)
    #expect(decimalSteps(-3, of: 0.1) == -0.3)
    #expect(decimalSteps(2, of: 0.3, from: -0.6) == 0)
    #expect(decimalSteps(7, of: 3600) == 25_200)
  }

  @Test("points between two numbers are rounded once")
  func points() {
    for index in 0...9 {
      #expect(decimalPoint(index, of: 9, from: 0.1, to: 1) == Double(index + 1) / 10)
      #expect(decimalPoint(index, of: 9, from: 0, to: 1) == Double(index) / 9)
      #expect(decimalPoint(index, of: 9, from: 0, to: -1) == -Double(index) / 9)
    }
    #expect(decimalPoint(1, of: 2, from: 1e-9, to: 3e-9) == 2e-9)
  }

  @Test("what does not fit into whole numbers is what binary arithmetic gives")
  func extremes() {
    #expect(decimalSteps(3, of: 1e-300, from: 1e300) == 1e300)
    #expect(decimalSteps(3, of: .infinity) == .infinity)
    #expect(decimalSteps(3, of: .nan).isNaN)
    #expect(decimalPoint(1, of: 2, from: -1e300, to: 1e-300).isFinite)
  }

  @Test(
    "a number of a unit comes back from SI as it was written",
    arguments: ["/h", "min", "mg/kg", "mL/min", "1/d", "uS/cm^2", "wk"])
  func written(symbol: String) throws {
    let unit = try PhysicalUnit(parsing: symbol)
    for index in 1...2_000 {
      let number = Double(index) / 100
      #expect(unit.writtenValue(ofSI: unit.siValue(of: number)) == number)
    }
    #expect(unit.writtenValue(ofSI: .infinity) == .infinity)
  }
}
