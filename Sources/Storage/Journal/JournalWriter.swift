import Foundation
import Synchronization

/// Keeps finished runs as they come, so that none is lost when the process ends.
///
/// What is appended survives the end of the process at once, and that of the machine within half a
/// second. One process at a time can write: the file is locked.
public final class JournalWriter: Sendable {
  public let path: String
  /// What this process's parts of runs are told apart by; no result depends on it.
  public let attempt = UInt64.random(in: .min ... .max)
  private let descriptor: CInt
  private let state = Mutex(State())

  private struct State {
    var isDirty = false
    var isOpen = true
    var problem: StorageFailure?
  }

  private static let interval = 0.5

  /// Begins a journal.
  ///
  /// It has its name once the header is whole, so that a process that ends before leaves none.
  ///
  /// - Throws: `StorageFailure.exists` if there is one.
  public convenience init(path: String, header: JournalHeader) throws(StorageFailure) {
    func refusal(_ operation: String) -> StorageFailure {
      if errno == EEXIST { return .exists(path: path) }
      return .refused(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }
    if access(path, F_OK) == 0 { throw .exists(path: path) }
    let temporary = "\(path).tmp-\(getpid())"
    unlink(temporary)
    let descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw refusal("creating") }
    defer { unlink(temporary) }
    try self.init(path: path, locking: descriptor)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let text = try? encoder.encode(header) else {
      throw .failed(operation: "describing", path: path)
    }
    try write(JournalFormat.mark)
    try writeBlock(Array(text), numbers: [])
    // Unlike renaming, this replaces nothing.
    guard link(temporary, path) == 0 else { throw refusal("naming") }
  }

