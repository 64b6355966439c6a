import Diagnostics
import Units

/// Makes a circuit of its declarations: a model for the cell of each population, and projections.
struct CircuitElaboration {
  /// More populations than this are an accident or an attack.
  private static let largestPopulationCount = 1000
  /// More projections than this, likewise.
  private static let largestProjectionCount = 10_000

  let library: ModelLibrary
  /// The circuit, among the components of the library.
  let top: Int
  private(set) var diagnostics = DiagnosticCollection()
  /// The components that were elaborated.
  private(set) var reached: Set<Int> = []
  private(set) var circuit: Circuit
  var elaborators: [Elaborator] = []
  private var plans: [PopulationPlan] = []
  /// What the circuit itself works out while it runs.
  private var circuitValues = CircuitValues()

  init(library: ModelLibrary, top: Int) {
    self.library = library
    self.top = top
    let syntax = library.components[top].syntax
    circuit = Circuit(name: syntax.name.text, documentation: syntax.documentation)
    // By itself first, so that what is wrong is found without a population too.
    var own = Elaborator(library: library, top: top, isMain: true)
    take(own)
    circuitValues = own.circuitValuesOfItself
    plan(syntax)
    elaboratePopulations()
    var projections = elaborateProjections()
    if !circuitValues.values.isEmpty || !own.reductions.isEmpty {
      projections += elaborateCircuitItself(&own)
    }
    reportUnusedInputs(own)
    for elaborator in elaborators {
      for diagnostic in elaborator.diagnostics.all { diagnostics.report(diagnostic) }
    }
    circuit.projections = projections
  }

  private mutating func take(_ elaborator: Elaborator) {
    for (word, range) in elaborator.unavailableInCircuit {
      diagnostics.report(
        Diagnostic(
          id: "not-yet-available",
          "\(word) is not available in what a circuit itself works out yet", at: range))
    }
    for diagnostic in elaborator.diagnostics.all { diagnostics.report(diagnostic) }
    reached.formUnion(elaborator.reached)
  }

  // MARK: Populations

  private mutating func plan(_ syntax: ComponentSyntax) {
    let reader = CircuitReader(library: library, top: top)
    let (plans, found) = reader.plans(of: syntax)
    for diagnostic in found { diagnostics.report(diagnostic) }
    self.plans = plans
    let projectionCount = plans.reduce(0) { $0 + $1.incoming.count }
    if plans.count > Self.largestPopulationCount || projectionCount > Self.largestProjectionCount {
      diagnostics.report(
        Diagnostic(
          id: "model-too-large", "the circuit grows too large here", at: syntax.name.range,
          notes: [
            Diagnostic.Note(
              "a circuit has at most \(Self.largestPopulationCount) populations and "
                + "\(Self.largestProjectionCount) projections")
          ]))
      self.plans = []
    }
  }

  private mutating func elaboratePopulations() {
    var earlier = (symbols: 0, size: 0)
    for plan in plans {
      var elaborator = Elaborator(
        library: library, top: top, isMain: true, population: plan, after: earlier,
        circuitValues: circuitValues)
      earlier = (earlier.symbols + elaborator.symbols.count, elaborator.totalSize)
      let size = elaborator.populationSize(plan.syntax)
      take(elaborator)
      circuit.populations.append(
        Population(
          declaration: Declaration(
            path: plan.syntax.name.text, unit: .one, documentation: plan.documentation,
            range: plan.syntax.name.range),
          size: size, cell: elaborator.model, spike: elaborator.spike,
          variations: elaborator.variations, receivers: elaborator.receivers))
      elaborators.append(elaborator)
      if elaborator.isTooLarge { break }
    }
  }

  // MARK: Projections

  private mutating func elaborateProjections() -> [Projection] {
    guard elaborators.count == plans.count, !elaborators.contains(where: \.isTooLarge) else {
      return []
    }
    var found: [Projection] = []
    for (target, plan) in plans.enumerated() {
      for (number, projection) in plan.incoming.enumerated() {
        let port = elaborators[target].ports[number]
        let source = elaborators[projection.source].source(
          of: projection, in: plans[projection.source])
        for diagnostic in elaborators[projection.source].diagnostics.all {
          diagnostics.report(diagnostic)
        }
        let elaborated = elaborators[target].projection(projection, port: port, from: source)
        if let elaborated { found.append(elaborated) }
      }
    }
    takeCells()
    return found.sorted {
      $0.declaration.range.lowerBound < $1.declaration.range.lowerBound
    }
  }

  /// Takes the cells over again: the number of a cell becomes an input where a weight uses it.
  private mutating func takeCells() {
    for population in elaborators.indices where population < circuit.populations.count {
      circuit.populations[population].cell = elaborators[population].model
    }
  }

  // MARK: The circuit itself

