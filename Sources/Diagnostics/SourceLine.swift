/// One line of a file as it is shown: printable, and cut to a window around a place of interest.
struct SourceLine {
  /// How many characters of a long line are shown.
  static let windowWidth = 120

  /// The text to show; a cut is marked by `…`.
  let shown: String
  private let characters: [Character]
  private let file: SourceFile
  /// The offset of the first shown byte, and how many characters stand before it.
  private let windowStart: Int
  private let windowEnd: Int
  private let leadingCharacters: Int

  /// Takes the line with an offset, with the window around another offset of the line.
  init(file: SourceFile, containing offset: Int, around focus: Int) {
    self.file = file
    var start = file.lineStart(of: offset).start
    if start == 0, file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    let end = max(start, file.lineEnd(of: offset))
    var lower = start
    var upper = end
    let bytes = file.bytes
    if end - start > Self.windowWidth {
      lower = max(start, min(focus, end) - Self.windowWidth / 2)
      upper = min(end, lower + Self.windowWidth)
      lower = max(start, upper - Self.windowWidth)
      // Cuts fall between scalars.
      while lower > start, lower < end, bytes[lower] & 0xC0 == 0x80 { lower -= 1 }
      while upper < end, bytes[upper] & 0xC0 == 0x80 { upper += 1 }
    }
    windowStart = lower
    windowEnd = upper
    leadingCharacters = lower > start ? 1 : 0
    let text =
      (lower > start ? "…" : "") + printable(file.text(lower, upper)) + (upper < end ? "…" : "")
    shown = text
    characters = Array(text)
  }

  /// The columns of the shown text, from 0, that a range covers; at least one.
  func columns(of range: SourceRange) -> Range<Int> {
    let lower = column(of: range.lowerBound)
    let upper = column(of: max(range.lowerBound, min(range.upperBound, windowEnd)))
    return lower..<max(lower + 1, upper)
  }

  /// What stands under a column on a line of carets: a tab under a tab, else a space.
  func blank(at column: Int) -> Character {
    column < characters.count && characters[column] == "\t" ? "\t" : " "
  }

  private func column(of offset: Int) -> Int {
    let limited = max(windowStart, min(offset, windowEnd))
    return leadingCharacters + printable(file.text(windowStart, limited)).count
  }
}
