import Diagnostics
import Units

/// Where a projection comes from.
struct ProjectionSource {
  /// Whether it can come from there; if not, that has been reported.
  var isKnown = true
  /// The variable that it carries; `nil` for spikes.
  var variable: TypedExpression?
  /// What the weights of a spike are multiplied by; `nil` for nothing.
  var release: TypedExpression?
  /// What the synapse has in its cells, by name.
  var values: [(NameSyntax, TypedExpression)] = []
  /// How many cells there are by default, if that is known.
  var size: Double?
}

extension Elaborator {
  /// Elaborates the size of the population.
  mutating func populationSize(_ syntax: PopulationSyntax) -> Expression {
    let value = number(syntax.size, context(0, .constant("the size of a population")))
    count(value, at: syntax.size.range)
    let isNumber = require(
      (syntax.size, value), Dimensions.none, .one,
      message: { found, _ in "the size of a population is a number, and this is in \(found)" })
    checkUnvaried(value.expression, "the size of a population", at: syntax.size.range)
    populationSize = value.expression
    if isNumber, let size = defaultValue(of: value.expression) {
      if size != size.rounded() || size < 1 {
        reportOutOfBounds(
          "`\(syntax.name.text)` has \(decimalText(size, significantDigits: 12)) cells, and the size "
            + "of a population is a whole number from 1 on", at: syntax.size.range)
      } else if size > Double(Int32.max) {
        reportOutOfBounds(
          "`\(syntax.name.text)` has more than \(Int32.max) cells", at: syntax.size.range)
      }
    }
    return value.expression
  }

  /// What a projection from this population carries.
  mutating func source(
    of projection: ProjectionPlan, in plan: PopulationPlan
  ) -> ProjectionSource {
    let path = projection.syntax.source
    var result = ProjectionSource(
      variable: nil, size: populationSize.flatMap { fixedValue(of: $0) })
    guard projection.isContinuous else {
      guard spike == nil else {
        result.release = presynapticOutput(of: projection)
        result.values = presynapticValues(of: projection)
        return result
      }
      diagnostics.report(
        Diagnostic(
          id: "source-without-spike",
          "`\(plan.syntax.cell.text)` has no event `spike`, so that `\(path.text)` cannot send any",
          at: path.range,
          help: ["a variable is sent by its name: `\(path.text).V -> …`"]))
      result.isKnown = false
      return result
    }
    if projection.isGraded, let checked = gradedSource(of: projection) {
      result.variable = checked.variable
      return result
    }
    currentScope = Self.cellOfPopulation
    let name = PathSyntax(names: Array(path.names.dropFirst()))
    guard case .symbol = resolve(name, in: Self.cellOfPopulation) else {
      reportUnknownVariable(name, of: plan.syntax.cell.text)
      result.isKnown = false
      return result
    }
    let variable = number(
      .name(name), context(Self.cellOfPopulation, .dynamic, .event))
    if case .quantity(let index) = variable.expression, noisyQuantities.contains(index) {
      reportNoise("a projection", at: path.range)
    }
    result.variable = variable
    return result
  }

  private mutating func reportUnknownVariable(_ path: PathSyntax, of cell: String) {
    var diagnostic = Diagnostic(
      id: "unknown-name", "`\(cell)` has no value `\(path.text)`", at: path.range)
    let known = scopes[Self.cellOfPopulation].contents.compactMap { member -> String? in
      guard case .symbol(let id) = member, symbols[id].role == .driven else { return nil }
      return symbols[id].name.text
    }
    if let near = nearestName(to: path.text, among: known) {
      diagnostic.help = ["did you mean `\(near)`?"]
    }
    diagnostics.report(diagnostic)
  }

  /// Elaborates a projection to this population.
  mutating func projection(
    _ plan: ProjectionPlan, port: ProjectionPort, from source: ProjectionSource
  ) -> Projection? {
    let syntax = plan.syntax
    currentScope = port.block
    let (signal, weightTarget) = signal(of: plan, port: port, from: source)
    let rule = self.rule(plan, port, from: source, weight: weightTarget)
    reportMisplaced(syntax, rule)
    let weight = self.weight(syntax, weightTarget, in: port.block, rule)
    let delay = self.delay(syntax, in: port.block)
    let plasticity = plasticity(of: plan, port: port, from: source)
    guard let signal, let rule, let weight, let delay else { return nil }
    func declaration(_ name: String, _ unit: PhysicalUnit?, _ range: SourceRange?) -> Declaration {
      Declaration(
        path: "\(syntax.name.text).\(name)", unit: unit ?? .one, range: range ?? syntax.name.range)
    }
    return Projection(
      declaration: Declaration(
        path: syntax.name.text, unit: .one, documentation: plan.documentation,
        range: syntax.name.range),
      source: plan.source, target: plan.target, signal: signal, rule: rule,
      allowsAutapses: syntax.autapses != nil, release: source.release?.expression,
      plasticity: plasticity, weight: weight, delay: delay,
      ruleDeclaration: Declaration(
        path: syntax.name.text, unit: .one, range: syntax.rule?.range ?? syntax.name.range),
      weightDeclaration: declaration(
        "weight", plan.isContinuous ? unit(of: syntax.weight, in: port.block) : weightTarget.unit,
        syntax.weight?.range),
      delayDeclaration: declaration(
        "delay", try? PhysicalUnit(parsing: "ms"), syntax.delay?.range))
  }

