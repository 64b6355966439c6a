/// The bursts of every cell of a population, found spike by spike.
///
/// Memory does not grow with time: each cell keeps its last spike, the burst that it may be in, and
/// sums over those that are over. How spikes are cut into chunks makes no difference.
public struct BurstStatistics: Sendable {
  /// What is known of one cell.
  public struct Cell: Sendable, Hashable {
    public var spikes = 0
    public var bursts = 0
    /// Spikes that lie in bursts.
    public var burstSpikes = 0
    /// The time from the first to the last spike of bursts, added up, in s.
    public var burstDuration = 0.0

    /// At most this rate in Hz is silence: once in ten seconds.
    public static let silentRate = 0.1
    /// More spikes than this in a burst on average are tonic firing with gaps.
    public static let mostSpikesPerBurst = 12.0

    /// How a cell fires.
    public enum Pattern: Sendable, Hashable {
      case silent, tonic, bursting
    }

    /// How the cell fires: silent below once in ten seconds; bursting with at least half of its
    /// spikes in bursts of twelve spikes or fewer on average; else tonic.
    public func pattern(duration: Double) -> Pattern {
      if Double(spikes) < Self.silentRate * duration { return .silent }
      let isBursting =
        2 * burstSpikes >= spikes && bursts > 0
        && Double(burstSpikes) <= Self.mostSpikesPerBurst * Double(bursts)
      return isBursting ? .bursting : .tonic
    }
  }

  /// The burst that a cell may be in.
  private struct Current {
    var first = 0.0
    var last = -Double.infinity
    var spikes = 0
  }

  private let criterion: BurstCriterion
  private let window: Range<Double>
  private var cells: [Cell]
  private var currents: [Current]

  /// Makes empty statistics.
  ///
  /// - Parameters:
  ///   - cellCount: How many cells there are.
  ///   - window: From when to when spikes count, in s.
  ///   - criterion: What a burst is.
  public init(cellCount: Int, window: Range<Double>, criterion: BurstCriterion) {
    self.criterion = criterion
    self.window = window
    cells = Array(repeating: Cell(), count: cellCount)
    currents = Array(repeating: Current(), count: cellCount)
  }

  /// Takes the next spikes, which are not earlier than those before.
  public mutating func add(_ train: SpikeTrain) {
    for (cell, time) in zip(train.cells, train.times) where window.contains(time) {
      add(Int(cell), time)
    }
  }

  private mutating func add(_ cell: Int, _ time: Double) {
    cells[cell].spikes += 1
    let interval = time - currents[cell].last
    let isInBurst = currents[cell].spikes > 1
    if isInBurst && interval <= criterion.laterInterval
      || !isInBurst && interval <= criterion.firstInterval
    {
      currents[cell].spikes += 1
      currents[cell].last = time
    } else {
      cells[cell] = closed(cell)
      currents[cell] = Current(first: time, last: time, spikes: 1)
    }
  }

  /// The cell with its current burst counted as over.
  private func closed(_ cell: Int) -> Cell {
    var result = cells[cell]
    let current = currents[cell]
    // Two spikes always have the first interval between them; one spike is no burst.
    guard current.spikes >= max(2, criterion.fewestSpikes) else { return result }
    result.bursts += 1
    result.burstSpikes += current.spikes
    result.burstDuration += current.last - current.first
    return result
  }

  /// What is known of every cell, bursts that are still going on being over.
  public var finished: [Cell] { cells.indices.map(closed) }

  /// The length of the window, in s.
  public var duration: Double { window.upperBound - window.lowerBound }
}
