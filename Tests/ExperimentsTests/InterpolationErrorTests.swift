import Foundation
import Testing

@testable import Experiments

/// What lies between the ends of long steps, where a state is drawn to cos t.
///
/// The solution is cos t whatever the rate. Source: Prothero and Robinson (1974), Math. Comp. 28, 145.
@Suite("Interpolation of stiff methods")
struct InterpolationErrorTests {
  private static let problem = """
    model Test {
      parameter lambda = 1e5 /s   assumed "t"
      state x : 1 = 1
      state crossings : 1 = 0
      x' = -lambda*(x - cos(time/(1 s))) - sin(time/(1 s))/(1 s)
      crossings' = 0 /s
      event fall when x falls through 0.5 { crossings = crossings + 1 }
    }
    """
  private static let rates = "1e3 /s, 1e4 /s, 1e5 /s, 1e6 /s, 1e7 /s"

  @Test("samples are as exact as the ends of steps are", arguments: ["rodas4", "rodas5p"])
  func samples(method: String) throws {
    let found = try solved(
      Self.problem,
      """
      duration: 10 s
      record: {every: 0.37 s, variables: [x]}
      sweep: {design: grid, parameters: {lambda: {values: [\(Self.rates)]}}}
      solver: {method: \(method)}
      """
    ).samples[0]
    let count = found.count / 5
    for (index, value) in found.enumerated() {
      let wanted = cos(0.37 * Double(index % count))
      // Five times the sum of the tolerances, 1e-6 and 1e-6 of the value.
      #expect(abs(value - wanted) < 1e-5, "\(value) for \(wanted) at rate \(index / count)")
    }
  }

  @Test("events, extremes, conditions and means are as exact", arguments: ["rodas4", "rodas5p"])
  func watched(method: String) throws {
    let found = try solved(
      Self.problem,
      """
      duration: 10 s
      reduce:
        top: "max(x, 5 s, 8 s)"
        when: "time_of_max(x, 5 s, 8 s)"
        mean: mean(x^2)
        first: first_time(x < 0.2)
        above: time_while(x > 0.2)
        crossings: final(crossings)
      sweep: {design: grid, parameters: {lambda: {values: [\(Self.rates)]}}}
      solver: {method: \(method)}
      """
    ).reductions
    let high = acos(0.2)
    let expected: [Double] = [1, 2 * .pi, (5 + sin(20) / 4) / 10, high, 3 * high, 2]
    // An extreme is flat, so that its time has half its digits.
    let bounds: [Double] = [1e-5, 1e-2, 1e-5, 1e-5, 5e-5, 0]
    for (values, (wanted, bound)) in zip(found, zip(expected, bounds)) {
      #expect(values.count == 5)
      for value in values {
        #expect(abs(value - wanted) <= bound, "\(value) for \(wanted)")
      }
    }
  }

  @Test(
    "a run keeps its bits whatever its neighbours have to look for",
    arguments: ["rodas4", "rodas5p"])
  func neighbours(method: String) throws {
    func samples(_ rates: String) throws -> [Double] {
      try solved(
        Self.problem,
        """
        duration: 10 s
        record: {every: 0.37 s, variables: [x]}
        sweep: {design: grid, parameters: {lambda: {values: [\(rates)]}}}
        solver: {method: \(method)}
        """
      ).samples[0]
    }
    let together = try samples(Self.rates)
    let count = together.count / 5
    #expect(try samples("1e5 /s") == Array(together[(2 * count)..<(3 * count)]))
  }
}
