import Networks
import Testing

@Suite("Statistics of bursts")
struct BurstStatisticsTests {
  /// A burst of four spikes with intervals of 10, 30 and 50 ms, a single spike, and a burst of two.
  static let times = [0.1, 0.11, 0.14, 0.19, 0.5, 0.8, 0.82]

  static func statistics(
    _ times: [Double], _ criterion: BurstCriterion, window: Range<Double> = 0..<2
  ) -> BurstStatistics {
    var statistics = BurstStatistics(cellCount: 2, window: window, criterion: criterion)
    statistics.add(TestTrains.train(at: times))
    return statistics
  }

  @Test("a train made by hand has the numbers counted by hand")
  func numbers() {
    let result = Self.statistics(Self.times, .habenulaInVivo).finish()
    #expect(result.cells.map(\.burstCount) == [2, 0])
    #expect(result.cells.map(\.burstSpikeCount) == [6, 0])
    #expect(result.burstRate == 0.5)
    #expect(result.burstFraction == 6.0 / 7)
    #expect(result.spikesPerBurst == 3)
    // 4 intervals of 110 ms in all, first ones of 10 and 20 ms; differences of times round.
    #expect(abs(result.frequencyWithin - 4 / 0.11) < 1e-11)
    #expect(abs(result.frequencyAtStart - 2 / 0.03) < 1e-11)
    #expect(abs(result.burstDuration - 0.055) < 1e-15)
  }

  @Test("intervals that equal a limit are within it, and short bursts do not count")
  func limits() {
    let result = Self.statistics(Self.times, .modelCells).finish()
    #expect(result.burstCount == 1)
    #expect(result.burstSpikeCount == 4)
    let beyond = Self.statistics([0.1, 0.11, 0.14, 0.1901], .modelCells).finish()
    #expect(beyond.burstSpikeCount == 3)
    let slowStart = Self.statistics([0.1, 0.13, 0.15, 0.17], .modelCells).finish()
    #expect(slowStart.burstSpikeCount == 3)
  }

  @Test("a new burst may start with the interval at which none goes on")
  func neighbours() {
    let criterion = BurstCriterion(startInterval: 0.02, continueInterval: 0.02, leastSpikes: 2)
    let result = Self.statistics([0, 0.01, 0.04, 0.05, 0.06], criterion).finish()
    #expect(result.burstCount == 2)
    #expect(result.burstSpikeCount == 5)
  }

  @Test("a burst that an edge of the window cuts counts with what lies within")
  func edges() {
    let times = [0.98, 0.99, 1.0, 1.01, 1.02]
    let before = Self.statistics(times, .modelCells, window: 0..<1).finish()
    #expect(before.burstCount == 0)
    #expect(before.spikeCount == 2)
    let behind = Self.statistics(times, .modelCells, window: 1..<2).finish()
    #expect(behind.burstCount == 1)
    #expect(behind.burstSpikeCount == 3)
  }

  @Test("looking at a burst that is going on does not end it")
  func goingOn() {
    var statistics = Self.statistics([0.1, 0.11], .habenulaInVivo)
    #expect(statistics.finish().burstSpikeCount == 2)
    statistics.add(TestTrains.train(at: [0.15, 0.2]))
    #expect(statistics.finish().burstCount == 1)
    #expect(statistics.finish().burstSpikeCount == 4)
  }

  @Test("cells are silent, tonic or bursting")
  func modes() {
    var statistics = BurstStatistics(cellCount: 4, window: 0..<10, criterion: .habenulaInVivo)
    // Cell 1 is regular, cell 2 has half of its spikes in a burst, cell 3 one in three.
    statistics.add(
      TestTrains.train([
        (1, 1), (1, 2), (1, 3),
        (2, 1), (2, 1.01), (2, 3), (2, 4),
        (3, 1), (3, 1.01), (3, 3), (3, 4), (3, 5), (3, 6),
      ]))
    let result = statistics.finish()
    #expect(result.modes().cells == [.silent, .tonic, .bursting, .tonic])
    #expect(result.modes(burstFraction: 0.3).count(of: .bursting) == 2)
    #expect(result.modes(leastSpikes: 4).fraction(of: .silent) == 0.5)
    #expect(result.modes(mostSpikesPerBurst: 1).cells[2] == .tonic)
    // Without a burst no cell is bursting, whatever the fraction.
    #expect(result.modes(burstFraction: 0).cells[1] == .tonic)
  }

  @Test("portions do not change a bit")
  func portions() {
    let train = TestTrains.poisson(cells: 5, rate: 30, until: 20, seed: 5)
    var whole = BurstStatistics(cellCount: 5, window: 1..<19, criterion: .modelCells)
    var parts = whole
    whole.add(train)
    for portion in TestTrains.portions(of: train) { parts.add(portion) }
    #expect(whole.finish().burstCount > 50)
    #expect(whole.finish().cells == parts.finish().cells)
  }

  @Test("a population without spikes has no bursts and open means")
  func empty() {
    let result = Self.statistics([], .modelCells).finish()
    #expect(result.burstRate == 0)
    #expect(result.spikesPerBurst.isNaN)
    #expect(result.frequencyWithin.isNaN)
  }
}
