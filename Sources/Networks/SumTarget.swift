import Programs

/// Connections by target: for each, its sources, ascending, with their weights.
struct IncomingConnections: Sendable {
  let columns: [Int]
  let sources: [UInt32]
  let weights: [Double]

  init(_ connections: Connections, targetCount: Int) {
    var columns = [Int](repeating: 0, count: targetCount + 1)
    for target in connections.targets { columns[Int(target) + 1] += 1 }
    for target in 0..<targetCount { columns[target + 1] += columns[target] }
    var next = columns
    var sources = [UInt32](repeating: 0, count: connections.count)
    var weights = [Double](repeating: 0, count: connections.count)
    for source in 0..<max(0, connections.rows.count - 1) {
      for position in connections.row(of: source) {
        let target = Int(connections.targets[position])
        sources[next[target]] = UInt32(source)
        weights[next[target]] = connections.weights[connections.hasOneWeight ? 0 : position]
        next[target] += 1
      }
    }
    self.columns = columns
    self.sources = sources
    self.weights = weights
  }
}

/// Where a continuous projection adds up what its sources show.
struct SumTarget: Sendable {
  let source: Int
  let target: Int
  /// Which recorded value of the source.
  let signal: Int
  /// Which sum of the target's.
  let sum: Int
  /// Which sum of the target's takes the weights alone.
  let total: Int?
  let incoming: IncomingConnections

  func clear(_ population: PopulationState, blocks: Range<Int>) {
    let cells = cells(of: population, blocks)
    for index in [sum, total].compactMap({ $0 }) {
      guard let values = population.sums[index] else { continue }
      for cell in cells { UnsafeMutablePointer(mutating: values)[cell] = 0 }
    }
  }

  func addUp(from source: PopulationState, into population: PopulationState, blocks: Range<Int>) {
    guard let values = population.sums[sum] else { return }
    for cell in cells(of: population, blocks) {
      var signalSum = 0.0
      var weightSum = 0.0
      for position in incoming.columns[cell]..<incoming.columns[cell + 1] {
        let weight = incoming.weights[position]
        signalSum += weight * source.recorded(signal, cell: Int(incoming.sources[position]))
        weightSum += weight
      }
      UnsafeMutablePointer(mutating: values)[cell] += signalSum
      if let total, let totals = population.sums[total] {
        UnsafeMutablePointer(mutating: totals)[cell] += weightSum
      }
    }
  }

  private func cells(of population: PopulationState, _ blocks: Range<Int>) -> Range<Int> {
    let width = population.part.kernel.layout.width
    return blocks.lowerBound * width..<min(population.cellCount, blocks.upperBound * width)
  }
}
