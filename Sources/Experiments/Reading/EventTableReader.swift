import Diagnostics
import ModelLanguage
import Units

/// Reads the rows of a NONMEM-style event table.
///
/// Columns are found by name, in any order and case: `ID TIME AMT RATE II ADDL SS CMT EVID MDV`.
/// Only `TIME` has to be there. Without `EVID` a row with an amount or a rate is a dose and any
/// other an observation. A column whose name is a parameter of the model is a covariate; others
/// are ignored, with a warning where they seem to be meant. Cells that are empty or `.` count as 0.
struct EventTableReader {
  let scope: ModelScope
  let settings: EventTableSettings
  let problems: ProblemList

  private static let names = [
    "ID", "TIME", "AMT", "RATE", "II", "ADDL", "SS", "CMT", "EVID", "MDV", "DV",
  ]

  /// One row in SI units.
  struct Record {
    var time: Double
    var amount: Double
    var rate: Double
    var interval: Double
    var additional: Int
    var steadyState: Int
    var kind: Int
    var row: CommaSeparatedTable.Row
  }

  func table(_ rows: CommaSeparatedTable) -> EventTable? {
    guard let columns = findColumns(rows) else { return nil }
    var individuals: [EventTable.Individual] = []
    var observations = Set<Double>()
    var seen = Set<String>()
    var previousTime = -Double.infinity
    for row in rows.rows {
      let name = columns.index["ID"].map { row.cells[$0].text } ?? "1"
      if individuals.last?.name != name {
        guard seen.insert(name).inserted else {
          problems.error(
            "the rows of individual `\(name)` do not stand together", id: "scattered-individual",
            at: row.range, help: "sort the table by ID and TIME")
          return nil
        }
        let covariates = covariates(columns, row)
        checkAllowed(covariates, columns, row)
        individuals.append(
          EventTable.Individual(name: name, events: [], covariates: covariates))
        previousTime = -.infinity
      } else if covariates(columns, row) != individuals[individuals.count - 1].covariates {
        problems.error(
          "a covariate of individual `\(name)` changes", id: "changing-covariate", at: row.range,
          help: "covariates are constant: give each individual one value")
        return nil
      }
      guard let record = record(columns, row) else { continue }
      if record.time < previousTime {
        problems.error(
          "TIME goes back within individual `\(name)`", id: "times-not-ascending",
          at: cell("TIME", columns, row)?.range ?? row.range,
          help: "sort the table by ID and TIME")
        return nil
      }
      previousTime = record.time
      if record.kind == 0 { observations.insert(record.time) }
      if let event = event(record, columns) {
        individuals[individuals.count - 1].events.append(event)
      }
    }
    return EventTable(
      path: settings.path, written: settings.written, individuals: individuals,
      observationTimes: observations.sorted())
  }

  private struct Columns {
    var index: [String: Int]
    /// Columns that are parameters, with the unit of their numbers.
    var covariates: [(column: Int, parameter: Int, unit: PhysicalUnit)]
  }

  private func findColumns(_ rows: CommaSeparatedTable) -> Columns? {
    var columns = Columns(index: [:], covariates: [])
    for (position, cell) in rows.header.enumerated() {
      let name = cell.text.uppercased()
      if Self.names.contains(name) {
        if columns.index[name] != nil {
          problems.error("the column \(name) is there twice", id: "duplicate-name", at: cell.range)
        }
        columns.index[name] = position
        continue
      }
      let (path, unitText) = splitHeader(cell.text)
      guard let parameter = scope.parameterIndex(path) else {
        warnOfUnused(cell, path, hasUnit: unitText != nil, among: rows.header)
        continue
      }
      let declared = scope.model.parameters[parameter].declaration.unit
      var unit = PhysicalUnit.one
      if let unitText {
        do throws(UnitParsingError) { unit = try PhysicalUnit(parsing: unitText) } catch {
          problems.error(error.message, id: "unknown-unit", at: cell.range)
          continue
        }
      }
      guard unit.dimensions == declared.dimensions else {
        problems.error(
          "`\(path)` is \(described(declared)), found \(described(unit))", id: "unit-mismatch",
          at: cell.range, help: "head the column `\(path) [\(declared.symbol)]`")
        continue
      }
      columns.covariates.append((position, parameter, unit))
    }
    guard columns.index["TIME"] != nil else {
      let header = rows.header.map(\.text)
      let nearest = problems.nearest(to: "TIME", among: header.map { $0.uppercased() })
      problems.error(
        "the table has no column TIME", id: "missing-column",
        at: SourceRange(
          file: rows.file, lowerBound: rows.header.first?.range.lowerBound ?? 0,
          upperBound: rows.header.last?.range.upperBound ?? 0),
        help: nearest.map { "is it `\($0)`?" })
      return nil
    }
    return columns
  }

