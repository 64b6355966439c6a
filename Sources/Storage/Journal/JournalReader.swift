import Foundation

/// Reads a journal, one entry after the other, as far as it is whole.
///
/// A journal may come from anywhere: sizes are checked before anything is allocated.
public final class JournalReader {
  public let path: String
  public let header: JournalHeader
  /// How many bytes are whole, so far as they have been read.
  public private(set) var soundLength: UInt64
  private let handle: FileHandle
  private let length: UInt64

  /// Opens a journal and reads its header.
  ///
  /// - Throws: `StorageFailure` if there is none, or its beginning is damaged.
  public init(path: String) throws(StorageFailure) {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw .refused(operation: "reading", path: path, reason: String(cString: strerror(errno)))
    }
    self.path = path
    self.handle = handle
    var status = stat()
    guard fstat(handle.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .noJournal(path: path)
    }
    length = UInt64(status.st_size)
    let mark = JournalFormat.mark
    guard let first = try? handle.read(upToCount: mark.count), Array(first) == mark else {
      throw .noJournal(path: path)
    }
    guard let content = Self.block(handle, left: length - UInt64(mark.count)),
      let header = try? JSONDecoder().decode(JournalHeader.self, from: Data(content)),
      header.isSound
    else { throw .noJournal(path: path) }
    self.header = header
    soundLength = UInt64(mark.count + content.count + 16)
  }

  /// The next entry, or `nil` at the end of what is whole; parts of runs are passed over.
  public func next() -> JournalEntry? {
    while let block = nextBlock() {
      if case .entry(let entry) = block { return entry }
    }
    return nil
  }

  /// The next entry or part of a run, or `nil` at the end of what is whole.
  public func nextBlock() -> JournalBlock? {
    guard let content = Self.block(handle, left: length - soundLength),
      let block = JournalFormat.block(content, header)
    else { return nil }
    soundLength += UInt64(content.count + 16)
    return block
  }

  private static func block(_ handle: FileHandle, left: UInt64) -> [UInt8]? {
    guard left >= 16, let start = try? handle.read(upToCount: 16), start.count == 16 else {
      return nil
    }
    let numbers = [0, 8].map { place in
      start.dropFirst(place).prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
    guard numbers[0] <= UInt64(JournalFormat.largestBlock), numbers[0] <= left - 16,
      let data = try? handle.read(upToCount: Int(numbers[0])), data.count == Int(numbers[0])
    else { return nil }
    let content = Array(data)
    var sum = CheckSum()
    content.withUnsafeBytes { sum.add($0) }
    return sum.value == numbers[1] ? content : nil
  }
}
