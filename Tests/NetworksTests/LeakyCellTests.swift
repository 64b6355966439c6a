import Foundation
import ModelLanguage
import Networks
import Solvers
import Testing

/// Leaky integrate-and-fire cells, for which there are formulas.
@Suite("Leaky cells")
struct LeakyCellTests {
  @Test(
    "the rate over the current is Lapicque's, with a refractory time",
    arguments: CellMethod.allCases, [0.0, 2.0])
  func rates(method: CellMethod, refractory: Double) throws {
    // The drive of cell i is 10 + i/2 mV; the threshold is 15 mV.
    let circuit = try TestCircuits.circuit(
      """
      neuron Leaky {
        parameter tau = 10 ms        assumed "test"
        parameter drive = 0 mV       assumed "test"
        parameter dead = \(refractory) ms  assumed "test"
        state V = 0 mV
        V' = if refractory then 0 mV/ms else (drive - V)/tau
        event spike when V > 15 mV refractory dead { V = 0 mV }
      }
      circuit Curve {
        population cells : Leaky[81] { drive = (10 + index/2) * 1 mV   assumed "test" }
      }
      """)
    let step = 1e-5
    let run = try TestCircuits.run(circuit, step: step, until: 100_000, method: method)
    let train = run.takeSpikes(of: 0)
    var times = [[Double]](repeating: [], count: 81)
    for (cell, time) in zip(train.cells, train.times) { times[Int(cell)].append(time) }
    for (cell, times) in times.enumerated() {
      let drive = 10 + Double(cell) / 2
      guard drive > 15 else {
        #expect(times.isEmpty)
        continue
      }
      // Both exponential methods solve this cell exactly, so a spike is at the first point of the
      // grid beyond the crossing; Heun's is off by less than a tenth of a step here.
      let interval = refractory * 1e-3 + 10e-3 * log(drive / (drive - 15))
      let slack = method == .heun ? 0.1 * step : 1e-12
      #expect(times.count == Int(((1 - times[0]) / (times[1] - times[0])) + 1e-9) + 1)
      for (first, second) in zip(times, times.dropFirst()) {
        #expect(
          second - first > interval - slack && second - first <= interval + step + slack,
          "drive \(drive) mV: \(second - first) s, by the formula \(interval) s")
      }
    }
  }

  @Test(
    "two cells that hear each other fire at the period of the formula",
    arguments: [0, 1, 7, 300, 600], [2.0, -3.0])
  func pair(delay: Int, weight: Double) throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Leaky {
        parameter tau = 10 ms        assumed "test"
        parameter drive = 30 mV      assumed "test"
        state V = 0 mV
        V' = (drive - V)/tau
        receive kick : mV { V = V + kick }
        event spike when V > 15 mV { V = 0 mV }
      }
      circuit Pair {
        parameter lag = 0 ms         assumed "test"
        population cells : Leaky[2] { }
        projection both : cells -> cells.kick {
          connect all
          weight = \(weight) mV
          delay = lag
        }
      }
      """)
    let step = 1e-5
    let lag = Double(delay) * step
    let run = try TestCircuits.run(
      circuit, step: step, until: 100_000, settings: NetworkSettings(parameters: ["lag": lag]))
    let train = run.takeSpikes(of: 0)
    // They start alike and stay so: each hears the other when it has had the delay's time to
    // charge, and charges on to the threshold from there, unless the kick alone is enough.
    let charged = 30 * (1 - exp(-lag / 10e-3))
    let period = lag + max(0, 10e-3 * log((30 - charged - weight) / 15))
    #expect(train.count > 200)
    for spike in stride(from: 0, to: train.count, by: 2) {
      #expect(train.times[spike] == train.times[spike + 1])
    }
    // The first period hears nothing.
    let times = stride(from: 0, to: train.count, by: 2).map { train.times[$0] }.dropFirst()
    for (first, second) in zip(times, times.dropFirst()) {
      #expect(
        second - first > period - 1e-12 && second - first <= period + step + 1e-12,
        "\(second - first) s, by the formula \(period) s")
    }
  }
}
