import Programs

@testable import Networks

/// Spike trains made by hand or drawn, and the ways to cut them.
enum TestTrains {
  /// A train of the given spikes in the order of time.
  static func train(_ spikes: [(cell: Int, time: Double)]) -> SpikeTrain {
    var train = SpikeTrain()
    for spike in spikes.sorted(by: { ($0.time, $0.cell) < ($1.time, $1.cell) }) {
      train.append(cell: UInt32(spike.cell), time: spike.time)
    }
    return train
  }

  /// The spikes of one cell.
  static func train(of cell: Int = 0, at times: [Double]) -> SpikeTrain {
    train(times.map { (cell, $0) })
  }

  /// Independent Poisson processes of one rate, which may be modulated by thinning.
  static func poisson(
    cells: Int, rate: Double, until end: Double, seed: UInt64,
    kept: (Double) -> Double = { _ in 1 }
  ) -> SpikeTrain {
    var spikes: [(cell: Int, time: Double)] = []
    for cell in 0..<cells {
      let stream = RandomStream(seed: seed, UInt64(cell))
      var place = 0
      var time = 0.0
      while true {
        time -= ElementaryFunctions.evaluate(.log, stream.uniform(place)) / rate
        if time >= end { break }
        if stream.uniform(place + 1) < kept(time) { spikes.append((cell, time)) }
        place += 2
      }
    }
    return train(spikes)
  }

  /// The same spikes in portions of uneven sizes, some of them empty.
  static func portions(of train: SpikeTrain) -> [SpikeTrain] {
    let sizes = [1, 0, 3, 17, 2, 101]
    var portions: [SpikeTrain] = []
    var next = 0
    while next < train.count {
      let size = min(sizes[portions.count % sizes.count], train.count - next)
      var portion = SpikeTrain()
      for index in next..<next + size {
        portion.append(cell: train.cells[index], time: train.times[index])
      }
      portions.append(portion)
      next += size
    }
    return portions
  }
}