  /// Warns of a column that is not used and seems to be meant as one that is.
  private func warnOfUnused(
    _ cell: CommaSeparatedTable.Cell, _ path: String, hasUnit: Bool,
    among header: [CommaSeparatedTable.Cell]
  ) {
    let there = Set(header.map { $0.text.uppercased() })
    // That there is no TIME is an error of its own.
    let missing = Self.names.filter { !there.contains($0) && $0 != "TIME" }
    let parameters = scope.model.parameters.map(\.declaration.path)
    let nearest =
      problems.nearest(to: path.uppercased(), among: missing)
      ?? problems.nearest(to: path, among: parameters)
    guard nearest != nil || hasUnit else { return }
    problems.warning(
      "the column `\(shortened(cell.text))` is not used", id: "unused-column", at: cell.range,
      help: nearest.map { "did you mean `\($0)`?" }
        ?? "covariates are parameters of the model, by their paths")
  }

  private func cell(
    _ name: String, _ columns: Columns, _ row: CommaSeparatedTable.Row
  ) -> CommaSeparatedTable.Cell? {
    columns.index[name].map { row.cells[$0] }
  }

  /// The covariates of a row, in SI units.
  private func covariates(
    _ columns: Columns, _ row: CommaSeparatedTable.Row
  ) -> [EventTable.Covariate] {
    columns.covariates.compactMap { entry in
      let cell = row.cells[entry.column]
      guard let value = entry.unit.siValue(ofDecimal: cell.text), value.isFinite else {
        problems.error(
          "row \(row.line): a covariate is a number, found `\(shortened(cell.text))`",
          id: "not-a-number", at: cell.range)
        return nil
      }
      return EventTable.Covariate(parameter: entry.parameter, value: value)
    }
  }

  /// Reports covariates outside the ranges that the model allows.
  private func checkAllowed(
    _ covariates: [EventTable.Covariate], _ columns: Columns, _ row: CommaSeparatedTable.Row
  ) {
    for covariate in covariates {
      let declared = scope.model.parameters[covariate.parameter]
      guard let allowed = declared.allowed, !allowed.contains(covariate.value),
        let column = columns.covariates.first(where: { $0.parameter == covariate.parameter })
      else { continue }
      let unit = declared.declaration.unit
      problems.error(
        "row \(row.line): `\(declared.declaration.path)` is \(unit.text(ofSI: covariate.value)); "
          + "the model allows \(unit.text(ofSI: allowed.lowerBound)) to "
          + unit.text(ofSI: allowed.upperBound), id: "outside-allowed-range",
        at: row.cells[column.column].range,
        notes: [("the parameter is declared here", declared.declaration.range)])
    }
  }

