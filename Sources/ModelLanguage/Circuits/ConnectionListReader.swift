import Diagnostics
import Units

/// Reads a table of connections: comma-separated, a header, then a pair of cells in each row.
///
///     source,target,weight [nS],delay [ms]
///     0,12,1.5,2
///
/// Units may stand in parentheses too.
struct ConnectionListReader {
  /// The size in bytes above which a table is refused.
  static let largestSize = 10 << 20
  /// After this many errors the rest of a table is left alone.
  private static let largestErrorCount = 20

  private let file: SourceFile
  private let bytes: [UInt8]
  var weightDimensions: Dimensions?
  var weightUnit: PhysicalUnit?
  /// How many cells source and target have by default, where that is known.
  var sizes: (source: Double?, target: Double?)
  /// Whether a cell may not connect to itself.
  var excludesItself = false
  private(set) var rows: [(source: Int, target: Int, weight: Double?, delay: Double?)] = []
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var hasDelays = false

  private enum Column: String, CaseIterable {
    case source, target, weight, delay
  }

  private var columns: [(column: Column, unit: PhysicalUnit)] = []

  init(_ file: SourceFile) {
    self.file = file
    bytes = file.bytes
  }

  mutating func read() {
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var isHeader = true
    while start < bytes.count, diagnostics.count < Self.largestErrorCount {
      var end = start
      while end < bytes.count, bytes[end] != 10 { end += 1 }
      let line = trimmed(start..<end)
      start = end + 1
      if isHeader {
        isHeader = false
        guard readHeader(line) else { return }
      } else if !line.isEmpty {
        readRow(line)
      }
    }
    if columns.isEmpty { report(id: "list-header", "this table is empty", 0..<0) }
  }

  // MARK: Parts of lines

  private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, isSpace(bytes[low]) { low += 1 }
    while high > low, isSpace(bytes[high - 1]) { high -= 1 }
    return low..<high
  }

  private func fields(of line: Range<Int>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = line.lowerBound
    for place in line where bytes[place] == UInt8(ascii: ",") {
      found.append(trimmed(start..<place))
      start = place + 1
    }
    return found + [trimmed(start..<line.upperBound)]
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private mutating func report(
    id: String, _ message: String, _ range: Range<Int>, help: [String] = []
  ) {
    diagnostics.append(
      Diagnostic(
        id: id, message,
        at: SourceRange(file: file, lowerBound: range.lowerBound, upperBound: range.upperBound),
        help: help))
  }

  // MARK: Header

  private mutating func readHeader(_ line: Range<Int>) -> Bool {
    for field in fields(of: line) { readColumn(field) }
    for needed in [Column.source, .target] where diagnostics.isEmpty {
      if !columns.contains(where: { $0.column == needed }) {
        report(
          id: "list-header", "this table has no column `\(needed.rawValue)`", line,
          help: ["the first line names the columns: `source,target,weight [nS],delay [ms]`"])
      }
    }
    hasDelays = columns.contains { $0.column == .delay }
    return diagnostics.isEmpty
  }

  private mutating func readColumn(_ field: Range<Int>) {
    let bracket =
      field.first { bytes[$0] == UInt8(ascii: "[") || bytes[$0] == UInt8(ascii: "(") }
      ?? field.upperBound
    let name = text(trimmed(field.lowerBound..<bracket))
    guard let column = Column(rawValue: name) else {
      let names = Column.allCases.map(\.rawValue)
      report(
        id: "list-header", "`\(name)` is no column of a list of connections", field,
        help: [
          nearestName(to: name, among: names).map { "did you mean `\($0)`?" }
            ?? "there are `source`, `target`, `weight` and `delay`, with units in brackets"
        ])
      return
    }
    if columns.contains(where: { $0.column == column }) {
      report(id: "list-header", "there are two columns `\(name)`", field)
      return
    }
    var unit = PhysicalUnit.one
    if bracket < field.upperBound {
      let closing = UInt8(ascii: bytes[bracket] == UInt8(ascii: "[") ? "]" : ")")
      let isClosed = bracket + 1 < field.upperBound && bytes[field.upperBound - 1] == closing
      let inner = text(bracket + 1..<field.upperBound - (isClosed ? 1 : 0))
      guard isClosed, let known = try? PhysicalUnit(parsing: inner) else {
        report(
          id: "list-header", "`\(inner)` is no unit", field,
          help: ["a unit stands in brackets, as in `weight [nS]`"])
        return
      }
      unit = known
    }
    let expected: (Dimensions?, PhysicalUnit?) =
      switch column {
      case .source, .target: (Dimensions.none, .one)
      case .weight: (weightDimensions, weightUnit)
      case .delay: (.time, try? PhysicalUnit(parsing: "ms"))
      }
    if let dimensions = expected.0, unit.dimensions != dimensions {
      let wanted = expected.1?.symbol ?? "\(dimensions)"
      report(
        id: "list-header",
        wanted == "1"
          ? "`\(name)` has no unit"
          : "`\(name)` is in \(wanted), and the table in \(unit.symbol == "1" ? "no unit" : unit.symbol)",
        field, help: wanted == "1" ? [] : ["`\(name) (\(wanted))`"])
      return
    }
    columns.append((column, unit))
  }

  // MARK: Rows

  private mutating func readRow(_ line: Range<Int>) {
    let fields = fields(of: line)
    guard fields.count == columns.count else {
      report(
        id: "list-row",
        "this row has \(fields.count) value\(fields.count == 1 ? "" : "s"), and the table "
          + "\(columns.count) columns", line)
      return
    }
    var row = (source: -1, target: -1, weight: Double?.none, delay: Double?.none)
    for (field, (column, unit)) in zip(fields, columns) {
      switch column {
      case .source:
        guard let cell = cell(field, of: sizes.source, "source") else { return }
        row.source = cell
      case .target:
        guard let cell = cell(field, of: sizes.target, "target") else { return }
        row.target = cell
      case .weight, .delay:
        guard let value = unit.siValue(ofDecimal: text(field)), value.isFinite else {
          report(id: "list-row", "`\(text(field))` is not a number", field)
          return
        }
        if column == .weight {
          row.weight = value
        } else if value < 0 {
          report(id: "list-row", "a delay cannot be negative", field)
          return
        } else {
          row.delay = value
        }
      }
    }
    if excludesItself, row.source == row.target {
      report(
        id: "list-row", "cell \(row.source) is connected to itself", line,
        help: ["`autapses` in the projection allows it"])
      return
    }
    rows.append(row)
  }

  private mutating func cell(_ field: Range<Int>, of size: Double?, _ what: String) -> Int? {
    var number = 0
    for place in field {
      let byte = bytes[place]
      guard byte >= 48, byte <= 57, number < 1 << 31 else {
        number = -1
        break
      }
      number = 10 * number + Int(byte - 48)
    }
    guard !field.isEmpty, number >= 0 else {
      report(id: "list-row", "`\(text(field))` is not the number of a cell", field)
      return nil
    }
    if let size, Double(number) >= size {
      report(
        id: "list-row",
        "there is no cell \(number): the \(what) has \(decimalText(size, significantDigits: 12)) "
          + "cells, counted from 0", field)
      return nil
    }
    return number
  }
}
