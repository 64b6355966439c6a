import Programs

/// Connections by target: for each, its sources, ascending, with their weights.
struct IncomingConnections: Sendable {
  let columns: [Int]
  let sources: [UInt32]
  let weights: [Double]
  /// In steps, or empty where all connections have one delay.
  let delays: [UInt16]
  /// The delay that all connections have.
  let delay: Int

  init(_ connections: Connections, targetCount: Int) {
    var columns = [Int](repeating: 0, count: targetCount + 1)
    for target in connections.targets { columns[Int(target) + 1] += 1 }
    for target in 0..<targetCount { columns[target + 1] += columns[target] }
    var next = columns
    var sources = [UInt32](repeating: 0, count: connections.count)
    var weights = [Double](repeating: 0, count: connections.count)
    let hasDelays = connections.longestDelay > connections.shortestDelay
    var delays = [UInt16](repeating: 0, count: hasDelays ? connections.count : 0)
    for source in 0..<max(0, connections.rows.count - 1) {
      for position in connections.row(of: source) {
        let target = Int(connections.targets[position])
        sources[next[target]] = UInt32(source)
        weights[next[target]] = connections.weights[connections.hasOneWeight ? 0 : position]
        if hasDelays {
          delays[next[target]] = connections.delays[position]
        }
        next[target] += 1
      }
    }
    self.columns = columns
    self.sources = sources
    self.weights = weights
    self.delays = delays
    delay = connections.longestDelay
  }
}

/// Where a continuous projection adds up what its sources show.
struct SumTarget: Sendable {
  /// The number of the projection.
  let number: Int
  let source: Int
  let target: Int
  /// What the source shows, and has shown.
  let history: SignalHistory
  /// Which sum of the target's.
  let sum: Int
  /// Which sum of the target's takes the weights alone.
  let total: Int?
  let incoming: IncomingConnections

  func clear(_ population: PopulationState, blocks: Range<Int>) {
    let cells = population.cells(of: blocks)
    for index in [sum, total].compactMap({ $0 }) {
      guard let values = population.sums[index] else { continue }
      for cell in cells { UnsafeMutablePointer(mutating: values)[cell] = 0 }
    }
  }

  /// Adds the projection's part to the sums of some cells.
  ///
  /// - Returns: The first cell whose sum is not a finite number, if there is one.
  func addUp(into population: PopulationState, blocks: Range<Int>, step: Int) -> Int? {
    guard let values = population.sums[sum] else { return nil }
    var lost: Int?
    let present = history.values(atStep: step, delay: incoming.delay)
    for cell in population.cells(of: blocks) {
      var signalSum = 0.0
      var weightSum = 0.0
      for position in incoming.columns[cell]..<incoming.columns[cell + 1] {
        let weight = incoming.weights[position]
        let source = Int(incoming.sources[position])
        let value =
          incoming.delays.isEmpty
          ? present[source]
          : history.values(atStep: step, delay: Int(incoming.delays[position]))[source]
        signalSum += weight * value
        weightSum += weight
      }
      UnsafeMutablePointer(mutating: values)[cell] += signalSum
      // What all projections add up to can leave the numbers although each part does not.
      if !values[cell].isFinite || !weightSum.isFinite, lost == nil { lost = cell }
      if let total, let totals = population.sums[total] {
        UnsafeMutablePointer(mutating: totals)[cell] += weightSum
      }
    }
    return lost
  }
}
