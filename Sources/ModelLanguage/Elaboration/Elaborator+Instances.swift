import Diagnostics

extension Elaborator {
  /// Makes the scopes of a component and of all instances in it.
  mutating func expandInstances(top: Int) {
    let file = library.components[top].file
    scopes.append(Scope(path: "", component: top, file: file, depth: 0))
    if let population { addScopes(of: population) }
    var next = 0
    while next < scopes.count, !isTooLarge {
      if !scopes[next].isBlock {
        reached.insert(scopes[next].component)
        populate(next)
        applyBindings(of: next)
      }
      next += 1
    }
  }

  private mutating func populate(_ scope: Int) {
    let component = library.components[scopes[scope].component].syntax
    for declaration in component.declarations {
      if symbols.count + earlierSymbols > Self.largestSymbolCount
        || scopes.count > Self.largestInstanceCount
      {
        reportTooLarge(at: component.name.range)
        return
      }
      if isInPlace(declaration.kind, in: component) { declare(declaration, in: scope) }
    }
    if component.kind == .synapse { checkPorts(of: component) }
    if component.kind == .presynaptic { checkOutputs(of: component) }
  }

  private mutating func declare(_ declaration: DeclarationSyntax, in scope: Int) {
    let comment = declaration.documentation
    switch declaration.kind {
    case .parameter(let syntax):
      addSymbol(.parameter, syntax.name, scope, comment) { symbol in
        symbol.unitSyntax = syntax.unit
        symbol.definition = Symbol.Definition(syntax: syntax.value, scope: scope)
        symbol.parameter = syntax
        symbol.provenance = syntax.provenance
      }
    case .input(let syntax):
      for name in syntax.names {
        addSymbol(.input, name, scope, comment) { symbol in
          symbol.unitSyntax = syntax.unit
          symbol.isDeclaredInput = true
          symbol.definition = syntax.defaultValue.map {
            Symbol.Definition(syntax: $0, scope: scope)
          }
        }
      }
    case .state(let syntax):
      for name in syntax.names {
        addSymbol(.state, name, scope, comment) { symbol in
          symbol.unitSyntax = syntax.unit
          symbol.definition = Symbol.Definition(syntax: syntax.initialValue, scope: scope)
        }
      }
    case .quantity(let syntax):
      addSymbol(.quantity, syntax.name, scope, comment) { symbol in
        symbol.unitSyntax = syntax.unit
        symbol.definition = Symbol.Definition(syntax: syntax.value, scope: scope)
        symbol.isOutput = syntax.isOutput
      }
    case .equation(let syntax): addEquation(syntax, in: scope)
    case .scheme(let syntax):
      if let name = syntax.name, !claim(name, .other, in: scope) { return }
      scopes[scope].schemes.append(syntax)
    case .event(let syntax):
      if claim(syntax.name, .other, in: scope) { scopes[scope].events.append((syntax, comment)) }
    case .route(let syntax):
      if claim(syntax.name, .other, in: scope) { scopes[scope].routes.append((syntax, comment)) }
    case .function(let syntax): _ = claim(syntax.name, .function(syntax), in: scope)
    case .instance(let syntax): addInstance(syntax, in: scope)
    case .noise(let names):
      for name in names { addSymbol(.input, name, scope, comment) { $0.role = .noise } }
    case .poisson(let syntax):
      addReceiver(
        syntax.name, .poisson, unit: nil, rate: syntax.rate, syntax.assignments, scope, comment)
    case .recorded(let syntax):
      addReceiver(
        syntax.name, .recorded, unit: nil, rate: nil, syntax.assignments, scope, comment)
    case .receive(let syntax):
      guard let assignments = syntax.assignments else {
        addGradedReceiver(syntax, in: scope, comment)
        return
      }
      addReceiver(
        syntax.name, .arrivals, unit: syntax.unit, rate: nil, assignments, scope, comment)
    case .population(let syntax):
      _ = claim(syntax.name, .population, in: scope)
      // Its cell is there even if the name is taken, so that every symbol has its place.
      if syntax.name.range == population?.syntax.name.range {
        scopes[scope].contents.append(.instance(Self.cellOfPopulation))
      }
    case .projection(let syntax): _ = claim(syntax.name, .other, in: scope)
    case .presynaptic(let syntax):
      _ = claim(NameSyntax(text: "presynaptic", range: syntax.range), .other, in: scope)
    case .spikeChanges(let syntax) where syntax.side == .own:
      scopes[scope].spikeChanges.append(syntax)
    case .spikeChanges(let syntax): scopes[scope].pairings.append(syntax)
    }
  }

