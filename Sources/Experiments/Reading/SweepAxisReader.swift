import Diagnostics
import ModelLanguage
import Units

/// Reads one axis of a sweep.
struct SweepAxisReader {
  let scope: ModelScope
  let problems: ProblemList
  let doses: [Dose]
  /// What populations replay, in all arms.
  var replays: [Replay] = []

  /// The name of a design that draws its points, or `nil` for a grid.
  let drawnBy: String?
  /// Standard deviations that stand in a covariance matrix, by path.
  var deviations: [String: Double] = [:]
  /// Whether a median may be `typical`: what the parameter is without the individual.
  var allowsTypical = false

  static let forms = ["uniform", "log_uniform", "normal", "log_normal"]
  static let keys =
    forms + ["unit", "values", "weights", "truncated", "cv", "from", "to", "count", "scale"]

  /// An axis from an entry of `parameters`.
  func axis(_ entry: YamlNode.Entry) -> SweepAxis? {
    guard let target = target(entry.key, at: entry.keyRange) else { return nil }
    if entry.value.elements != nil {
      guard drawnBy != nil else {
        problems.error(
          "a grid needs the values of `\(entry.key)`, found a list", id: "wrong-type",
          at: entry.value.range,
          help: "write `{values: […]}` or `{from: …, to: …, count: …}`")
        return nil
      }
      return distribution(target, entry).axis(entry.value, form: "uniform", table: nil)
    }
    guard
      let table = TableReader(
        entry.value, name: "the range of `\(entry.key)`", keys: Self.keys, problems: problems)
    else { return nil }
    rejectUnused(table, entry.key)
    if table.has("values") {
      return drawnBy == nil
        ? values(table, target, entry) : distribution(target, entry).choice(table)
    }
    if table.has("from") || table.has("to") { return steps(table, target, entry) }
    guard let form = Self.forms.first(where: table.has), let node = table[form] else {
      problems.error(
        "`\(entry.key)` has no range", id: "missing-key", at: entry.value.range,
        help: drawnBy == nil
          ? "write `{values: […]}` or `{from: …, to: …, count: …}`"
          : "write `[low, high]` or one of \(listed(Self.forms))")
      return nil
    }
    guard drawnBy != nil else {
      problems.error(
        "a grid has no use for `\(form)`", id: "unused-setting", at: node.range,
        help: "write `{values: […]}` or `{from: …, to: …, count: …}`")
      return nil
    }
    return distribution(target, entry).axis(node, form: form, table: table)
  }

  private func distribution(
    _ target: SweepTargetCheck, _ entry: YamlNode.Entry
  ) -> DistributionReader {
    DistributionReader(
      target: target, entry: entry, deviation: deviations[entry.key], problems: problems,
      axes: self)
  }

  /// Reports settings that do not go with the others.
  private func rejectUnused(_ table: TableReader, _ path: String) {
    table.exclusive(Self.forms + ["values", "from"])
    func reject(_ key: String, unless fits: Bool, _ message: String, _ help: String) {
      guard let node = table[key], !fits else { return }
      problems.error(message, id: "unused-setting", at: node.range, help: help)
    }
    let isNormal = table.has("normal") || table.has("log_normal")
    reject(
      "truncated", unless: isNormal, "only `normal` and `log_normal` can be `truncated`",
      "leave it out, and give the range itself the limits")
    reject(
      "cv", unless: table.has("log_normal"), "only `log_normal` has a `cv`",
      "write the standard deviation as the second number")
    reject(
      "weights", unless: table.has("values") && drawnBy != nil,
      drawnBy == nil ? "a grid has no use for `weights`" : "`weights` belong to `values`",
      "leave it out")
    reject(
      "from", unless: drawnBy == nil,
      "a \(drawnBy ?? "") design draws from a range, not from steps",
      "write `[low, high]`")
  }

