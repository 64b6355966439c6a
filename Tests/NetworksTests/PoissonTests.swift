import Foundation
import ModelLanguage
import Networks
import Testing

/// Random arrivals and random sources beside the formulas of Poisson processes; `Deviations` says how
/// often an honest generator would fail.
@Suite("Poisson processes")
struct PoissonTests {
  @Test("a random source has the rate, the intervals and the independence of its process")
  func source() throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Source {
        parameter rate = 50 Hz   assumed "test"
        poisson arrivals = rate
        event spike when arrivals > 0
      }
      circuit Many { population cells : Source[1000] { } }
      """)
    let step = 1e-4
    let steps = 100_000
    let run = try TestCircuits.run(circuit, step: step, until: steps)
    let train = run.takeSpikes(of: 0)
    // A spike for any number of arrivals in a step.
    let probability = -expm1(-50 * step)
    let trials = 1000 * Double(steps)
    #expect(
      abs(Deviations.ofCount(train.count, trials: trials, probability: probability))
        < Deviations.bound)

    var last = [Double](repeating: .nan, count: 1000)
    var counts = [Double](repeating: 0, count: 1000)
    var intervals: [Double] = []
    var halves: [(Double, Double)] = Array(repeating: (0, 0), count: 1000)
    for (cell, time) in zip(train.cells, train.times) {
      let cell = Int(cell)
      if last[cell].isFinite { intervals.append(((time - last[cell]) / step).rounded()) }
      last[cell] = time
      counts[cell] += 1
      if time < 5 { halves[cell].0 += 1 } else { halves[cell].1 += 1 }
    }
    // Intervals are geometric. Kolmogorov's bound is on the safe side for numbers on a grid, of
    // which each is compared with the ends of its step.
    let count = Double(intervals.count)
    var worst = 0.0
    var below = 0.0
    var histogram: [Double: Double] = [:]
    for interval in intervals { histogram[interval, default: 0] += 1 }
    for interval in histogram.keys.sorted() {
      let before = -expm1(-50 * step * (interval - 1))
      worst = max(worst, abs(below / count - before))
      below += histogram[interval] ?? 0
      worst = max(worst, abs(below / count + expm1(-50 * step * interval)))
    }
    #expect(worst * count.squareRoot() < Deviations.kolmogorovBound)
    // The variation of n geometric intervals is the root of 1 - p; that of exponential ones is
    // found to 1/sqrt(n). Long intervals are cut off by the end of the run: the mean count of 500
    // makes the mean interval shorter by about 1/500 of itself, and the variation by the same order.
    let moments = Deviations.moments(intervals)
    let variation = moments.variance.squareRoot() / moments.mean
    #expect(
      abs(variation - (1 - probability).squareRoot())
        < Deviations.bound / count.squareRoot() + 2.0 / 500)
    // Counts vary from cell to cell as independent binomial numbers do.
    let expected = Double(steps) * probability
    let chiSquare =
      counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) }
      / (expected * (1 - probability))
    #expect(abs(Deviations.ofChiSquare(chiSquare, degrees: 1000)) < Deviations.bound)
    // The two halves of a run know nothing of each other.
    let first = Deviations.moments(halves.map(\.0))
    let second = Deviations.moments(halves.map(\.1))
    let covariance =
      halves.reduce(0) { $0 + ($1.0 - first.mean) * ($1.1 - second.mean) } / 999
    let correlation = covariance / (first.variance * second.variance).squareRoot()
    #expect(abs(correlation) * 1000.0.squareRoot() < Deviations.bound)
  }

  @Test(
    "cells that hear random arrivals or sources have the mean and the variance of Campbell's theorem"
  )
  func receivers() throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Source {
        parameter rate = 200 Hz  assumed "test"
        poisson arrivals = rate
        event spike when arrivals > 0
      }
      neuron Listener {
        parameter tau = 10 ms    assumed "test"
        state V = 0 mV
        V' = -V/tau
        receive kick : mV { V = V + kick }
      }
      neuron Background {
        parameter tau = 10 ms    assumed "test"
        state V = 0 mV
        V' = -V/tau
        poisson arrivals = 3000 Hz { V = V + 0.5 mV*arrivals }
      }
      circuit Both {
        population sources : Source[20000] { }
        population listeners : Listener[20000] { }
        population alone : Background[20000] { }
        projection heard : sources -> listeners.kick {
          connect one_to_one
          weight = 0.5 mV
          delay = 1 ms
        }
      }
      """)
    let step = 1e-4
    let run = try TestCircuits.run(circuit, step: step, until: 3000)
    // What acts at the beginning of a step has decayed by q at its end, and by q once more in each
    // step that follows. A step has a Poisson number of arrivals at first hand, and one spike or
    // none of a source.
    let q = exp(-step / 10e-3)
    let arrivals = 3000 * step
    let chance = -expm1(-200 * step)
    for (population, mean, variance) in [
      (2, arrivals, arrivals), (1, chance, chance * (1 - chance)),
    ] {
      let values = run.states(0, of: population)
      let count = Double(values.count)
      let found = Deviations.moments(values)
      let expectedMean = mean * 0.5e-3 * q / (1 - q)
      let expectedVariance = variance * 0.25e-6 * q * q / (1 - q * q)
      #expect(
        abs(found.mean - expectedMean)
          < Deviations.bound * (expectedVariance / count).squareRoot())
      // Shot noise has heavier tails than a normal law, by an excess kurtosis of the fourth
      // cumulant over the square of the variance: (q^4/(1 - q^4))/(mean*(q^2/(1 - q^2))^2).
      let squares = q * q / (1 - q * q)
      let excess = pow(q, 4) / (1 - pow(q, 4)) / (mean * squares * squares)
      #expect(
        abs(found.variance / expectedVariance - 1)
          < Deviations.bound * ((2 + excess) / count).squareRoot())
    }
  }
}
