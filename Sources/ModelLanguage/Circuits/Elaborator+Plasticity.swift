import Diagnostics
import Units

// How spikes change weights: `on presynaptic spike` and `on postsynaptic spike` of a synapse. They
// are elaborated once both cells are, with inputs that stand for the values of the source.
extension Elaborator {
  /// The values of what a projection has in the cells of this population, its source, by name.
  func presynapticValues(of projection: ProjectionPlan) -> [(NameSyntax, TypedExpression)] {
    guard let scope = presynapticScopes[projection.syntax.name.text] else { return [] }
    return scopes[scope].contents.compactMap { member in
      guard case .symbol(let id) = member, symbols[id].role == .driven, symbols[id].index >= 0
      else { return nil }
      let symbol = symbols[id]
      let expression: Expression
      switch symbol.kind {
      case .parameter: expression = .parameter(symbol.index)
      case .input: expression = .input(symbol.index)
      case .state: expression = .state(symbol.index)
      case .quantity:
        guard !noisyQuantities.contains(symbol.index) else { return nil }
        expression = .quantity(symbol.index)
      }
      return (
        symbol.name,
        TypedExpression(
          expression: expression, dimensions: symbol.dimensions, unit: symbol.unit)
      )
    }
  }

  /// Elaborates how spikes change the weights of a projection to this population.
  mutating func plasticity(
    of plan: ProjectionPlan, port: ProjectionPort, from source: ProjectionSource
  ) -> Plasticity? {
    let scope = port.block + 1
    guard plan.synapse != nil, let first = scopes[scope].pairings.first else { return nil }
    guard case .spikes(let receiver)? = port.kind else {
      if plan.isGraded {
        diagnostics.report(
          Diagnostic(
            id: "misplaced-declaration",
            "a synapse that receives a sum at every step has no weight that a spike changes",
            at: first.range))
      }
      return nil
    }
    if let release = source.release?.dimensions, release != Dimensions.none {
      diagnostics.report(
        Diagnostic(
          id: "unit-mismatch",
          "a weight that spikes change is multiplied by a number, and the `output` of the block "
            + "`presynaptic` is in \(source.release?.unitText ?? "\(release)")", at: first.range))
      return nil
    }
    let standIns = addStandIns(for: source, of: plan, in: scope)
    var rules: [SpikeChangesSyntax.Side: Expression] = [:]
    for pairing in scopes[scope].pairings {
      guard let value = newWeight(pairing, receiver, in: scope) else { continue }
      if rules.updateValue(value, forKey: pairing.side) != nil {
        diagnostics.report(
          Diagnostic(
            id: "duplicate-name", "`\(pairing.range.text)` is given twice", at: pairing.range))
      }
    }
    reportNeverHappening(plan, scope)
    return Plasticity(
      weight: symbols[receiver].index,
      sources: standIns.filter { symbols[$0.symbol].index >= 0 }.map {
        (symbols[$0.symbol].index, $0.value)
      }, afterPresynapticSpike: rules[.presynaptic], afterPostsynapticSpike: rules[.postsynaptic])
  }

  /// The weight after a spike.
  private mutating func newWeight(
    _ pairing: SpikeChangesSyntax, _ receiver: Int, in scope: Int
  ) -> Expression? {
    currentScope = scope
    let name = symbols[receiver].name.text
    var result: Expression?
    for assignment in pairing.assignments {
      let value = number(assignment.value, context(scope, .dynamic, .pairing(receiver)))
      count(value, at: assignment.value.range)
      guard assignment.state.text == name else {
        diagnostics.report(
          Diagnostic(
            id: "unknown-state",
            "`\(pairing.range.text)` changes the weight `\(name)` of a connection, and not "
              + "`\(assignment.state.text)`", at: assignment.state.range,
            help: ["`on spike { … }` changes states"]))
        continue
      }
      require(
        (assignment.value, value), symbols[receiver].dimensions, symbols[receiver].unit,
        message: { "the weight `\(name)` is in \($1), and this is in \($0)" },
        notes: [Diagnostic.Note("it is declared", at: symbols[receiver].name.range)])
      if value.expression.references.quantities.contains(where: { noisyQuantities.contains($0) }) {
        reportNoise("a weight", at: assignment.value.range)
      }
      if result != nil {
        diagnostics.report(
          Diagnostic(
            id: "duplicate-name", "`\(name)` is set twice here", at: assignment.state.range))
      }
      result = value.expression
    }
    return result
  }

  /// Makes the inputs that stand for what the source has, and lets `presynaptic.NAME` find them.
  private mutating func addStandIns(
    for source: ProjectionSource, of plan: ProjectionPlan, in scope: Int
  ) -> [(symbol: Int, value: Expression)] {
    guard let part = plan.presynapticPart else { return [] }
    var standIns: [(symbol: Int, value: Expression)] = []
    var hidden = Scope(
      path: "", component: part, file: library.components[part].file, depth: 1)
    hidden.isBlock = true
    for (name, value) in source.values {
      // The keyword in the path keeps it apart from what the source has, which may be this cell.
      var symbol = Symbol(
        kind: .input, path: "\(scopes[scope].path)source.\(name.text)", name: name, scope: scope,
        documentation: "`\(name.text)` of the source of a connection")
      symbol.role = .connection
      symbol.unit = value.unit
      symbol.dimensions = value.dimensions
      hidden.members[name.text] = .symbol(symbols.count)
      hidden.order.append(name)
      standIns.append((symbols.count, value.expression))
      symbols.append(symbol)
    }
    scopes[scope].members["presynaptic"] = .instance(scopes.count)
    scopes.append(hidden)
    return standIns
  }

  /// Reports a rule for spikes of a target that has none; those of the source have been looked at.
  private mutating func reportNeverHappening(_ plan: ProjectionPlan, _ scope: Int) {
    guard spike == nil, let population,
      let pairing = scopes[scope].pairings.first(where: { $0.side == .postsynaptic })
    else { return }
    reportNeverHappening(pairing, in: population)
  }
}
