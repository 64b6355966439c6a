/// Counts, rates and the irregularity of the intervals of each cell of a population in a window.
///
/// With the intervals I₁ … Iₙ between the consecutive spikes of a cell,
///
///     CV = √(1/n ∑ (Iₖ − Ī)²) / Ī
///     LV = 3/(n − 1) ∑ ((Iₖ − Iₖ₊₁)/(Iₖ + Iₖ₊₁))²
///
/// Both are 0 for a clock and 1 for a Poisson process; LV does not mind slow changes of the rate.
/// Only intervals of which both ends lie within the window count.
///
/// Spikes are taken in any portions, each cell's in the order of time. The memory is a fixed number
/// of values for each cell, and the bits of the result do not depend on the portions.
///
/// - Source: Shinomoto, Shima and Tanji (2003), Neural Computation 15, 2823, for LV.
public struct FiringStatistics: Sendable {
  /// The time that is looked at, in s: its beginning belongs to it, its end does not.
  public let window: Range<Double>
  private var cells: [Cell]

  fileprivate struct Cell {
    var count = 0
    var last = 0.0
    var lastInterval = 0.0
    /// The mean and the sum of squared deviations by Welford's recurrence.
    var mean = 0.0
    var squares = 0.0
    var variation = 0.0

    var intervalCount: Int { max(0, count - 1) }
  }

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - cellCount: How many cells the population has.
  ///   - window: The time to look at, in s; finite.
  public init(cellCount: Int, window: Range<Double>) {
    self.window = window
    cells = Array(repeating: Cell(), count: cellCount)
  }

  /// Takes the next spikes.
  public mutating func add(_ train: SpikeTrain) {
    for (cell, time) in zip(train.cells, train.times) where window.contains(time) {
      cells[Int(cell)].add(time)
    }
  }

  /// What has been counted so far.
  ///
  /// - Parameter leastIntervals: A cell with fewer intervals has no CV and no LV; at least 2.
  /// - Returns: The statistics of each cell, and of the population.
  public func finish(leastIntervals: Int = 2) -> Result {
    let leastIntervals = max(2, leastIntervals)
    let duration = window.upperBound - window.lowerBound
    var result = Result(duration: duration)
    for cell in cells {
      result.counts.append(cell.count)
      let isEnough = cell.intervalCount >= leastIntervals
      result.intervalCVs.append(isEnough ? cell.coefficientOfVariation : .nan)
      result.localVariations.append(isEnough ? cell.localVariation : .nan)
    }
    return result
  }

  /// What `FiringStatistics` finds; not a number is what too few intervals or cells leave open.
  public struct Result: Sendable {
    /// The length of the window, in s.
    public let duration: Double
    /// How many spikes each cell has.
    public fileprivate(set) var counts: [Int] = []
    /// The coefficient of variation of the intervals of each cell.
    public fileprivate(set) var intervalCVs: [Double] = []
    /// The local variation of the intervals of each cell.
    public fileprivate(set) var localVariations: [Double] = []

    /// How many spikes there are in all.
    public var spikeCount: Int { counts.reduce(0, +) }
    /// The rate of each cell, in Hz.
    public var rates: [Double] { counts.map { Double($0) / duration } }
    /// The mean rate of a cell, silent ones included, in Hz.
    public var meanRate: Double { Double(spikeCount) / (Double(counts.count) * duration) }
    /// How many cells spike at all.
    public var activeCellCount: Int { counts.count { $0 > 0 } }
    /// How many cells have enough intervals for a CV and an LV.
    public var variedCellCount: Int { intervalCVs.count { !$0.isNaN } }
    /// The mean CV of the cells that have one.
    public var meanIntervalCV: Double { Means.ofNumbers(intervalCVs) }
    /// The mean LV of the cells that have one.
    public var meanLocalVariation: Double { Means.ofNumbers(localVariations) }
  }
}

extension FiringStatistics.Cell {
  fileprivate mutating func add(_ time: Double) {
    defer {
      count += 1
      last = time
    }
    guard count > 0 else { return }
    let interval = time - last
    let deviation = interval - mean
    mean += deviation / Double(count)
    squares += deviation * (interval - mean)
    if count > 1, interval + lastInterval > 0 {
      let contrast = (lastInterval - interval) / (lastInterval + interval)
      variation += contrast * contrast
    }
    lastInterval = interval
  }

  fileprivate var coefficientOfVariation: Double {
    (squares / Double(intervalCount)).squareRoot() / mean
  }

  fileprivate var localVariation: Double { 3 * variation / Double(intervalCount - 1) }
}