  /// The unit that a weight is written in.
  private mutating func unit(of weight: SettingValueSyntax?, in block: Int) -> PhysicalUnit? {
    let written: ExpressionSyntax?
    switch weight {
    case .formula(let value)?: written = value
    case .law(let law)?: written = law.arguments.first
    case nil: written = nil
    }
    return written.flatMap { number($0, context(block, .perCell("the weight"))).unit }
  }

  /// What a projection does at its target, and what its weight is.
  private mutating func signal(
    of plan: ProjectionPlan, port: ProjectionPort, from source: ProjectionSource
  ) -> (Projection.Signal?, LawTarget) {
    let unknown = LawTarget(name: "the weight")
    switch port.kind {
    case nil: return (nil, unknown)
    case .spikes(let receiver)?:
      let weight = weightTarget(at: receiver, timesReleaseOf: source)
      guard source.isKnown, let number = receiverOfSymbol[receiver] else { return (nil, weight) }
      return (.spikes(receiver: number), weight)
    case .continuous(let sum, let target, let total)?:
      guard let variable = source.variable else { return (nil, unknown) }
      let weight = continuousWeight(variable, to: target)
      model.inputs[symbols[sum].index].declaration.unit = symbols[target].unit ?? .one
      if let total {
        model.inputs[symbols[total.sum].index].declaration.unit =
          symbols[total.target].unit ?? .one
        checkTotal(total.target, weight, at: plan.syntax)
      }
      let signal = Projection.Signal.continuous(
        source: variable.expression, input: symbols[sum].index,
        total: total.map { symbols[$0.sum].index })
      return (signal, weight)
    }
  }

  func continuousWeight(_ variable: TypedExpression, to target: Int) -> LawTarget {
    let input = symbols[target]
    var result = LawTarget(name: "the weight")
    if let from = variable.dimensions, let to = input.dimensions {
      result.dimensions = to / from
      result.unit = PhysicalUnit(familiarFor: to / from)
    }
    return result
  }

  private mutating func checkTotal(
    _ target: Int, _ weight: LawTarget, at projection: ProjectionSyntax
  ) {
    guard let path = projection.total, let expected = weight.dimensions,
      let found = symbols[target].dimensions, found != expected
    else { return }
    diagnostics.report(
      Diagnostic(
        id: "unit-mismatch",
        "the sum of the weights is in \(weight.unit?.symbol ?? "\(expected)"), and the input "
          + "`\(path.text)` in \(symbols[target].unit?.symbol ?? "\(found)")", at: path.range,
        notes: [Diagnostic.Note("it is declared", at: symbols[target].name.range)]))
  }

  /// Reports statements that have no meaning for the kind of projection.
  private mutating func reportMisplaced(_ syntax: ProjectionSyntax, _ rule: ConnectionRule?) {
    if let total = syntax.total, syntax.source.names.count == 1 || syntax.synapse != nil {
      diagnostics.report(
        Diagnostic(
          id: "misplaced-statement",
          "`total` belongs to a projection of a variable without a synapse",
          at: total.range))
    }
    if syntax.synapse == nil {
      for setting in syntax.settings {
        diagnostics.report(
          Diagnostic(
            id: "misplaced-statement",
            "`\(setting.path.text)` cannot be set: the projection has no synapse",
            at: setting.path.range))
      }
    }
  }

  private mutating func weight(
    _ syntax: ProjectionSyntax, _ target: LawTarget, in block: Int, _ rule: ConnectionRule?
  ) -> Law? {
    if case .list(let rows)? = rule, let first = rows.first, first.weight != nil {
      if let weight = syntax.weight {
        diagnostics.report(
          Diagnostic(
            id: "duplicate-name", "the list has weights of its own", at: weight.range))
      }
      return .formula(.number(0))
    }
    guard let weight = syntax.weight else {
      if rule != nil {
        let example = target.unit.map { $0.text(ofSI: $0.siValue(of: 1)) } ?? "1"
        diagnostics.report(
          Diagnostic(
            id: "missing-weight", "the projection `\(syntax.name.text)` has no weight",
            at: syntax.name.range, help: ["say how much one spike adds: `weight = \(example)`"]))
      }
      return nil
    }
    return law(weight, of: target, in: block)
  }

  private mutating func delay(_ syntax: ProjectionSyntax, in block: Int) -> Law? {
    guard let delay = syntax.delay else { return .formula(.number(0)) }
    let target = LawTarget(
      name: "the delay", dimensions: .time, unit: try? PhysicalUnit(parsing: "ms"))
    guard let law = law(delay, of: target, in: block) else { return nil }
    let smallest: Expression
    switch law {
    case .formula(let value): smallest = value
    case .normal(let mean, _), .lognormal(let mean, _), .exponential(let mean): smallest = mean
    case .uniform(let low, _): smallest = low
    }
    if let value = defaultValue(of: smallest), value < 0 {
      reportOutOfBounds("a delay cannot be negative", at: delay.range)
    }
    return law
  }
}
