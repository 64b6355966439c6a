import Diagnostics
import Units

extension Elaborator {
  /// What a reaction does to the states: how many of each it makes or takes.
  private struct Stoichiometry {
    var change: [Int: Int] = [:]
    var range: SourceRange
  }

  /// Turns the reactions of all schemes into terms of derivatives, and checks what they conserve.
  ///
  /// A reaction is one flux, `forward · product of the left − backward · product of the right`,
  /// which is taken from each state on the left and added to each on the right, so that sums are
  /// conserved to rounding.
  mutating func elaborateSchemes() {
    for scope in scopes.indices {
      for (number, scheme) in scopes[scope].schemes.enumerated() {
        currentScope = scope
        elaborate(scheme, number: number, in: scope)
      }
    }
  }

  private mutating func elaborate(_ scheme: SchemeSyntax, number: Int, in scope: Int) {
    var changes: [Stoichiometry] = []
    let name = scheme.name?.text ?? (number == 0 ? "scheme" : "scheme\(number + 1)")
    for (position, reaction) in scheme.reactions.enumerated() {
      let path = "\(scopes[scope].path)\(name).flux\(position + 1)"
      if let change = elaborate(reaction, path: path, in: scope) { changes.append(change) }
    }
    guard changes.count == scheme.reactions.count else { return }
    for conserved in scheme.conserved { check(conserved, changes, in: scope) }
    if scheme.conserved.isEmpty { noteConservation(changes, scheme, name, in: scope) }
  }

  private mutating func elaborate(
    _ reaction: SchemeSyntax.Reaction, path: String, in scope: Int
  ) -> Stoichiometry? {
    let rates = context(scope, .dynamic)
    guard let left = side(reaction.left, rates), let right = side(reaction.right, rates) else {
      return nil
    }
    let states = left.states + right.states
    guard let first = states.first else {
      diagnostics.report(
        Diagnostic(
          id: "scheme-without-state", "no state takes part in this reaction", at: reaction.range,
          help: ["a scheme changes states; an input or a parameter only multiplies the rate"]))
      return nil
    }
    let dimensions = symbols[first.symbol].dimensions
    let unit = symbols[first.symbol].unit
    for other in states.dropFirst()
    where symbols[other.symbol].dimensions != nil && dimensions != nil
      && symbols[other.symbol].dimensions != dimensions
    {
      diagnostics.report(
        Diagnostic(
          id: "unit-mismatch",
          "`\(symbols[other.symbol].name.text)` and `\(symbols[first.symbol].name.text)` "
            + "take part in one reaction and differ in dimensions", at: reaction.range))
      return nil
    }
    guard
      let forward = flow(
        reaction.forward, left.factor, dimensions, unit, "forward", rates)
    else { return nil }
    var flux = forward
    if let backwardSyntax = reaction.backward {
      guard
        let backward = flow(backwardSyntax, right.factor, dimensions, unit, "backward", rates)
      else { return nil }
      flux = TypedExpression(
        .binary(.subtract, forward.expression, backward.expression), dimensions: nil,
        of: [forward, backward])
    }
    count(flux, at: reaction.range)
    let place = model.quantities.count
    model.quantities.append(
      DerivedQuantity(
        declaration: Declaration(
          path: path, unit: (unit ?? .one).divided(by: .second),
          documentation: "Flux of a reaction.", range: reaction.range),
        value: flux.expression, isOutput: false))
    var result = Stoichiometry(range: reaction.range)
    for (states, sign) in [(left.states, -1), (right.states, 1)] {
      for state in states { result.change[state.symbol, default: 0] += sign * state.count }
    }
    for state in uniqueSymbols(states.map(\.symbol)) {
      let change = result.change[state] ?? 0
      guard change != 0 else { continue }
      let size = abs(change)
      let term =
        size == 1
        ? Expression.quantity(place) : .binary(.multiply, .number(Double(size)), .quantity(place))
      addToDerivative(of: state, term, change > 0 ? .add : .subtract, at: reaction.range)
    }
    return result
  }

  private func uniqueSymbols(_ symbols: [Int]) -> [Int] {
    var seen: Set<Int> = []
    return symbols.filter { seen.insert($0).inserted }
  }

  private typealias Side = (
    states: [(symbol: Int, count: Int)], factor: TypedExpression?
  )

