import Foundation
import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

/// Statistical tests draw once from a fixed seed; their bounds, at five standard deviations, would
/// fail one honest generator in a million.
@Suite("Random numbers in networks")
struct RandomnessTests {
  private static let relaxing = """
    neuron Wiener {
      parameter tau = 10 ms           assumed "test"
      parameter sigma = 2 mV          assumed "test"
      state V = 0 mV
      noise xi
      V' = -V/tau + sigma*sqrt(2/tau)*xi
    }
    circuit Many { population cells : Wiener[20000] { } }
    """

  @Test(
    "white noise gives an Ornstein-Uhlenbeck process its variance and its memory",
    arguments: CellMethod.allCases, [1e-4, 2e-3])
  func stationaryVariance(method: CellMethod, step: Double) throws {
    let circuit = try TestCircuits.circuit(Self.relaxing)
    let run = try TestCircuits.run(circuit, step: step, until: Int(0.1 / step), method: method)
    let before = run.states(0, of: 0)
    // The exponential methods are exact at any step. Heun's is V(1 - z + z^2/2) plus noise times
    // (1 - z/2), with z the step over tau, which has a variance of its own.
    let z = step / 10e-3
    let factor = method == .heun ? 1 - z + z * z / 2 : exp(-z)
    let expected =
      method == .heun ? 2 * z * pow(1 - z / 2, 2) / (1 - factor * factor) * 4e-6 : 4e-6
    let (mean, variance) = Deviations.moments(before)
    let count = Double(before.count)
    #expect(abs(mean) < Deviations.bound * (expected / count).squareRoot())
    #expect(abs(variance / expected - 1) < Deviations.bound * (2 / count).squareRoot())
    // Five steps later it still remembers.
    try run.advance(toStep: run.step + 5)
    let after = run.states(0, of: 0)
    let later = Deviations.moments(after)
    let covariance =
      zip(before, after).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - later.mean) } / (count - 1)
    let correlation = covariance / (variance * later.variance).squareRoot()
    let memory = pow(factor, 5)
    #expect(
      abs(correlation - memory) < Deviations.bound * (1 - memory * memory) / count.squareRoot())
  }

  @Test(
    "noise that multiplies is Stratonovich's with heun, and Ito's with the others",
    arguments: CellMethod.allCases)
  func calculus(method: CellMethod) throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Growth {
        parameter sigma = 3 /s^0.5   assumed "test"
        state x = 1
        noise xi
        x' = sigma*x*xi
      }
      circuit Many { population cells : Growth[20000] { } }
      """)
    // Over 40 ms the logarithm is normal with variance 9*0.04 and mean 0, or -9*0.04/2 by Ito.
    let run = try TestCircuits.run(circuit, step: 1e-4, until: 400, method: method)
    let logarithms = run.states(0, of: 0).map { log($0) }
    let (mean, variance) = Deviations.moments(logarithms)
    let expected = method == .heun ? 0 : -0.18
    #expect(abs(mean - expected) < Deviations.bound * (0.36 / 20_000).squareRoot())
    #expect(abs(variance / 0.36 - 1) < Deviations.bound * (2.0 / 20_000).squareRoot())
  }

  @Test("random arrivals have the mean and the variance of a Poisson process")
  func poissonArrivals() throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Counter {
        parameter rate = 2400 Hz  assumed "test"
        state n = 0
        n' = 0 /s
        poisson arrivals = rate { n = n + arrivals }
      }
      circuit Many { population cells : Counter[10000] { } }
      """)
    let run = try TestCircuits.run(circuit, step: 1e-3, until: 100)
    let values = run.states(0, of: 0)
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    #expect(abs(mean - 240) < 5 * (240 / count).squareRoot())
    #expect(abs(variance / 240 - 1) < 5 * (2 / count).squareRoot())
  }

  @Test("the Poisson quantile is the least number whose probability suffices")
  func quantile() {
    // P(N ≤ 2) = 0.9196986 and P(N ≤ 1) = 0.7357589 for a mean of 1.
    #expect(ElementaryFunctions.evaluate(.poissonQuantile, 0.3678, 1) == 0)
    #expect(ElementaryFunctions.evaluate(.poissonQuantile, 0.3679, 1) == 1)
    #expect(ElementaryFunctions.evaluate(.poissonQuantile, 0.7357, 1) == 1)
    #expect(ElementaryFunctions.evaluate(.poissonQuantile, 0.7358, 1) == 2)
    #expect(ElementaryFunctions.evaluate(.poissonQuantile, 0.9197, 1) == 3)
    #expect(ElementaryFunctions.evaluate(.poissonQuantile, 0.5, 0) == 0)
    #expect(ElementaryFunctions.evaluate(.poissonQuantile, 0.5, 600) == 600)
    #expect(ElementaryFunctions.evaluate(.poissonQuantile, 1 - 0x1p-53, 600).isFinite)
    #expect(ElementaryFunctions.evaluate(.poissonQuantile, 0.5, 601).isNaN)
    #expect(ElementaryFunctions.evaluate(.poissonQuantile, 0.5, -1).isNaN)
  }
}