  /// Enters a name into a scope; reports it and returns `false` if it is taken.
  mutating func claim(_ name: NameSyntax, _ member: Scope.Member, in scope: Int) -> Bool {
    if scopes[scope].members[name.text] != nil {
      var notes: [Diagnostic.Note] = []
      if let first = scopes[scope].order.first(where: { $0.text == name.text }) {
        notes = [Diagnostic.Note("it is first declared", at: first.range)]
      }
      diagnostics.report(
        Diagnostic(
          id: "duplicate-name", "`\(name.text)` is declared twice", at: name.range, notes: notes))
      return false
    }
    scopes[scope].members[name.text] = member
    scopes[scope].order.append(name)
    scopes[scope].contents.append(member)
    return true
  }

  mutating func addSymbol(
    _ kind: Symbol.Kind, _ name: NameSyntax, _ scope: Int, _ documentation: String,
    _ fill: (inout Symbol) -> Void
  ) {
    guard claim(name, .symbol(symbols.count), in: scope) else { return }
    var symbol = Symbol(
      kind: kind, path: scopes[scope].path + name.text, name: name, scope: scope,
      documentation: documentation)
    fill(&symbol)
    symbols.append(symbol)
  }

  private mutating func addEquation(_ syntax: EquationSyntax, in scope: Int) {
    if let first = scopes[scope].equations[syntax.name.text] {
      diagnostics.report(
        Diagnostic(
          id: "duplicate-equation", "`\(syntax.name.text)` has two equations",
          at: syntax.name.range, notes: [Diagnostic.Note("the first is", at: first.name.range)]))
    } else {
      scopes[scope].equations[syntax.name.text] = syntax
    }
  }

  private mutating func addInstance(_ syntax: InstanceSyntax, in scope: Int) {
    let visible = library.files[scopes[scope].file].visibleComponents
    guard let component = visible[syntax.component.text] else {
      var diagnostic = Diagnostic(
        id: "unknown-component", "there is no component `\(syntax.component.text)`",
        at: syntax.component.range)
      if let near = nearestName(to: syntax.component.text, among: visible.keys.sorted()) {
        diagnostic.help = ["did you mean `\(near)`?"]
      } else {
        diagnostic.help = ["a component of another file has to be imported"]
      }
      diagnostics.report(diagnostic)
      // The name is known, so that what refers into it is not reported again.
      _ = claim(syntax.name, .instance(-1), in: scope)
      return
    }
    let kind = library.components[component].syntax.kind
    if kind == .circuit || kind == .synapse {
      diagnostics.report(
        Diagnostic(
          id: "wrong-kind",
          "`\(syntax.component.text)` is a \(kind.rawValue), and no instance of it "
            + "can be made here", at: syntax.component.range,
          help: kind == .synapse ? ["a synapse belongs to a projection"] : []))
      _ = claim(syntax.name, .instance(-1), in: scope)
      return
    }
    guard claim(syntax.name, .instance(scopes.count), in: scope) else { return }
    if reportCycle(syntax, component: component, in: scope) {
      scopes[scope].members[syntax.name.text] = .instance(-1)
      scopes[scope].contents.removeLast()
      return
    }
    scopes.append(
      Scope(
        path: scopes[scope].path + syntax.name.text + ".", component: component,
        file: library.components[component].file, parent: scope, instance: syntax,
        depth: scopes[scope].depth + 1))
  }

