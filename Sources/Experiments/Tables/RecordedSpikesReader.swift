import Diagnostics
import Networks
import Units

/// Reads a table of spikes: a header with `time [unit]` and `cell`, then a spike in each row.
///
/// Times do not descend. Other columns are left alone.
struct RecordedSpikesReader {
  /// The unit of times where the header has none.
  let unit: PhysicalUnit?
  /// The end of the run, and its step, in s.
  let duration: Double
  let timeStep: Double
  let problems: ProblemList

  /// The largest number of a cell.
  private static let largestCell = 100_000_000

  /// The spikes within the run; `nil` if something is wrong and was reported.
  func recording(_ file: SourceFile) -> Replay.Recording? {
    guard let table = CommaSeparatedTable(file, mayBeEmpty: true, problems: problems),
      let columns = columns(table)
    else { return nil }
    let end = Int((duration / timeStep).rounded())
    var steps: [Int] = []
    var cells: [UInt32] = []
    var largest: (cell: Int, range: SourceRange)?
    var last = (time: -Double.infinity, text: "")
    var outside: (count: Int, first: SourceRange)?
    for row in table.rows {
      let cell = row.cells[columns.cell]
      guard let time = time(row.cells[columns.time], columns.unit, after: &last),
        let number = number(of: cell)
      else { return nil }
      if number > largest?.cell ?? -1 { largest = (number, cell.range) }
      guard let step = RecordedSpikes.step(of: time, timeStep: timeStep), step >= 0, step < end
      else {
        outside = (1 + (outside?.count ?? 0), outside?.first ?? row.range)
        continue
      }
      steps.append(step)
      cells.append(UInt32(number))
    }
    report(outside, of: table.rows.count)
    reportShared(steps, cells, at: table.header[columns.time].range)
    return Replay.Recording(
      spikes: RecordedSpikes(steps: steps, cells: cells), largest: largest)
  }

  // MARK: Header

  private func columns(
    _ table: CommaSeparatedTable
  ) -> (time: Int, cell: Int, unit: PhysicalUnit)? {
    let names = table.header.map { splitHeader($0.text) }
    func column(_ name: String) -> Int? {
      guard let first = names.firstIndex(where: { $0.path == name }) else {
        problems.error(
          "the table has no column `\(name)`", id: "missing-column",
          at: table.header[0].range, help: "its header is `time [ms],cell`")
        return nil
      }
      if let second = names.indices.first(where: { $0 > first && names[$0].path == name }) {
        problems.error(
          "the column `\(name)` is there twice", id: "duplicate-name",
          at: table.header[second].range)
        return nil
      }
      return first
    }
    guard let time = column("time"), let cell = column("cell") else { return nil }
    let range = table.header[time].range
    var unit = self.unit
    if let text = names[time].unit {
      do throws(UnitParsingError) { unit = try PhysicalUnit(parsing: text) } catch {
        problems.error(error.message, id: "unknown-unit", at: range)
        return nil
      }
    }
    guard let unit else {
      problems.error(
        "the times have no unit", id: "missing-unit", at: range,
        help: "head the column `time [ms]`, or write `unit: ms` beside the file")
      return nil
    }
    guard unit.dimensions == .time else {
      problems.error(
        "`time` is a time, found \(described(unit))", id: "unit-mismatch", at: range,
        help: "head the column `time [ms]`")
      return nil
    }
    if let stated = self.unit, stated.scale != unit.scale {
      problems.error(
        "the times are in `\(unit.symbol)` here, and the experiment says `\(stated.symbol)`",
        id: "unit-mismatch", at: range, help: "leave `unit` out: the header has it")
      return nil
    }
    return (time, cell, unit)
  }

  // MARK: Rows

  /// The time of a row in s.
  private func time(
    _ cell: CommaSeparatedTable.Cell, _ unit: PhysicalUnit,
    after last: inout (time: Double, text: String)
  ) -> Double? {
    guard let time = unit.siValue(ofDecimal: cell.text), time.isFinite else {
      problems.error(
        "the time of a spike is a finite number, found `\(shortened(cell.text))`",
        id: "not-a-number", at: cell.range)
      return nil
    }
    guard time >= last.time else {
      problems.error(
        "the times go back from \(shortened(last.text)) to \(shortened(cell.text))",
        id: "times-not-ascending", at: cell.range, help: "sort the rows by time")
      return nil
    }
    last = (time, cell.text)
    return time
  }

  private func number(of cell: CommaSeparatedTable.Cell) -> Int? {
    if let number = Int(cell.text), number >= 0, number < Self.largestCell { return number }
    problems.error(
      "`\(shortened(cell.text))` is not the number of a cell", id: "not-a-number",
      at: cell.range, help: "cells are counted from 0")
    return nil
  }

  // MARK: What is worth saying

  private func report(_ outside: (count: Int, first: SourceRange)?, of count: Int) {
    guard let outside else { return }
    let duration = WrittenQuantity(si: duration, in: .second).text
    problems.warning(
      "\(outside.count) of \(count) spikes lie outside the run, after 0 s and up to "
        + "\(duration), and are left out; the first is here", id: "spikes-outside-run",
      at: outside.first)
  }

  /// Tells of spikes of one cell that fall into one step.
  private func reportShared(_ steps: [Int], _ cells: [UInt32], at range: SourceRange) {
    var shared = 0
    var first = 0
    while first < steps.count {
      var end = first + 1
      while end < steps.count, steps[end] == steps[first] { end += 1 }
      if end - first > 1 { shared += end - first - Set(cells[first..<end]).count }
      first = end
    }
    guard shared > 0 else { return }
    problems.warning(
      "\(shared) spikes fall into one step with another of the same cell",
      id: "spikes-share-a-step",
      at: range,
      help: "the cell counts them, but has one spike of its own; a shorter step parts them")
  }
}
