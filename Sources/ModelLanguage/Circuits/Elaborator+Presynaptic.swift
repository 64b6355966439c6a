import Diagnostics
import Units

// What synapses have in their source cells: the block `presynaptic`, elaborated into the population
// that a projection comes from, and `on spike`.
extension ProjectionPlan {
  /// Settings of what the synapse has in the target's cells.
  var settings: [SettingSyntax] {
    syntax.settings.filter { presynapticPart == nil || !$0.isPresynaptic }
  }

  /// Settings of what it has in the source's cells, by the names of the block.
  var presynapticSettings: [SettingSyntax] {
    syntax.settings.filter(\.isPresynaptic).map { setting in
      var inner = setting
      inner.path = PathSyntax(names: Array(setting.path.names.dropFirst()))
      return inner
    }
  }
}

extension SettingSyntax {
  fileprivate var isPresynaptic: Bool {
    path.names.count > 1 && path.names[0].text == "presynaptic"
  }
}

extension Elaborator {
  /// Makes the scopes of a projection from the population: its block, and what it has in the cells.
  mutating func addPresynapticScope(of projection: ProjectionPlan, _ population: PopulationPlan) {
    guard let part = projection.presynapticPart else { return }
    addBlock(name: population.syntax.name, alternatives: [0, Self.cellOfPopulation])
    presynapticScopes[projection.syntax.name.text] = scopes.count
    scopes.append(
      Scope(
        path: "\(population.syntax.name.text).\(projection.syntax.name.text).presynaptic.",
        component: part, file: library.components[part].file, parent: Self.cellOfPopulation,
        depth: scopes[0].depth + 2))
  }

  /// Applies the block of a projection to what it has in the cells of its source, and wires that.
  mutating func connectPresynapticPart(of projection: ProjectionPlan, block: Int) {
    // It is there even if its path is taken, so that every symbol has its place.
    scopes[Self.cellOfPopulation].contents.append(.instance(block + 1))
    guard let name = projection.syntax.synapse, claimPath(of: projection.syntax) else { return }
    apply(projection.presynapticSettings, to: block + 1, block: block, owner: name.text)
    wireByName(block + 1, at: name, prefix: "presynaptic.")
  }

  /// Checks that a presynaptic block has one value to pass on at most.
  mutating func checkOutputs(of part: ComponentSyntax) {
    let outputs = part.declarations.compactMap { declaration -> NameSyntax? in
      if case .quantity(let syntax) = declaration.kind, syntax.isOutput { return syntax.name }
      return nil
    }
    guard outputs.count > 1 else { return }
    diagnostics.report(
      Diagnostic(
        id: "synapse-ports",
        "a block `presynaptic` has one `output`, and that of `\(part.name.text)` has "
          + "\(outputs.count)", at: outputs[1].range,
        notes: [Diagnostic.Note("the first is", at: outputs[0].range)],
        help: ["what nothing leaves the cell by is a `quantity`"]))
  }

  // MARK: What it sends

  /// The output of what a projection has in the cells of this population, its source.
  mutating func presynapticOutput(of projection: ProjectionPlan) -> TypedExpression? {
    guard let scope = presynapticScopes[projection.syntax.name.text] else { return nil }
    for case .symbol(let id) in scopes[scope].contents where symbols[id].isOutput {
      usedSymbols.insert(id)
      return TypedExpression(
        expression: .quantity(symbols[id].index), dimensions: symbols[id].dimensions,
        unit: symbols[id].unit)
    }
    return nil
  }

  /// What a projection with a graded synapse carries from here.
  ///
  /// - Returns: `nil` if it is the variable that the projection names.
  mutating func gradedSource(of projection: ProjectionPlan) -> ProjectionSource? {
    guard let synapse = projection.syntax.synapse else { return nil }
    let output = presynapticOutput(of: projection)
    let path = projection.syntax.source
    let population = path.names[0].text
    switch (output, projection.namesVariable) {
    case (let output?, false): return ProjectionSource(variable: output)
    case (nil, true): return nil
    case (nil, false):
      diagnostics.report(
        Diagnostic(
          id: "synapse-ports",
          "`\(synapse.text)` receives a sum at every step, and nothing says of what",
          at: path.range,
          help: [
            "its block `presynaptic` can have an `output`",
            "a projection can name a variable: `\(population).V -> …`",
          ]))
    case (_?, true):
      diagnostics.report(
        Diagnostic(
          id: "synapse-ports",
          "`\(synapse.text)` sends the `output` of its block `presynaptic`, and not `\(path.text)`",
          at: path.range, help: ["name the population alone: `\(population) -> …`"]))
    }
    return ProjectionSource(isKnown: false)
  }

  /// What the weight of a projection of spikes is.
  func weightTarget(at receiver: Int, timesReleaseOf source: ProjectionSource) -> LawTarget {
    guard let release = source.release, release.dimensions != Dimensions.none else {
      return LawTarget(
        name: "the weight", dimensions: symbols[receiver].dimensions,
        unit: symbols[receiver].unit)
    }
    return continuousWeight(release, to: receiver)
  }

  // MARK: What it receives

  /// Declares the sum that a graded synapse receives at every step.
  mutating func addGradedReceiver(
    _ syntax: ReceiveSyntax, in scope: Int, _ documentation: String
  ) {
    guard library.components[scopes[scope].component].syntax.kind == .synapse else {
      diagnostics.report(
        Diagnostic(
          id: "receive-without-block",
          "`\(syntax.name.text)` says not what arriving spikes do", at: syntax.name.range,
          help: ["`receive \(syntax.name.text) : mV { V = V + \(syntax.name.text) }`"]))
      return
    }
    addSymbol(.input, syntax.name, scope, documentation) { symbol in
      symbol.role = .sum
      symbol.unitSyntax = syntax.unit
    }
  }

  /// Whether a symbol is the sum that a graded synapse receives.
  func isReceivedSum(_ id: Int) -> Bool {
    symbols[id].role == .sum
      && library.components[scopes[symbols[id].scope].component].syntax.kind == .synapse
  }

  // MARK: Spikes

  /// Adds to the spike of the cell what it changes in its parts.
  mutating func elaborateSpikeChanges() {
    for scope in scopes.indices {
      for changes in scopes[scope].spikeChanges {
        currentScope = scope
        let assignments = assignments(
          changes.assignments, context(scope, .dynamic, .event), in: scope, user: "a spike")
        guard let population else { continue }
        if let spike {
          model.events[spike].assignments += assignments
        } else {
          reportNeverHappening(changes, in: population)
        }
      }
    }
  }

  /// Reports what happens at spikes of a cell that has none.
  mutating func reportNeverHappening(
    _ changes: SpikeChangesSyntax, in population: PopulationPlan
  ) {
    diagnostics.report(
      Diagnostic(
        id: "source-without-spike",
        "this never happens: `\(population.syntax.cell.text)` has no event `spike`",
        at: changes.range,
        notes: [
          Diagnostic.Note(
            "it is the neuron of `\(population.syntax.name.text)`",
            at: population.syntax.cell.range)
        ]))
  }
}
