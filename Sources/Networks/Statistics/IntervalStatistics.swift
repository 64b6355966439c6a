/// The intervals between the spikes of every cell of a population, as running sums.
public struct IntervalStatistics: Sendable {
  private struct Cell {
    var last = Double.nan
    var count = 0
    /// Mean and sum of squared deviations, updated by each interval (Welford 1962, Technometrics 4,
    /// 419).
    var mean = 0.0
    var deviations = 0.0
  }

  private let window: Range<Double>
  private var cells: [Cell]

  /// Makes empty statistics.
  ///
  /// - Parameters:
  ///   - cellCount: How many cells there are.
  ///   - window: From when to when spikes count, in s.
  public init(cellCount: Int, window: Range<Double>) {
    self.window = window
    cells = Array(repeating: Cell(), count: cellCount)
  }

  /// Takes the next spikes, which are not earlier than those before.
  public mutating func add(_ train: SpikeTrain) {
    for (cell, time) in zip(train.cells, train.times) where window.contains(time) {
      let interval = time - cells[Int(cell)].last
      cells[Int(cell)].last = time
      guard interval.isFinite else { continue }
      cells[Int(cell)].count += 1
      let difference = interval - cells[Int(cell)].mean
      cells[Int(cell)].mean += difference / Double(cells[Int(cell)].count)
      cells[Int(cell)].deviations += difference * (interval - cells[Int(cell)].mean)
    }
  }

  /// The coefficient of variation of intervals: 0 for a clock, 1 for a Poisson process.
  ///
  /// The mean over all cells with at least two intervals; NaN without such cells.
  ///
  /// Source: Softky and Koch (1993), J. Neurosci. 13, 334.
  public var coefficientOfVariation: Double {
    var total = 0.0
    var count = 0
    for cell in cells where cell.count >= 2 {
      total += (cell.deviations / Double(cell.count)).squareRoot() / cell.mean
      count += 1
    }
    return count == 0 ? .nan : total / Double(count)
  }
}
