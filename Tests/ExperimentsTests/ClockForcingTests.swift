import Foundation
import Programs
import Simulations
import Testing

@testable import Experiments

/// What follows the clock alone is not stepped over, however short it is.
@Suite("Forcing by the clock")
struct ClockForcingTests {
  private static let model = """
    model Test {
      parameter t0 = 1000 s    assumed "t"
      parameter w = 0.5 s      assumed "t"
      parameter T = 700 s      assumed "t"
      state a, b, c, e, n, m, k : 1 = 0
      a' = max(0, 1 - abs(time - t0)/w)*1 /s
      b' = exp(-((time - t0)/w)^2)*1 /s
      c' = (if time > t0 and time <= t0 + w then 1 /s else 0 /s)
      e' = (if floor(time/T) == 1 then 1 /s else 0 /s)
      n' = 0 /s
      m' = 0 /s
      k' = 0 /s
      event tick when sin(0.5*time/(1 s)) rises through 0 { n = n + 1 }
      event second when floor(time/(10 s)) - m rises through 0.5 { m = m + 1 }
      event both when time > t0 and time < t0 + 1 ms { k = k + 1 }
    }
    """

  @Test(
    "pulses, ramps, bells and steps of the time have their whole effect",
    arguments: ["dopri5", "rodas4", "rodas5p", "auto", "rk4"])
  func pulses(method: String) throws {
    let solver = method == "rk4" ? "{method: rk4, step: 50 ms}" : "{method: \(method)}"
    let experiment = try experiment(
      of: Self.model,
      """
      duration: 2000 s
      solver: \(solver)
      reduce:
        a: final(a)
        b: final(b)
        c: final(c)
        e: final(e)
        n: final(n)
        m: final(m)
        k: final(k)
        top: max(sin(0.5*time/(1 s)))
        mean: mean(exp(-((time - t0)/w)^2))
        first: first_time(sin(time/(100 s)) > 0.999999)
        above: time_while(sin(0.5*time/(1 s)) > 0)
      """)
    let found = try results(of: experiment).reductions.map { $0[0] }
    let bell = 0.5 * Double.pi.squareRoot()
    // The classical method's step of 50 ms lands on jumps, and elsewhere its error is below 1e-4.
    #expect(abs(found[0] - 0.5) < 1e-4)
    #expect(abs(found[1] - bell) < 1e-4)
    #expect(abs(found[2] - 0.5) < 1e-9)
    #expect(abs(found[3] - 700) < 1e-6)
    #expect(found[4] == (2000 * 0.5 / (2 * Double.pi)).rounded(.down))
    #expect(found[5] == 200)
    #expect(found[6] == 1)
    #expect(abs(found[7] - 1) < 1e-5)
    #expect(abs(found[8] - bell / 2000) < 1e-3 * bell / 2000)
    #expect(abs(found[9] - 100 * asin(0.999999)) < 1e-6)
    let periods = (2000 / (4 * Double.pi)).rounded(.down)
    let rest = min(2000 - periods * 4 * Double.pi, 2 * Double.pi)
    #expect(abs(found[10] - (periods * 2 * Double.pi + rest)) < 1e-6)
  }

  @Test(
    "runs with other times of their pulses, and inputs that move them, do not disturb each other")
  func sweep() throws {
    let experiment = try experiment(
      of: """
        model Test {
          parameter t0 = 1 s   assumed "swept"
          input width : s = 1 ms
          state x : 1 = 0
          x' = (if time >= t0 and time < t0 + width then 1 /ms else 0 /ms)
        }
        """,
      """
      duration: 100 s
      inputs: {width: [[0 s, 1 ms], [50 s, 2 ms]]}
      reduce: {x: final(x)}
      sweep: {design: grid, parameters: {t0: {from: 1 s, to: 97 s, count: 97}}}
      """)
    let found = try results(of: experiment, threads: 3, chunk: 5).reductions[0]
    for (run, value) in found.enumerated() {
      let start = Double(run + 1)
      #expect(abs(value - (start < 50 ? 1 : 2)) < 1e-9, "at \(start) s")
    }
  }

  @Test("a model without states is a formula over time and parameters")
  func withoutStates() throws {
    for backend in [
      Backend.interpreter,
      Backend.native(KernelToolchain.detect(environment: ProcessInfo.processInfo.environment)),
    ] {
      let experiment = try experiment(
        of: """
          model Test {
            parameter c = 5      assumed "t"
            output effect : 1 = c/(c + 5)
            output wave = sin(time/(1 s))
          }
          """,
        """
        duration: 10 s
        record: {every: 5 s, variables: [effect]}
        reduce: {last: final(effect), mean: mean(wave), first: first_time(wave > 0.5), top: max(wave)}
        sweep: {design: grid, parameters: {c: {values: [0, 5, 15]}}}
        """)
      let output = CollectedRuns(experiment)
      try Campaign(experiment, options: CampaignOptions(threads: 1, backend: backend))
        .run(into: output)
      #expect(output.reductions[0] == [0, 0.5, 0.75])
      // The tolerance is relative to the integral, which is that of a wave that nearly cancels.
      for mean in output.reductions[1] { #expect(abs(mean - (1 - cos(10)) / 10) < 1e-5) }
      for first in output.reductions[2] { #expect(abs(first - asin(0.5)) < 1e-9) }
      for top in output.reductions[3] { #expect(abs(top - 1) < 1e-6) }
    }
  }
}
