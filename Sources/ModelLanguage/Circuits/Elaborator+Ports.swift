import Diagnostics
import Units

// What projections lead to in the cells of their target.
extension Elaborator {
  /// Makes what a projection leads to: an instance of its synapse, or sums.
  mutating func port(of projection: ProjectionPlan, block: Int) -> ProjectionPort {
    let target = portSymbol(of: projection)
    if let name = projection.syntax.synapse, projection.synapse != nil {
      apply(projection.settings, to: block + 1, block: block, owner: name.text)
      wireByName(block + 1, at: name)
    }
    let found = target.flatMap { port(of: projection, target: $0, block: block) }
    return found ?? ProjectionPort(kind: nil, block: block)
  }

  private mutating func port(
    of projection: ProjectionPlan, target: Int, block: Int
  ) -> ProjectionPort? {
    let syntax = projection.syntax
    if projection.namesVariable, !projection.isGraded, let synapse = syntax.synapse {
      diagnostics.report(
        Diagnostic(
          id: "misplaced-statement",
          "`\(synapse.text)` receives spikes, and a projection of a variable sends none",
          at: synapse.range,
          help: ["a synapse receives a sum at every step if its `receive` has no block"]))
      return nil
    }
    if projection.synapse != nil {
      return synapsePort(of: projection, target: target, block: block)
    }
    if !projection.isContinuous {
      guard symbols[target].role == .arrivals else {
        diagnostics.report(
          Diagnostic(
            id: "wrong-port",
            "spikes cannot lead to `\(symbols[target].name.text)`, \(described(target))",
            at: syntax.target.range,
            notes: [Diagnostic.Note("it is declared", at: symbols[target].name.range)],
            help: [
              "a projection to an input has a synapse: "
                + "`\(syntax.source.text) -> \(syntax.target.text) : SYNAPSE`"
            ]))
        return nil
      }
      return ProjectionPort(kind: .spikes(receiver: target), block: block)
    }
    guard isInput(target, at: syntax.target.range) else { return nil }
    guard claimPath(of: syntax) else { return nil }
    let sum = addSum(named: "sum", of: syntax, to: target)
    var total: (sum: Int, target: Int)?
    if let path = syntax.total, let other = symbol(path, at: path.range, of: syntax) {
      guard isInput(other, at: path.range) else { return nil }
      total = (addSum(named: "total", of: syntax, to: other), other)
    }
    return ProjectionPort(
      kind: .continuous(sum: sum, target: target, total: total), block: block)
  }

  private func described(_ id: Int) -> String { symbols[id].nounWithArticle }

  private mutating func isInput(_ id: Int, at range: SourceRange) -> Bool {
    if symbols[id].isDeclaredInput, symbols[id].role == .driven { return true }
    var diagnostic = Diagnostic(
      id: "wrong-port",
      "a projection leads to an input, and `\(symbols[id].name.text)` is \(described(id))",
      at: range, notes: [Diagnostic.Note("it is declared", at: symbols[id].name.range)])
    if symbols[id].role == .arrivals {
      diagnostic.message =
        "`\(symbols[id].name.text)` receives spikes as they are, not a value and not by a synapse"
    }
    diagnostics.report(diagnostic)
    return false
  }

  /// The symbol of the target's cell that a projection names.
  private mutating func portSymbol(of projection: ProjectionPlan) -> Int? {
    let path = projection.syntax.target
    guard path.names.count > 1 else {
      diagnostics.report(
        Diagnostic(
          id: "wrong-port", "a projection leads to an input or a `receive` of its target",
          at: path.range, help: portHelp(beside: path.text)))
      return nil
    }
    return symbol(
      PathSyntax(names: Array(path.names.dropFirst())), at: path.range, of: projection.syntax)
  }

  private mutating func symbol(
    _ path: PathSyntax, at range: SourceRange, of projection: ProjectionSyntax
  ) -> Int? {
    switch resolve(path, in: Self.cellOfPopulation) {
    case .symbol(let id): return id
    case .silent: return nil
    case .failure:
      let cell = library.components[scopes[Self.cellOfPopulation].component].syntax.name.text
      var diagnostic = Diagnostic(
        id: "wrong-port", "`\(cell)` has no input or `receive` named `\(path.text)`",
        at: path.range)
      if let near = nearestName(to: path.text, among: portNames) {
        diagnostic.help = ["did you mean `\(near)`?"]
      } else {
        diagnostic.help = portHelp(beside: projection.target.names[0].text)
      }
      diagnostics.report(diagnostic)
      return nil
    }
  }

  /// What projections can lead to in the cell.
  private var portNames: [String] {
    scopes[Self.cellOfPopulation].contents.compactMap { member in
      guard case .symbol(let id) = member else { return nil }
      let symbol = symbols[id]
      let isPort = symbol.role == .arrivals || (symbol.isDeclaredInput && symbol.role == .driven)
      return isPort ? symbol.name.text : nil
    }
  }

  private func portHelp(beside population: String) -> [String] {
    let names = portNames.prefix(8).map { "`\(population).\($0)`" }
    return names.isEmpty
      ? ["its cells have none"] : ["it has " + names.joined(separator: ", ")]
  }

