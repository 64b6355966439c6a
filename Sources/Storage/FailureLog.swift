import Foundation

/// Keeps what is known of failed runs in a file beside the result until it is completed.
///
/// Runs fail in any order and there may be many of them; the result has them in the order of the runs.
/// The file has no name, so that it is gone when the process ends.
final class FailureLog {
  /// What is kept of a failed run.
  struct Entry {
    var reason: String
    /// In s.
    var lastTime: Double
    /// In SI units; none where no state was reached.
    var lastStates: [Double]
  }

  private let path: String
  private var descriptor: CInt = -1
  private var places: [Int: (offset: Int, count: Int)] = [:]
  private var end = 0

  /// Makes an empty log.
  ///
  /// - Parameter path: Where its file is while it is being made.
  init(path: String) { self.path = path }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The failed runs, ascending.
  var runs: [Int] { places.keys.sorted() }

  /// Forgets a run, which has been tried again.
  func remove(_ run: Int) { places[run] = nil }

  /// Keeps what is known of a run, instead of what was known.
  ///
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  func add(_ run: Int, _ entry: Entry) throws(StorageFailure) {
    if descriptor < 0 {
      descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw refused("creating") }
      unlink(path)
    }
    let text = Array(entry.reason.utf8)
    var bytes: [UInt8] = []
    let words =
      [UInt64(text.count), entry.lastTime.bitPattern]
      + entry.lastStates.map(\.bitPattern)
    words.withUnsafeBytes { bytes.append(contentsOf: $0) }
    bytes += text
    guard pwrite(descriptor, bytes, bytes.count, off_t(end)) == bytes.count else {
      throw refused("writing")
    }
    places[run] = (end, bytes.count)
    end += bytes.count
  }

  /// What is known of a failed run.
  ///
  /// - Throws: `StorageFailure` if it cannot be read back.
  func entry(of run: Int) throws(StorageFailure) -> Entry? {
    guard let place = places[run] else { return nil }
    var bytes = [UInt8](repeating: 0, count: place.count)
    guard pread(descriptor, &bytes, place.count, off_t(place.offset)) == place.count else {
      throw refused("reading")
    }
    func word(_ index: Int) -> UInt64 {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self) }
    }
    let length = Int(word(0))
    let count = (place.count - length) / 8 - 2
    return Entry(
      reason: String(decoding: bytes.suffix(length), as: UTF8.self),
      lastTime: Double(bitPattern: word(1)),
      lastStates: (0..<count).map { Double(bitPattern: word(2 + $0)) })
  }

  private func refused(_ operation: String) -> StorageFailure {
    .refused(operation: operation, path: path, reason: String(cString: strerror(errno)))
  }
}
