import Testing

@testable import Networks

@Suite("Spike statistics")
struct SpikeStatisticsTests {
  private func train(_ spikes: [(Int, Double)]) -> SpikeTrain {
    var train = SpikeTrain()
    for (cell, time) in spikes { train.append(cell: UInt32(cell), time: time) }
    return train
  }

  /// Cell 0: a burst of 4 (10 ms apart), then single spikes; cell 1: a clock of 10 Hz; cell 2:
  /// nothing; cell 3: two bursts of 3, and a pair that is none.
  private var mixture: [(Int, Double)] {
    var spikes: [(Int, Double)] = []
    spikes += [0.100, 0.110, 0.120, 0.130, 0.300, 0.600].map { (0, $0) }
    spikes += (0..<10).map { (1, 0.05 + 0.1 * Double($0)) }
    spikes += [0.2, 0.215, 0.260, 0.5, 0.51, 0.52, 0.8, 0.81].map { (3, $0) }
    return spikes.sorted { $0.1 < $1.1 }
  }

  private func statistics(_ pieces: [[(Int, Double)]]) -> BurstStatistics {
    var statistics = BurstStatistics(cellCount: 4, window: 0..<1, criterion: .threeSpikes)
    for piece in pieces { statistics.add(train(piece)) }
    return statistics
  }

  @Test("bursts are those of the criterion, to the spike")
  func bursts() {
    let cells = statistics([mixture]).finished
    #expect(cells.map(\.spikes) == [6, 10, 0, 8])
    #expect(cells.map(\.bursts) == [1, 0, 0, 2])
    #expect(cells.map(\.burstSpikes) == [4, 0, 0, 6])
    #expect(abs(cells[0].burstDuration - 0.03) < 1e-12)
    #expect(abs(cells[3].burstDuration - (0.06 + 0.02)) < 1e-12)
    #expect(
      cells.map { $0.pattern(duration: 1) } == [.bursting, .tonic, .silent, .bursting])
  }

  @Test("how spikes are cut into chunks makes no difference")
  func chunks() {
    let whole = statistics([mixture]).finished
    for size in 1...mixture.count {
      let pieces = stride(from: 0, to: mixture.count, by: size).map {
        Array(mixture[$0..<min($0 + size, mixture.count)])
      }
      #expect(statistics(pieces).finished == whole)
    }
  }

  @Test("spikes outside the window do not count, and a burst at its end does")
  func window() {
    var statistics = BurstStatistics(cellCount: 4, window: 0.105..<0.515, criterion: .threeSpikes)
    statistics.add(train(mixture))
    let cells = statistics.finished
    #expect(cells[0].burstSpikes == 3 && cells[0].spikes == 4)
    #expect(cells[3].bursts == 1 && cells[3].spikes == 5)
  }

  @Test("the criterion in vivo takes pairs and longer intervals")
  func inVivo() {
    var statistics = BurstStatistics(cellCount: 4, window: 0..<1, criterion: .inVivo)
    statistics.add(train(mixture))
    #expect(statistics.finished[3].bursts == 3)
  }

  @Test("a clock has no variation of intervals, and two alternating ones have theirs")
  func intervals() {
    var clock = IntervalStatistics(cellCount: 1, window: 0..<10)
    clock.add(train((0..<100).map { (0, 0.1 * Double($0)) }))
    #expect(clock.coefficientOfVariation < 1e-12)
    var alternating = IntervalStatistics(cellCount: 2, window: 0..<10)
    // Intervals of 1 and 3: mean 2, deviation 1.
    var time = 0.0
    var spikes = [(0, 0.0)]
    for index in 0..<8 {
      time += index % 2 == 0 ? 0.1 : 0.3
      spikes.append((0, time))
    }
    alternating.add(train(spikes))
    #expect(abs(alternating.coefficientOfVariation - 0.5) < 1e-9)
    #expect(IntervalStatistics(cellCount: 3, window: 0..<1).coefficientOfVariation.isNaN)
  }
}
