import Diagnostics
import Units

extension Elaborator {
  /// The names of the distributions, with what their arguments are called.
  static let laws: [(name: String, arguments: [String])] = [
    ("normal", ["mean", "standard deviation"]),
    ("lognormal", ["mean", "standard deviation"]),
    ("uniform", ["lower end", "upper end"]),
    ("exponential", ["mean"]),
  ]

  /// What a law gives a value to.
  struct LawTarget {
    /// What it is called in messages, such as `the weight`.
    var name: String
    var dimensions: Dimensions?
    var unit: PhysicalUnit?
  }

  /// Elaborates how a value is found for each cell or each connection.
  mutating func law(
    _ syntax: SettingValueSyntax, of target: LawTarget, in block: Int
  ) -> Law? {
    currentScope = block
    switch syntax {
    case .formula(let formula):
      let value = number(formula, context(block, .perCell(target.name)))
      count(value, at: formula.range)
      require(
        (formula, value), target.dimensions, target.unit,
        message: { "\(target.name) is in \($1), and this is in \($0)" })
      checkUnvaried(value.expression, target.name, at: formula.range)
      return .formula(value.expression)
    case .law(let law): return self.law(law, of: target, in: block)
    }
  }

  private mutating func law(
    _ syntax: LawSyntax, of target: LawTarget, in block: Int
  ) -> Law? {
    let name = syntax.name.text
    guard let known = Self.laws.first(where: { $0.name == name }) else {
      let names = Self.laws.map(\.name)
      var diagnostic = Diagnostic(
        id: "unknown-law", "there is no distribution `\(name)`", at: syntax.name.range)
      diagnostic.help = [
        nearestName(to: name, among: names).map { "did you mean `\($0)`?" }
          ?? "there are " + names.map { "`\($0)`" }.joined(separator: ", ")
      ]
      diagnostics.report(diagnostic)
      return nil
    }
    guard syntax.arguments.count == known.arguments.count else {
      diagnostics.report(
        Diagnostic(
          id: "argument-count",
          "`\(name)` takes \(known.arguments.joined(separator: " and ")), and "
            + "\(syntax.arguments.count) argument\(syntax.arguments.count == 1 ? " is" : "s are") "
            + "given", at: syntax.range))
      return nil
    }
    var values: [Expression] = []
    for (argument, what) in zip(syntax.arguments, known.arguments) {
      let value = number(argument, context(block, .perCell(target.name)))
      count(value, at: argument.range)
      require(
        (argument, value), target.dimensions, target.unit,
        message: { "\(target.name) is in \($1), and this \(what) in \($0)" })
      checkUnvaried(value.expression, "the \(what) of \(target.name)", at: argument.range)
      checkNoIndex(value.expression, "the \(what) of \(target.name)", at: argument.range)
      values.append(value.expression)
    }
    check(syntax, values)
    switch name {
    case "normal": return .normal(mean: values[0], standardDeviation: values[1])
    case "lognormal": return .lognormal(mean: values[0], standardDeviation: values[1])
    case "uniform": return .uniform(low: values[0], high: values[1])
    default: return .exponential(mean: values[0])
    }
  }

  /// Checks the arguments of a distribution with the defaults of the parameters.
  private mutating func check(_ law: LawSyntax, _ arguments: [Expression]) {
    let values = arguments.map { defaultValue(of: $0) }
    let name = law.name.text
    if name == "normal" || name == "lognormal", let deviation = values[1], deviation < 0 {
      reportOutOfBounds(
        "a standard deviation cannot be negative", at: law.arguments[1].range)
    }
    if name == "lognormal" || name == "exponential", let mean = values[0], mean <= 0 {
      reportOutOfBounds(
        "the mean of `\(name)` has to be above 0", at: law.arguments[0].range)
    }
    if name == "uniform", let low = values[0], let high = values[1], high < low {
      reportOutOfBounds(
        "the upper end of `uniform` is below its lower end", at: law.arguments[1].range)
    }
  }

  // MARK: Values by default

  /// The value of an expression with the defaults of the parameters, or `nil` where it needs more
  /// than them or an error has made it unknown.
  func defaultValue(of expression: Expression) -> Double? {
    guard let defaultParameters, expression.isOverParameters else { return nil }
    let value = expression.value(in: ExpressionValues(parameters: defaultParameters))
    return value.isNaN ? nil : value
  }

  /// The value of an expression that no experiment can change.
  func fixedValue(of expression: Expression) -> Double? {
    expression.references.parameters.isEmpty ? defaultValue(of: expression) : nil
  }

  /// Reports a value that cannot be, as it follows from the defaults of the parameters.
  mutating func reportOutOfBounds(
    _ message: String, at range: SourceRange, notes: [Diagnostic.Note] = [], help: [String] = []
  ) {
    diagnostics.report(
      Diagnostic(id: "out-of-bounds", message, at: range, notes: notes, help: help))
  }
}
