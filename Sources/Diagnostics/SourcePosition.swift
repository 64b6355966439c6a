/// A line and a column, both counted from 1; columns count characters.
public struct SourcePosition: Sendable, Hashable {
  public var line: Int
  public var column: Int

  /// Makes a position.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

extension SourceFile {
  /// Lines longer than this, in bytes, are counted in Unicode scalars, which is much faster.
  private static let longLine = 4096

  /// The position of an offset into the bytes.
  ///
  /// A byte order mark at the front of the file has no column.
  public func position(of offset: Int) -> SourcePosition {
    let limited = max(0, min(offset, bytes.count))
    var (start, number) = lineStart(of: limited)
    if start == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = min(3, limited) }
    let before = text(start, limited)
    let count =
      limited - start > Self.longLine ? before.unicodeScalars.count : before.count
    return SourcePosition(line: number, column: count + 1)
  }

  /// The offset of the first byte that is not part of valid UTF-8, or `nil` if there is none.
  public var firstInvalidOffset: Int? {
    if bytes.allSatisfy({ $0 < 0x80 }) { return nil }
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): offset += UTF8.width(scalar)
      case .emptyInput: return nil
      case .error: return offset
      }
    }
  }
}
