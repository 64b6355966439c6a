/// The arrays by which the loop over the cells of a population feeds and reads its step.
///
/// The step is the routine `attempt`, the lanes are cells. Truth values in arrays are 1 and 0.
public struct CellArrays: Sendable, Hashable {
  /// The time at the start of the step, and the number of the step.
  public var clock: LaneArray
  /// What arrives at the beginning of the step, one element for each receiver.
  public var arrivals: LaneArray
  /// What continuous projections add up to, one element for each sum.
  public var sums: LaneArray
  /// 1 where the cell spikes in this step.
  public var spike: LaneArray
  /// The function that rises through 0 at a spike, before the step and after it.
  public var crossing: LaneArray
  /// What is told of a spike; `nil` for nothing.
  public var releases: LaneArray?
  /// The states, from one step to the next.
  public var state: LaneArray
  /// States as they were before something gave them another value within the step, behind which nobody
  /// would see that they had left the finite numbers.
  public var replaced: LaneArray
  /// The sum of those that are looked at in every step; `nil` for none.
  ///
  /// The others are looked at when the cell spikes.
  public var check: LaneArray?

  /// Names the arrays.
  public init(
    clock: LaneArray, arrivals: LaneArray, sums: LaneArray, spike: LaneArray, crossing: LaneArray,
    releases: LaneArray? = nil, state: LaneArray, replaced: LaneArray, check: LaneArray? = nil
  ) {
    self.clock = clock
    self.arrivals = arrivals
    self.sums = sums
    self.spike = spike
    self.crossing = crossing
    self.releases = releases
    self.state = state
    self.replaced = replaced
    self.check = check
  }
}

/// A spike, as a kernel tells it.
///
/// The layout is that of `afterglow_spike`.
public struct CellSpike: Sendable, Hashable {
  public var cell: UInt32
  /// The step in which it happened, counted from the first of the call.
  public var step: UInt32
  /// Where within the step, from 0 to 1.
  public var fraction: Double

  /// Makes a spike.
  public init(cell: UInt32, step: UInt32, fraction: Double) {
    self.cell = cell
    self.step = step
    self.fraction = fraction
  }
}

/// What the loop over cells is to do, and what came of it.
public struct CellLoop {
  /// Which blocks of lanes.
  public var blocks: Range<Int>
  /// How many cells there are in all; lanes beyond them never spike.
  public var cellCount: Int
  /// The number of the first step, and how many there are.
  public var firstStep: Int
  public var stepCount: Int
  /// The time at step 0 and from one step to the next, in s.
  public var start: Double
  public var timeStep: Double
  /// For each element of `CellArrays.arrivals`, a ring of slots with a number for each cell.
  public var arrivals: UnsafePointer<UnsafeMutablePointer<Double>?>
  public var slotCount: Int
  public var firstSlot: Int
  /// How many numbers a slot has: the cells, rounded up to whole blocks.
  public var slotStride: Int
  /// For each element of `CellArrays.sums`, a number for each cell.
  public var sums: UnsafePointer<UnsafePointer<Double>?>
  /// Room for as many spikes as there are cells and steps.
  ///
  /// Within one step they come in the order of cells; steps take turns.
  public var spikes: UnsafeMutablePointer<CellSpike>
  /// Room for what is told of them, one number for each element of `CellArrays.releases` and spike,
  /// those of one spike together.
  public var releases: UnsafeMutablePointer<Double>?
  /// How many spikes there are in `spikes`; further ones are appended.
  public var spikeCount: Int
  /// The first step after which a state of some cell is not finite, counted as that of a spike, and the
  /// first such cell; `nil` if all states are finite.
  public var lost: (step: Int, cell: Int)?
  /// Room for its states after the step, and behind them those of `CellArrays.replaced`, which are 0 if
  /// the others tell what was lost.
  public var lostValues: UnsafeMutablePointer<Double>

  /// Makes a task.
  public init(
    blocks: Range<Int>, cellCount: Int, firstStep: Int, stepCount: Int, start: Double,
    timeStep: Double, arrivals: UnsafePointer<UnsafeMutablePointer<Double>?>, slotCount: Int,
    firstSlot: Int, slotStride: Int, sums: UnsafePointer<UnsafePointer<Double>?>,
    spikes: UnsafeMutablePointer<CellSpike>, releases: UnsafeMutablePointer<Double>? = nil,
    lostValues: UnsafeMutablePointer<Double>, spikeCount: Int = 0
  ) {
    self.blocks = blocks
    self.cellCount = cellCount
    self.firstStep = firstStep
    self.stepCount = stepCount
    self.start = start
    self.timeStep = timeStep
    self.arrivals = arrivals
    self.slotCount = slotCount
    self.firstSlot = firstSlot
    self.slotStride = slotStride
    self.sums = sums
    self.spikes = spikes
    self.releases = releases
    self.lostValues = lostValues
    self.spikeCount = spikeCount
  }
}