  /// An axis from a column of a table.
  func column(_ header: CommaSeparatedTable.Cell, values: [CommaSeparatedTable.Cell]) -> SweepAxis?
  {
    let (path, unitText) = splitHeader(header.text)
    guard let target = target(path, at: header.range) else { return nil }
    var unit = PhysicalUnit.one
    if let unitText {
      do throws(UnitParsingError) { unit = try PhysicalUnit(parsing: unitText) } catch {
        problems.error(error.message, id: "unknown-unit", at: header.range)
        return nil
      }
    }
    guard target.accepts(unit.dimensions) else {
      problems.error(
        "`\(path)` is \(described(target.unit)), found \(described(unit))", id: "unit-mismatch",
        at: header.range, help: "head the column `\(path) [\(target.unit.symbol)]`")
      return nil
    }
    var numbers: [Double] = []
    for cell in values {
      guard let value = unit.siValue(ofDecimal: cell.text), value.isFinite else {
        problems.error(
          "`\(path)` is a number, found `\(shortened(cell.text))`", id: "not-a-number",
          at: cell.range)
        return nil
      }
      guard target.check(value, text: cell.text, at: cell.range, problems: problems) else {
        return nil
      }
      numbers.append(value)
    }
    return SweepAxis(
      path: path, target: target.target, unit: unit, form: .values(numbers),
      written: .text(header.text))
  }

  private func target(_ path: String, at range: SourceRange) -> SweepTargetCheck? {
    if path.hasPrefix("replay."), scope.parameterIndex(path) == nil {
      return replay(path, at: range)
    }
    guard path.hasPrefix("dose.") else {
      guard let index = scope.parameter(path, at: range, problems: problems) else { return nil }
      let parameter = scope.model.parameters[index]
      return SweepTargetCheck(
        path: path, target: .parameter(index), unit: parameter.declaration.unit,
        alternatives: [], allowed: parameter.allowed)
    }
    let settings = SweepAxis.DoseSetting.allCases.map { "dose." + $0.rawValue }
    guard let setting = SweepAxis.DoseSetting(rawValue: String(path.dropFirst(5))) else {
      let nearest = problems.nearest(to: path, among: settings)
      problems.error(
        "a dose has no `\(shortened(String(path.dropFirst(5))))`", id: "unknown-parameter",
        at: range, help: nearest.map { "did you mean `\($0)`?" } ?? "it has \(listed(settings))")
      return nil
    }
    guard let first = doses.first else {
      problems.error(
        "`\(path)` varies the doses, and the experiment has none", id: "no-doses", at: range)
      return nil
    }
    let route = scope.model.routes[first.route].declaration.unit
    switch setting {
    case .amount:
      let perMass = route.divided(
        by: PhysicalUnit(symbol: "kg", dimensions: Dimensions(mass: 1), scale: 1))
      let hasWeights = doses.allSatisfy { $0.weightParameter != nil }
      return SweepTargetCheck(
        path: path, target: .dose(setting), unit: route,
        alternatives: hasWeights ? [perMass.dimensions] : [], allowed: setting.allowed)
    case .rate:
      return SweepTargetCheck(
        path: path, target: .dose(setting), unit: route.divided(by: .second), alternatives: [],
        allowed: setting.allowed)
    case .over, .every, .start:
      return SweepTargetCheck(
        path: path, target: .dose(setting), unit: .second, alternatives: [],
        allowed: setting.allowed)
    case .count:
      return SweepTargetCheck(
        path: path, target: .dose(setting), unit: .one, alternatives: [],
        allowed: setting.allowed)
    }
  }

  /// The choice among the recordings of an input.
  private func replay(_ path: String, at range: SourceRange) -> SweepTargetCheck? {
    let input = String(path.dropFirst("replay.".count))
    let counts = replays.filter { $0.path == input }.map(\.recordings.count)
    guard let count = counts.min() else {
      let names = Set(replays.map(\.path)).sorted().map { "replay." + $0 }
      problems.error(
        "`\(shortened(input))` replays nothing", id: "unknown-parameter", at: range,
        help: problems.nearest(to: path, among: names).map { "did you mean `\($0)`?" }
          ?? "name its recordings under `replay`")
      return nil
    }
    return SweepTargetCheck(
      path: path, target: .replay(input), unit: .one, alternatives: [],
      allowed: 0...Double(max(0, count - 1)))
  }

  func unit(_ table: TableReader) -> PhysicalUnit? {
    guard let node = table["unit"], let text = problems.text(node, "`unit`") else { return nil }
    do throws(UnitParsingError) { return try PhysicalUnit(parsing: text) } catch {
      problems.error(error.message, id: "unknown-unit", at: node.range)
      return nil
    }
  }

  /// A quantity of an axis, whose unit may stand apart under `unit`.
  func quantity(
    _ node: YamlNode, _ target: SweepTargetCheck, unit: PhysicalUnit?
  ) -> WrittenQuantity? {
    guard var value = problems.quantity(node, "`\(target.path)`") else { return nil }
    if let unit, value.isBare {
      value = WrittenQuantity(si: unit.siValue(of: value.value), in: unit)
    }
    guard target.accepts(value.unit.dimensions) || (value.isBare && value.value == 0) else {
      _ = problems.check(value, "`\(target.path)`", like: target.unit, at: node.range)
      return nil
    }
    return value
  }

