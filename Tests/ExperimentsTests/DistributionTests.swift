import Foundation
import Testing
import Units

@testable import Experiments

@Suite("Distributions")
struct DistributionTests {
  /// Values of scipy.stats.norm.cdf 1.17.1; a rounding of the score is magnified by its square.
  @Test(
    "the normal probability agrees with another library",
    arguments: [
      (-37, 5.7255712225239266e-300), (-10, 7.61985302416047e-24), (-3.5, 0.00023262907903552502),
      (-0.3, 0.3820885778110474), (0.2, 0.579259709439103), (2.5, 0.9937903346742238),
    ])
  func normalProbability(score: Double, expected: Double) {
    #expect(
      abs(Experiments.normalProbability(score) / expected - 1) < 1e-14 + score * score * 1.2e-16)
  }

  @Test("probability and quantile undo each other, also in the tails")
  func inverse() {
    for exponent in 1..<280 {
      let probability = exp2(-Double(exponent))
      let again = Experiments.normalProbability(normalQuantile(probability))
      // The condition of the tail, |z| φ/Φ ≈ z² ≤ 400, times a rounding of either function.
      #expect(abs(again / probability - 1) < 400 * 4e-16 + 1e-14, "2^-\(exponent)")
    }
  }

  /// Values of scipy.stats.truncnorm 1.17.1 with mean 20 and deviation 5.
  @Test("truncated normals agree with another library, far from the mean as well")
  func truncated() {
    let middle = Distribution.truncated(.normal(mean: 20, deviation: 5), low: 10, high: 22)
    #expect(abs(middle.quantile(0.1) - 13.171522953385699) < 1e-12)
    #expect(abs(middle.quantile(0.9) - 21.16545438632265) < 1e-12)
    let tail = Distribution.truncated(.normal(mean: 20, deviation: 5), low: 40, high: 50)
    #expect(abs(tail.quantile(0.5) - 40.8054858283993) < 1e-11)
    #expect(abs(tail.quantile(0.001) - 40.00118378542822) < 1e-11)
    #expect(tail.quantile(0) == 40 && tail.quantile(1) == 50)
  }

  @Test("one limit may be missing, and a log-normal quantity may be cut as well")
  func limits() {
    let upper = Distribution.truncated(
      .normal(mean: 0, deviation: 1), low: 0, high: .infinity)
    // Half of a normal distribution: its median is the upper quartile of the whole.
    #expect(abs(upper.quantile(0.5) - normalQuantile(0.75)) < 1e-15)
    #expect(!upper.reachesItsEnds)
    let log = Distribution.truncated(.logNormal(median: 3, deviation: 0.5), low: 2, high: 4)
    for step in 0...100 {
      #expect((2...4).contains(log.quantile(Double(step) / 100)))
    }
    #expect(log.reachesItsEnds)
    #expect(
      Distribution.truncated(.logNormal(median: 3, deviation: 0.5), low: -.infinity, high: 4)
        .quantile(0.5) < 3)
  }

  @Test("values are chosen as often as they weigh")
  func choice() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 1 h
      reduce: {peak: max(drug.plasma)}
      sweep:
        design: sobol
        samples: 1024
        parameters:
          drug.V: {values: [10 L, 20 L, 40 L], weights: [1, 2, 5]}
          drug.weight: {values: [60, 70], unit: kg}
      """)
    let sweep = try #require(experiment.sweep)
    let points = SweepPoints(sweep, seed: 7)
    let volumes = points.values(onAxis: 0)
    let litres = [10e-3, 20e-3, 40e-3]
    // 1,024 points of a stratified axis split exactly at eighths.
    #expect(litres.map { litre in volumes.count { $0 == litre } } == [128, 256, 640])
    #expect(points.values(onAxis: 1).count { $0 == 60 } == 512)
  }

  /// The mean and the deviation of the logarithm that follow from a median and a coefficient of
  /// variation.
  @Test("a coefficient of variation is that of the quantity, not of its logarithm")
  func coefficientOfVariation() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 1 h
      reduce: {peak: max(drug.plasma)}
      sweep:
        design: sobol
        samples: 16384
        parameters:
          drug.V: {log_normal: 20 L, cv: 0.4}
      """)
    let values = SweepPoints(try #require(experiment.sweep), seed: 1).values(onAxis: 0)
    let (mean, deviation) = moments(values)
    // A net of 2^14 points: the tail beyond the last one bounds the error of the deviation.
    #expect(abs(deviation / mean - 0.4) < 0.002)
    #expect(abs(values.sorted()[8192] / 20e-3 - 1) < 1e-3)
  }

  @Test("written out and read back, every form gives the same points")
  func roundTrip() throws {
    let sweeps = [
      """
        design: sobol
        samples: 16
        correlation: [[drug.V, drug.k, 0.5]]
        parameters:
          drug.V: {normal: [20 L, 5 L], truncated: [1 L, none]}
          drug.k: {log_normal: 0.2 /h, cv: 0.3}
          drug.ka: {values: [1 /h, 2 /h], weights: [1, 3]}
      """,
      """
        design: random
        samples: 9
        covariance: {parameters: [drug.k, drug.V], matrix: [[0.09, 0.3], [0.3, 16]]}
        parameters:
          drug.V: {normal: 20 L}
          drug.k: {log_normal: 0.2 /h}
      """,
      """
        design: sobol-indices
        samples: 8
        second_order: false
        sampling: random
        parameters: {drug.V: [10 L, 20 L], drug.k: {log_uniform: [0.1 /h, 1 /h]}}
      """,
      """
        design: morris
        trajectories: 5
        levels: 6
        parameters: {drug.V: [10 L, 20 L], drug.k: [0.1 /h, 1 /h]}
      """,
    ]
    for sweep in sweeps {
      let first = try rightExperiment(
        """
        model: test
        duration: 1 h
        reduce: {peak: max(drug.plasma)}
        seed: 5
        sweep:
        \(sweep)
        """)
      let second = try rightExperiment(first.resolved.yaml())
      #expect(second.resolved == first.resolved)
      let (one, other) = (RunPlan(first), RunPlan(second))
      #expect(one.pointCount == other.pointCount)
      for axis in first.sweep?.axes.indices ?? 0..<0 {
        #expect(one.values(onAxis: axis) == other.values(onAxis: axis))
      }
    }
  }
}

/// The mean and the standard deviation of numbers.
func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
  let mean = values.reduce(0, +) / Double(values.count)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, (squares / Double(values.count)).squareRoot())
}
