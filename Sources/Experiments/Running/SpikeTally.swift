import Networks

/// The reductions of a run's spikes, kept up to date while it goes on.
struct SpikeTally {
  private let reductions: [PopulationReduction]
  private var counts: [[Int]]
  /// For each reduction that needs intervals, by cell: the last spike, and sums over intervals.
  private var lastSpike: [[Double]]
  private var sums: [[(count: Int, total: Double, squares: Double)]]

  init(_ reductions: [PopulationReduction], cellCounts: [Int]) {
    self.reductions = reductions
    counts = reductions.map { Array(repeating: 0, count: cellCounts[$0.population]) }
    lastSpike = reductions.map {
      $0.kind == .intervalVariation
        ? Array(repeating: .nan, count: cellCounts[$0.population]) : []
    }
    sums = reductions.map {
      $0.kind == .intervalVariation
        ? Array(repeating: (0, 0, 0), count: cellCounts[$0.population]) : []
    }
  }

  /// Takes the next spikes of a population.
  mutating func add(_ train: SpikeTrain, of population: Int) {
    for (index, reduction) in reductions.enumerated() where reduction.population == population {
      for (cell, time) in zip(train.cells, train.times)
      where time >= reduction.from && time < reduction.to {
        let cell = Int(cell)
        counts[index][cell] += 1
        guard reduction.kind == .intervalVariation else { continue }
        let interval = time - lastSpike[index][cell]
        if interval.isFinite {
          sums[index][cell].count += 1
          sums[index][cell].total += interval
          sums[index][cell].squares += interval * interval
        }
        lastSpike[index][cell] = time
      }
    }
  }

  /// The reductions in SI units, in their order.
  var values: [Double] {
    reductions.indices.map { index in
      let reduction = reductions[index]
      let counts = counts[index]
      let cells = Double(counts.count)
      switch reduction.kind {
      case .rate:
        return Double(counts.reduce(0, +)) / cells / (reduction.to - reduction.from)
      case .count: return Double(counts.reduce(0, +))
      case .active: return Double(counts.count { $0 > 0 }) / cells
      case .intervalVariation: return intervalVariation(sums[index])
      }
    }
  }

  /// The mean over cells of the standard deviation of intervals over their mean.
  private func intervalVariation(
    _ sums: [(count: Int, total: Double, squares: Double)]
  ) -> Double {
    var total = 0.0
    var cells = 0
    for entry in sums where entry.count >= 2 {
      let mean = entry.total / Double(entry.count)
      let variance = max(0, entry.squares / Double(entry.count) - mean * mean)
      total += variance.squareRoot() / mean
      cells += 1
    }
    return cells == 0 ? .nan : total / Double(cells)
  }
}
