/// The connections of one projection, row by row: for each source its targets, ascending.
public final class Connections: @unchecked Sendable {
  // Written while it is built and only read afterwards, by any thread.

  /// More than this is refused: targets, weights and delays alone would fill 14 GB.
  public static let largestCount = 1_000_000_000

  /// Where the row of each source begins, and behind the last where it ends.
  let rows: UnsafeMutableBufferPointer<Int>
  /// The target of each connection.
  let targets: UnsafeMutableBufferPointer<UInt32>
  /// The weight of each connection in SI units, or one for all.
  let weights: UnsafeMutableBufferPointer<Double>
  /// The delay of each connection in steps, or one for all.
  let delays: UnsafeMutableBufferPointer<UInt16>
  public let longestDelay: Int
  public let shortestDelay: Int

  /// Copies of the arrays, which stand when the connections are gone.
  public var targetNumbers: [UInt32] { withExtendedLifetime(self) { Array(targets) } }
  public var weightValues: [Double] { withExtendedLifetime(self) { Array(weights) } }
  public var delayValues: [UInt16] { withExtendedLifetime(self) { Array(delays) } }

  /// How many there are.
  public var count: Int { targets.count }
  var hasOneWeight: Bool { weights.count == 1 && count != 1 }
  var hasOneDelay: Bool { delays.count == 1 && count != 1 }

  init(
    rows: UnsafeMutableBufferPointer<Int>, targets: UnsafeMutableBufferPointer<UInt32>,
    weights: UnsafeMutableBufferPointer<Double>, delays: UnsafeMutableBufferPointer<UInt16>
  ) {
    self.rows = rows
    self.targets = targets
    self.weights = weights
    self.delays = delays
    longestDelay = Int(delays.max() ?? 0)
    shortestDelay = Int(delays.min() ?? 0)
  }

  deinit {
    rows.deallocate()
    targets.deallocate()
    weights.deallocate()
    delays.deallocate()
  }

  /// The connections of one source.
  public func row(of source: Int) -> Range<Int> { rows[source]..<rows[source + 1] }

  /// Gives all connections by source and target, stretch by stretch.
  func forEachStretch<Failure: Error>(
    width: Int, _ body: ([UInt32], [UInt32], [Double]) throws(Failure) -> Void
  ) throws(Failure) {
    var sources: [UInt32] = []
    var first = 0
    for source in 0..<rows.count - 1 {
      for place in row(of: source) {
        sources.append(UInt32(source))
        guard sources.count == width || place == count - 1 else { continue }
        let places = first..<place + 1
        try body(
          sources, Array(targets[places]),
          places.map { weights[hasOneWeight ? 0 : $0] })
        sources.removeAll(keepingCapacity: true)
        first = places.upperBound
      }
    }
  }

  /// For each source, where its targets pass each of some bounds; `bounds` ascend.
  func split(at bounds: [Int]) -> [[Int32]] {
    bounds.map { bound in
      (0..<rows.count - 1).map { source in
        let row = row(of: source)
        var low = row.lowerBound
        var high = row.upperBound
        while low < high {
          let middle = (low + high) / 2
          if Int(targets[middle]) < bound { low = middle + 1 } else { high = middle }
        }
        return Int32(low - row.lowerBound)
      }
    }
  }
}
