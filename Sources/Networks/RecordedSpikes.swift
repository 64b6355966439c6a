import Dynamics
import ModelLanguage

/// Spikes that were recorded elsewhere, for one input of the cells of a population.
///
/// A spike belongs to the step within which it falls, its end included, and what replays it has its
/// own spike at the end of that step: where this network made the record, the same step again.
public struct RecordedSpikes: Sendable {
  /// The number of the step within which each falls, ascending.
  public let steps: [Int]
  /// The cell of each.
  public let cells: [UInt32]

  /// Takes spikes whose steps ascend.
  public init(steps: [Int], cells: [UInt32]) {
    precondition(steps.count == cells.count, "every spike has a cell")
    self.steps = steps
    self.cells = cells
  }

  /// The number of the step within which a time falls.
  ///
  /// Times are written in decimals and in other units, so that one that is a step's end up to
  /// rounding is that end.
  ///
  /// - Parameters:
  ///   - time: In s.
  ///   - timeStep: In s.
  /// - Returns: -1 for times up to the start of a run; `nil` for what is no time of a run.
  public static func step(of time: Double, timeStep: Double) -> Int? {
    let ends = time / timeStep
    guard ends.isFinite, abs(ends) < 0x1p53 else { return nil }
    let nearest = ends.rounded()
    let end = abs(ends - nearest) <= 8 * ends.ulp ? nearest : ends.rounded(.up)
    return max(-1, Int(end) - 1)
  }
}

/// The recorded spikes of the cells of one thread, which reach their ring window by window.
final class RecordedFeed: @unchecked Sendable {
  // A thread touches its own feeds only.

  /// Among the populations.
  let population: Int
  private let ring: Int
  private var steps: [Int] = []
  private var cells: [UInt32] = []
  private var next = 0

  init(_ spikes: RecordedSpikes, population: Int, ring: Int, cells own: Range<Int>) {
    self.population = population
    self.ring = ring
    for (step, cell) in zip(spikes.steps, spikes.cells) where own.contains(Int(cell)) {
      steps.append(step)
      cells.append(cell)
    }
  }

  /// Puts the spikes of a window where the cells find them at the beginnings of their steps.
  func fill(_ population: PopulationState, firstStep: Int, stepCount: Int) {
    guard next < steps.count, steps[next] < firstStep + stepCount,
      let values = population.rings[ring]
    else { return }
    while next < steps.count, steps[next] < firstStep + stepCount {
      // The slots of one window are all different: the ring has more than a window has steps.
      let slot = steps[next] % population.slotCount
      values[slot * population.paddedCount + Int(cells[next])] += 1
      next += 1
    }
  }
}

extension RecordedSpikes {
  /// Shares the recorded spikes of a run out between threads.
  ///
  /// - Returns: For each thread its feeds.
  /// - Throws: `NetworkFailure` if there is a spike of a cell that a population does not have.
  static func feeds(
    _ settings: NetworkSettings, _ populations: [PopulationState], threads: Int
  ) throws(NetworkFailure) -> [[RecordedFeed]] {
    var feeds: [[RecordedFeed]] = (0..<threads).map { _ in [] }
    for (number, population) in populations.enumerated() {
      for (index, input) in population.part.population.cell.inputs.enumerated() {
        guard case .recorded = input.role,
          let spikes = settings.recordedSpikes[input.declaration.path]
        else { continue }
        let ring = population.part.equations.inputPlaces[index]
        if let largest = spikes.cells.max(), largest >= population.cellCount {
          throw .unsuitable(
            input.declaration,
            message: "there is a recorded spike of cell \(largest) for "
              + "`\(input.declaration.path)`, and "
              + "`\(population.part.population.declaration.path)` has "
              + "\(population.cellCount) cells, counted from 0")
        }
        for thread in 0..<threads {
          let blocks = NetworkRun.share(of: thread, among: threads, population.blockCount)
          feeds[thread].append(
            RecordedFeed(
              spikes, population: number, ring: ring, cells: population.cells(of: blocks)))
        }
      }
    }
    return feeds
  }
}
