import Programs

/// The spikes of some cells of one population in a window of steps.
final class SpikeBuffer: @unchecked Sendable {
  // Written by one thread before a barrier, read by any behind it.

  /// As the kernel appends them: of one step, in the order of cells.
  let raw: UnsafeMutablePointer<CellSpike>
  /// In the order of time; within a step, by cell.
  private(set) var sorted: UnsafeMutablePointer<CellSpike>
  private let scratch: UnsafeMutablePointer<CellSpike>
  /// How many numbers are told of each spike.
  let releaseCount: Int
  /// The numbers told of each spike of `raw`.
  let rawReleases: UnsafeMutablePointer<Double>?
  /// Those of each spike of `sorted`.
  private(set) var releases: UnsafeMutablePointer<Double>?
  private let releaseScratch: UnsafeMutablePointer<Double>?
  /// Where each step begins in `sorted`, and behind the last where it ends.
  private(set) var starts: [Int]
  var count = 0
  /// The first step of the window after which a state of these cells is not finite, and the cell.
  var lost: (step: Int, cell: Int)?
  /// The states of that cell; see `CellLoop.lostValues`.
  let lostValues: UnsafeMutablePointer<Double>
  let lostValueCount: Int

  init(cells: Int, steps: Int, releases releaseCount: Int, lostValues lostValueCount: Int) {
    self.lostValueCount = lostValueCount
    lostValues = .allocate(capacity: max(1, lostValueCount))
    lostValues.initialize(repeating: 0, count: max(1, lostValueCount))
    self.releaseCount = releaseCount
    let room = cells * steps * releaseCount
    rawReleases = room > 0 ? .allocate(capacity: room) : nil
    releaseScratch = room > 0 && steps > 1 ? .allocate(capacity: room) : nil
    releases = rawReleases
    raw = .allocate(capacity: max(1, cells * steps))
    scratch = .allocate(capacity: max(1, cells * steps))
    sorted = raw
    starts = Array(repeating: 0, count: steps + 1)
  }

  deinit {
    raw.deallocate()
    scratch.deallocate()
    lostValues.deallocate()
    rawReleases?.deallocate()
    releaseScratch?.deallocate()
  }

  /// The first spike of a window of which something is told that is not a finite number.
  private(set) var lostRelease: (step: Int, cell: Int, element: Int)?

  /// Looks at what is told of spikes, once they are in order.
  func findLostReleases(firstStep: Int, steps: Int) {
    guard let releases, lostRelease == nil else { return }
    for step in 0..<steps {
      for position in starts[step]..<starts[step + 1] {
        for element in 0..<releaseCount
        where !releases[position * releaseCount + element].isFinite {
          let cell = Int(sorted[position].cell)
          if lostRelease.map({ cell < $0.cell }) ?? true {
            lostRelease = (firstStep + step, cell, element)
          }
        }
      }
      if lostRelease != nil { return }
    }
  }

  /// Puts the spikes of a window into the order of time.
  func sort(steps: Int) {
    guard steps > 1 else {
      sorted = raw
      releases = rawReleases
      starts[0] = 0
      starts[1] = count
      return
    }
    sorted = scratch
    releases = releaseScratch
    for step in 0...steps { starts[step] = 0 }
    for position in 0..<count { starts[Int(raw[position].step) + 1] += 1 }
    for step in 0..<steps { starts[step + 1] += starts[step] }
    var next = starts
    for position in 0..<count {
      let step = Int(raw[position].step)
      scratch[next[step]] = raw[position]
      if let rawReleases, let releaseScratch {
        for element in 0..<releaseCount {
          releaseScratch[next[step] * releaseCount + element] =
            rawReleases[position * releaseCount + element]
        }
      }
      next[step] += 1
    }
  }
}