  private func record(_ columns: Columns, _ row: CommaSeparatedTable.Row) -> Record? {
    var isGood = true
    func number(_ name: String, _ unit: PhysicalUnit, lowest: Double = 0) -> Double {
      guard let cell = cell(name, columns, row), !cell.isMissing else { return 0 }
      guard let value = unit.siValue(ofDecimal: cell.text), value.isFinite else {
        problems.error(
          "row \(row.line): \(name) is a number, found `\(shortened(cell.text))`",
          id: "not-a-number", at: cell.range)
        isGood = false
        return 0
      }
      guard value >= lowest else {
        problems.error(
          "row \(row.line): \(name) is negative: \(cell.text)",
          id: name == "TIME" ? "negative-time" : "out-of-range", at: cell.range)
        isGood = false
        return 0
      }
      return value
    }
    func integer(_ name: String, _ range: ClosedRange<Int>) -> Int {
      guard let cell = cell(name, columns, row), !cell.isMissing else { return 0 }
      guard let value = wholeNumber(cell.text), range.contains(value) else {
        problems.error(
          "row \(row.line): \(name) is a whole number from \(range.lowerBound) to "
            + "\(range.upperBound), found `\(shortened(cell.text))`",
          id: "out-of-range", at: cell.range)
        isGood = false
        return 0
      }
      return value
    }
    if let time = cell("TIME", columns, row), time.isMissing {
      problems.error("row \(row.line): TIME is missing", id: "not-a-number", at: time.range)
      return nil
    }
    let time = number("TIME", settings.timeUnit)
    let amount = number("AMT", settings.amountUnit)
    let rate = number("RATE", settings.rateUnit, lowest: -.infinity)
    let interval = number("II", settings.timeUnit)
    let additional = integer("ADDL", 0...DoseReader.countLimit)
    let steadyState = integer("SS", 0...2)
    let unseen = integer("MDV", 0...1)
    var kind = integer("EVID", 0...4)
    let saysKind = cell("EVID", columns, row).map { !$0.isMissing } ?? false
    if !saysKind { kind = amount > 0 || rate != 0 ? 1 : (unseen == 1 ? 2 : 0) }
    guard isGood else { return nil }
    return Record(
      time: time, amount: amount, rate: rate, interval: interval, additional: additional,
      steadyState: steadyState, kind: kind, row: row)
  }

  /// What a row does, or `nil` for one that changes nothing.
  private func event(_ record: Record, _ columns: Columns) -> DosingEvent? {
    let row = record.row
    if record.kind == 0 || record.kind == 2 {
      if record.amount > 0, let amount = cell("AMT", columns, row) {
        problems.error(
          "row \(row.line): a row with EVID \(record.kind) has an amount",
          id: "amount-without-dose", at: amount.range, help: "EVID 1 is a dose")
      }
      return nil
    }
    if record.kind == 3 {
      return DosingEvent(time: record.time, action: .reset, route: 0, amount: 0)
    }
    guard let route = route(columns, row),
      let delivery = delivery(record, columns, route: route)
    else { return nil }
    if (record.steadyState > 0 && !isConstantInfusion(record) || record.additional > 0)
      && record.interval <= 0
    {
      let name = record.steadyState > 0 ? "SS" : "ADDL"
      problems.error(
        "row \(row.line): \(name) needs an interval", id: "missing-interval",
        at: (cell("II", columns, row) ?? cell(name, columns, row))?.range ?? row.range,
        help: "give the dosing interval in the column II")
      return nil
    }
    if record.amount == 0 && !isConstantInfusion(record) {
      problems.error(
        "row \(row.line): a dose has no amount", id: "missing-amount",
        at: cell("AMT", columns, row)?.range ?? row.range)
      return nil
    }
    guard checkSteadyState(record, columns) else { return nil }
    return DosingEvent(
      time: record.time, action: record.kind == 4 ? .resetAndDose : .dose, route: route,
      amount: record.amount, delivery: delivery, interval: record.interval,
      additional: record.additional,
      steadyState: [.none, .replacing, .adding][record.steadyState])
  }

  /// Doses that follow each other faster than this, in s, have no steady state of their own: what
  /// one of them changes is lost in the rounding of what is there.
  private static let shortestInterval = 1e-3

