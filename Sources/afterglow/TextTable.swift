/// Columns of text under headings, as wide as they need to be.
struct TextTable {
  private var rows: [[String]]
  /// Longer cells are cut.
  private static let widest = 56

  init(_ headings: [String]) { rows = [headings] }

  /// Adds a row with a cell for each heading.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The table, line by line.
  var text: String {
    let shown = rows.map { row in
      row.map { $0.count > Self.widest ? $0.prefix(Self.widest - 1) + "…" : $0 }
    }
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in shown.map { $0[column].count }.max() ?? 0 }
    func line(_ row: [String]) -> String {
      var text = ""
      for (column, cell) in row.enumerated() {
        let isLast = column == columns - 1
        let padding = isLast ? 0 : widths[column] - cell.count + 2
        text += cell + String(repeating: " ", count: padding)
      }
      return text
    }
    let rule = widths.map { String(repeating: "-", count: $0) }
    return ([line(shown[0]), line(rule)] + shown.dropFirst().map(line)).joined(separator: "\n")
  }
}