  /// The states of one side, and the product that its rate is multiplied by.
  private mutating func side(
    _ participants: [SchemeSyntax.Participant], _ context: ExpressionContext
  ) -> Side? {
    var states: [(symbol: Int, count: Int)] = []
    var factor: TypedExpression?
    for participant in participants {
      let value = number(.name(participant.path), context)
      guard value.dimensions != nil else { return nil }
      if let scope = context.scope, case .symbol(let id) = resolve(participant.path, in: scope),
        symbols[id].kind == .state
      {
        states.append((id, participant.count))
      }
      for _ in 0..<participant.count {
        guard let current = factor else {
          factor = value
          continue
        }
        factor = TypedExpression(
          .binary(.multiply, current.expression, value.expression),
          dimensions: current.dimensions.flatMap { a in value.dimensions.map { a * $0 } },
          of: [current, value])
      }
    }
    return (states, factor)
  }

  private mutating func flow(
    _ syntax: ExpressionSyntax, _ factor: TypedExpression?, _ dimensions: Dimensions?,
    _ unit: PhysicalUnit?, _ word: String, _ context: ExpressionContext
  ) -> TypedExpression? {
    let rate = number(syntax, context)
    guard rate.dimensions != nil, let dimensions else { return nil }
    let wanted = dimensions / .time / (factor?.dimensions ?? .none)
    guard
      require(
        (syntax, rate), wanted, nil,
        message: { "the \(word) rate of this reaction is in \($0), and \($1) is needed" })
    else { return nil }
    guard let factor else { return rate }
    return TypedExpression(
      .binary(.multiply, rate.expression, factor.expression), dimensions: dimensions / .time,
      of: [rate, factor])
  }

  // MARK: Conservation

  private mutating func check(
    _ conserved: SchemeSyntax.Conserved, _ changes: [Stoichiometry], in scope: Int
  ) {
    var weights: [Int: Int] = [:]
    for term in conserved.terms {
      guard case .symbol(let id) = resolve(term.path, in: scope), symbols[id].kind == .state else {
        diagnostics.report(
          Diagnostic(
            id: "unknown-name", "`\(term.path.text)` is no state of this scheme",
            at: term.path.range))
        return
      }
      weights[id, default: 0] += term.count
    }
    for change in changes {
      let total = change.change.reduce(0) { $0 + $1.value * (weights[$1.key] ?? 0) }
      if total != 0 {
        diagnostics.report(
          Diagnostic(
            id: "not-conserved", "this reaction changes the sum that is said to be conserved",
            at: change.range,
            notes: [
              Diagnostic.Note(
                "each time it changes the sum by \(total)"),
              Diagnostic.Note("the sum is", at: conserved.range),
            ]))
        return
      }
    }
    let total = number(conserved.total, context(scope, .constant("a conserved total")))
    if let first = weights.keys.min() {
      require(
        (conserved.total, total), symbols[first].dimensions, symbols[first].unit,
        message: { "the conserved total is in \($0), and its states in \($1)" })
    }
    add(weights, path: "\(scopes[scope].path)conserved", at: conserved.range)
    checkStart(of: weights, total, conserved)
  }

  /// Checks that initial values add up to the conserved total, where all are numbers.
  private mutating func checkStart(
    of weights: [Int: Int], _ total: TypedExpression, _ conserved: SchemeSyntax.Conserved
  ) {
    guard let parameters = defaultParameters else { return }
    let values = ExpressionValues(parameters: parameters)
    let wanted = total.expression.value(in: values)
    let sum = weights.keys.sorted().reduce(0.0) { sum, id in
      let start = model.states[symbols[id].index].initialValue.value(in: values)
      return sum + Double(weights[id] ?? 0) * start
    }
    // A thousand roundings of the sum.
    guard wanted.isFinite, sum.isFinite, abs(sum - wanted) > 1e-12 * max(abs(wanted), abs(sum))
    else { return }
    diagnostics.report(
      Diagnostic(
        id: "conserved-start", "the initial values add up to \(sum), not to \(wanted)",
        at: conserved.range))
  }

  /// Notes the sum of all states of a scheme in which every reaction only moves them.
  private mutating func noteConservation(
    _ changes: [Stoichiometry], _ scheme: SchemeSyntax, _ name: String, in scope: Int
  ) {
    guard !changes.isEmpty,
      changes.allSatisfy({ $0.change.values.reduce(0, +) == 0 })
    else { return }
    var weights: [Int: Int] = [:]
    for change in changes {
      for id in change.change.keys { weights[id] = 1 }
    }
    add(weights, path: scopes[scope].path + name, at: scheme.range)
  }

  private mutating func add(_ weights: [Int: Int], path: String, at range: SourceRange) {
    model.conservations.append(
      Conservation(
        terms: weights.keys.sorted().map {
          (state: symbols[$0].index, weight: Double(weights[$0] ?? 0))
        },
        declaration: Declaration(path: path, unit: .one, range: range)))
  }
}
