import Foundation
import Testing
import Units

@testable import Experiments

/// A function with known indices, on the unit cube.
struct TestFunction: Sendable, CustomTestStringConvertible {
  var name: String
  var dimensions: Int
  var value: @Sendable (ArraySlice<Double>) -> Double
  var first: [Double]
  var total: [Double]
  /// By pair, the first index slowest.
  var second: [Double]

  var testDescription: String { name }

  /// Ishigami & Homma (1990) with a = 7 and b = 0.1, each argument in ±π.
  static let ishigami: TestFunction = {
    let (a, b) = (7.0, 0.1)
    let fourth = pow(Double.pi, 4)
    let alone = [pow(1 + b * fourth / 5, 2) / 2, a * a / 8, 0]
    let pair = 8 * b * b * fourth * fourth / 225
    let variance = alone.reduce(0, +) + pair
    return TestFunction(
      name: "Ishigami", dimensions: 3,
      value: { point in
        let x = point.map { (2 * $0 - 1) * Double.pi }
        return sin(x[0]) + a * pow(sin(x[1]), 2) + b * pow(x[2], 4) * sin(x[0])
      },
      first: alone.map { $0 / variance },
      total: [(alone[0] + pair) / variance, alone[1] / variance, pair / variance],
      second: [0, pair / variance, 0])
  }()

  /// The product of (|4x − 2| + a)/(1 + a): Saltelli & Sobol' (1995).
  static let g: TestFunction = {
    let a = [0, 1, 4.5, 9, 99, 99, 99, 99]
    let alone = a.map { 1 / (3 * (1 + $0) * (1 + $0)) }
    let product = alone.reduce(1) { $0 * (1 + $1) }
    let variance = product - 1
    return TestFunction(
      name: "Sobol' G", dimensions: 8,
      value: { point in
        zip(point, a).reduce(1) { $0 * (abs(4 * $1.0 - 2) + $1.1) / (1 + $1.1) }
      },
      first: alone.map { $0 / variance },
      total: alone.map { $0 * product / (1 + $0) / variance },
      second: a.indices.flatMap { one in
        (one + 1..<a.count).map { alone[one] * alone[$0] / variance }
      })
  }()

  /// The outputs at the points of a design, some of which fail.
  func outputs(
    _ design: Sweep.Design, samples: Int, seed: UInt64, failing part: Double = 0
  ) -> [Double] {
    let sweep = Sweep(
      design: design, samples: samples,
      axes: (0..<dimensions).map {
        SweepAxis(
          path: "x\($0 + 1)", target: .parameter($0), unit: .one,
          form: .distribution(.uniform(low: 0, high: 1)), written: .text(""))
      }, table: nil)
    let points = SweepPoints(sweep, seed: seed)
    let failures = Philox(seed: seed ^ 0xF00D)
    return (0..<points.count).map { point in
      failures.uniform(index: point, dimension: 0, purpose: .randomDesign) < part
        ? .nan : value(points.values(of: point))
    }
  }
}

