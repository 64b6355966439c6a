import Diagnostics
import Units

extension DeclarationSyntax.Kind {
  /// The keyword, or `an equation`, and the name that is declared.
  fileprivate var wordAndRange: (word: String, range: SourceRange)? {
    switch self {
    case .parameter(let syntax): ("`parameter`", syntax.name.range)
    case .input(let syntax): syntax.names.first.map { ("`input`", $0.range) }
    case .state(let syntax): syntax.names.first.map { ("`state`", $0.range) }
    case .equation(let syntax): ("an equation", syntax.name.range)
    case .quantity(let syntax): ("`quantity`", syntax.name.range)
    case .scheme(let syntax): ("`scheme`", syntax.range)
    case .event(let syntax): ("`event`", syntax.name.range)
    case .route(let syntax): ("`route`", syntax.name.range)
    case .instance(let syntax): ("`instance`", syntax.name.range)
    case .function(let syntax): ("`function`", syntax.name.range)
    case .noise(let names): names.first.map { ("`noise`", $0.range) }
    case .poisson(let syntax): ("`poisson`", syntax.name.range)
    case .recorded(let syntax): ("`recorded`", syntax.name.range)
    case .receive(let syntax): ("`receive`", syntax.name.range)
    case .population(let syntax): ("`population`", syntax.name.range)
    case .projection(let syntax): ("`projection`", syntax.name.range)
    case .presynaptic(let syntax): ("`presynaptic`", syntax.range)
    case .spikeChanges(let syntax): ("`\(syntax.range.text)`", syntax.range)
    }
  }
}

// Where the constructs of cells may stand.
extension Elaborator {
  /// Whether a declaration belongs where it stands; reports it if not.
  mutating func isInPlace(
    _ declaration: DeclarationSyntax.Kind, in component: ComponentSyntax
  ) -> Bool {
    guard let (word, range) = declaration.wordAndRange else { return false }
    var home: String?
    switch (declaration, component.kind) {
    case (.parameter, _), (.input, _), (.quantity, _), (.function, _): break
    case (.population, .circuit), (.projection, .circuit): break
    case (.state, .circuit), (.equation, .circuit), (.scheme, .circuit), (.route, .circuit),
      (.instance, .circuit), (.event, .circuit):
      break
    case (.population, _), (.projection, _): home = "a circuit"
    case (.noise, .circuit), (.poisson, .circuit):
      diagnostics.report(
        Diagnostic(
          id: "not-yet-available", "\(word) is not available in a circuit yet", at: range,
          help: ["it may stand in a component of which the circuit has an instance"]))
      return false
    case (_, .circuit):
      diagnostics.report(
        Diagnostic(
          id: "not-yet-available", "\(word) is not available in a circuit yet", at: range,
          help: ["a circuit has no spikes of its own, recorded or not"]))
      return false
    case (.receive, .neuron), (.receive, .synapse): break
    case (.receive, _): home = "a neuron or a synapse"
    case (.presynaptic, .synapse), (.spikeChanges, .synapse): break
    case (.spikeChanges(let changes), .presynaptic) where changes.side == .own: break
    case (.spikeChanges, .presynaptic): home = "the synapse around this block"
    case (.presynaptic, _), (.spikeChanges, _): home = "a synapse"
    case (.noise, _), (.poisson, _), (.recorded, _):
      cellConstructs.append((word, range))
    default: break
    }
    if case .receive = declaration, home == nil { cellConstructs.append((word, range)) }
    guard let home else { return true }
    diagnostics.report(
      Diagnostic(id: "misplaced-declaration", "\(word) belongs in \(home)", at: range))
    return false
  }

  /// Checks that a synapse has one place where spikes arrive, and one value to pass on.
  mutating func checkPorts(of synapse: ComponentSyntax) {
    var receives: [NameSyntax] = []
    var outputs: [NameSyntax] = []
    for declaration in synapse.declarations {
      switch declaration.kind {
      case .receive(let syntax): receives.append(syntax.name)
      case .quantity(let syntax) where syntax.isOutput: outputs.append(syntax.name)
      default: break
      }
    }
    for (word, names, example) in [
      ("receive", receives, "`receive weight : nS { g = g + weight }`"),
      ("output", outputs, "`output current : nA = g*(E - V)`"),
    ] where names.count != 1 {
      diagnostics.report(
        Diagnostic(
          id: "synapse-ports",
          "a synapse has exactly one `\(word)`, and `\(synapse.name.text)` has "
            + (names.isEmpty ? "none" : "\(names.count)"),
          at: names.count > 1 ? names[1].range : synapse.name.range,
          notes: names.first.map { [Diagnostic.Note("the first is", at: $0.range)] } ?? [],
          help: names.isEmpty ? [example] : []))
    }
  }

