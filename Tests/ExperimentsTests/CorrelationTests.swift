import Foundation
import Testing
import Units

@testable import Experiments

@Suite("Correlated axes")
struct CorrelationTests {
  private static let matrix = [[1, 0.6, -0.3], [0.6, 1, 0.2], [-0.3, 0.2, 1]]

  private func sweep(
    _ design: Sweep.Design, _ distributions: [Distribution], samples: Int
  ) throws
    -> Sweep
  {
    Sweep(
      design: design, samples: samples,
      axes: distributions.enumerated().map {
        SweepAxis(
          path: "p\($0)", target: .parameter($0), unit: .one, form: .distribution($1),
          written: .text(""))
      }, table: nil,
      correlation: Correlation(
        axes: [0, 1, 2], factor: try #require(Correlation.factor(of: Self.matrix)),
        key: "correlation", written: .text("")))
  }

  private func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let (one, other) = (moments(x), moments(y))
    let product = zip(x, y).reduce(0) { $0 + ($1.0 - one.mean) * ($1.1 - other.mean) }
    return product / Double(x.count) / one.deviation / other.deviation
  }

  @Test("a factor times itself is the matrix, and impossible matrices have none")
  func factor() throws {
    let factor = try #require(Correlation.factor(of: Self.matrix))
    for row in 0..<3 {
      for column in 0...row {
        let product = zip(factor[row], factor[column]).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product - Self.matrix[row][column]) < 1e-15)
      }
    }
    let impossible = [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]
    #expect(Correlation.factor(of: impossible) == nil)
    // With all three of the same size c the smallest eigenvalue is 1 − 2c: 0.9 times 0.5555… is
    // the limit.
    #expect(Correlation.possiblePart(of: impossible) == 0.55)
    #expect(Correlation.factor(of: [[1, 1], [1, 1]]) == nil)
  }

  @Test(
    "normal and log-normal axes are jointly normal with the correlations that were asked for",
    arguments: [
      Sweep.Design.random, .sobol, .latinHypercube(centred: false, generator: .philox),
    ])
  func jointlyNormal(design: Sweep.Design) throws {
    let count = 16_384
    let points = SweepPoints(
      try sweep(
        design,
        [
          .normal(mean: 5, deviation: 2), .logNormal(median: 3, deviation: 0.5),
          .normal(mean: 0, deviation: 1),
        ], samples: count), seed: 11)
    let columns = [
      points.values(onAxis: 0), points.values(onAxis: 1).map { log($0) }, points.values(onAxis: 2),
    ]
    // Five standard errors of a correlation, (1 − r²)/√n, at its largest.
    let error = 5 / Double(count).squareRoot()
    for row in 0..<3 {
      for column in 0..<row {
        #expect(
          abs(correlation(columns[row], columns[column]) - Self.matrix[row][column]) < error)
      }
    }
    #expect(abs(moments(columns[0]).mean - 5) < error * 2)
    #expect(abs(moments(columns[0]).deviation - 2) < error * 2)
    #expect(abs(moments(columns[1]).deviation - 0.5) < error * 0.5)
  }

  /// For uniform axes the correlation is 6/π asin(r/2): Pearson (1907).
  @Test("other axes keep their distributions, and their ranks follow the copula")
  func copula() throws {
    let count = 16_384
    for design in [Sweep.Design.random, .latinHypercube(centred: true, generator: .philox)] {
      let points = SweepPoints(
        try sweep(
          design, Array(repeating: .uniform(low: 0, high: 1), count: 3), samples: count), seed: 3)
      let columns = (0..<3).map(points.values(onAxis:))
      let error = 5 / Double(count).squareRoot()
      for row in 0..<3 {
        #expect(abs(moments(columns[row]).mean - 0.5) < error)
        #expect(abs(moments(columns[row]).deviation - 1 / 12.squareRoot()) < error)
        for column in 0..<row {
          let expected = 6 / Double.pi * asin(Self.matrix[row][column] / 2)
          #expect(abs(correlation(columns[row], columns[column]) - expected) < error)
        }
      }
    }
  }

  @Test("a correlated Latin hypercube still has one point in every interval")
  func stratified() throws {
    let points = SweepPoints(
      try sweep(
        .latinHypercube(centred: false, generator: .philox),
        Array(repeating: .uniform(low: 0, high: 1), count: 3), samples: 500), seed: 9)
    for axis in 0..<3 {
      #expect(Set(points.values(onAxis: axis).map { Int($0 * 500) }).count == 500)
    }
  }

  @Test("a covariance matrix gives the deviations, in the units of the means")
  func covariance() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 1 h
      reduce: {peak: max(drug.plasma)}
      sweep:
        design: sobol
        samples: 4096
        covariance: {parameters: [drug.k, drug.V], matrix: [[0.09, 0.6], [0.6, 16]]}
        parameters:
          drug.V: {normal: 30 L}
          drug.k: {log_normal: 0.2 /h}
      """)
    let plan = RunPlan(experiment)
    let volumes = plan.values(onAxis: 0).map { $0 * 1e3 }
    let rates = plan.values(onAxis: 1).map { log($0 * 3600 / 0.2) }
    #expect(abs(moments(volumes).deviation - 4) < 0.02)
    #expect(abs(moments(rates).deviation - 0.3) < 0.0015)
    #expect(abs(correlation(volumes, rates) - 0.5) < 0.01)
  }
}
