import Programs

/// Where the spikes of one projection go.
struct SpikeTarget: @unchecked Sendable {
  let source: Int
  let target: Int
  /// Which ring of the target's.
  let ring: Int
  /// Which of the values told of a spike multiplies the weights; `nil` for none.
  let release: Int?
  private let connections: Connections
  /// For each thread and behind the last, where its targets begin in each row; empty for one.
  private let bounds: [[Int32]]

  init(
    source: Int, target: Int, ring: Int, release: Int?, connections: Connections, threads: Int,
    populations: [PopulationState]
  ) {
    self.source = source
    self.target = target
    self.ring = ring
    self.release = release
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
  ///   - buffer: Where the spikes are.
  ///   - range: Which of them, in the order of time.
  ///   - thread: Whose targets.
  ///   - values: The ring.
  ///   - slot: Where in it the next step is.
  ///   - slotCount: How many slots it has.
  ///   - stride: How many numbers a slot has.
  func deliver(
    _ buffer: SpikeBuffer, _ range: Range<Int>, thread: Int,
    into values: UnsafeMutablePointer<Double>, slot: Int, slotCount: Int, stride: Int
  ) {
    let spikes = UnsafePointer(buffer.sorted)
    if range.isEmpty { return }
    let factors = release.map { release -> UnsafePointer<Double> in
      guard let releases = buffer.releases else {
        preconditionFailure("weights are multiplied by what no spike of the source releases")
      }
      return UnsafePointer(releases) + release
    }
    let targets = connections.targets
    let weights = connections.weights
    for number in range {
      let cell = Int(spikes[number].cell)
      // A factor of 1 leaves every bit of a weight as it is.
      let factor = factors.map { $0[number * buffer.releaseCount] } ?? 1
      var row = connections.row(of: cell)
      if !bounds.isEmpty {
        let start = row.lowerBound
        row = start + Int(bounds[thread][cell])..<start + Int(bounds[thread + 1][cell])
      }
      if connections.hasOneDelay || connections.count == 1 {
        let arrival = values + (slot + connections.longestDelay) % slotCount * stride
        if connections.hasOneWeight {
          let weight = weights[0] * factor
          for position in row { arrival[Int(targets[position])] += weight }
        } else {
          for position in row { arrival[Int(targets[position])] += weights[position] * factor }
        }
      } else {
        let hasOneWeight = connections.hasOneWeight
        for position in row {
          var later = slot + Int(connections.delays[position])
          if later >= slotCount { later -= slotCount }
          let weight = weights[hasOneWeight ? 0 : position]
          values[later * stride + Int(targets[position])] += weight * factor
        }
      }
    }
  }
}