  /// Elaborates what the circuit itself works out, now that its populations are known, as one more
  /// cell.
  ///
  /// - Returns: The projections that carry values between it and the cells.
  private mutating func elaborateCircuitItself(_ own: inout Elaborator) -> [Projection] {
    guard elaborators.count == plans.count, !elaborators.contains(where: \.isTooLarge) else {
      return []
    }
    let syntax = library.components[top].syntax
    var types: [String: CircuitValues.Value] = [:]
    var arguments: [String: (population: Int, value: TypedExpression)] = [:]
    for reduction in own.reductions {
      guard
        let number = plans.firstIndex(where: {
          $0.syntax.name.text == reduction.population.text
        })
      else { continue }
      if reduction.kind == .rate {
        reportSilence(of: number, reduction)
        continue
      }
      let value = elaborators[number].argument(of: reduction)
      types[reduction.key] = CircuitValues.Value(dimensions: value.dimensions, unit: value.unit)
      arguments[reduction.key] = (number, value)
    }
    own = Elaborator(
      library: library, top: top, isMain: true, population: nil, reductionTypes: types)
    take(own)
    reportMissingUnits(own)
    takeCells()
    let place = circuit.populations.count
    var itself = Population(
      declaration: Declaration(
        path: syntax.name.text, unit: .one, documentation: syntax.documentation,
        range: syntax.name.range),
      size: .number(1), cell: own.model, receivers: own.receivers)
    itself.isCircuitItself = true
    var projections: [Projection] = []
    for reduction in own.reductions {
      if let (source, value) = arguments[reduction.key] {
        let signal = Projection.Signal.continuous(
          source: value.expression, input: reduction.input, total: nil)
        projections.append(implicit(reduction.range, from: source, to: place, signal))
      } else if let source = plans.firstIndex(where: {
        $0.syntax.name.text == reduction.population.text
      }) {
        let signal = Projection.Signal.spikes(receiver: itself.receivers.count)
        itself.receivers.append(
          Receiver(
            declaration: own.model.inputs[reduction.input].declaration, input: reduction.input,
            assignments: []))
        projections.append(implicit(reduction.range, from: source, to: place, signal))
      }
    }
    circuit.populations.append(itself)
    for (target, elaborator) in elaborators.enumerated() {
      for symbol in elaborator.symbols where symbol.role == .shared && symbol.index >= 0 {
        let range = symbol.name.range
        guard
          let original = own.symbols.first(where: {
            $0.name.range == range
              && symbol.path
                .hasSuffix(".circuit." + $0.path)
          })
        else { continue }
        let value: Expression =
          original.kind == .state ? .state(original.index) : .quantity(original.index)
        projections.append(
          implicit(
            range, from: place, to: target,
            .continuous(source: value, input: symbol.index, total: nil)))
      }
    }
    return projections
  }

  private func implicit(
    _ range: SourceRange, from source: Int, to target: Int, _ signal: Projection.Signal
  ) -> Projection {
    let declaration = Declaration(path: range.text, unit: .one, range: range)
    var projection = Projection(
      declaration: declaration, source: source, target: target, signal: signal, rule: .all,
      weight: .formula(.number(1)), delay: .formula(.number(0)), ruleDeclaration: declaration,
      weightDeclaration: declaration, delayDeclaration: declaration)
    projection.isImplicit = true
    return projection
  }

  private mutating func reportSilence(of population: Int, _ reduction: PopulationReduction) {
    guard elaborators[population].spike == nil else { return }
    let cell = plans[population].syntax.cell.text
    diagnostics.report(
      Diagnostic(
        id: "source-without-spike",
        "`\(cell)` has no event `spike`, so that `\(reduction.population.text)` has no rate",
        at: reduction.argument.range))
  }

  /// Reports names whose dimensions the populations could not know.
  private mutating func reportMissingUnits(_ own: Elaborator) {
    guard !diagnostics.all.hasErrors else { return }
    for elaborator in elaborators {
      for symbol in elaborator.symbols
      where symbol.role == .shared && symbol.index >= 0 && symbol.dimensions == nil {
        diagnostics.report(
          Diagnostic(
            id: "missing-unit",
            "`\(symbol.name.text)` follows from the cells of a population and is used in cells, so "
              + "that it needs a unit", at: symbol.name.range,
            help: ["declare it: `quantity \(symbol.name.text) : mV = …`"]))
      }
    }
  }

  /// Warns of inputs of the circuit that no population uses.
  private mutating func reportUnusedInputs(_ own: Elaborator) {
    guard !diagnostics.all.hasErrors else { return }
    var used: Set<SourceRange> = []
    for elaborator in [own] + elaborators {
      for id in elaborator.usedSymbols { used.insert(elaborator.symbols[id].name.range) }
    }
    for symbol in own.symbols where symbol.isDeclaredInput && !used.contains(symbol.name.range) {
      diagnostics.report(
        Diagnostic(
          .warning, id: "unused-input", "the input `\(symbol.name.text)` is not used",
          at: symbol.name.range))
    }
  }
}
