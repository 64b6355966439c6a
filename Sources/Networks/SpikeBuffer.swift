import Programs

/// The spikes of some cells of one population in a window of steps.
final class SpikeBuffer: @unchecked Sendable {
  // Written by one thread before a barrier, read by any behind it.

  /// As the kernel appends them: of one step, in the order of cells.
  let raw: UnsafeMutablePointer<CellSpike>
  /// In the order of time; within a step, by cell.
  private(set) var sorted: UnsafeMutablePointer<CellSpike>
  private let scratch: UnsafeMutablePointer<CellSpike>
  /// Where each step begins in `sorted`, and behind the last where it ends.
  private(set) var starts: [Int]
  var count = 0

  init(cells: Int, steps: Int) {
    raw = .allocate(capacity: max(1, cells * steps))
    scratch = .allocate(capacity: max(1, cells * steps))
    sorted = raw
    starts = Array(repeating: 0, count: steps + 1)
  }

  deinit {
    raw.deallocate()
    scratch.deallocate()
  }

  /// Puts the spikes of a window into the order of time.
  func sort(steps: Int) {
    guard steps > 1 else {
      sorted = raw
      starts[0] = 0
      starts[1] = count
      return
    }
    sorted = scratch
    for step in 0...steps { starts[step] = 0 }
    for position in 0..<count { starts[Int(raw[position].step) + 1] += 1 }
    for step in 0..<steps { starts[step + 1] += starts[step] }
    var next = starts
    for position in 0..<count {
      let step = Int(raw[position].step)
      scratch[next[step]] = raw[position]
      next[step] += 1
    }
  }
}
