import Foundation
import Programs
import Simulations
import Testing

@testable import Experiments

/// States that are small in the unit that they are declared in.
@Suite("Absolute tolerances by magnitude")
struct MagnitudeToleranceTests {
  private static func binding(_ unit: String) -> String {
    """
    model Test {
      parameter size = 1 nM       assumed "t"
      parameter kon = 1e6 /M/s    assumed "t"
      parameter koff = 1e-3 /s    assumed "t"
      parameter kel = 1e-2 /s     assumed "t"
      state L : \(unit) = size
      state R : \(unit) = 2*size
      state C : \(unit) = 0 nM
      L' = -kon*(1 nM/size)*L*R + koff*C - kel*L
      R' = -kon*(1 nM/size)*L*R + koff*C
      C' = kon*(1 nM/size)*L*R - koff*C
    }
    """
  }

  /// L at 100 s, 500 s and 1000 s by LSODA at 1e-12, in units of `size`.
  private static let expected = [0.30761133, 0.01256638, 0.00672139]

  @Test(
    "a nanomole per litre is solved in any unit, by any method",
    arguments: ["nM", "uM", "M", "kM"], ["dopri5", "rodas4", "rodas5p"])
  func units(unit: String, method: String) throws {
    let found = try solved(
      Self.binding(unit),
      """
      duration: 1000 s
      record: {times: [100 s, 500 s, 1000 s], variables: [L]}
      solver: {method: \(method)}
      """)
    for (value, wanted) in zip(found.samples[0], Self.expected) {
      // The tolerance is 1e-5 of the peak, and the last value 7e-3 of it.
      #expect(abs(value * 1e6 / wanted - 1) < 1e-2, "\(value) for \(wanted)")
    }
  }

  @Test(
    "each run of a sweep over orders of magnitude has the digits and the bits that it has alone")
  func neighbours() throws {
    let head = """
      duration: 1000 s
      record: {times: [100 s, 500 s, 1000 s], variables: [L]}
      solver: {method: rodas5p}

      """
    let sizes = ["1e-6 nM", "1e-3 nM", "1 nM", "1 mM", "10 M"]
    func sweep(_ sizes: [String]) -> String {
      head
        + "sweep: {design: grid, parameters: {size: {values: [\(sizes.joined(separator: ", "))]}}}\n"
    }
    let together = try solved(Self.binding("M"), sweep(sizes)).samples[0]
    for (run, size) in sizes.enumerated() {
      let values = together[(3 * run)..<(3 * run + 3)]
      let alone = try solved(Self.binding("M"), sweep([size])).samples[0]
      #expect(Array(values) == alone)
      let scale = [1e-12, 1e-9, 1e-6, 1, 1e4][run]
      for (value, wanted) in zip(values, Self.expected) {
        #expect(abs(value / scale / wanted - 1) < 1e-2, "\(value) for \(wanted) at \(size)")
      }
    }
  }

  /// A tenth of a picomole passes eight compartments and drives a concentration: all but the first begin
  /// at 0, and the last grows like the eighth power of the time.
  @Test(
    "what begins at 0 and grows slowly costs no absurd steps", arguments: ["dopri5", "rodas5p"])
  func chain(method: String) throws {
    let names = (1...8).map { "a\($0)" }
    let equations = zip(names, names.dropFirst()).map { "  \($1)' = 1 /h*\($0) - 1 /h*\($1)\n" }
    let found = try solved(
      """
      model Test {
        state \(names.joined(separator: ", ")) : mol = 0 mol
        state c : mol/L = 0 mol/L
        a1' = -1 /h*a1
      \(equations.joined())  c' = 1 /h*a8/(1 L) - 1 /h*c
        route oral { into a1 }
      }
      """,
      """
      duration: 20 h
      doses: [{route: oral, amount: 1e-13 mol, start: 1 h}]
      record: {times: [2 h, 9 h, 20 h], variables: [c]}
      solver: {method: \(method), maximum_steps: 1000}
      """)
    for (value, time) in zip(found.samples[0], [1.0, 8.0, 19.0]) {
      // Poisson's density of 8 events, in mol/m³.
      let wanted = pow(time, 8) * exp(-time) / 40320 * 1e-10
      // The tolerance is 1e-5 of the peak, 0.14 of the dose, and errors of steps add up.
      #expect(abs(value - wanted) < 1e-4 * 0.14e-10, "\(value) for \(wanted)")
    }
  }

  @Test("a tolerance that is given stays as it is given")
  func given() throws {
    func configuration(_ solver: String) throws -> (most: [Double], following: [Int]) {
      let plan = RunPlan(
        try experiment(
          of: Self.binding("uM"),
          "duration: 1 s\nrecord: {every: 1 s, variables: [L]}\n\(solver)"))
      return (plan.configuration.absoluteTolerances, plan.configuration.magnitudeTolerances)
    }
    #expect(try configuration("").following == [0, 1, 2])
    let all = try configuration("solver: {absolute_tolerance: 1e-3}")
    #expect(all.following.isEmpty)
    // 1e-3 uM in mol/m³.
    #expect(all.most.allSatisfy { abs($0 / 1e-6 - 1) < 1e-12 })
    let one = try configuration("solver: {absolute_tolerance: {R: 1 nM}}")
    #expect(one.following == [0, 2])
    #expect(abs(one.most[1] / 1e-6 - 1) < 1e-12)
  }
}
