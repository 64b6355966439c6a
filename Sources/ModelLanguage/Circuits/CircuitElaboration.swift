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

  init(library: ModelLibrary, top: Int) {
    self.library = library
    self.top = top
    let syntax = library.components[top].syntax
    circuit = Circuit(name: syntax.name.text, documentation: syntax.documentation)
    // By itself first, so that what is wrong is found without a population too.
    let own = Elaborator(library: library, top: top, isMain: true)
    take(own)
    plan(syntax)
    elaboratePopulations()
    let projections = elaborateProjections()
    reportUnusedInputs(own)
    for elaborator in elaborators {
      for diagnostic in elaborator.diagnostics.all { diagnostics.report(diagnostic) }
    }
    circuit.projections = projections
  }

  private mutating func take(_ elaborator: Elaborator) {
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
        library: library, top: top, isMain: true, population: plan, after: earlier)
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
    for population in circuit.populations.indices {
      // The number of a cell becomes an input where a weight uses it.
      circuit.populations[population].cell = elaborators[population].model
    }
    return found.sorted {
      $0.declaration.range.lowerBound < $1.declaration.range.lowerBound
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