  /// Reports an instance that contains itself, or that lies too deep.
  private mutating func reportCycle(
    _ syntax: InstanceSyntax, component: Int, in scope: Int
  ) -> Bool {
    var chain = [component]
    var ancestor: Int? = scope
    while let current = ancestor {
      chain.append(scopes[current].component)
      if scopes[current].component == component {
        let names = chain.reversed().map { "`\(library.components[$0].syntax.name.text)`" }
        diagnostics.report(
          Diagnostic(
            id: "instance-cycle", "`\(syntax.component.text)` contains itself",
            at: syntax.component.range,
            notes: [Diagnostic.Note(names.joined(separator: " contains "))]))
        return true
      }
      ancestor = scopes[current].parent
    }
    guard scopes[scope].depth >= Self.deepestInstance else { return false }
    diagnostics.report(
      Diagnostic(
        id: "too-deep", "instances are nested more than \(Self.deepestInstance) deep",
        at: syntax.name.range))
    return true
  }

  // MARK: Wiring and overrides

  private mutating func applyBindings(of scope: Int) {
    guard let instance = scopes[scope].instance, let parent = scopes[scope].parent else { return }
    var bound: [String: SourceRange] = [:]
    for binding in instance.bindings {
      if let first = bound[binding.name.text] {
        diagnostics.report(
          Diagnostic(
            id: "duplicate-name", "`\(binding.name.text)` is given twice", at: binding.name.range,
            notes: [Diagnostic.Note("the first is", at: first)]))
        continue
      }
      bound[binding.name.text] = binding.name.range
      guard case .symbol(let id)? = scopes[scope].members[binding.name.text],
        symbols[id].kind == .parameter || symbols[id].isDeclaredInput
      else {
        reportUnknownBinding(binding, instance: instance, scope: scope)
        continue
      }
      symbols[id].override(binding.value, in: parent)
      if symbols[id].kind == .parameter {
        override(id, with: binding)
      } else {
        symbols[id].kind = .quantity
        if let provenance = binding.provenance {
          diagnostics.report(
            Diagnostic(
              id: "unexpected-source", "`\(binding.name.text)` is an input and is wired, not set",
              at: provenance.range, help: ["only a parameter has a source"]))
        }
      }
    }
    reportUnwiredInputs(of: scope, instance: instance)
  }

  private mutating func override(_ id: Int, with binding: InstanceSyntax.Binding) {
    symbols[id].provenance = binding.provenance
    if binding.provenance == nil { reportMissingSource(binding.name) }
  }

  /// Reports a value without a source.
  mutating func reportMissingSource(_ name: NameSyntax) {
    diagnostics.report(
      Diagnostic(
        id: "missing-source", "`\(name.text)` says nothing about where its value comes from",
        at: name.range,
        help: [
          "add `source \"…\"` or `assumed \"…\"`, or `derived` to a formula over other parameters"
        ]))
  }

  private mutating func reportUnknownBinding(
    _ binding: InstanceSyntax.Binding, instance: InstanceSyntax, scope: Int
  ) {
    let name = binding.name.text
    let settable = scopes[scope].order.map(\.text).filter {
      guard case .symbol(let id)? = scopes[scope].members[$0] else { return false }
      return symbols[id].kind == .parameter || symbols[id].isDeclaredInput
    }
    var diagnostic = Diagnostic(
      id: "unknown-input", "`\(instance.component.text)` has no input or parameter `\(name)`",
      at: binding.name.range)
    if case .symbol(let id)? = scopes[scope].members[name] {
      diagnostic.notes = [
        Diagnostic.Note(
          "`\(name)` is \(symbols[id].nounWithArticle), declared", at: symbols[id].name.range)
      ]
    } else if let near = nearestName(to: name, among: settable) {
      diagnostic.help = ["did you mean `\(near)`?"]
    } else if !settable.isEmpty {
      diagnostic.help = [
        "it has " + settable.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
      ]
    }
    diagnostics.report(diagnostic)
  }

  private mutating func reportUnwiredInputs(of scope: Int, instance: InstanceSyntax) {
    for case .symbol(let id) in scopes[scope].contents
    where symbols[id].kind == .input && symbols[id].definition == nil
      && symbols[id].role == .driven
    {
      diagnostics.report(
        Diagnostic(
          id: "unwired-input",
          "the input `\(symbols[id].name.text)` of `\(instance.name.text)` is not wired",
          at: instance.name.range,
          notes: [Diagnostic.Note("it has no default and is declared", at: symbols[id].name.range)]
        ))
    }
  }
}
