import Programs
import Testing

@testable import Networks

@Suite("Statistics of intervals by length")
struct IntervalHistogramStatisticsTests {
  @Test("intervals fall into the bins that hold them")
  func bins() {
    var histogram = IntervalHistogram(
      cellCount: 2, window: 0..<1000, least: 0.125, decades: 2, binsPerDecade: 2)
    // Of cell 0: 0.125, an edge; 0.0625, shorter; 1.25, an edge; 3; 12; 12.5, the end; of 1: 0.5.
    histogram.add(
      TestTrains.train(
        [0, 0.125, 0.1875, 1.4375, 4.4375, 16.4375, 28.9375].map { (0, $0) } + [(1, 2), (1, 2.5)]))
    let result = histogram.finish()
    for (edge, expected) in zip(result.edges, [0.125, 0.395285, 1.25, 3.95285, 12.5]) {
      #expect(abs(edge / expected - 1) < 1e-6)
    }
    #expect(result.counts == [1, 1, 2, 1])
    #expect(result.shorterCount == 1)
    #expect(result.longerCount == 1)
    #expect(result.intervalCount == 7)
    #expect(result.fractions[2] == 2.0 / 7)
  }

  @Test("intervals of a Poisson process are exponential")
  func exponential() {
    let train = TestTrains.poisson(cells: 20, rate: 10, until: 100, seed: 41)
    var histogram = IntervalHistogram(cellCount: 20, window: 0..<100)
    histogram.add(train)
    let result = histogram.finish()
    let total = Double(result.intervalCount)
    #expect(result.intervalCount == train.count - 20)
    for (bin, count) in result.counts.enumerated() {
      let expected =
        ElementaryFunctions.evaluate(.exp, -10 * result.edges[bin])
        - ElementaryFunctions.evaluate(.exp, -10 * result.edges[bin + 1])
      // Six standard deviations of a binomial count and three counts for its skew: below one in a
      // million over the forty bins.
      let bound = 6 * (total * expected).squareRoot() + 3
      #expect(abs(Double(count) - total * expected) < bound, "bin \(bin)")
    }
  }

  @Test("portions do not change a count, and a window cuts intervals")
  func portions() {
    let train = TestTrains.poisson(cells: 5, rate: 30, until: 20, seed: 42)
    var whole = IntervalHistogram(cellCount: 5, window: 1..<19)
    var parts = whole
    whole.add(train)
    for portion in TestTrains.portions(of: train) { parts.add(portion) }
    #expect(whole.finish() == parts.finish())
    let spikeCount = train.times.count { (1..<19).contains($0) }
    #expect(whole.finish().intervalCount == spikeCount - 5)
  }
}
