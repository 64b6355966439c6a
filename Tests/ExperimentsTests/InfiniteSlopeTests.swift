import Diagnostics
import Dynamics
import Foundation
import Programs
import Simulations
import Testing

@testable import Experiments

/// Models whose derivatives are finite where the slopes of these are not.
@Suite("Infinite slopes")
struct InfiniteSlopeTests {
  private static func effect(residue: String = "0 mg") -> String {
    """
    model Test {
      parameter gamma = 0.7      assumed "t"
      parameter IC50 = 2 mg/L    assumed "t"
      parameter kin = 1 /h       assumed "t"
      parameter ka = 2 /h        assumed "t"
      state gut : mg = 0 mg
      state central : mg = \(residue)
      state R, Q : 1 = 1
      gut' = -ka*gut
      central' = ka*gut - 0.5 /h*central
      quantity c : mg/L = central/(10 L)
      R' = kin*(1 - (c/IC50)^gamma/(1 + (c/IC50)^gamma)) - kin*R
      Q' = kin*(1 - hill(c, IC50, gamma)) - kin*Q
      route oral { into gut }
    }
    """
  }

  @Test(
    "a Hill coefficient below one is solved from nothing, and from next to nothing",
    arguments: ["dopri5", "rodas4", "rodas5p", "auto"],
    ["0 mg", "1e-300 mg"])
  func hillBelowOne(method: String, residue: String) throws {
    let found = try solved(
      Self.effect(residue: residue),
      """
      duration: 48 h
      doses: [{route: oral, amount: 100 mg, start: 1 h}]
      record: {times: [2 h, 6 h, 24 h], variables: [R, Q]}
      solver: {method: \(method)}
      """)
    // LSODA at 1e-10.
    let expected = [0.5936313, 0.5270721, 0.9981523]
    for (value, wanted) in zip(found.samples.joined(), expected + expected) {
      #expect(abs(value - wanted) < 1e-5, "\(value) for \(wanted)")
    }
  }

  /// A root of squares and a root of the time, both at 0; what overflows far from its middle; a
  /// Hill function with whole numbers whose argument is 1/0.
  private static let singular = """
    model Test {
      state u, v, p, W, T, S, Z : 1 = 0
      u' = 1 /s
      v' = 2 /s
      p' = (time/(1 s))^0.5/(1 s)
      W' = sqrt(u^2 + v^2)/(1 s) - 1e3 /s*W
      T' = p/(1 s) - 1 /s*T
      S' = 1 /s/(1 + exp(1e6*(u - 2))) - 1 /s*S
      Z' = 1 /s/(1 + 1/u^2) - 1e3 /s*Z
    }
    """

  @Test("roots at 0, 0·∞, ∞/∞ and 1/0 in slopes are no obstacle", arguments: ["rodas4", "rodas5p"])
  func singularities(method: String) throws {
    let found = try solved(
      Self.singular,
      """
      duration: 6 s
      record: {times: [1 s, 6 s], variables: [p, W, S]}
      solver: {method: \(method)}
      """)
    func relaxed(_ t: Double) -> Double { 5.0.squareRoot() * (t / 1e3 - (1 - exp(-1e3 * t)) / 1e6) }
    let expected = [
      2.0 / 3, 2.0 / 3 * 6 * 6.0.squareRoot(), relaxed(1), relaxed(6), 1 - exp(-1),
      (exp(2) - 1) * exp(-6),
    ]
    for (value, wanted) in zip(found.samples.joined(), expected) {
      // Ten times the tolerance, and the width of the switch, 1e-6.
      #expect(abs(value - wanted) < 1e-5 * max(1, wanted), "\(value) for \(wanted)")
    }
  }

  private static let filling = """
    model Test {
      state x, y : 1 = 0
      x' = 1 /s*(1 - sqrt(x))
      y' = 1 /s*(1 - cbrt(y))
    }
    """

  @Test("a state whose own slope is infinite at 0 leaves it", arguments: ["rodas4", "rodas5p"])
  func filling(method: String) throws {
    let found = try solved(
      Self.filling,
      """
      duration: 6 s
      record: {times: [1.5 s, 6 s], variables: [x, y]}
      solver: {method: \(method)}
      """)
    // With r = √x: t = −2 (r + ln(1 − r)); with r = ∛y: t = −3 (r²/2 + r + ln(1 − r)).
    for (value, time) in zip(found.samples[0], [1.5, 6]) {
      let r = value.squareRoot()
      #expect(abs(-2 * (r + log(1 - r)) - time) < 1e-4)
    }
    for (value, time) in zip(found.samples[1], [1.5, 6]) {
      let r = cbrt(value)
      #expect(abs(-3 * (r * r / 2 + r + log(1 - r)) - time) < 1e-4)
    }
  }

  @Test("a fixed step that uses the slope goes by Euler's where there is none")
  func exponentialEuler() throws {
    let found = try solved(
      Self.filling,
      """
      duration: 6 s
      record: {times: [6 s], variables: [x]}
      solver: {method: exponential-euler, step: 1 ms}
      """)
    let r = found.samples[0][0].squareRoot()
    // Of order one, with steps of 1e-3 s.
    #expect(abs(-2 * (r + log(1 - r)) - 6) < 1e-2)
  }

  @Test("an extreme between infinite slopes is found", arguments: ["dopri5", "rodas5p"])
  func extremes(method: String) throws {
    let found = try solved(
      "model Test {\n  state x : 1 = 0\n  x' = 1 /s\n}\n",
      """
      duration: 2 s
      reduce: {top: "max(sqrt(max(0, x*(2 - x))))", when: "time_of_max(sqrt(max(0, x*(2 - x))))"}
      solver: {method: \(method), initial_step: 2 s}
      """)
    #expect(abs(found.reductions[0][0] - 1) < 1e-9)
    #expect(abs(found.reductions[1][0] - 1) < 1e-4)
  }

  @Test("an infinite slope in one point does not make a model stiff")
  func stiffness() throws {
    let experiment = try experiment(
      of:
        Self.effect(), "duration: 1 h\nrecord: {every: 1 h, variables: [R]}\n")
    // The fastest rate is that of absorption, 2 /h.
    let rate = StiffnessEstimate(of: experiment.model).rate * 3600
    #expect(abs(rate - 2) < 0.1, "\(rate)")
  }

  @Test("what is not a number in a derivative fails the run still")
  func failure() throws {
    let experiment = try experiment(
      of:
        "model Test {\n  state x : 1 = 1\n  state y : 1 = 0\n  x' = -1 /s\n  y' = 1 /s*sqrt(x)\n}\n",
      "duration: 2 s\nrecord: {every: 1 s, variables: [y]}\nsolver: {method: rodas5p}\n")
    let output = CollectedRuns(experiment)
    let summary = try Campaign(
      experiment, options: CampaignOptions(threads: 1, backend: .interpreter, chunk: nil)
    ).run(into: output)
    #expect(summary.progress.failed == 1)
    let text = try #require(summary.firstFailure?.text)
    #expect(text.contains("sqrt(x)"), "\(text)")
  }
}
