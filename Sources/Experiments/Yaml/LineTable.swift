import Diagnostics
import Yams

/// Where the lines of a file begin, to turn the parser's marks into ranges.
struct LineTable {
  let file: SourceFile
  /// What the parser reads: the file without a byte order mark.
  let text: String
  private let bytes: [UInt8]
  private let starts: [Int]

  init(_ file: SourceFile) {
    self.file = file
    bytes = file.bytes
    // A byte order mark has no column.
    let first = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    text = String(decoding: bytes[first...], as: UTF8.self)
    var starts = [first]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    self.starts = starts
  }

  /// One character; lines and columns count from 1, columns in Unicode scalars.
  func range(line: Int, column: Int) -> SourceRange {
    let offset = offset(line: line, column: column)
    return SourceRange(file: file, lowerBound: offset, upperBound: min(offset + 1, bytes.count))
  }

  /// The text of a scalar, or the first character of a collection.
  func range(of node: Node) -> SourceRange {
    guard let mark = node.mark else { return range(line: 1, column: 1) }
    let start = offset(line: mark.line, column: mark.column)
    let end = node.scalar.map { scalarEnd($0.string, from: start) } ?? start + 1
    return SourceRange(file: file, lowerBound: start, upperBound: min(end, bytes.count))
  }

  /// Whether a list or a table is written with brackets or braces.
  ///
  /// The parser has a style for this, which it reads from the end of the collection, where there is none.
  func isBracket(at range: SourceRange) -> Bool {
    guard range.lowerBound < bytes.count else { return false }
    return bytes[range.lowerBound] == UInt8(ascii: "{")
      || bytes[range.lowerBound] == UInt8(ascii: "[")
  }

  /// Whether a text has an open bracket and ends at a comma: half of a call such as `mean(x, 1 h, 2 h)`.
  func isCutByComma(_ text: String, at range: SourceRange) -> Bool {
    let open = text.utf8.count { $0 == UInt8(ascii: "(") }
    guard open > text.utf8.count(where: { $0 == UInt8(ascii: ")") }) else { return false }
    let next = bytes[range.upperBound...].first { $0 != UInt8(ascii: " ") }
    return next == UInt8(ascii: ",")
  }

  /// Where a key stands for the second time in the same column as the first.
  func repetition(of key: String, after first: SourceRange) -> SourceRange? {
    guard let line = starts.lastIndex(where: { $0 <= first.lowerBound }) else { return nil }
    let indentation = first.lowerBound - starts[line]
    let pattern = Array(key.utf8)
    for next in starts.dropFirst(line + 1) {
      let start = next + indentation
      guard start + pattern.count < bytes.count,
        bytes[next..<start].allSatisfy({ $0 == UInt8(ascii: " ") }),
        bytes[start..<start + pattern.count].elementsEqual(pattern),
        bytes[start + pattern.count] == UInt8(ascii: ":")
      else { continue }
      return SourceRange(file: file, lowerBound: start, upperBound: start + pattern.count)
    }
    return nil
  }

  private func offset(line: Int, column: Int) -> Int {
    guard line >= 1, line <= starts.count else { return bytes.count }
    var offset = starts[line - 1]
    var remaining = column - 1
    while remaining > 0, offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      remaining -= 1
    }
    return offset
  }

  private func scalarEnd(_ text: String, from start: Int) -> Int {
    guard start < bytes.count else { return start }
    let quote = bytes[start]
    if quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
      var end = start + 1
      while end < bytes.count, bytes[end] != quote, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      return end + 1
    }
    let length = text.utf8.count
    guard start + length <= bytes.count, bytes[start..<start + length].elementsEqual(text.utf8)
    else { return start + 1 }
    return start + length
  }
}