  func isPositive(
    _ value: WrittenQuantity, _ node: YamlNode, _ path: String, _ form: String
  ) -> Bool {
    if value.value > 0 { return true }
    problems.error(
      "`\(form)` needs positive values of `\(path)`, found \(value.text)", id: "out-of-range",
      at: node.range)
    return false
  }

  private func values(
    _ table: TableReader, _ target: SweepTargetCheck, _ entry: YamlNode.Entry
  ) -> SweepAxis? {
    guard let numbers = numbers(table, target, entry) else { return nil }
    for (position, number) in numbers.enumerated() {
      guard numbers[..<position].contains(where: { $0.value == number.value }) else { continue }
      problems.error(
        "`\(entry.key)` has the value \(number.text) twice", id: "repeated-value",
        at: table["values"]?.elements?[position].range ?? entry.value.range,
        help: "a grid has each value once")
      return nil
    }
    return SweepAxis(
      path: entry.key, target: target.target,
      unit: numbers.first { !$0.isBare }?.unit ?? target.unit,
      form: .values(numbers.map(\.value)), written: entry.value.plain)
  }

  /// The list under `values`.
  func numbers(
    _ table: TableReader, _ target: SweepTargetCheck, _ entry: YamlNode.Entry
  ) -> [WrittenQuantity]? {
    guard let node = table["values"], let elements = node.elements else {
      problems.error(
        "`values` is a list, found \(table["values"]?.kindInWords ?? "nothing")",
        id: "wrong-type", at: table["values"]?.range ?? entry.value.range)
      return nil
    }
    guard !elements.isEmpty else {
      problems.error("`values` is empty", id: "empty-sweep", at: node.range)
      return nil
    }
    let unit = unit(table)
    var numbers: [WrittenQuantity] = []
    for element in elements {
      guard let value = quantity(element, target, unit: unit),
        target.check(value.value, text: value.text, at: element.range, problems: problems)
      else { return nil }
      numbers.append(value)
    }
    return numbers
  }

  private func steps(
    _ table: TableReader, _ target: SweepTargetCheck, _ entry: YamlNode.Entry
  ) -> SweepAxis? {
    let unit = unit(table)
    let fromNode = table.required("from")
    let toNode = table.required("to")
    let count = table.required("count", help: "say how many values, as in `count: 11`").flatMap {
      problems.integer($0, "`count`", in: 1...SweepPoints.limit)
    }
    let scale =
      table["scale"].map { problems.word($0, "`scale`", among: ["linear", "log"]) } ?? "linear"
    guard let fromNode, let toNode, let from = quantity(fromNode, target, unit: unit),
      let to = quantity(toNode, target, unit: unit), let count, let scale,
      target.check(from.value, text: from.text, at: fromNode.range, problems: problems),
      target.check(to.value, text: to.text, at: toNode.range, problems: problems)
    else { return nil }
    guard from.value < to.value || (count == 1 && from.value == to.value) else {
      problems.error(
        "the range of `\(entry.key)` goes from \(from.text) down to \(to.text)",
        id: "range-reversed", at: fromNode.range, help: "write the lower value first")
      return nil
    }
    if scale == "log", !isPositive(from, fromNode, entry.key, "scale: log") { return nil }
    let scaleUnit = from.unit
    let first = scaleUnit.writtenValue(ofSI: from.value)
    let last = scaleUnit.writtenValue(ofSI: to.value)
    let values = (0..<count).map { index -> Double in
      if index == 0 { return from.value }
      if index == count - 1 { return to.value }
      guard scale == "log" else {
        return scaleUnit.siValue(of: decimalPoint(index, of: count - 1, from: first, to: last))
      }
      let part = Double(index) / Double(count - 1)
      return from.value * exponential(part * logarithm(to.value / from.value))
    }
    return SweepAxis(
      path: entry.key, target: target.target, unit: from.isBare ? target.unit : from.unit,
      form: .values(values), written: entry.value.plain)
  }
}

/// The parts of a header such as `drug.weight [kg]`.
func splitHeader(_ text: String) -> (path: String, unit: String?) {
  guard let open = text.firstIndex(of: "["), text.hasSuffix("]") else { return (text, nil) }
  let path = text[..<open].reversed().drop { $0 == " " }.reversed()
  return (String(path), String(text[text.index(after: open)...].dropLast()))
}