  /// Whether the steady state that a row asks for is one that can be found.
  private func checkSteadyState(_ record: Record, _ columns: Columns) -> Bool {
    guard record.steadyState > 0 else { return true }
    let row = record.row
    func report(_ column: String, _ message: String, id: String, help: String) -> Bool {
      problems.error(
        "row \(row.line): \(message)", id: id, at: cell(column, columns, row)?.range ?? row.range,
        help: help)
      return false
    }
    if scope.model.changesWithTime {
      return report(
        "SS", "the model has terms that depend on `time`, so that no two intervals are alike",
        id: "no-steady-state",
        help: "write the doses before this one as rows, or with ADDL")
    }
    guard record.interval > 0 else { return true }
    if record.interval < Self.shortestInterval {
      return report(
        "II",
        "the interval of a steady state is at least "
          + "\(PhysicalUnit.second.text(ofSI: Self.shortestInterval)), found "
          + PhysicalUnit.second.text(ofSI: record.interval), id: "out-of-range",
        help: "doses that follow each other so fast are an infusion: write their RATE, and 0 for "
          + "AMT and II")
    }
    let overlaps = record.rate > 0 ? record.amount / record.rate / record.interval : 0
    if overlaps > Double(SteadyStateRequest.overlapLimit) {
      return report(
        "RATE",
        "at this rate a dose goes on for \(decimalText(overlaps, significantDigits: 3)) intervals; "
          + "the most are \(SteadyStateRequest.overlapLimit)", id: "out-of-range",
        help: "doses that overlap so much are an infusion: write their total RATE, and 0 for AMT "
          + "and II")
    }
    return true
  }

  /// Whether a row asks for the steady state of an infusion without end.
  private func isConstantInfusion(_ record: Record) -> Bool {
    record.steadyState > 0 && record.amount == 0 && record.rate > 0 && record.interval == 0
  }

  private func route(_ columns: Columns, _ row: CommaSeparatedTable.Row) -> Int? {
    let cell = cell("CMT", columns, row)
    if cell == nil || cell?.isMissing == true {
      if settings.routes.count == 1, let only = settings.routes.values.first { return only }
      problems.error(
        "row \(row.line): a dose has no CMT, and the table has several compartments",
        id: "unknown-compartment", at: cell?.range ?? row.range)
      return nil
    }
    guard let cell else { return nil }
    if let route = settings.routes[cell.text] { return route }
    // Programs that write tables from numbers write 2 as 2.0.
    if let number = Double(cell.text).flatMap({ Int(exactly: $0) }),
      let route = settings.routes["\(number)"]
    {
      return route
    }
    let names = settings.routes.keys.sorted()
    problems.error(
      "row \(row.line): the compartment `\(shortened(cell.text))` is not described",
      id: "unknown-compartment", at: cell.range,
      help: "`compartments` has \(listed(names))")
    return nil
  }

  private func delivery(
    _ record: Record, _ columns: Columns, route: Int
  ) -> DosingEvent.Delivery? {
    if record.rate == 0 { return .bolus }
    let row = record.row
    let range = cell("RATE", columns, row)?.range ?? row.range
    let path = scope.model.routes[route].declaration.path
    let spreads = scope.model.routes[route].targets.contains { $0.duration != nil }
    // The codes −1 and −2 are no rates, so they stand as written, without a unit.
    let code = cell("RATE", columns, row).flatMap { Double($0.text) }
    if code == -2 {
      if spreads { return .bolus }
      problems.error(
        "row \(row.line): RATE -2 takes the duration from the model, and the route `\(path)` has "
          + "none", id: "no-model-duration", at: range,
        help: "declare the route with `over TIME`")
      return nil
    }
    if record.rate < 0 {
      problems.error(
        "row \(row.line): RATE \(cell("RATE", columns, row)?.text ?? "") is not supported",
        id: "unsupported-rate", at: range,
        help: code == -1
          ? "a rate from the model has no counterpart here; use RATE -2 and a route with `over`"
          : "a rate is positive, 0 or -2")
      return nil
    }
    if spreads {
      problems.error(
        "row \(row.line): the route `\(path)` spreads a dose over a time of its own",
        id: "conflicting-duration", at: range, help: "leave RATE at 0, or write -2")
      return nil
    }
    return .rate(record.rate)
  }
}
