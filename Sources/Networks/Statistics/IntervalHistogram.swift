import Programs

/// How often intervals of each length occur in a population, in bins of equal width on a logarithmic
/// axis.
///
/// The intervals of all cells together; those of which both ends lie within the window. Spikes are
/// taken in any portions, each cell's in the order of time.
public struct IntervalHistogram: Sendable {
  /// The time that is looked at, in s: its beginning belongs to it, its end does not.
  public let window: Range<Double>
  /// The last spike of each cell; not a number before the first.
  private var last: [Double]
  private var result: Result

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - cellCount: How many cells the population has.
  ///   - window: The time to look at, in s; finite.
  ///   - least: Where the first bin begins, in s; positive.
  ///   - decades: How many powers of ten the bins span.
  ///   - binsPerDecade: How many bins a power of ten has.
  public init(
    cellCount: Int, window: Range<Double>, least: Double = 1e-3, decades: Int = 4,
    binsPerDecade: Int = 10
  ) {
    precondition(
      least > 0 && decades > 0 && binsPerDecade > 0, "a logarithmic axis has a positive beginning")
    self.window = window
    last = Array(repeating: .nan, count: cellCount)
    let edges = (0...decades * binsPerDecade).map {
      least * ElementaryFunctions.evaluate(.power, 10, Double($0) / Double(binsPerDecade))
    }
    result = Result(edges: edges, counts: Array(repeating: 0, count: edges.count - 1))
  }

  /// Takes the next spikes.
  public mutating func add(_ train: SpikeTrain) {
    for (cell, time) in zip(train.cells, train.times) where window.contains(time) {
      let interval = time - last[Int(cell)]
      last[Int(cell)] = time
      if !interval.isNaN { result.add(interval) }
    }
  }

  /// What has been counted so far.
  public func finish() -> Result { result }

  /// What `IntervalHistogram` finds.
  public struct Result: Sendable, Hashable {
    /// Where the bins begin, and where the last one ends, in s.
    ///
    /// A bin has its beginning and not its end.
    public let edges: [Double]
    /// How many intervals are in each bin.
    public fileprivate(set) var counts: [Int]
    /// How many intervals are shorter than those of all bins.
    public fileprivate(set) var shorterCount = 0
    /// How many intervals are longer than those of all bins.
    public fileprivate(set) var longerCount = 0

    /// How many intervals there are, in bins or not.
    public var intervalCount: Int { counts.reduce(0, +) + shorterCount + longerCount }
    /// The fraction of all intervals that is in each bin.
    public var fractions: [Double] {
      let total = Double(intervalCount)
      return counts.map { Double($0) / total }
    }

    fileprivate mutating func add(_ interval: Double) {
      // The number of edges that are not above the interval, by halving.
      var (low, high) = (0, edges.count)
      while low < high {
        let middle = (low + high) / 2
        if edges[middle] <= interval { low = middle + 1 } else { high = middle }
      }
      switch low {
      case 0: shorterCount += 1
      case edges.count: longerCount += 1
      default: counts[low - 1] += 1
      }
    }
  }
}
