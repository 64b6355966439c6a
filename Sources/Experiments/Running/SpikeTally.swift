import Networks

/// The reductions of a run's spikes, kept up to date while it goes on.
struct SpikeTally {
  private enum Statistics {
    case counts([Int])
    case intervals(IntervalStatistics)
    case bursts(BurstStatistics)
  }

  private let reductions: [PopulationReduction]
  private var statistics: [Statistics]

  init(_ reductions: [PopulationReduction], cellCounts: [Int]) {
    self.reductions = reductions
    statistics = reductions.map { reduction in
      let count = cellCounts[reduction.population]
      let window = reduction.from..<reduction.to
      switch reduction.kind {
      case .rate, .count, .active: return .counts(Array(repeating: 0, count: count))
      case .intervalVariation:
        return .intervals(IntervalStatistics(cellCount: count, window: window))
      case .silent, .tonic, .bursting, .burstRate, .burstFraction, .spikesPerBurst,
        .intraBurstRate:
        return .bursts(
          BurstStatistics(cellCount: count, window: window, criterion: .threeSpikes))
      }
    }
  }

  /// Takes the next spikes of a population.
  mutating func add(_ train: SpikeTrain, of population: Int) {
    for (index, reduction) in reductions.enumerated() where reduction.population == population {
      switch statistics[index] {
      case .counts(var counts):
        statistics[index] = .counts([])
        for (cell, time) in zip(train.cells, train.times)
        where time >= reduction.from && time < reduction.to {
          counts[Int(cell)] += 1
        }
        statistics[index] = .counts(counts)
      case .intervals(var intervals):
        statistics[index] = .counts([])
        intervals.add(train)
        statistics[index] = .intervals(intervals)
      case .bursts(var bursts):
        statistics[index] = .counts([])
        bursts.add(train)
        statistics[index] = .bursts(bursts)
      }
    }
  }

  /// The reductions in SI units, in their order.
  var values: [Double] {
    zip(reductions, statistics).map { reduction, statistics in
      switch statistics {
      case .counts(let counts): Self.value(of: reduction, counts)
      case .intervals(let intervals): intervals.coefficientOfVariation
      case .bursts(let bursts): Self.value(of: reduction, bursts)
      }
    }
  }

  private static func value(of reduction: PopulationReduction, _ counts: [Int]) -> Double {
    let cells = Double(counts.count)
    let total = Double(counts.reduce(0, +))
    switch reduction.kind {
    case .rate: return total / cells / (reduction.to - reduction.from)
    case .active: return Double(counts.count { $0 > 0 }) / cells
    default: return total
    }
  }

  private static func value(
    of reduction: PopulationReduction, _ statistics: BurstStatistics
  ) -> Double {
    let cells = statistics.finished
    let duration = statistics.duration
    func fraction(_ pattern: BurstStatistics.Cell.Pattern) -> Double {
      Double(cells.count { $0.pattern(duration: duration) == pattern }) / Double(cells.count)
    }
    let spikes = Double(cells.reduce(0) { $0 + $1.spikes })
    let bursts = Double(cells.reduce(0) { $0 + $1.bursts })
    let burstSpikes = Double(cells.reduce(0) { $0 + $1.burstSpikes })
    switch reduction.kind {
    case .silent: return fraction(.silent)
    case .tonic: return fraction(.tonic)
    case .bursting: return fraction(.bursting)
    case .burstRate: return bursts / Double(cells.count) / duration
    case .burstFraction: return spikes == 0 ? 0 : burstSpikes / spikes
    case .spikesPerBurst: return bursts == 0 ? .nan : burstSpikes / bursts
    case .intraBurstRate:
      let length = cells.reduce(0) { $0 + $1.burstDuration }
      return length == 0 ? .nan : (burstSpikes - bursts) / length
    default: return .nan
    }
  }
}
