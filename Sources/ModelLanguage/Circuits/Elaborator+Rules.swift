import Diagnostics
import Units

extension Elaborator {
  private static let ruleNames = [
    "all", "one_to_one", "random", "fixed_in_degree", "fixed_out_degree", "distance", "list",
  ]

  /// Elaborates which cells are connected.
  mutating func rule(
    _ plan: ProjectionPlan, _ port: ProjectionPort, from source: ProjectionSource,
    weight: LawTarget
  ) -> ConnectionRule? {
    guard let syntax = plan.syntax.rule else {
      diagnostics.report(
        Diagnostic(
          id: "missing-rule", "the projection `\(plan.syntax.name.text)` says not what it connects",
          at: plan.syntax.name.range,
          help: ["`connect all`, `connect random(0.1)`, `connect fixed_in_degree(100)`"]))
      return nil
    }
    let name = syntax.name.text
    guard Self.ruleNames.contains(name) else {
      reportUnknownRule(syntax.name)
      return nil
    }
    let count = name == "distance" ? 4 : name == "all" || name == "one_to_one" ? 0 : 1
    guard syntax.arguments.count == count else {
      diagnostics.report(
        Diagnostic(
          id: "argument-count",
          "`\(name)` takes \(count) argument\(count == 1 ? "" : "s"), and "
            + "\(syntax.arguments.count) \(syntax.arguments.count == 1 ? "is" : "are") given",
          at: syntax.range, help: name == "distance" ? [Self.distanceExample] : []))
      return nil
    }
    let ownSize = populationSize.flatMap { fixedValue(of: $0) }
    let sizes = (source: source.size, target: ownSize)
    switch name {
    case "all": return .all
    case "one_to_one":
      if let from = sizes.source, let to = sizes.target, from != to {
        reportOutOfBounds(
          "`one_to_one` needs populations of one size, and these have "
            + "\(decimalText(from, significantDigits: 12)) and "
            + "\(decimalText(to, significantDigits: 12)) cells", at: syntax.range)
      }
      return .oneToOne
    case "random":
      return argument(0, of: syntax, port, "a probability").map {
        checkProbability($0, at: syntax.arguments[0].range)
        return .random(probability: $0)
      }
    case "fixed_in_degree", "fixed_out_degree":
      let isIn = name == "fixed_in_degree"
      return argument(0, of: syntax, port, "a number of connections").map {
        checkDegree($0, of: plan, among: isIn ? sizes.source : sizes.target, at: syntax)
        return isIn ? .fixedInDegree($0) : .fixedOutDegree($0)
      }
    case "distance": return distance(syntax, port)
    default: return list(syntax, plan, sizes, weight: weight)
    }
  }

  private mutating func reportUnknownRule(_ name: NameSyntax) {
    var diagnostic = Diagnostic(
      id: "unknown-rule", "there is no rule `\(name.text)`", at: name.range)
    diagnostic.help = [
      nearestName(to: name.text, among: Self.ruleNames).map { "did you mean `\($0)`?" }
        ?? "there are " + Self.ruleNames.map { "`\($0)`" }.joined(separator: ", ")
    ]
    diagnostics.report(diagnostic)
  }

  private mutating func argument(
    _ number: Int, of syntax: ConnectionRuleSyntax, _ port: ProjectionPort, _ what: String
  ) -> Expression? {
    guard case .expression(let expression) = syntax.arguments[number] else {
      diagnostics.report(
        Diagnostic(
          id: "not-a-number", "`\(syntax.name.text)` needs \(what) here",
          at: syntax.arguments[number].range))
      return nil
    }
    let value = self.number(expression, context(port.block, .constant(what)))
    count(value, at: expression.range)
    let isNumber = require(
      (expression, value), Dimensions.none, .one,
      message: { found, _ in "\(what) has no unit, and this is in \(found)" })
    guard isNumber else { return nil }
    checkUnvaried(value.expression, what, at: expression.range)
    return value.expression
  }

  private mutating func checkProbability(_ expression: Expression, at range: SourceRange) {
    guard let value = defaultValue(of: expression), !(0...1).contains(value) else { return }
    reportOutOfBounds(
      "a probability lies between 0 and 1, and this is "
        + decimalText(value, significantDigits: 12), at: range)
  }

