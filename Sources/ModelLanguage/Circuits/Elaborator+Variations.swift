import Diagnostics

extension Elaborator {
  /// Elaborates what differs from cell to cell, each after what it depends on.
  ///
  /// What follows from something that differs, by the formula of its own default, differs too.
  mutating func elaborateVariations() {
    guard !pendingVariations.isEmpty else { return }
    var laws: [Variation.Target: Variation] = [:]
    for pending in pendingVariations {
      let symbol = symbols[pending.symbol]
      let target = LawTarget(
        name: "`\(symbol.name.text)`", dimensions: symbol.dimensions, unit: symbol.unit)
      guard let law = law(pending.value, of: target, in: pending.block) else { continue }
      let place: Variation.Target =
        symbol.kind == .parameter ? .parameter(symbol.index) : .initialState(symbol.index)
      var declaration = declaration(of: pending.symbol)
      declaration.range = pending.value.range
      laws[place] = Variation(target: place, law: law, declaration: declaration)
    }
    orderVariations(laws)
  }

  private mutating func orderVariations(_ laws: [Variation.Target: Variation]) {
    enum Mark { case new, open, done }
    var marks = [Mark](repeating: .new, count: model.parameters.count)

    func uses(_ parameter: Int) -> [Int] {
      laws[.parameter(parameter)]?.law.parameters
        ?? model.parameters[parameter].defaultValue.references.parameters
    }
    for start in model.parameters.indices where marks[start] == .new {
      var path: [(parameter: Int, uses: [Int], next: Int)] = [(start, uses(start), 0)]
      marks[start] = .open
      while let current = path.last {
        guard current.next < current.uses.count else {
          marks[current.parameter] = .done
          add(.parameter(current.parameter), laws, uses: current.uses)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let next = current.uses[current.next]
        switch marks[next] {
        case .done: break
        case .new:
          marks[next] = .open
          path.append((next, uses(next), 0))
        case .open:
          let loop = path.drop { $0.parameter != next }.map(\.parameter)
          reportLoop(loop, laws)
        }
      }
    }
    for state in model.states.indices {
      let place = Variation.Target.initialState(state)
      add(place, laws, uses: model.states[state].initialValue.references.parameters)
    }
  }

  private mutating func add(
    _ target: Variation.Target, _ laws: [Variation.Target: Variation], uses: [Int]
  ) {
    var found = laws[target]
    if found == nil, uses.contains(where: { variedParameters.contains($0) }) {
      switch target {
      case .parameter(let index):
        let parameter = model.parameters[index]
        found = Variation(
          target: target, law: .formula(parameter.defaultValue),
          declaration: parameter.declaration, isDerived: true)
      case .initialState(let index):
        let state = model.states[index]
        found = Variation(
          target: target, law: .formula(state.initialValue), declaration: state.declaration,
          isDerived: true)
      }
    }
    guard let found else { return }
    variations.append(found)
    if case .parameter(let index) = target { variedParameters.insert(index) }
  }

  private mutating func reportLoop(_ loop: [Int], _ laws: [Variation.Target: Variation]) {
    let names = (loop + loop.prefix(1)).map { "`\(model.parameters[$0].declaration.path)`" }
    guard let culprit = loop.compactMap({ laws[.parameter($0)]?.declaration }).first else {
      return
    }
    diagnostics.report(
      Diagnostic(
        id: "cyclic-parameter", "`\(culprit.path)` is drawn by way of itself", at: culprit.range,
        notes: [Diagnostic.Note(names.joined(separator: " needs "))]))
  }
}

extension Law {
  /// What the law is made of.
  var expressions: [Expression] {
    switch self {
    case .formula(let value): [value]
    case .normal(let mean, let deviation), .lognormal(let mean, let deviation):
      [mean, deviation]
    case .uniform(let low, let high): [low, high]
    case .exponential(let mean): [mean]
    }
  }

  /// The parameters that it names, each once.
  var parameters: [Int] { Array(Set(expressions.flatMap(\.references.parameters))).sorted() }
}
