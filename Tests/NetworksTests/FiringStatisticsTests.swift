import Networks
import Testing

/// Statistical tests draw once from a fixed seed; their bounds, at five standard deviations, would
/// fail one honest generator in a million.
@Suite("Statistics of firing")
struct FiringStatisticsTests {
  @Test("a Poisson process has its rate, and a CV and an LV of one")
  func poisson() {
    let rate = 20.0
    let end = 5000.0
    var statistics = FiringStatistics(cellCount: 1, window: 0..<end)
    statistics.add(TestTrains.poisson(cells: 1, rate: rate, until: end, seed: 11))
    let result = statistics.finish()
    let count = rate * end
    #expect(abs(result.meanRate / rate - 1) < 5 / count.squareRoot())
    // The relative variance of the CV of n exponential intervals is 1/n, its bias of order 1/n.
    #expect(abs(result.meanIntervalCV - 1) < 5 / count.squareRoot())
    // A term has the variance 4/5; terms two apart are independent, so the sum at most three times.
    #expect(abs(result.meanLocalVariation - 1) < 5 * (2.4 / count).squareRoot())
  }

  @Test("a clock has a CV and an LV of zero")
  func clock() {
    // Sixteenths are exact.
    var statistics = FiringStatistics(cellCount: 2, window: 0..<10)
    statistics.add(TestTrains.train(of: 1, at: (0..<160).map { Double($0) / 16 }))
    let result = statistics.finish()
    #expect(result.counts == [0, 160])
    #expect(result.rates == [0, 16])
    #expect(result.meanRate == 8)
    #expect(result.activeCellCount == 1)
    #expect(result.intervalCVs[0].isNaN)
    #expect(result.meanIntervalCV == 0)
    #expect(result.meanLocalVariation == 0)
  }

  @Test("intervals of 1, 2 and 3 s have the CV and the LV of the formulas")
  func formulas() {
    var statistics = FiringStatistics(cellCount: 1, window: 0..<10)
    statistics.add(TestTrains.train(at: [0, 1, 3, 6]))
    let result = statistics.finish()
    // √(2/3)/2 and 3/2·(1/9 + 1/25), to a few roundings.
    #expect(abs(result.meanIntervalCV - (2.0 / 3).squareRoot() / 2) < 1e-15)
    #expect(abs(result.meanLocalVariation - 1.5 * (1.0 / 9 + 1.0 / 25)) < 1e-15)
  }

  @Test("a window takes its beginning and leaves its end")
  func window() {
    var statistics = FiringStatistics(cellCount: 1, window: 1..<3)
    statistics.add(TestTrains.train(at: [0.5, 1, 1.5, 2.5, 3, 3.5]))
    #expect(statistics.finish().counts == [3])
    #expect(statistics.finish().meanRate == 1.5)
  }

  @Test("cells with too few intervals have no CV")
  func leastIntervals() {
    var statistics = FiringStatistics(cellCount: 3, window: 0..<10)
    statistics.add(TestTrains.train([(0, 1), (0, 2), (1, 1), (1, 2), (1, 4), (2, 3)]))
    #expect(statistics.finish().variedCellCount == 1)
    #expect(statistics.finish(leastIntervals: 3).variedCellCount == 0)
    #expect(statistics.finish(leastIntervals: 3).meanIntervalCV.isNaN)
  }

  @Test("portions do not change a bit")
  func portions() {
    let train = TestTrains.poisson(cells: 7, rate: 30, until: 20, seed: 3)
    var whole = FiringStatistics(cellCount: 7, window: 1..<19)
    whole.add(train)
    var parts = FiringStatistics(cellCount: 7, window: 1..<19)
    for portion in TestTrains.portions(of: train) { parts.add(portion) }
    #expect(whole.finish().counts == parts.finish().counts)
    #expect(whole.finish().intervalCVs == parts.finish().intervalCVs)
    #expect(whole.finish().localVariations == parts.finish().localVariations)
  }
}
