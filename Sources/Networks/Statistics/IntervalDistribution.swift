/// How often intervals of each length occur in a population.
///
/// The intervals of all cells together; those of which both ends lie within the window. Spikes stand at the
/// ends of steps, so that intervals are whole numbers of them, and the distribution is exact. Spikes are
/// taken in any portions, each cell's in the order of time.
public struct IntervalDistribution: Sendable {
  /// The time that is looked at, in s: its beginning belongs to it, its end does not.
  public let window: Range<Double>
  /// In s.
  private let timeStep: Double
  /// The last spike of each cell; not a number before the first.
  private var last: [Double]
  /// How many intervals there are, by their length in steps.
  private var counts: [Int: Int] = [:]

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - cellCount: How many cells the population has.
  ///   - window: The time to look at, in s; finite.
  ///   - timeStep: The step of the run, in s.
  public init(cellCount: Int, window: Range<Double>, timeStep: Double) {
    self.window = window
    self.timeStep = timeStep
    last = Array(repeating: .nan, count: cellCount)
  }

  /// Takes the next spikes.
  public mutating func add(_ train: SpikeTrain) {
    for (cell, time) in zip(train.cells, train.times) where window.contains(time) {
      let interval = time - last[Int(cell)]
      last[Int(cell)] = time
      if !interval.isNaN { counts[Int((interval / timeStep).rounded()), default: 0] += 1 }
    }
  }

  /// What has been counted so far.
  public func finish() -> Result {
    Result(
      timeStep: timeStep, lengths: counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  /// What `IntervalDistribution` finds.
  public struct Result: Sendable {
    /// In s.
    public let timeStep: Double
    /// The lengths that occur, in steps, ascending, and how many intervals have each.
    public let lengths: [(steps: Int, count: Int)]

    /// How many intervals there are.
    public var intervalCount: Int { lengths.reduce(0) { $0 + $1.count } }

    /// The mean interval, in s; not a number without intervals.
    public var mean: Double {
      let steps = lengths.reduce(0) { $0 + $1.steps * $1.count }
      return timeStep * Double(steps) / Double(intervalCount)
    }

    /// The interval in the middle, or the mean of the two that are, in s; not a number without
    /// intervals.
    public var median: Double {
      let count = intervalCount
      guard count > 0 else { return .nan }
      let (lower, upper) = (length(at: (count - 1) / 2), length(at: count / 2))
      return lower == upper
        ? timeStep * Double(lower) : timeStep * (Double(lower) + Double(upper)) / 2
    }

    /// The length in steps of one of the intervals, counted from the shortest.
    private func length(at position: Int) -> Int {
      var below = 0
      for (steps, count) in lengths {
        below += count
        if position < below { return steps }
      }
      preconditionFailure("there are fewer intervals than \(position + 1)")
    }

    /// The shortest interval that a part of all intervals does not exceed, in s; not a number without
    /// intervals.
    public func percentile(_ part: Double) -> Double {
      // A billionth is rounding.
      let wanted = part * Double(intervalCount) - 1e-9
      var below = 0
      for (steps, count) in lengths {
        below += count
        if Double(below) >= wanted { return timeStep * Double(steps) }
      }
      return .nan
    }
  }
}
