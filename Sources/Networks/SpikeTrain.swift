/// Spikes in the order of time.
public struct SpikeTrain: Sendable {
  public private(set) var cells: [UInt32] = []
  /// In s: where a threshold is crossed, between the ends of the step; else the end of the step.
  public private(set) var times: [Double] = []

  /// How many there are.
  public var count: Int { cells.count }

  /// Puts the spikes of one step, which come by cell, into the order of time; those of one time
  /// stay in the order of cells.
  mutating func order(from beginning: Int) {
    guard zip(times[beginning...], times[beginning...].dropFirst()).contains(where: { $0 > $1 })
    else { return }
    let sorted = zip(times[beginning...], cells[beginning...]).sorted { $0 < $1 }
    for (offset, spike) in sorted.enumerated() {
      times[beginning + offset] = spike.0
      cells[beginning + offset] = spike.1
    }
  }

  mutating func append(cell: UInt32, time: Double) {
    cells.append(cell)
    times.append(time)
  }
}
