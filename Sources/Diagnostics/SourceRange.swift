/// A stretch of a source file, as offsets into its UTF-8 bytes.
public struct SourceRange: Sendable, Hashable {
  public var file: SourceFile
  public var lowerBound: Int
  public var upperBound: Int

  /// Makes a range of a file.
  public init(file: SourceFile, lowerBound: Int, upperBound: Int) {
    self.file = file
    self.lowerBound = lowerBound
    self.upperBound = upperBound
  }

  /// The range from the start of this one to the end of another one of the same file.
  public func joined(with other: SourceRange) -> SourceRange {
    SourceRange(
      file: file, lowerBound: min(lowerBound, other.lowerBound),
      upperBound: max(upperBound, other.upperBound))
  }

  /// The empty range at the end of this one.
  public var end: SourceRange {
    SourceRange(file: file, lowerBound: upperBound, upperBound: upperBound)
  }

  /// The text of the range.
  public var text: String { file.text(lowerBound, upperBound) }

  /// Where the range begins.
  public var position: SourcePosition { file.position(of: lowerBound) }
}
