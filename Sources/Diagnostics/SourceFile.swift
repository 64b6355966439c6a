#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The text of a file and the name it is known by.
///
/// Copying is cheap: all copies share one store. The bytes may be anything at all.
public struct SourceFile: Sendable {
  /// The contents, stored once.
  private final class Store: Sendable {
    let path: String
    let bytes: [UInt8]
    /// The offsets at which lines begin; empty for files too large to be worth a table.
    let lineStarts: [Int32]

    init(path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
      lineStarts = bytes.count <= SourceFile.largestTabulatedSize ? Self.lineStarts(of: bytes) : []
    }

    private static func lineStarts(of bytes: [UInt8]) -> [Int32] {
      var starts: [Int32] = [0]
      bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress else { return }
        var offset = 0
        // The searched stretch always lies within the buffer.
        while offset < buffer.count,
          let found = memchr(base + offset, 10, buffer.count - offset)
        {
          offset = UnsafeRawPointer(found) - base + 1
          starts.append(Int32(offset))
        }
      }
      return starts
    }
  }

  /// Files above this size, in bytes, get no table of lines.
  private static let largestTabulatedSize = 1 << 24

  private let store: Store

  /// Makes a source file of a path and a text.
  public init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// Makes a source file of a path and bytes, which need not be valid UTF-8.
  public init(path: String, bytes: [UInt8]) {
    store = Store(path: path, bytes: bytes)
  }

  /// The path to show to people.
  public var path: String { store.path }

  /// The contents as they were read.
  public var bytes: [UInt8] { store.bytes }

  /// The contents as text; bytes that are not UTF-8 become the replacement character.
  public var text: String { String(decoding: store.bytes, as: UTF8.self) }

  /// The range of the whole file.
  public var range: SourceRange {
    SourceRange(file: self, lowerBound: 0, upperBound: store.bytes.count)
  }

  /// The text of a stretch of bytes, which is limited to what the file has.
  public func text(_ lowerBound: Int, _ upperBound: Int) -> String {
    let lower = max(0, min(lowerBound, bytes.count))
    let upper = max(lower, min(upperBound, bytes.count))
    return String(decoding: bytes[lower..<upper], as: UTF8.self)
  }

  /// The offset at which the line with an offset begins, and the number of that line from 1.
  func lineStart(of offset: Int) -> (start: Int, number: Int) {
    let starts = store.lineStarts
    guard starts.isEmpty else {
      var low = 0
      var high = starts.count
      while high - low > 1 {
        let middle = (low + high) / 2
        if Int(starts[middle]) <= offset { low = middle } else { high = middle }
      }
      return (Int(starts[low]), low + 1)
    }
    var start = 0
    var number = 1
    for index in 0..<max(0, min(offset, bytes.count)) where bytes[index] == 10 {
      start = index + 1
      number += 1
    }
    return (start, number)
  }

  /// The offset at which the line with an offset ends, without its line break.
  func lineEnd(of offset: Int) -> Int {
    var end = max(0, min(offset, bytes.count))
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress, end < buffer.count else { return }
      // The searched stretch always lies within the buffer.
      if let found = memchr(base + end, 10, buffer.count - end) {
        end = UnsafeRawPointer(found) - base
      } else {
        end = buffer.count
      }
    }
    if end > 0, bytes[end - 1] == 13 { end -= 1 }
    return end
  }
}

extension SourceFile: Hashable {
  /// Files are equal if they have the same path and the same contents.
  public static func == (left: SourceFile, right: SourceFile) -> Bool {
    left.store === right.store
      || (left.store.path == right.store.path && left.store.bytes == right.store.bytes)
  }

  /// Hashes the path alone: contents can be large.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(store.path)
  }
}
