import Units

/// The rate of a population in bins of time.
///
/// Unlike the other statistics it keeps a value for each bin of its window, for these are its result.
public struct PopulationRate: Sendable {
  private let bins: TimeBins
  private let cellCount: Int
  private var counts: [Int]

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - cellCount: How many cells the population has.
  ///   - window: The time to look at, in s; finite. What no whole bin fills at its end is left out.
  ///   - binWidth: The width of a bin, in s.
  public init(cellCount: Int, window: Range<Double>, binWidth: Double) {
    bins = TimeBins(window, width: binWidth)
    self.cellCount = cellCount
    counts = Array(repeating: 0, count: bins.count)
  }

  /// Takes the next spikes.
  public mutating func add(_ train: SpikeTrain) {
    for time in train.times {
      if let bin = bins.index(of: time) { counts[bin] += 1 }
    }
  }

  /// What has been counted so far.
  public func finish() -> Result {
    Result(start: bins.start, binWidth: bins.width, cellCount: cellCount, counts: counts)
  }

  /// What `PopulationRate` finds.
  public struct Result: Sendable, Hashable {
    /// Where the first bin begins, in s.
    public let start: Double
    /// The width of a bin, in s.
    public let binWidth: Double
    /// How many cells the population has.
    public let cellCount: Int
    /// How many spikes are in each bin.
    public let counts: [Int]

    /// The mean rate of a cell in each bin, in Hz.
    public var rates: [Double] { counts.map { Double($0) / (Double(cellCount) * binWidth) } }
    /// Where each bin begins, in s.
    public var times: [Double] {
      counts.indices.map { decimalSteps($0, of: binWidth, from: start) }
    }
  }
}