  /// Goes on with a journal.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - soundLength: How much of it is whole; the rest is cut off.
  /// - Throws: `StorageFailure.isInUse` if another process writes to it.
  public convenience init(resuming path: String, at soundLength: UInt64) throws(StorageFailure) {
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .refused(operation: "opening", path: path, reason: String(cString: strerror(errno)))
    }
    try self.init(path: path, locking: descriptor)
    guard ftruncate(descriptor, off_t(soundLength)) == 0,
      lseek(descriptor, 0, SEEK_END) >= 0
    else {
      throw .refused(operation: "cutting", path: path, reason: String(cString: strerror(errno)))
    }
  }

  private init(path: String, locking descriptor: CInt) throws(StorageFailure) {
    self.path = path
    self.descriptor = descriptor
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      Foundation.close(descriptor)
      state.withLock { $0.isOpen = false }
      throw .isInUse(path: path)
    }
    let thread = Thread { [weak self] in
      while true {
        Thread.sleep(forTimeInterval: Self.interval)
        guard let self, self.flush() else { return }
      }
    }
    thread.start()
  }

  deinit {
    if state.withLock({ $0.isOpen }) { Foundation.close(descriptor) }
  }

  /// Whether another process is writing to a journal.
  public static func isInUse(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { Foundation.close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return true }
    flock(descriptor, LOCK_UN)
    return false
  }

  /// Adds finished runs.
  ///
  /// - Throws: `StorageFailure`, for instance when the disk is full; what was there before stands.
  public func append(_ entry: JournalEntry) throws(StorageFailure) {
    let all = (entry.reductions + entry.samples).flatMap { $0 }
    try all.withUnsafeBufferPointer { numbers throws(StorageFailure) in
      try append(
        JournalFormat.beginning(
          firstRun: entry.firstRun, entry.records, samplesAreInUnits: entry.samplesAreInUnits),
        numbers: [UnsafeRawBufferPointer(numbers)])
    }
  }

  /// Adds finished runs without copying their numbers.
  ///
  /// - Parameters:
  ///   - firstRun: The first of the runs.
  ///   - records: What is known of each.
  ///   - numbers: Each reduction of all runs, and then each variable's samples, run after run, of
  ///     those whose samples are kept.
  /// - Throws: `StorageFailure`, for instance when the disk is full; what was there before stands.
  public func append(
    firstRun: Int, _ records: [RunRecord], numbers: [UnsafeBufferPointer<Double>]
  ) throws(StorageFailure) {
    try append(
      JournalFormat.beginning(firstRun: firstRun, records),
      numbers: numbers.map { UnsafeRawBufferPointer($0) })
  }

  /// Adds a part of what a run records.
  ///
  /// - Parameters:
  ///   - content: The part, behind the earlier ones of the run.
  ///   - run: Which run.
  /// - Throws: `StorageFailure`, for instance when the disk is full; what was there before stands.
  public func append(_ content: RunPart.Content, of run: Int) throws(StorageFailure) {
    let beginning = JournalFormat.beginning(of: RunPart(run: run, attempt: attempt, content))
    switch content {
    case .spikes(_, _, let times, let cells):
      try times.withUnsafeBufferPointer { times throws(StorageFailure) in
        try cells.withUnsafeBufferPointer { cells throws(StorageFailure) in
          try append(
            beginning, numbers: [UnsafeRawBufferPointer(times), UnsafeRawBufferPointer(cells)])
        }
      }
    case .connections(_, _, let sources, let targets, let weights):
      try weights.withUnsafeBufferPointer { weights throws(StorageFailure) in
        try (sources + targets).withUnsafeBufferPointer { cells throws(StorageFailure) in
          try append(
            beginning, numbers: [UnsafeRawBufferPointer(weights), UnsafeRawBufferPointer(cells)])
        }
      }
    case .samples(_, _, _, let values), .tally(let values):
      try values.withUnsafeBufferPointer { values throws(StorageFailure) in
        try append(beginning, numbers: [UnsafeRawBufferPointer(values)])
      }
    }
  }

  private func append(
    _ beginning: [UInt8], numbers: [UnsafeRawBufferPointer]
  ) throws(StorageFailure) {
    if let problem = state.withLock({ $0.problem }) { throw problem }
    try writeBlock(beginning, numbers: numbers)
    state.withLock { $0.isDirty = true }
  }

  /// Sees to it that everything is on the disk, and lets go of the file.
  public func close() {
    state.withLock { state in
      guard state.isOpen else { return }
      state.isOpen = false
      fdatasync(descriptor)
      Foundation.close(descriptor)
    }
  }

  /// Deletes the journal, which is not needed any more.
  public func remove() {
    unlink(path)
    state.withLock { state in
      guard state.isOpen else { return }
      state.isOpen = false
      Foundation.close(descriptor)
    }
  }

  private func flush() -> Bool {
    let isDirty = state.withLock { state -> Bool? in
      guard state.isOpen else { return nil }
      defer { state.isDirty = false }
      return state.isDirty
    }
    guard let isDirty else { return false }
    if isDirty, fdatasync(descriptor) != 0, errno != EBADF {
      let reason = String(cString: strerror(errno))
      state.withLock {
        $0.problem = .refused(operation: "writing", path: path, reason: reason)
      }
    }
    return true
  }

  private func writeBlock(
    _ text: [UInt8], numbers: [UnsafeRawBufferPointer]
  ) throws(StorageFailure) {
    let place = lseek(descriptor, 0, SEEK_CUR)
    let isWritten = text.withUnsafeBytes { text in
      let pieces = [text] + numbers
      let start = JournalFormat.start(of: pieces)
      return start.withUnsafeBytes { put($0) } && pieces.allSatisfy { put($0) }
    }
    if isWritten { return }
    let reason = String(cString: strerror(errno))
    // Half a block would hide what a later process appends.
    ftruncate(descriptor, place)
    lseek(descriptor, place, SEEK_SET)
    throw .refused(operation: "writing", path: path, reason: reason)
  }

  private func write(_ bytes: [UInt8]) throws(StorageFailure) {
    guard bytes.withUnsafeBytes({ put($0) }) else {
      throw .refused(operation: "writing", path: path, reason: String(cString: strerror(errno)))
    }
  }

  private func put(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    var position = 0
    while position < bytes.count {
      let count = Foundation.write(descriptor, base + position, bytes.count - position)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return false }
      position += count
    }
    return true
  }
}
