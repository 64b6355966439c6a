/// How long the cells of a population pause after a moment, such as that of a stimulus.
///
/// The pause of a cell is the time from the moment to its next spike, less the mean of its intervals
/// before. A Poisson process that heeds nothing has a mean pause of 0, a clock one of minus half an
/// interval.
///
/// Spikes are taken in any portions, each cell's in the order of time. The memory is a fixed number
/// of values for each cell, and the bits of the result do not depend on the portions.
public struct PauseStatistics: Sendable {
  /// The time that is looked at, in s: its beginning belongs to it, its end does not.
  public let window: Range<Double>
  /// When pauses begin, in s; a spike at this very time ends them.
  public let moment: Double
  private var cells: [Cell]

  fileprivate struct Cell {
    var countBefore = 0
    var first = 0.0
    var last = 0.0
    var next = Double.nan
  }

  /// Begins to look for pauses.
  ///
  /// - Parameters:
  ///   - cellCount: How many cells the population has.
  ///   - moment: When pauses begin, in s; within the window.
  ///   - window: The time to look at, in s; intervals before the moment count from its beginning.
  public init(cellCount: Int, moment: Double, window: Range<Double>) {
    precondition(window.contains(moment), "the moment lies within the window")
    self.window = window
    self.moment = moment
    cells = Array(repeating: Cell(), count: cellCount)
  }

  /// Takes the next spikes.
  public mutating func add(_ train: SpikeTrain) {
    for (cell, time) in zip(train.cells, train.times) where window.contains(time) {
      cells[Int(cell)].add(time, moment)
    }
  }

  /// What has been found so far.
  public func finish() -> Result {
    Result(
      latencies: cells.map { $0.next - moment },
      meanIntervals: cells.map {
        $0.countBefore > 1 ? ($0.last - $0.first) / Double($0.countBefore - 1) : .nan
      })
  }

  /// What `PauseStatistics` finds; not a number is what a cell with too few spikes leaves open.
  public struct Result: Sendable {
    /// The time from the moment to the next spike of each cell, in s; not a number if none has come.
    public let latencies: [Double]
    /// The mean interval of each cell before the moment, in s; not a number below two spikes.
    public let meanIntervals: [Double]

    /// The pause of each cell, in s.
    public var pauses: [Double] { zip(latencies, meanIntervals).map { $0 - $1 } }
    /// The mean pause of the cells that have one, in s.
    ///
    /// Cells that still wait are left out, which makes it too short unless `waitingCellCount` is 0.
    public var meanPause: Double { Means.ofNumbers(pauses) }
    /// How many cells have a pause.
    public var pausedCellCount: Int { pauses.count { !$0.isNaN } }
    /// How many cells have a mean interval, but no spike after the moment.
    public var waitingCellCount: Int {
      zip(latencies, meanIntervals).count { $0.isNaN && !$1.isNaN }
    }
  }
}

extension PauseStatistics.Cell {
  fileprivate mutating func add(_ time: Double, _ moment: Double) {
    if time >= moment {
      if next.isNaN { next = time }
      return
    }
    if countBefore == 0 { first = time }
    last = time
    countBefore += 1
  }
}
