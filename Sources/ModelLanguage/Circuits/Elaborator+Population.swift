import Diagnostics
import Units

// The scopes of a population: the circuit, the cell, the block of the population, and for each
// incoming projection its block and the instance of its synapse.
extension Elaborator {
  /// The scope of the cell.
  static let cellOfPopulation = 1
  /// The scope of the population's block.
  static let blockOfPopulation = 2

  /// Makes the scopes of a population and of the projections that lead to it.
  mutating func addScopes(of population: PopulationPlan) {
    let name = population.syntax.name.text
    let circuit = scopes[0]
    scopes.append(
      Scope(
        path: name + ".", component: population.cell,
        file: library.components[population.cell].file, parent: 0, depth: 1))
    addBlock(name: population.syntax.name, alternatives: [0])
    for projection in population.incoming {
      addBlock(name: population.syntax.name, alternatives: [0, Self.cellOfPopulation])
      guard let synapse = projection.synapse else { continue }
      scopes.append(
        Scope(
          path: "\(name).\(projection.syntax.name.text).", component: synapse,
          file: library.components[synapse].file, parent: Self.cellOfPopulation,
          depth: circuit.depth + 2))
    }
    for projection in population.outgoing { addPresynapticScope(of: projection, population) }
  }

  /// Makes the scope of a block: the names of the circuit, the population by its name, `index`
  /// and `count`.
  mutating func addBlock(name: NameSyntax, alternatives: [Int]) {
    var block = Scope(
      path: "", component: scopes[0].component, file: scopes[0].file, parent: nil, depth: 1)
    block.isBlock = true
    block.alternatives = alternatives
    block.members[name.text] = .instance(Self.cellOfPopulation)
    for (word, role, documentation) in [
      ("index", Symbol.Role.cellIndex, "The number of the cell in its population, from 0"),
      ("count", Symbol.Role.cellCount, "How many cells the population has"),
    ] {
      // The keyword in the path keeps it apart from whatever the cell declares.
      let path = "\(name.text).population.\(word)"
      if let known = symbols.firstIndex(where: { $0.path == path }) {
        block.members[word] = .symbol(known)
        continue
      }
      var symbol = Symbol(
        kind: .input, path: path, name: NameSyntax(text: word, range: name.range), scope: 0,
        documentation: documentation)
      symbol.role = role
      symbol.unit = .one
      symbol.dimensions = Dimensions.none
      block.members[word] = .symbol(symbols.count)
      symbols.append(symbol)
    }
    scopes.append(block)
  }

  /// Applies the blocks of a population and of its projections, and wires the synapses.
  mutating func connect(_ population: PopulationPlan) {
    apply(
      population.syntax.settings, to: Self.cellOfPopulation, block: Self.blockOfPopulation,
      owner: population.syntax.cell.text)
    var block = Self.blockOfPopulation + 1
    for projection in population.incoming {
      if projection.synapse != nil {
        scopes[Self.cellOfPopulation].contents.append(.instance(block + 1))
      }
      ports.append(port(of: projection, block: block))
      block += projection.synapse == nil ? 1 : 2
    }
    for projection in population.outgoing {
      connectPresynapticPart(of: projection, block: block)
      block += 2
    }
    reportUnwiredInputs(of: population)
  }

  private mutating func reportUnwiredInputs(of population: PopulationPlan) {
    for case .symbol(let id) in scopes[Self.cellOfPopulation].contents
    where symbols[id].kind == .input && symbols[id].role == .driven
      && symbols[id].definition == nil
    {
      diagnostics.report(
        Diagnostic(
          id: "unwired-input",
          "the input `\(symbols[id].name.text)` of `\(population.syntax.name.text)` is not wired",
          at: population.syntax.name.range,
          notes: [
            Diagnostic.Note(
              "it has no default, no projection leads to it, and it is declared",
              at: symbols[id].name.range)
          ]))
    }
  }
}