  private mutating func checkDegree(
    _ expression: Expression, of plan: ProjectionPlan, among size: Double?,
    at syntax: ConnectionRuleSyntax
  ) {
    guard let degree = defaultValue(of: expression) else { return }
    let text = decimalText(degree, significantDigits: 12)
    let range = syntax.arguments[0].range
    if degree < 0 || degree != degree.rounded() {
      reportOutOfBounds(
        "a number of connections is a whole number, and this is \(text)", at: range)
      return
    }
    guard let size, fixedValue(of: expression) != nil else { return }
    let excludesItself = plan.source == plan.target && plan.syntax.autapses == nil
    let available = excludesItself ? size - 1 : size
    guard degree > available else { return }
    reportOutOfBounds(
      "\(text) connections without repetition need \(text) cells, and there are "
        + decimalText(available, significantDigits: 12), at: range,
      notes: excludesItself
        ? [Diagnostic.Note("a cell does not connect to itself without `autapses`")] : [])
  }

  // MARK: Distance

  private static let distanceExample =
    "`distance(ring, gaussian, 0.8, 0.1)`: shape, profile, probability at 0 and width"

  private mutating func distance(
    _ syntax: ConnectionRuleSyntax, _ port: ProjectionPort
  ) -> ConnectionRule? {
    let shapes = ConnectionRule.Geometry.allCases.map(\.rawValue)
    let profiles = ConnectionRule.Profile.allCases.map(\.rawValue)
    let shape = word(syntax.arguments[0], among: shapes, "shape")
    let profile = word(syntax.arguments[1], among: profiles, "profile")
    let peak = argument(2, of: syntax, port, "a probability")
    let width = argument(3, of: syntax, port, "a width")
    if let peak { checkProbability(peak, at: syntax.arguments[2].range) }
    if let width, let value = defaultValue(of: width), value <= 0 {
      reportOutOfBounds("the width has to be above 0", at: syntax.arguments[3].range)
    }
    guard let geometry = shape.flatMap({ ConnectionRule.Geometry(rawValue: $0) }),
      let form = profile.flatMap({ ConnectionRule.Profile(rawValue: $0) }), let peak, let width
    else { return nil }
    return .distance(geometry, form, peak: peak, width: width)
  }

  private mutating func word(
    _ argument: ConnectionRuleSyntax.Argument, among words: [String], _ what: String
  ) -> String? {
    if case .expression(.name(let path)) = argument, words.contains(path.text) {
      return path.text
    }
    var diagnostic = Diagnostic(
      id: "unknown-rule", "there is no \(what) `\(argument.range.text)`", at: argument.range)
    diagnostic.help = [
      nearestName(to: argument.range.text, among: words).map { "did you mean `\($0)`?" }
        ?? "there are " + words.map { "`\($0)`" }.joined(separator: ", ")
    ]
    diagnostics.report(diagnostic)
    return nil
  }

  // MARK: Lists

  private mutating func list(
    _ syntax: ConnectionRuleSyntax, _ plan: ProjectionPlan,
    _ sizes: (source: Double?, target: Double?), weight: LawTarget
  ) -> ConnectionRule? {
    guard case .string(_, let range) = syntax.arguments[0] else {
      diagnostics.report(
        Diagnostic(
          id: "not-a-path", "`list` needs the path of a table in quotes",
          at: syntax.arguments[0].range, help: ["`connect list(\"pairs.csv\")`"]))
      return nil
    }
    // A table that was not found has been reported.
    guard let table = library.tables[range] else { return nil }
    var reader = ConnectionListReader(table)
    reader.weightDimensions = weight.dimensions
    reader.weightUnit = weight.unit
    reader.sizes = sizes
    reader.excludesItself = plan.source == plan.target && plan.syntax.autapses == nil
    reader.read()
    for diagnostic in reader.diagnostics { diagnostics.report(diagnostic) }
    if reader.hasDelays, let delay = plan.syntax.delay {
      diagnostics.report(
        Diagnostic(id: "duplicate-name", "the list has delays of its own", at: delay.range))
    }
    return reader.diagnostics.isEmpty ? .list(reader.rows) : nil
  }
}
