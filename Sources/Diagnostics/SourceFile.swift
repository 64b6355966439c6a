/// The text of a file and the name it is known by.
public struct SourceFile: Sendable, Hashable {
  /// The path to show to people.
  public let path: String
  public let text: String

  /// Makes a source file of a path and a text.
  public init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}

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
}
