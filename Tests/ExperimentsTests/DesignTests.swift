import Foundation
import Testing
import Units

@testable import Experiments

@Suite("Designs")
struct DesignTests {
  @Test("the first points of the Sobol' sequence are those of Joe and Kuo")
  func firstSobolPoints() {
    let sequence = SobolSequence(dimensions: 3)
    let points = (0..<5).map { point in
      (0..<3).map { sequence.coordinate(point: point, dimension: $0) }
    }
    #expect(
      points == [
        [0, 0, 0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75],
        [0.375, 0.375, 0.625],
      ])
  }

  @Test("every dimension of the Sobol' sequence is stratified, shifted or not")
  func sobolIsStratified() {
    let dimensions = SobolDirections.dimensionLimit
    for sequence in [
      SobolSequence(dimensions: dimensions), SobolSequence(dimensions: dimensions, seed: 5),
    ] {
      for dimension in 0..<dimensions {
        for power in [1, 4, 9] {
          let count = 1 << power
          let cells = Set(
            (0..<count).map {
              Int(sequence.coordinate(point: $0, dimension: dimension) * Double(count))
            })
          #expect(cells.count == count, "dimension \(dimension), \(count) points")
        }
      }
    }
  }

  /// Values of scipy.stats.qmc.Sobol 1.17.1, which reads the same table.
  @Test("far dimensions of the Sobol' sequence agree with another library")
  func farDimensions() {
    let sequence = SobolSequence(dimensions: SobolDirections.dimensionLimit)
    #expect(SobolDirections.dimensionLimit == 256)
    #expect(sequence.coordinate(point: 1000, dimension: 37) == 0.8310546875)
    #expect(sequence.coordinate(point: 1000, dimension: 100) == 0.7685546875)
    #expect(sequence.coordinate(point: 777, dimension: 255) == 0.6357421875)
    #expect(sequence.coordinate(point: 1023, dimension: 180) == 0.7080078125)
    #expect(sequence.coordinate(point: 513, dimension: 254) == 0.4013671875)
  }

  /// A smooth function is integrated with an error that falls like n^−3/2 or so; without
  /// scrambling's uniform points the mean over seeds would be off.
  @Test("scrambled points are uniform over seeds, and better than random ones")
  func scrambling() {
    func integral(_ seed: UInt64, _ count: Int) -> Double {
      let sequence = SobolSequence(dimensions: 4, seed: seed)
      let sum = (0..<count).reduce(0.0) { sum, point in
        sum + (0..<4).reduce(1.0) { $0 * 2 * sequence.coordinate(point: point, dimension: $1) }
      }
      return sum / Double(count)
    }
    let errors = (0..<50).map { integral(UInt64($0), 1024) - 1 }
    let (mean, deviation) = moments(errors)
    // Random points would have √((4/3)⁴ − 1)/32 = 0.046; two of them in a thousand are this good.
    #expect(deviation < 0.003)
    #expect(abs(mean) < 4 * deviation / 50.squareRoot())
    // A single point is anywhere: its mean over seeds is a half, within four standard errors.
    let first = (0..<400).map {
      SobolSequence(dimensions: 2, seed: UInt64($0)).coordinate(point: 7, dimension: 1)
    }
    #expect(abs(moments(first).mean - 0.5) < 4 / (12 * 400.0).squareRoot())
  }

  /// The pairs of the first dimensions are (0, m, 2)-nets: each elementary box of area 2^−m holds
  /// one of 2^m points.
  @Test("pairs of Sobol' dimensions fill elementary boxes", arguments: [(0, 1), (0, 2)])
  func sobolPairs(pair: (Int, Int)) {
    let power = 8
    let quality = pair == (0, 1) ? 0 : 1
    for sequence in [SobolSequence(dimensions: 4)]
      + (0..<20).map({
        SobolSequence(dimensions: 4, seed: $0)
      })
    {
      for split in 0...(power - quality) {
        let columns = 1 << split
        let rows = 1 << (power - quality - split)
        var counts = Array(repeating: 0, count: columns * rows)
        for point in 0..<(1 << power) {
          let x = Int(sequence.coordinate(point: point, dimension: pair.0) * Double(columns))
          let y = Int(sequence.coordinate(point: point, dimension: pair.1) * Double(rows))
          counts[y * columns + x] += 1
        }
        #expect(counts.allSatisfy { $0 == 1 << quality }, "\(columns) by \(rows)")
      }
    }
  }

  @Test("a Latin hypercube has one point in every interval of every dimension")
  func latinHypercube() {
    for generator in LatinHypercube.Generator.allCases {
      let cube = LatinHypercube(
        count: 97, dimensions: 3, seed: 11, placement: .random, generator: generator)
      for dimension in 0..<3 {
        let cells = Set((0..<97).map { Int(cube.coordinate(point: $0, dimension: dimension) * 97) })
        #expect(cells.count == 97)
      }
    }
  }

  /// The first permuted cells of `params.h`: seed 1000, 10,000 points, computed with the C code.
  @Test("SplitMix64 with centred cells draws the published benchmark sets")
  func benchmarkSets() {
    let cube = LatinHypercube(
      count: 10_000, dimensions: 6, seed: 1000, placement: .centred, generator: .splitmix64)
    let first = (0..<6).map { cube.coordinate(point: 0, dimension: $0) }
    #expect(first == [0.76275, 0.53525, 0.77065, 0.41365, 0.61525, 0.24045])
    let last = (0..<6).map { cube.coordinate(point: 9_999, dimension: $0) }
    #expect(last == [0.07765, 0.28365, 0.42855, 0.18645, 0.84545, 0.82595])
  }

  @Test("a grid counts like digits, the last axis fastest")
  func grid() {
    let sweep = makeSweep(.grid, forms: [.values([1, 2]), .values([10, 20, 30])], samples: 6)
    let points = SweepPoints(sweep, seed: 0)
    #expect(points.count == 6)
    #expect(points.shape == [2, 3])
    #expect(
      (0..<6).map { Array(points.values(of: $0)) } == [
        [1, 10], [1, 20], [1, 30], [2, 10], [2, 20], [2, 30],
      ])
  }

  @Test("a random design follows its distribution", arguments: [1 as UInt64, 2, 3])
  func distributions(seed: UInt64) {
    let forms: [SweepAxis.Form] = [
      .distribution(.uniform(low: 2, high: 4)), .distribution(.normal(mean: 1, deviation: 2)),
      .distribution(.logNormal(median: 3, deviation: 0.5)),
      .distribution(.logUniform(low: 1, high: 100)),
    ]
    let count = 20_000
    let points = SweepPoints(makeSweep(.random, forms: forms, samples: count), seed: seed)
    func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
    // Five standard errors of the mean: false alarms below 1e-6 for each.
    let error = 5 / Double(count).squareRoot()
    #expect(abs(mean(points.values(onAxis: 0)) - 3) < error * 2 / 12.squareRoot())
    #expect(abs(mean(points.values(onAxis: 1)) - 1) < error * 2)
    #expect(abs(mean(points.values(onAxis: 2).map { log($0) }) - log(3)) < error * 0.5)
    #expect(abs(mean(points.values(onAxis: 3).map { log10($0) }) - 1) < error * 2 / 12.squareRoot())
  }

  /// Reference values of the standard normal quantile: Wichura (1988), table of test values.
  @Test("the normal quantile agrees with published values")
  func quantile() {
    // The published values have 16 digits; each is met to 4 units in the last place.
    #expect(abs(normalQuantile(0.25) - -0.6744897501960817) < 5e-16)
    #expect(abs(normalQuantile(0.001) - -3.090232306167814) < 2e-15)
    #expect(abs(normalQuantile(1e-20) - -9.262340089798408) < 8e-15)
    #expect(normalQuantile(0.5) == 0)
  }

  private func makeSweep(
    _ design: Sweep.Design, forms: [SweepAxis.Form], samples: Int
  ) -> Sweep {
    Sweep(
      design: design, samples: samples,
      axes: forms.enumerated().map {
        SweepAxis(
          path: "p\($0)", target: .parameter($0), unit: .one, form: $1, written: .text(""))
      }, table: nil)
  }
}
