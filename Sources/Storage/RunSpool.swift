import Foundation

/// Spikes and connections while runs go on, until the result has them in the order of the runs.
///
/// Runs spike at the same time and end in any order, and there may be more spikes than fit into memory.
/// The file has no name, so that it is gone when the process ends.
final class RunSpool {
  /// One list of one run, whose length is not known beforehand.
  struct Place: Hashable {
    enum Kind {
      /// A time for each spike, and its cell.
      case spikes
      /// A weight for each connection, its source and its target.
      case connections
    }

    var run: Int
    var kind: Kind
    /// Which population or projection of those that are kept.
    var index: Int
  }

  private let path: String
  private var descriptor: CInt = -1
  private var end = 0
  private var stretches: [Place: [(offset: Int, count: Int)]] = [:]
  private var counts: [Place: Int] = [:]

  /// Makes an empty spool.
  ///
  /// - Parameter path: Where its file is while it is being made.
  init(path: String) { self.path = path }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// How many entries there are so far.
  func count(of place: Place) -> Int { counts[place] ?? 0 }

  /// Adds entries behind those that are there.
  ///
  /// - Parameters:
  ///   - numbers: In the unit of the result.
  ///   - indices: The cells of each: one list for spikes, two for connections.
  ///   - place: Of which list they are.
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  func append(
    _ numbers: [Double], _ indices: [[UInt32]], to place: Place
  ) throws(StorageFailure) {
    if numbers.isEmpty { return }
    if descriptor < 0 {
      descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw refused("creating") }
      unlink(path)
    }
    let offset = end
    guard numbers.withUnsafeBytes({ write($0) }),
      indices.allSatisfy({ $0.withUnsafeBytes { write($0) } })
    else { throw refused("writing") }
    stretches[place, default: []].append((offset, numbers.count))
    counts[place, default: 0] += numbers.count
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

  /// Gives all entries of a list, stretch by stretch.
  ///
  /// - Throws: `StorageFailure` if they cannot be read back, and what the body throws.
  func forEachStretch(
    of place: Place, _ body: ([Double], [[UInt32]]) throws(StorageFailure) -> Void
  ) throws(StorageFailure) {
    for stretch in stretches[place] ?? [] {
      var numbers = [Double](repeating: 0, count: stretch.count)
      let size = 8 * stretch.count
      guard pread(descriptor, &numbers, size, off_t(stretch.offset)) == size else {
        throw refused("reading")
      }
      var indices: [[UInt32]] = []
      for column in 0..<(place.kind == .spikes ? 1 : 2) {
        var cells = [UInt32](repeating: 0, count: stretch.count)
        let offset = stretch.offset + size + column * size / 2
        guard pread(descriptor, &cells, size / 2, off_t(offset)) == size / 2 else {
          throw refused("reading")
        }
        indices.append(cells)
      }
      try body(numbers, indices)
    }
  }

  private func refused(_ operation: String) -> StorageFailure {
    .refused(operation: operation, path: path, reason: String(cString: strerror(errno)))
  }
}
