/// The bursts of each cell of a population in a window, by a criterion.
///
/// Only spikes within the window are looked at: of a burst that an edge of the window cuts, the
/// part within counts as far as it is a burst by itself.
///
/// Spikes are taken in any portions, each cell's in the order of time; a burst may go on from one
/// portion to the next. The memory is a fixed number of values for each cell, and the bits of the
/// result do not depend on the portions.
public struct BurstStatistics: Sendable {
  /// The time that is looked at, in s: its beginning belongs to it, its end does not.
  public let window: Range<Double>
  /// What a burst is.
  public let criterion: BurstCriterion
  private var cells: [Cell]

  /// The bursts of a cell, and the one that may be going on.
  fileprivate struct Cell {
    var spikeCount = 0
    var last = 0.0
    /// The spikes of what is going on: 0 or at least 2.
    var openSpikes = 0
    var openStart = 0.0
    var openInterval = 0.0
    var bursts = CellBursts()
  }

  /// Begins to look for bursts.
  ///
  /// - Parameters:
  ///   - cellCount: How many cells the population has.
  ///   - window: The time to look at, in s; finite.
  ///   - criterion: What a burst is.
  public init(cellCount: Int, window: Range<Double>, criterion: BurstCriterion) {
    self.window = window
    self.criterion = criterion
    cells = Array(repeating: Cell(), count: cellCount)
  }

  /// Takes the next spikes.
  public mutating func add(_ train: SpikeTrain) {
    for (cell, time) in zip(train.cells, train.times) where window.contains(time) {
      cells[Int(cell)].add(time, criterion)
    }
  }

  /// What has been found so far, with bursts that are going on as far as they have come.
  public func finish() -> Result {
    let bursts = cells.map { cell in
      var cell = cell
      cell.close(criterion)
      cell.bursts.spikeCount = cell.spikeCount
      return cell.bursts
    }
    return Result(duration: window.upperBound - window.lowerBound, cells: bursts)
  }

  /// The bursts of one cell.
  public struct CellBursts: Sendable, Hashable {
    /// How many spikes the cell has, in bursts or not.
    public fileprivate(set) var spikeCount = 0
    /// How many bursts.
    public fileprivate(set) var burstCount = 0
    /// How many spikes are in bursts.
    public fileprivate(set) var burstSpikeCount = 0
    /// The sum over bursts of the time from the first spike to the last, in s.
    public fileprivate(set) var burstTime = 0.0
    /// The sum over bursts of the first interval, in s.
    public fileprivate(set) var firstIntervals = 0.0

    /// The fraction of the spikes that is in bursts; not a number without spikes.
    public var burstFraction: Double { Double(burstSpikeCount) / Double(spikeCount) }
  }

  /// What `BurstStatistics` finds; not a number is a mean over nothing.
  public struct Result: Sendable {
    /// The length of the window, in s.
    public let duration: Double
    /// The bursts of each cell.
    public let cells: [CellBursts]

    /// How many spikes there are in all.
    public var spikeCount: Int { cells.reduce(0) { $0 + $1.spikeCount } }
    /// How many bursts there are in all.
    public var burstCount: Int { cells.reduce(0) { $0 + $1.burstCount } }
    /// How many spikes are in bursts.
    public var burstSpikeCount: Int { cells.reduce(0) { $0 + $1.burstSpikeCount } }
    /// Bursts per cell and second, silent cells included, in Hz.
    public var burstRate: Double { Double(burstCount) / (Double(cells.count) * duration) }
    /// The fraction of all spikes that is in bursts.
    public var burstFraction: Double { Double(burstSpikeCount) / Double(spikeCount) }
    /// The mean number of spikes of a burst.
    public var spikesPerBurst: Double { Double(burstSpikeCount) / Double(burstCount) }
    /// One over the mean of all intervals within bursts, in Hz.
    public var frequencyWithin: Double { Double(burstSpikeCount - burstCount) / burstTime }
    /// One over the mean of the first intervals of bursts, in Hz.
    public var frequencyAtStart: Double {
      Double(burstCount) / cells.reduce(0) { $0 + $1.firstIntervals }
    }
    /// The mean time from the first spike of a burst to its last, in s.
    public var burstDuration: Double { burstTime / Double(burstCount) }

    private var burstTime: Double { cells.reduce(0) { $0 + $1.burstTime } }

    /// Sorts the cells by how they fire.
    ///
    /// A cell is *silent* with fewer than `leastSpikes` spikes in the window; else *bursting* if at
    /// least one burst is found, at least the fraction `burstFraction` of its spikes is in bursts,
    /// and these are no longer than `mostSpikesPerBurst` on average; else *tonic*.
    ///
    /// - Parameters:
    ///   - leastSpikes: The fewest spikes of a cell that is not silent; at least 1.
    ///   - burstFraction: The least fraction of spikes in bursts of a bursting cell.
    ///   - mostSpikesPerBurst: More than this on average is tonic firing with gaps.
    /// - Returns: How each cell fires.
    public func modes(
      leastSpikes: Int = 1, burstFraction: Double = 0.5, mostSpikesPerBurst: Double = .infinity
    ) -> FiringModes {
      FiringModes(
        cells.map { cell in
          if cell.spikeCount < max(1, leastSpikes) { return .silent }
          let isBursting =
            cell.burstCount > 0 && cell.burstFraction >= burstFraction
            && Double(cell.burstSpikeCount) <= mostSpikesPerBurst * Double(cell.burstCount)
          return isBursting ? .bursting : .tonic
        })
    }
  }
}

extension BurstStatistics.Cell {
  fileprivate mutating func add(_ time: Double, _ criterion: BurstCriterion) {
    defer {
      spikeCount += 1
      last = time
    }
    guard spikeCount > 0 else { return }
    let interval = time - last
    if openSpikes > 0 {
      if criterion.goesOn(with: interval) {
        openSpikes += 1
        return
      }
      close(criterion)
    }
    guard criterion.starts(with: interval) else { return }
    openSpikes = 2
    openStart = last
    openInterval = interval
  }

  fileprivate mutating func close(_ criterion: BurstCriterion) {
    if openSpikes >= criterion.leastSpikes {
      bursts.burstCount += 1
      bursts.burstSpikeCount += openSpikes
      bursts.burstTime += last - openStart
      bursts.firstIntervals += openInterval
    }
    openSpikes = 0
  }
}
