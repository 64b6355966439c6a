/// The counts of bins one after another, for those who need each only once.
///
/// A run gives the spikes of a step by cell, not by time, so that a bin can still grow when the next
/// one, or by rounding the one behind, has begun. The last few bins therefore stay open.
struct BinCounter: Sendable {
  /// How many bins have been closed: the earliest open one.
  private(set) var closedCount = 0
  private var open = [Int](repeating: 0, count: Self.openCount)

  /// A bin is no shorter than a step, so spikes are at most one bin, and with rounding two, late.
  private static let openCount = 4

  /// Counts a spike; bins that it leaves behind have to be taken before.
  mutating func add(_ bin: Int) {
    precondition(bin >= closedCount, "spikes come in the order of time up to a bin")
    open[bin % Self.openCount] += 1
  }

  /// The count of the next bin that closes once there is a spike in a bin.
  mutating func next(before bin: Int) -> Int? { next(until: bin - Self.openCount + 1) }

  /// The count of the next bin before an end.
  mutating func next(until end: Int) -> Int? {
    guard closedCount < end else { return nil }
    let place = closedCount % Self.openCount
    defer {
      open[place] = 0
      closedCount += 1
    }
    return open[place]
  }
}
