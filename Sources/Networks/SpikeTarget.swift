import Programs

/// Where the spikes of one projection go.
struct SpikeTarget: @unchecked Sendable {
  let source: Int
  let target: Int
  /// Which ring of the target's.
  let ring: Int
  private let connections: Connections
  /// For each thread and behind the last, where its targets begin in each row; empty for one.
  private let bounds: [[Int32]]

  init(
    source: Int, target: Int, ring: Int, connections: Connections, threads: Int,
    populations: [PopulationState]
  ) {
    self.source = source
    self.target = target
    self.ring = ring
    self.connections = connections
    if threads > 1 {
      let width = populations[target].part.kernel.layout.width
      let blocks = populations[target].blockCount
      bounds = connections.split(
        at: (0...threads).map { blocks * $0 / threads * width })
    } else {
      bounds = []
    }
  }

  /// Adds the weights of some spikes, which happened at the end of one step.
  ///
  /// - Parameters:
  ///   - spikes: The spikes.
  ///   - thread: Whose targets.
  ///   - values: The ring.
  ///   - slot: Where in it the next step is.
  ///   - slotCount: How many slots it has.
  ///   - stride: How many numbers a slot has.
  func deliver(
    _ spikes: UnsafeBufferPointer<CellSpike>, thread: Int,
    into values: UnsafeMutablePointer<Double>,
    slot: Int, slotCount: Int, stride: Int
  ) {
    let targets = connections.targets
    let weights = connections.weights
    for spike in spikes {
      let cell = Int(spike.cell)
      var row = connections.row(of: cell)
      if !bounds.isEmpty {
        let start = row.lowerBound
        row = start + Int(bounds[thread][cell])..<start + Int(bounds[thread + 1][cell])
      }
      if connections.hasOneDelay || connections.count == 1 {
        let arrival = values + (slot + connections.longestDelay) % slotCount * stride
        if connections.hasOneWeight {
          let weight = weights[0]
          for position in row { arrival[Int(targets[position])] += weight }
        } else {
          for position in row { arrival[Int(targets[position])] += weights[position] }
        }
      } else {
        let hasOneWeight = connections.hasOneWeight
        for position in row {
          var later = slot + Int(connections.delays[position])
          if later >= slotCount { later -= slotCount }
          values[later * stride + Int(targets[position])] += weights[hasOneWeight ? 0 : position]
        }
      }
    }
  }
}
