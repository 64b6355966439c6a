import Diagnostics

/// A table of comma-separated values with a header, each cell with its place.
///
/// Cells may stand in double quotes, in which `""` is a quote. Empty lines and lines that begin
/// with `#` are skipped.
struct CommaSeparatedTable {
  struct Cell {
    var text: String
    var range: SourceRange

    /// Whether the cell says nothing: empty, or the `.` of event tables.
    var isMissing: Bool { text.isEmpty || text == "." }
  }

  struct Row {
    /// The line in the file, from 1.
    var line: Int
    var cells: [Cell]
    var range: SourceRange
  }

  let file: SourceFile
  let header: [Cell]
  let rows: [Row]

  /// The largest number of rows.
  static let rowLimit = 10_000_000

  /// Reads a table; reports what is wrong and gives `nil` when it has no usable rows.
  init?(_ file: SourceFile, mayBeEmpty: Bool = false, problems: ProblemList) {
    var parser = Parser(file)
    var lines: [Row] = []
    while let row = parser.nextRow() {
      lines.append(row)
      if lines.count > Self.rowLimit {
        problems.error(
          "the table has more than \(Self.rowLimit) rows", id: "table-too-long", at: row.range)
        return nil
      }
    }
    guard let header = lines.first else {
      problems.error(
        "the table is empty", id: "empty-table",
        at: SourceRange(file: file, lowerBound: 0, upperBound: 0),
        help: "its first line names the columns")
      return nil
    }
    self.file = file
    self.header = header.cells
    rows = Array(lines.dropFirst())
    for row in rows where row.cells.count != header.cells.count {
      problems.error(
        "the row has \(row.cells.count) cells, the header \(header.cells.count)",
        id: "wrong-row-length", at: row.range)
      return nil
    }
    guard mayBeEmpty || !rows.isEmpty else {
      problems.error("the table has a header and no rows", id: "empty-table", at: header.range)
      return nil
    }
  }

  private struct Parser {
    let file: SourceFile
    let bytes: [UInt8]
    var position = 0
    var line = 0

    init(_ file: SourceFile) {
      self.file = file
      bytes = file.bytes
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    mutating func nextRow() -> Row? {
      while position < bytes.count {
        line += 1
        let start = position
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        position = end + 1
        var last = end
        if last > start, bytes[last - 1] == UInt8(ascii: "\r") { last -= 1 }
        let text = bytes[start..<last]
        if text.allSatisfy({ $0 == 32 || $0 == 9 }) || text.first == UInt8(ascii: "#") { continue }
        return Row(
          line: line, cells: cells(start, last),
          range: SourceRange(file: file, lowerBound: start, upperBound: last))
      }
      return nil
    }

    private func cells(_ start: Int, _ end: Int) -> [Cell] {
      var cells: [Cell] = []
      var first = start
      var isQuoted = false
      for index in start...end {
        if index < end, bytes[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
        if index == end || (bytes[index] == UInt8(ascii: ",") && !isQuoted) {
          cells.append(cell(first, index))
          first = index + 1
        }
      }
      return cells
    }

    private func cell(_ start: Int, _ end: Int) -> Cell {
      var first = start
      var last = end
      while first < last, bytes[first] == 32 || bytes[first] == 9 { first += 1 }
      while last > first, bytes[last - 1] == 32 || bytes[last - 1] == 9 { last -= 1 }
      var text = String(decoding: bytes[first..<last], as: UTF8.self)
      if text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") {
        text = String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
      }
      return Cell(
        text: text,
        range: SourceRange(file: file, lowerBound: first, upperBound: max(last, first)))
    }
  }
}
