import Programs
import Testing

@testable import Networks

@Suite("The distribution of intervals")
struct IntervalDistributionTests {
  @Test("has every interval at its length in steps")
  func lengths() {
    var distribution = IntervalDistribution(cellCount: 2, window: 0..<1000, timeStep: 0.0625)
    // Of cell 0: 2, 1, 20 and 2 steps; of cell 1: 8.
    distribution.add(
      TestTrains.train(
        [0, 0.125, 0.1875, 1.4375, 1.5625].map { (0, $0) } + [(1, 2), (1, 2.5)]))
    let result = distribution.finish()
    #expect(result.lengths.map(\.steps) == [1, 2, 8, 20])
    #expect(result.lengths.map(\.count) == [1, 2, 1, 1])
    #expect(result.intervalCount == 5)
    #expect(result.mean == 0.0625 * 33 / 5)
    #expect(result.percentile(0.2) == 0.0625)
    #expect(result.percentile(0.21) == 0.125)
    #expect(result.percentile(0.5) == 0.125)
    #expect(result.percentile(0.95) == 1.25)
  }

  @Test("has the mean of the two middle intervals as the median of an even number")
  func median() {
    var distribution = IntervalDistribution(cellCount: 1, window: 0..<1000, timeStep: 0.5)
    distribution.add(TestTrains.train([0, 1, 3, 6, 16].map { (0, $0) }))
    #expect(distribution.finish().median == 2.5)
    distribution.add(TestTrains.train([(0, 36)]))
    #expect(distribution.finish().median == 3)
  }

  @Test("is none without intervals")
  func none() {
    var distribution = IntervalDistribution(cellCount: 1, window: 0..<1, timeStep: 0.1)
    distribution.add(TestTrains.train([(0, 0.5)]))
    #expect(distribution.finish().mean.isNaN && distribution.finish().percentile(0.5).isNaN)
  }

  @Test("of a Poisson process is exponential")
  func exponential() {
    let train = TestTrains.poisson(cells: 20, rate: 10, until: 100, seed: 41)
    var distribution = IntervalDistribution(cellCount: 20, window: 0..<100, timeStep: 1e-4)
    distribution.add(train)
    let result = distribution.finish()
    let total = Double(result.intervalCount)
    #expect(result.intervalCount == train.count - 20)
    for part in [0.05, 0.25, 0.5, 0.75, 0.95] {
      // Six standard deviations of the fraction of intervals below a quantile: four false alarms in a
      // billion.
      let found = 1 - ElementaryFunctions.evaluate(.exp, -10 * result.percentile(part))
      #expect(abs(found - part) < 6 * (part * (1 - part) / total).squareRoot() + 1e-3)
    }
    #expect(abs(result.mean - 0.1) < 6 * 0.1 / total.squareRoot())
  }

  @Test("does not depend on portions, and a window cuts intervals")
  func portions() {
    let train = TestTrains.poisson(cells: 5, rate: 30, until: 20, seed: 42)
    var whole = IntervalDistribution(cellCount: 5, window: 1..<19, timeStep: 1e-4)
    var parts = whole
    whole.add(train)
    for portion in TestTrains.portions(of: train) { parts.add(portion) }
    #expect(whole.finish().lengths.elementsEqual(parts.finish().lengths, by: ==))
    let spikeCount = train.times.count { (1..<19).contains($0) }
    #expect(whole.finish().intervalCount == spikeCount - 5)
  }
}
