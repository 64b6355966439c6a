import Networks
import Testing

@Suite("Statistics of pauses")
struct PauseStatisticsTests {
  @Test("a pause is the time to the next spike less the mean interval before")
  func pauses() {
    var statistics = PauseStatistics(cellCount: 5, moment: 4, window: 1..<8)
    statistics.add(
      TestTrains.train([
        // Intervals of 1 and 1.5 s within the window, and the next spike 2 s after the moment.
        (0, 0.5), (0, 1), (0, 2), (0, 3.5), (0, 6), (0, 6.5),
        // The spike at the moment ends the pause.
        (1, 2), (1, 3), (1, 4), (1, 5),
        // Still waits at the end of the window.
        (2, 2), (2, 3), (2, 8),
        // Too few spikes before.
        (3, 3), (3, 5),
      ]))
    let result = statistics.finish()
    #expect(result.pauses[0] == 0.75)
    #expect(result.pauses[1] == -1)
    #expect(result.pauses.count { $0.isNaN } == 3)
    #expect(result.latencies[3] == 1)
    #expect(result.meanIntervals[2] == 1)
    #expect(result.meanPause == -0.125)
    #expect(result.pausedCellCount == 2)
    #expect(result.waitingCellCount == 1)
  }

  @Test("Poisson processes that heed nothing do not pause")
  func poisson() {
    let cells = 2000
    var statistics = PauseStatistics(cellCount: cells, moment: 5, window: 0..<20)
    statistics.add(TestTrains.poisson(cells: cells, rate: 10, until: 20, seed: 51))
    let result = statistics.finish()
    #expect(result.pausedCellCount == cells)
    // A latency varies by 0.1 s, a mean of 50 intervals by 0.1/√50 s; the mean interval of the n
    // spikes before a fixed time is too short by at most 1/n of itself, and n is about 50.
    let deviation = 0.1 * (1.02 / Double(cells)).squareRoot()
    #expect(abs(result.meanPause) < 5 * deviation + 0.1 / 50)
  }

  @Test("portions do not change a bit")
  func portions() {
    let train = TestTrains.poisson(cells: 20, rate: 10, until: 10, seed: 52)
    var whole = PauseStatistics(cellCount: 20, moment: 5, window: 1..<9)
    var parts = whole
    whole.add(train)
    for portion in TestTrains.portions(of: train) { parts.add(portion) }
    #expect(whole.finish().pausedCellCount == 20)
    #expect(whole.finish().pauses == parts.finish().pauses)
  }
}