  mutating func addReceiver(
    _ name: NameSyntax, _ role: Symbol.Role, unit: UnitSyntax?, rate: ExpressionSyntax?,
    _ assignments: [AssignmentSyntax], _ scope: Int, _ documentation: String
  ) {
    let id = symbols.count
    addSymbol(.input, name, scope, documentation) { symbol in
      symbol.role = role
      symbol.unitSyntax = unit
    }
    guard symbols.count > id else { return }
    scopes[scope].receivers.append(
      Scope.Receiving(symbol: id, rate: rate, assignments: assignments))
  }

  // MARK: Inputs of cells

  /// The unit of an input that needs no declaration of it.
  func unit(of role: Symbol.Role) -> PhysicalUnit? {
    switch role {
    case .noise: PhysicalUnit.second.raised(toHalves: -1)
    case .poisson, .recorded, .cellIndex, .cellCount: .one
    case .driven, .arrivals, .sum, .shared, .connection: nil
    }
  }

  /// Who gives the value of an input; the rate of random arrivals is known later.
  func role(of id: Int) -> Input.Role {
    switch symbols[id].role {
    case .driven: .driven
    case .arrivals: .arrivals
    case .poisson: .poisson(rate: .number(0))
    case .recorded: .recorded
    case .noise: .whiteNoise
    case .sum, .shared: .sum
    case .cellIndex: .cellIndex
    case .cellCount: .cellCount
    case .connection: .connection
    }
  }

  /// Whether what arrives has a value where it is used; reports it if not.
  mutating func isPresent(
    _ id: Int, _ range: SourceRange, _ context: ExpressionContext
  ) -> Bool {
    let symbol = symbols[id]
    let name = symbol.name.text
    var message = ""
    switch symbol.role {
    case .driven, .sum, .shared, .cellIndex, .cellCount: return true
    case .noise:
      if context.moment == .always { return true }
      message = "the noise `\(name)` can only be used in derivatives"
    case .arrivals:
      if context.moment == .arrival(id) || context.moment == .pairing(id) { return true }
      message = "`\(name)` arrives at one moment, and has a value in its own block alone"
    case .poisson, .recorded:
      if context.moment == .arrival(id) || context.moment == .event { return true }
      message =
        "`\(name)` arrives at one moment, and has a value in its own block and in events alone"
    case .connection:
      if case .pairing = context.moment { return true }
      message = "what a source has can be used in `on presynaptic spike` and its like alone"
    }
    let isNoise = symbol.role == .noise
    diagnostics.report(
      Diagnostic(
        id: isNoise ? "noise-misplaced" : "value-of-a-moment", message, at: range,
        notes: [Diagnostic.Note("it is declared", at: symbol.name.range)]))
    return false
  }

  /// Gives the number of a cell, or of cells, or a value of the circuit a place among the inputs
  /// once it is used.
  mutating func addNumberOfCell(_ id: Int) {
    guard symbols[id].kind == .input else { return }
    symbols[id].index = model.inputs.count
    model.inputs.append(
      Input(declaration: declaration(of: id), defaultValue: .number(0), role: role(of: id)))
  }

  // MARK: What arrives

  /// Elaborates what arriving spikes, random arrivals and recorded spikes do.
  mutating func elaborateReceivers() {
    for scope in scopes.indices where !isElsewhere(scope) {
      currentScope = scope
      for receiver in scopes[scope].receivers {
        let id = receiver.symbol
        if let rate = receiver.rate {
          let value = self.rate(rate, of: symbols[id].name, in: scope)
          model.inputs[symbols[id].index].role = .poisson(rate: value)
        }
        guard symbols[id].role == .arrivals || !receiver.assignments.isEmpty else { continue }
        receiverOfSymbol[id] = receivers.count
        receivers.append(
          Receiver(
            declaration: declaration(of: id), input: symbols[id].index,
            assignments: assignments(
              receiver.assignments, context(scope, .dynamic, .arrival(id)), in: scope,
              user: "an arrival")))
      }
    }
  }

  /// The rate of random arrivals, with quantities put in.
  private mutating func rate(
    _ syntax: ExpressionSyntax, of name: NameSyntax, in scope: Int
  ) -> Expression {
    let value = number(syntax, context(scope, .dynamic))
    count(value, at: syntax.range)
    let isRate = require(
      (syntax, value), Dimensions.none / .time, nil,
      message: { "the rate of `\(name.text)` is in \($1), and this is in \($0)" })
    guard isRate else { return .number(0) }
    if let rate = defaultValue(of: value.expression), rate < 0 {
      reportOutOfBounds("a rate cannot be negative", at: syntax.range)
    }
    guard let culprit = unsteadyPart(of: value.expression) else {
      return expanded(value.expression, at: syntax.range)
    }
    diagnostics.report(
      Diagnostic(
        id: "not-constant",
        "the rate of random arrivals cannot depend on \(culprit), only on parameters and inputs",
        at: syntax.range))
    return .number(0)
  }
}
