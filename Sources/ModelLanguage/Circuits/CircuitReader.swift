import Diagnostics

/// Finds what the names in a circuit's declarations lead to: neurons, populations, synapses.
struct CircuitReader {
  let library: ModelLibrary
  let top: Int
  private let visible: [String: Int]

  init(library: ModelLibrary, top: Int) {
    self.library = library
    self.top = top
    visible = library.files[library.components[top].file].visibleComponents
  }

  /// The populations whose neurons are known, with the projections between them.
  func plans(of syntax: ComponentSyntax) -> (plans: [PopulationPlan], diagnostics: [Diagnostic]) {
    var plans: [PopulationPlan] = []
    var diagnostics: [Diagnostic] = []
    var numbers: [String: Int] = [:]
    // Populations that have been reported; projections to them are silent.
    var broken: Set<String> = []
    for declaration in syntax.declarations {
      guard case .population(let population) = declaration.kind,
        numbers[population.name.text] == nil
      else { continue }
      switch component(population.cell, .neuron) {
      case .success(let cell):
        numbers[population.name.text] = plans.count
        plans.append(
          PopulationPlan(
            syntax: population, documentation: declaration.documentation, cell: cell,
            incoming: []))
      case .failure(let problem):
        diagnostics.append(problem.diagnostic)
        broken.insert(population.name.text)
      }
    }
    if numbers.isEmpty, broken.isEmpty {
      diagnostics.append(
        Diagnostic(
          id: "empty-circuit", "the circuit `\(syntax.name.text)` has no population",
          at: syntax.name.range, help: ["`population cells : CELL[100]`, where CELL is a neuron"]))
    }
    var names: Set<String> = []
    for declaration in syntax.declarations {
      guard case .projection(let projection) = declaration.kind,
        names.insert(projection.name.text).inserted
      else { continue }
      var ends: [Int] = []
      for path in [projection.source, projection.target] {
        let name = path.names[0]
        if let number = numbers[name.text] {
          ends.append(number)
        } else if !broken.contains(name.text) {
          diagnostics.append(unknownPopulation(name, in: syntax, known: numbers))
        }
      }
      var synapse: Int?
      if let name = projection.synapse {
        switch component(name, .synapse) {
        case .success(let found): synapse = found
        case .failure(let problem):
          diagnostics.append(problem.diagnostic)
          continue
        }
      }
      guard ends.count == 2 else { continue }
      let plan = ProjectionPlan(
        syntax: projection, documentation: declaration.documentation, source: ends[0],
        target: ends[1], synapse: synapse,
        presynapticPart: synapse.flatMap { library.components[$0].presynapticPart },
        isGraded: synapse.map { library.components[$0].syntax.isGraded } ?? false)
      plans[ends[1]].incoming.append(plan)
      if plan.presynapticPart != nil { plans[ends[0]].outgoing.append(plan) }
    }
    return (plans, diagnostics)
  }

  private struct Problem: Error { var diagnostic: Diagnostic }

  /// The neuron or the synapse of a name.
  private func component(
    _ name: NameSyntax, _ kind: ComponentSyntax.Kind
  ) -> Result<Int, Problem> {
    if let found = visible[name.text] {
      let syntax = library.components[found].syntax
      if syntax.kind == kind { return .success(found) }
      return .failure(
        Problem(
          diagnostic: Diagnostic(
            id: "wrong-kind",
            "`\(name.text)` is a \(syntax.kind.rawValue), and a \(kind.rawValue) is needed here",
            at: name.range,
            notes: [Diagnostic.Note("it is declared", at: syntax.name.range)])))
    }
    var diagnostic = Diagnostic(
      id: "unknown-component", "there is no \(kind.rawValue) `\(name.text)`", at: name.range)
    let known = visible.keys.sorted().filter {
      visible[$0].map { library.components[$0].syntax.kind } == kind
    }
    diagnostic.help = [
      nearestName(to: name.text, among: known).map { "did you mean `\($0)`?" }
        ?? "a \(kind.rawValue) of another file has to be imported"
    ]
    return .failure(Problem(diagnostic: diagnostic))
  }

  private func unknownPopulation(
    _ name: NameSyntax, in circuit: ComponentSyntax, known: [String: Int]
  ) -> Diagnostic {
    var diagnostic = Diagnostic(
      id: "unknown-population",
      "`\(circuit.name.text)` has no population `\(name.text)`", at: name.range)
    let names = known.keys.sorted()
    if let near = nearestName(to: name.text, among: names) {
      diagnostic.help = ["did you mean `\(near)`?"]
    } else if !names.isEmpty {
      diagnostic.help = [
        "it has " + names.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
      ]
    }
    return diagnostic
  }
}
