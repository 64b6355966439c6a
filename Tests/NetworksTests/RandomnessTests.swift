import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

/// Statistical tests draw once from a fixed seed; their bounds, at five standard deviations, would
/// fail one honest generator in a million.
@Suite("Random numbers in networks")
struct RandomnessTests {
  @Test("white noise gives an Ornstein-Uhlenbeck process its exact variance at any step")
  func stationaryVariance() throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Wiener {
        parameter tau = 10 ms           assumed "test"
        parameter sigma = 2 mV          assumed "test"
        state V = 0 mV
        noise xi
        V' = -V/tau + sigma*sqrt(2/tau)*xi
      }
      circuit Many { population cells : Wiener[20000] { } }
      """)
    for step in [1e-4, 5e-3] {
      let run = try TestCircuits.run(circuit, step: step, until: Int(0.1 / step))
      let values = run.states(0, of: 0)
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
      #expect(abs(mean) < 5 * 2e-3 / count.squareRoot())
      #expect(abs(variance / 4e-6 - 1) < 5 * (2 / count).squareRoot(), "step \(step)")
    }
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
