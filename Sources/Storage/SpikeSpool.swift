import Foundation

/// Spikes while runs go on, until the result has them in the order of the runs.
///
/// Runs spike at the same time and end in any order, and there may be more spikes than fit into memory.
/// The file has no name, so that it is gone when the process ends.
final class SpikeSpool {
  /// One population of one run.
  struct Place: Hashable {
    var run: Int
    var population: Int
  }

  private let path: String
  private var descriptor: CInt = -1
  private var end = 0
  private var stretches: [Place: [(offset: Int, count: Int)]] = [:]

  /// Makes an empty spool.
  ///
  /// - Parameter path: Where its file is while it is being made.
  init(path: String) { self.path = path }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// How many spikes there are so far.
  func count(of place: Place) -> Int { (stretches[place] ?? []).reduce(0) { $0 + $1.count } }

  /// Adds spikes behind those that are there.
  ///
  /// - Parameters:
  ///   - times: In the unit of the result.
  ///   - cells: The cell of each, from 0.
  ///   - place: Of which population of which run they are.
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  func append(_ times: [Double], _ cells: [UInt32], to place: Place) throws(StorageFailure) {
    if times.isEmpty { return }
    if descriptor < 0 {
      descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw refused("creating") }
      unlink(path)
    }
    let offset = end
    guard times.withUnsafeBytes({ write($0) }), cells.withUnsafeBytes({ write($0) }) else {
      throw refused("writing")
    }
    stretches[place, default: []].append((offset, times.count))
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    var position = 0
    while position < bytes.count {
      let count = pwrite(descriptor, base + position, bytes.count - position, off_t(end))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      position += count
      end += count
    }
    return true
  }

  /// Gives all spikes of a population of a run, stretch by stretch.
  ///
  /// - Throws: `StorageFailure` if they cannot be read back, and what the body throws.
  func forEachStretch(
    of place: Place, _ body: ([Double], [UInt32]) throws(StorageFailure) -> Void
  ) throws(StorageFailure) {
    for stretch in stretches[place] ?? [] {
      var times = [Double](repeating: 0, count: stretch.count)
      var cells = [UInt32](repeating: 0, count: stretch.count)
      let size = 8 * stretch.count
      guard pread(descriptor, &times, size, off_t(stretch.offset)) == size,
        pread(descriptor, &cells, size / 2, off_t(stretch.offset + size)) == size / 2
      else { throw refused("reading") }
      try body(times, cells)
    }
  }

  private func refused(_ operation: String) -> StorageFailure {
    .refused(operation: operation, path: path, reason: String(cString: strerror(errno)))
  }
}
