import Diagnostics
import ModelLanguage
import Units

/// Reads doses.
struct DoseReader {
  let scope: ModelScope
  let problems: ProblemList
  /// The end of the run in s, or `nil` when it is not known.
  var duration: Double?

  static let keys = ["into", "route", "amount", "start", "over", "rate", "every", "count"]
  /// The largest number of repeated doses.
  static let countLimit = 100_000

  /// A list of doses; an entry with problems is left out.
  func doses(_ node: YamlNode) -> [Dose] {
    if node.isEmpty { return [] }
    guard let elements = node.elements else {
      problems.error(
        "`doses` is a list, found \(node.kindInWords)", id: "wrong-type", at: node.range,
        help: "write each dose as `- {into: …, route: …, amount: …, start: …}`")
      return []
    }
    return elements.compactMap(dose)
  }

  private func dose(_ node: YamlNode) -> Dose? {
    guard let table = TableReader(node, name: "a dose", keys: Self.keys, problems: problems)
    else { return nil }
    table.exclusive(["over", "rate"])
    let route = readRoute(table)
    let amountNode = table.required("amount", help: "for example `amount: 0.5 mg/kg`")
    let start = table.required("start", help: "for example `start: 1 h`").flatMap {
      problems.time($0, "`start`")
    }
    let every = table["every"].flatMap { problems.positiveTime($0, "`every`") }
    let count = table["count"].flatMap {
      problems.integer($0, "`count`", in: 1...Self.countLimit)
    }
    if let node = table["count"], !table.has("every"), (count ?? 1) > 1 {
      problems.error(
        "a dose with `count` has no `every`", id: "missing-key", at: node.range,
        help: "say how far apart the doses are, as in `every: 3 d`")
    }
    if table.has("every"), !table.has("count") {
      problems.error(
        "a dose with `every` has no `count`", id: "missing-key", at: node.range,
        help: "say how many doses are given, as in `count: 6`")
    }
    if let start, let duration, start.value >= duration, let node = table["start"] {
      problems.warning(
        "the dose starts at \(start.text), after the end of the run", id: "late-dose",
        at: node.range)
    }
    guard let route else { return nil }
    let unit = scope.model.routes[route.index].declaration.unit
    let delivery = readDelivery(table, unit: unit, route: route.index)
    let amount = amountNode.flatMap { readAmount($0, route: route) }
    guard let amount, let start, let delivery else { return nil }
    return Dose(
      instance: route.instance, route: route.index, routeName: route.name, amount: amount,
      weightParameter: scope.weight(of: route.instance), delivery: delivery, start: start,
      every: every, count: count ?? 1)
  }

  private struct RouteReference {
    var instance: String
    var name: String
    var index: Int
  }

  private func readRoute(_ table: TableReader) -> RouteReference? {
    let instances = scope.instancesWithRoutes
    var instance = ""
    if let node = table["into"] {
      guard let text = problems.text(node, "`into`") else { return nil }
      guard instances.contains(text) else {
        let nearest = problems.nearest(to: text, among: instances)
        problems.error(
          "nothing called `\(shortened(text))` takes doses", id: "unknown-instance",
          at: node.range, help: nearest.map { "did you mean `\($0)`?" } ?? instancesHelp(instances))
        return nil
      }
      instance = text
    } else if !instances.contains("") {
      problems.error(
        "a dose has no `into`", id: "missing-key", at: table.node.range,
        help: instancesHelp(instances))
      return nil
    }
    let names = scope.routeNames(of: instance)
    guard let node = table.required("route", help: "the routes are \(listed(names))"),
      let name = problems.text(node, "`route`")
    else { return nil }
    guard names.contains(name),
      let index = scope.route(instance.isEmpty ? name : instance + "." + name)
    else {
      let nearest = problems.nearest(to: name, among: names)
      let owner = instance.isEmpty ? "the model" : "`\(instance)`"
      problems.error(
        "\(owner) has no route `\(shortened(name))`", id: "unknown-route", at: node.range,
        help: nearest.map { "did you mean `\($0)`?" } ?? "its routes are \(listed(names))")
      return nil
    }
    return RouteReference(instance: instance, name: name, index: index)
  }

  private func instancesHelp(_ instances: [String]) -> String {
    let named = instances.filter { !$0.isEmpty }
    if !named.isEmpty { return "doses go into \(listed(named))" }
    return instances.isEmpty
      ? "the model has no routes: declare one with `route NAME { into STATE }`"
      : "leave `into` out: the model itself has routes"
  }

  private func readAmount(_ node: YamlNode, route: RouteReference) -> DoseAmount? {
    guard let value = problems.quantity(node, "`amount`") else { return nil }
    let unit = scope.model.routes[route.index].declaration.unit
    return checkAmount(value, unit: unit, instance: route.instance, at: node.range)
  }

  /// A dose in the dimension of its route, or that per mass of the body.
  func checkAmount(
    _ value: WrittenQuantity, unit: PhysicalUnit, instance: String, at range: SourceRange
  ) -> DoseAmount? {
    guard value.value >= 0 else {
      problems.error("`amount` is negative: \(value.text)", id: "out-of-range", at: range)
      return nil
    }
    if value.unit.dimensions == unit.dimensions && !(value.isBare && !unit.dimensions.isNone) {
      return DoseAmount(quantity: value, weightParameter: nil)
    }
    let perMass = unit.dimensions / Dimensions(mass: 1)
    // A percentage, or grams in a gram, would be kilograms of a drug.
    let saysMass = !perMass.isNone || value.unit.symbol.contains("/kg")
    guard value.unit.dimensions == perMass, !value.isBare, saysMass else {
      let name = "`amount`"
      problems.error(
        "\(name) is \(described(unit)) or that per body mass, found \(described(value.unit)) "
          + "(`\(value.text)`)", id: "unit-mismatch", at: range,
        help: value.isBare
          ? "write the unit, as in `\(value.text) \(unit.symbol)` or `\(value.text) \(unit.symbol)/kg`"
          : nil)
      return nil
    }
    guard let weight = scope.weight(of: instance) else {
      problems.error(
        "a dose per body mass needs a weight, and "
          + (instance.isEmpty ? "the model" : "`\(instance)`") + " has no parameter `weight`",
        id: "missing-weight", at: range, help: "give the amount in \(unit.symbol)")
      return nil
    }
    return DoseAmount(quantity: value, weightParameter: weight)
  }

  private func readDelivery(
    _ table: TableReader, unit: PhysicalUnit, route: Int
  ) -> Dose.Delivery? {
    guard let node = table["over"] ?? table["rate"] else { return .bolus }
    let spreading = scope.model.routes[route].targets.contains { $0.duration != nil }
    if spreading {
      problems.error(
        "the route spreads a dose over a time of its own", id: "conflicting-duration",
        at: node.range,
        notes: [("the route is declared here", scope.model.routes[route].declaration.range)],
        help: "leave out `\(table.has("over") ? "over" : "rate")`")
      return nil
    }
    if table.has("over") {
      return problems.positiveTime(node, "`over`").map { .over($0) }
    }
    let rate = unit.divided(by: .second)
    guard let value = problems.quantity(node, "`rate`", like: rate) else { return nil }
    guard value.value > 0 else {
      problems.error("`rate` has to be positive", id: "out-of-range", at: node.range)
      return nil
    }
    return .rate(value)
  }
}