  /// Whether the paths of the parts of a projection are free; reports it if not.
  mutating func claimPath(of projection: ProjectionSyntax) -> Bool {
    let cell = scopes[Self.cellOfPopulation]
    guard cell.members[projection.name.text] != nil else { return true }
    diagnostics.report(
      Diagnostic(
        id: "duplicate-name",
        "`\(library.components[cell.component].syntax.name.text)` has a `\(projection.name.text)`, "
          + "so that the projection to it needs another name", at: projection.name.range,
        notes: cell.order.first { $0.text == projection.name.text }
          .map { [Diagnostic.Note("it is declared", at: $0.range)] } ?? []))
    return false
  }

  // MARK: Synapses

  private mutating func synapsePort(
    of projection: ProjectionPlan, target: Int, block: Int
  ) -> ProjectionPort? {
    let syntax = projection.syntax
    guard isInput(target, at: syntax.target.range), claimPath(of: syntax) else { return nil }
    let synapse = block + 1
    var receiver: Int?
    var output: Int?
    for case .symbol(let id) in scopes[synapse].contents {
      if symbols[id].role == .arrivals || symbols[id].role == .sum { receiver = id }
      if symbols[id].isOutput { output = id }
    }
    // A synapse without them has been reported.
    guard let receiver, let output else { return nil }
    add(output, to: target)
    return ProjectionPort(
      kind: projection.isGraded
        ? .continuous(sum: receiver, target: receiver, total: nil) : .spikes(receiver: receiver),
      block: block, output: (output, target))
  }

  /// Wires the inputs of a synapse to what the cell calls by the same names.
  mutating func wireByName(_ synapse: Int, at name: NameSyntax, prefix: String = "") {
    let cell = scopes[Self.cellOfPopulation]
    for case .symbol(let id) in scopes[synapse].contents
    where symbols[id].kind == .input && symbols[id].role == .driven {
      let input = symbols[id].name
      if case .symbol? = cell.members[input.text] {
        let path = PathSyntax(names: [NameSyntax(text: input.text, range: name.range)])
        symbols[id].kind = .quantity
        symbols[id].definition = Symbol.Definition(
          syntax: .name(path), scope: Self.cellOfPopulation)
      } else if symbols[id].definition == nil {
        diagnostics.report(
          Diagnostic(
            id: "unwired-input",
            "`\(name.text)` needs `\(input.text)`, and "
              + "`\(library.components[cell.component].syntax.name.text)` has none",
            at: name.range, notes: [Diagnostic.Note("it is declared", at: input.range)],
            help: ["say in the projection what it is there: `\(prefix)\(input.text) = …`"]))
      }
    }
  }

  // MARK: Sums

  /// Adds a sum that a continuous projection makes to an input.
  private mutating func addSum(
    named name: String, of projection: ProjectionSyntax, to target: Int
  ) -> Int {
    var symbol = Symbol(
      kind: .input,
      path: "\(scopes[Self.cellOfPopulation].path)\(projection.name.text).\(name)",
      name: projection.name, scope: symbols[target].scope,
      documentation: name == "total"
        ? "The sum of the weights of `\(projection.name.text)`"
        : "What `\(projection.name.text)` sums up")
    symbol.role = .sum
    symbol.unitSyntax = symbols[target].unitSyntax
    let id = symbols.count
    symbols.append(symbol)
    scopes[symbols[target].scope].contents.append(.symbol(id))
    add(id, to: target)
    return id
  }

  /// Makes a symbol part of what an input is.
  ///
  /// The input keeps its path for what an experiment drives, if it has a default; what the cell
  /// sees is then the quantity `input.NAME`.
  private mutating func add(_ addend: Int, to target: Int) {
    if symbols[target].addends.isEmpty, symbols[target].kind == .input {
      let symbol = symbols[target]
      symbols[target].kind = .quantity
      if symbol.definition != nil {
        var driven = symbol
        driven.isDeclaredInput = false
        symbols[target].definition = nil
        symbols[target].path = scopes[symbol.scope].path + "input." + symbol.name.text
        symbols[target].documentation = "What drives and projects to `\(symbol.name.text)`"
        symbols[target].addends = [symbols.count]
        scopes[symbol.scope].contents.append(.symbol(symbols.count))
        symbols.append(driven)
      }
    }
    symbols[target].addends.append(addend)
  }

  /// Checks that what synapses put out can be added to the inputs that they lead to.
  mutating func checkOutputs(of population: PopulationPlan) {
    for (projection, port) in zip(population.incoming, ports) {
      guard let (output, target) = port.output else { continue }
      let (from, to) = (symbols[output], symbols[target])
      guard let found = from.dimensions, let expected = to.dimensions, found != expected else {
        continue
      }
      diagnostics.report(
        Diagnostic(
          id: "unit-mismatch",
          "`\(projection.syntax.synapse?.text ?? "")` puts out `\(from.name.text)` in "
            + "\(from.unit?.symbol ?? "\(found)"), and the input `\(to.name.text)` is in "
            + "\(to.unit?.symbol ?? "\(expected)")",
          at: projection.syntax.target.range,
          notes: [from, to].map {
            Diagnostic.Note("`\($0.name.text)` is declared", at: $0.name.range)
          }))
    }
  }
}
