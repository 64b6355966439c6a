import Diagnostics
import ModelLanguage
import Units

/// How an event table is to be understood: its units, and the routes of its compartments.
struct EventTableSettings {
  var path: String
  var pathRange: SourceRange
  var timeUnit: PhysicalUnit
  var amountUnit: PhysicalUnit
  var rateUnit: PhysicalUnit
  /// Routes by what the column `CMT` says.
  var routes: [String: Int]
  var written: PlainValue

  static let keys = ["file", "time_unit", "amount_unit", "rate_unit", "compartments"]

  /// Reads the settings.
  init?(_ node: YamlNode, scope: ModelScope, problems: ProblemList) {
    guard
      let table = TableReader(node, name: "`table`", keys: Self.keys, problems: problems)
    else { return nil }
    func unit(_ node: YamlNode, _ name: String) -> PhysicalUnit? {
      guard let text = problems.text(node, name) else { return nil }
      do throws(UnitParsingError) { return try PhysicalUnit(parsing: text) } catch {
        problems.error("\(name): \(error.message)", id: "unknown-unit", at: node.range)
        return nil
      }
    }
    let path = table.required("file", help: "name a CSV file").flatMap {
      problems.text($0, "`file`")
    }
    let time = table.required("time_unit", help: "for example `time_unit: h`").flatMap {
      unit($0, "`time_unit`")
    }
    let amount = table.required("amount_unit", help: "for example `amount_unit: mg`").flatMap {
      unit($0, "`amount_unit`")
    }
    let ownRate = table["rate_unit"].map { unit($0, "`rate_unit`") }
    let routes = table.required(
      "compartments", help: "for example `compartments: {1: drug.oral, 2: drug.intravenous}`"
    ).flatMap { Self.readRoutes($0, scope: scope, problems: problems) }
    guard let path, let time, let amount, let routes else { return nil }
    if let ownRate, ownRate == nil { return nil }
    guard time.dimensions == .time else {
      problems.error(
        "`time_unit` is a unit of time, found `\(time.symbol)`", id: "unit-mismatch",
        at: table["time_unit"]?.range ?? node.range)
      return nil
    }
    let rate = (ownRate ?? nil) ?? amount.divided(by: time)
    guard rate.dimensions == amount.dimensions / .time else {
      problems.error(
        "`rate_unit` is an amount per time, such as `\(amount.divided(by: time).symbol)`, found "
          + "`\(rate.symbol)`", id: "unit-mismatch", at: table["rate_unit"]?.range ?? node.range)
      return nil
    }
    for index in Set(routes.values).sorted() {
      let unit = scope.model.routes[index].declaration.unit
      if amount.dimensions != unit.dimensions {
        problems.error(
          "`amount_unit` is `\(amount.symbol)`; the route "
            + "`\(scope.model.routes[index].declaration.path)` takes `\(unit.symbol)`",
          id: "unit-mismatch", at: table["amount_unit"]?.range ?? node.range)
        return nil
      }
    }
    self.path = path
    pathRange = table["file"]?.range ?? node.range
    timeUnit = time
    amountUnit = amount
    rateUnit = rate
    self.routes = routes
    written = node.plain
  }

  private static func readRoutes(
    _ node: YamlNode, scope: ModelScope, problems: ProblemList
  ) -> [String: Int]? {
    guard let entries = node.entries, !entries.isEmpty else {
      problems.error(
        "`compartments` is a table of routes, found \(node.kindInWords)", id: "wrong-type",
        at: node.range, help: "for example `{1: drug.oral, 2: drug.intravenous}`")
      return nil
    }
    var routes: [String: Int] = [:]
    for entry in entries {
      guard let path = problems.text(entry.value, "a compartment") else { continue }
      guard let index = scope.route(path) else {
        let nearest = problems.nearest(to: path, among: scope.routePaths)
        problems.error(
          "the model has no route `\(shortened(path))`", id: "unknown-route",
          at: entry.value.range,
          help: nearest.map { "did you mean `\($0)`?" }
            ?? "its routes are \(listed(scope.routePaths))")
        continue
      }
      routes[entry.key] = index
    }
    return routes.count == entries.count ? routes : nil
  }
}