@Suite("Sobol' indices")
struct SobolIndicesTests {
  /// Each estimate with the exact index that it stands for.
  private func pairs(
    _ indices: SobolIndices, _ function: TestFunction
  ) throws -> [(estimate: SampleEstimate, exact: Double)] {
    try zip(indices.first, function.first).map { (try #require($0), $1) }
      + zip(indices.total, function.total).map { (try #require($0), $1) }
      + zip(indices.second, function.second).map { (try #require($0.estimate), $1) }
  }

  /// 95 % intervals of 20 seeds hold the exact index as often as they say.
  ///
  /// With random rows a share of 95 % is expected; the estimates of one seed depend on each other, so
  /// that the share scatters by up to √(0.05 · 0.95/20) = 5 % around it, and three times that is
  /// allowed. With scrambled rows the estimates are closer than the bootstrap knows.
  @Test(
    "intervals hold the exact indices as often as they say",
    arguments: [TestFunction.ishigami, .g], [0, 0.01, 0.05])
  func coverage(function: TestFunction, failing: Double) throws {
    for sampling in Sweep.BaseSampling.allCases {
      let design = SaltelliDesign(parameters: function.dimensions, secondOrder: true)
      var inside = 0
      var all = 0
      for seed in 0..<20 {
        let outputs = function.outputs(
          .sobolIndices(secondOrder: true, sampling: sampling), samples: 512,
          seed: UInt64(seed), failing: failing)
        let indices = SobolIndices(
          outputs, design: design,
          settings: SensitivitySettings(resamples: 240, seed: UInt64(seed)))
        for (estimate, exact) in try pairs(indices, function) {
          all += 1
          if (estimate.lower...estimate.upper).contains(exact) { inside += 1 }
        }
      }
      let share = Double(inside) / Double(all)
      #expect(share > 0.8, "\(sampling)")
      if sampling == .random { #expect(share < 0.99) }
    }
  }

  @Test("the estimates converge to the exact indices", arguments: [TestFunction.ishigami, .g])
  func convergence(function: TestFunction) throws {
    let design = SaltelliDesign(parameters: function.dimensions, secondOrder: true)
    func error(_ samples: Int) throws -> Double {
      let outputs = function.outputs(
        .sobolIndices(secondOrder: true, sampling: .sobol), samples: samples, seed: 3)
      let indices = SobolIndices(
        outputs, design: design, settings: SensitivitySettings(resamples: 16))
      return try pairs(indices, function).map { abs($0.estimate.value - $0.exact) }.max() ?? .nan
    }
    let errors = try [256, 16384].map(error)
    // Nets of this size converge faster than 1/√n, which would give a factor of 8.
    #expect(errors[1] < errors[0] / 8)
    #expect(errors[1] < 5e-3)
  }

  @Test("a block with a missing point is left out for the indices that need it, and no others")
  func rows() throws {
    let function = TestFunction.ishigami
    var outputs = function.outputs(
      .sobolIndices(secondOrder: true, sampling: .sobol), samples: 64, seed: 1)
    let design = SaltelliDesign(parameters: 3, secondOrder: true)
    outputs[5 * 8 + design.position(of: .ab(1))] = .nan
    outputs[9 * 8 + design.position(of: .a)] = .nan
    outputs[9 * 8 + design.position(of: .ba(2))] = .nan
    outputs[11 * 8 + design.position(of: .ba(0))] = .nan
    let indices = SobolIndices(outputs, design: design, settings: SensitivitySettings())
    #expect(indices.wholeRows == 61)
    #expect(indices.first.map { $0?.rows } == [63, 62, 63])
    #expect(indices.total.map { $0?.rows } == [63, 62, 63])
    #expect(indices.second.map { $0.estimate?.rows } == [61, 62, 62])
    // The same as without those rows at all.
    var shorter = outputs
    for row in [11, 9, 5] { shorter.removeSubrange(row * 8..<(row + 1) * 8) }
    var single = outputs
    single[11 * 8 + design.position(of: .ab(0))] = .nan
    single[5 * 8 + design.position(of: .ab(0))] = .nan
    let one = SobolIndices(single, design: design, settings: SensitivitySettings())
    let other = SobolIndices(shorter, design: design, settings: SensitivitySettings())
    let (first, second) = (try #require(one.total[0]), try #require(other.total[0]))
    #expect(first.rows == 61 && second.rows == 61)
    #expect(abs(first.value - second.value) < 1e-13)
  }

  @Test("too many failures and constant outputs give no index")
  func refused() {
    let function = TestFunction.ishigami
    let design = SaltelliDesign(parameters: 3, secondOrder: false)
    let outputs = function.outputs(
      .sobolIndices(secondOrder: false, sampling: .sobol), samples: 64, seed: 1, failing: 0.3)
    let indices = SobolIndices(outputs, design: design, settings: SensitivitySettings())
    #expect(indices.first.allSatisfy { $0 == nil })
    #expect(SensitivityReport.Indices.sobol(indices).isIncomplete)
    let constant = SobolIndices(
      outputs.map { _ in 0.1 }, design: design, settings: SensitivitySettings())
    #expect(constant.total.allSatisfy { $0 == nil } && constant.deviation == 0)
    #expect(!SensitivityReport.Indices.sobol(constant).isIncomplete)
  }

  @Test("intervals follow from the seed of the bootstrap alone")
  func reproducible() {
    let function = TestFunction.ishigami
    let design = SaltelliDesign(parameters: 3, secondOrder: true)
    let outputs = function.outputs(
      .sobolIndices(secondOrder: true, sampling: .sobol), samples: 64, seed: 1)
    func totals(_ seed: UInt64) -> [SampleEstimate?] {
      SobolIndices(
        outputs, design: design, settings: SensitivitySettings(resamples: 100, seed: seed)
      ).total
    }
    #expect(totals(1) == totals(1))
    #expect(totals(1) != totals(2))
  }
}
