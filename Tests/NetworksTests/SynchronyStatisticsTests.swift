import Testing

@testable import Networks

/// Statistical tests draw once from a fixed seed; their bounds, at five standard deviations, would
/// fail one honest generator in a million.
@Suite("Statistics of synchrony")
struct SynchronyStatisticsTests {
  static func synchrony(
    _ train: SpikeTrain, cells: Int, window: Range<Double>, binWidth: Double
  ) -> SynchronyStatistics.Result {
    var statistics = SynchronyStatistics(cellCount: cells, window: window, binWidth: binWidth)
    statistics.add(train)
    return statistics.finish()
  }

  @Test("identical trains have a correlation of one")
  func identical() {
    let one = TestTrains.poisson(cells: 1, rate: 10, until: 50, seed: 21)
    let train = TestTrains.train(one.times.flatMap { time in (0..<20).map { ($0, time) } })
    let result = Self.synchrony(train, cells: 20, window: 0..<50, binWidth: 0.01)
    // Some roundings of sums of twenty terms.
    #expect(abs(result.meanCorrelation - 1) < 1e-12)
    #expect(result.binCount == 5000)
  }

  @Test("independent trains have none")
  func independent() {
    let train = TestTrains.poisson(cells: 40, rate: 10, until: 100, seed: 22)
    let result = Self.synchrony(train, cells: 40, window: 0..<100, binWidth: 0.01)
    let pairs = 40.0 * 39 / 2
    #expect(abs(result.meanCorrelation) < 5 / (1e4 * pairs).squareRoot())
    // The variance of n Poisson counts has the relative variance (2 + 1/mean)/n; the mean is 4.
    #expect(abs(result.populationFanoFactor - 1) < 5 * (2.25 / 1e4).squareRoot())
  }

  @Test("the decomposition of the variance equals the sum over pairs")
  func pairs() {
    // Rates of the cells differ, and a third of the spikes is shared.
    let shared = TestTrains.poisson(cells: 1, rate: 4, until: 30, seed: 23).times
    var spikes: [(cell: Int, time: Double)] = []
    for cell in 0..<6 {
      let own = TestTrains.poisson(
        cells: 1, rate: Double(4 + 3 * cell), until: 30, seed: 30 + UInt64(cell))
      spikes += (own.times + shared).map { (cell, $0) }
    }
    let train = TestTrains.train(spikes)
    let binCount = 600
    var counts = Array(repeating: Array(repeating: 0.0, count: binCount), count: 6)
    for (cell, time) in zip(train.cells, train.times) { counts[Int(cell)][Int(time / 0.05)] += 1 }
    func covariance(_ a: [Double], _ b: [Double]) -> Double {
      let (meanA, meanB) = (a.reduce(0, +) / 600, b.reduce(0, +) / 600)
      return zip(a, b).reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) } / 600
    }
    var (above, below) = (0.0, 0.0)
    for i in 0..<6 {
      for j in 0..<6 where j != i {
        above += covariance(counts[i], counts[j])
        below += (covariance(counts[i], counts[i]) * covariance(counts[j], counts[j])).squareRoot()
      }
    }
    let result = Self.synchrony(train, cells: 6, window: 0..<30, binWidth: 0.05)
    #expect(above / below > 0.1)
    // Means over 600 bins and sums over 30 pairs round.
    #expect(abs(result.meanCorrelation - above / below) < 1e-12)
  }

  @Test("alternating cells have a correlation of minus one")
  func alternating() {
    let train = TestTrains.train((0..<100).map { ($0 % 2, Double($0) + 0.5) })
    let result = Self.synchrony(train, cells: 2, window: 0..<100, binWidth: 1)
    #expect(result.meanCorrelation == -1)
    #expect(result.populationFanoFactor == 0)
  }

  @Test("silence and constant counts leave the correlation open")
  func open() {
    let silent = Self.synchrony(SpikeTrain(), cells: 3, window: 0..<1, binWidth: 0.1)
    #expect(silent.meanCorrelation.isNaN)
    #expect(silent.populationFanoFactor.isNaN)
    let constant = TestTrains.train((0..<20).map { ($0 % 2, Double($0 / 2) + 0.5) })
    let result = Self.synchrony(constant, cells: 2, window: 0..<10, binWidth: 1)
    #expect(result.meanCorrelation.isNaN)
  }

  @Test("portions, and the order of cells within a bin's width, do not change a bit")
  func portions() {
    let train = TestTrains.poisson(cells: 9, rate: 40, until: 20, seed: 24)
    let whole = Self.synchrony(train, cells: 9, window: 1..<19, binWidth: 0.01)
    var parts = SynchronyStatistics(cellCount: 9, window: 1..<19, binWidth: 0.01)
    for portion in TestTrains.portions(of: train) { parts.add(portion) }
    #expect(whole == parts.finish())
    // As a run with a step of 10 ms gives them: by step, within it by cell.
    let order = (0..<train.count).sorted {
      (Int(train.times[$0] / 0.01), train.cells[$0], train.times[$0])
        < (Int(train.times[$1] / 0.01), train.cells[$1], train.times[$1])
    }
    var stepwise = SpikeTrain()
    for index in order { stepwise.append(cell: train.cells[index], time: train.times[index]) }
    #expect(stepwise.times != train.times)
    #expect(whole == Self.synchrony(stepwise, cells: 9, window: 1..<19, binWidth: 0.01))
  }

  @Test("the ends of steps are shared out evenly among bins, whatever they round to")
  func evenBins() {
    let train = TestTrains.train(at: (0..<10000).map { Double($0) * 1e-4 })
    var rate = PopulationRate(cellCount: 2, window: 0..<1, binWidth: 1e-3)
    for portion in TestTrains.portions(of: train) { rate.add(portion) }
    let result = rate.finish()
    #expect(result.counts == Array(repeating: 10, count: 1000))
    // 10 spikes of 2 cells in 1 ms; two roundings.
    #expect(abs(result.rates[7] - 5000) < 1e-11)
    #expect(result.times[500] == 0.5)
  }

  @Test("what no whole bin fills belongs to none")
  func remainder() {
    var rate = PopulationRate(cellCount: 1, window: 1..<2, binWidth: 0.3)
    rate.add(TestTrains.train(at: [0.99, 1, 1.29, 1.35, 1.89, 1.95, 2]))
    #expect(rate.finish().counts == [2, 1, 1])
  }
}
