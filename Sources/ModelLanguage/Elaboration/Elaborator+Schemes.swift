import Diagnostics
import Units

extension Elaborator {
  /// A reaction with its participants sorted into states and factors.
  struct Sides {
    var left: [(state: Int, count: Int)] = []
    var right: [(state: Int, count: Int)] = []
    /// Concentrations that multiply a rate and are not consumed.
    var leftFactors: [TypedExpression] = []
    var rightFactors: [TypedExpression] = []
    var isComplete = true
  }

  /// Lowers the kinetic schemes: a quantity for the flux of each reaction, shared by the states.
  mutating func elaborateSchemes() {
    for scope in scopes.indices where !isElsewhere(scope) {
      var unnamed = 0
      for scheme in scopes[scope].schemes {
        var name = scheme.name?.text ?? "scheme"
        if scheme.name == nil {
          unnamed += 1
          if unnamed > 1 { name += "\(unnamed)" }
        }
        currentScope = scope
        elaborate(scheme, named: scopes[scope].path + name, in: scope)
      }
    }
  }

  private mutating func elaborate(_ scheme: SchemeSyntax, named path: String, in scope: Int) {
    let sides = scheme.reactions.map { self.sides(of: $0, in: scope) }
    for (number, (reaction, sides)) in zip(scheme.reactions, sides).enumerated() {
      if sides.isComplete {
        lower(reaction, sides, path: "\(path).flux\(number + 1)", in: scope)
      } else {
        silence(sides)
      }
    }
    guard sides.allSatisfy(\.isComplete) else { return }
    if scheme.conserved.isEmpty {
      addImplicitConservations(scheme, sides, path: path)
    }
    for (number, conserved) in scheme.conserved.enumerated() {
      let suffix = scheme.conserved.count == 1 ? "total" : "total\(number + 1)"
      check(conserved, scheme, sides, path: "\(path).\(suffix)", in: scope)
    }
  }

  /// Gives the states of a wrong reaction an equation, so that they are not reported for want of one.
  private mutating func silence(_ sides: Sides) {
    for (state, _) in sides.left + sides.right where derivatives[symbols[state].index] == nil {
      derivatives[symbols[state].index] = .unknown
    }
  }

  // MARK: Reactions

  private mutating func sides(of reaction: SchemeSyntax.Reaction, in scope: Int) -> Sides {
    var result = Sides()
    for (participants, isLeft) in [(reaction.left, true), (reaction.right, false)] {
      for participant in participants {
        add(participant, isLeft: isLeft, to: &result, in: scope)
      }
    }
    if result.isComplete, result.left.isEmpty, result.right.isEmpty {
      diagnostics.report(
        Diagnostic(
          id: "scheme-without-state", "no state takes part in this reaction", at: reaction.range,
          notes: [Diagnostic.Note("inputs, quantities and parameters are not consumed")]))
      result.isComplete = false
    }
    return result
  }

  private mutating func add(
    _ participant: SchemeSyntax.Participant, isLeft: Bool, to sides: inout Sides, in scope: Int
  ) {
    switch resolve(participant.path, in: scope) {
    case .failure(let diagnostic):
      diagnostics.report(diagnostic)
      sides.isComplete = false
    case .silent: sides.isComplete = false
    case .symbol(let id) where symbols[id].kind == .state:
      guard symbols[id].scope == scope else {
        diagnostics.report(
          Diagnostic(
            id: "scheme-foreign-state",
            "a reaction cannot consume `\(participant.path.text)`, a state of another instance",
            at: participant.path.range,
            help: ["name it in a `quantity` if it multiplies the rate and is not consumed"]))
        sides.isComplete = false
        return
      }
      if isLeft {
        sides.left.append((id, participant.count))
      } else {
        sides.right.append((id, participant.count))
      }
    case .symbol:
      var factor = number(.name(participant.path), context(scope, .dynamic))
      if participant.count > 1 {
        factor = TypedExpression(
          .binary(.power, factor.expression, .number(Double(participant.count))),
          dimensions: factor.dimensions?.raised(to: Double(participant.count)), of: [factor])
      }
      if isLeft { sides.leftFactors.append(factor) } else { sides.rightFactors.append(factor) }
    }
  }

  private mutating func lower(
    _ reaction: SchemeSyntax.Reaction, _ sides: Sides, path: String, in scope: Int
  ) {
    let states = sides.left + sides.right
    let first = symbols[states[0].state]
    for other in states.dropFirst() {
      let symbol = symbols[other.state]
      guard let one = first.dimensions, let two = symbol.dimensions, one != two else { continue }
      diagnostics.report(
        Diagnostic(
          id: "unit-mismatch",
          "this reaction turns \(first.unit?.symbol ?? "\(one)") into "
            + "\(symbol.unit?.symbol ?? "\(two)")", at: reaction.range,
          notes: [first, symbol].map {
            Diagnostic.Note("`\($0.name.text)` is declared", at: $0.name.range)
          }))
      silence(sides)
      return
    }
    var flux = rate(
      reaction.forward, sides.left, sides.leftFactors, result: first.dimensions, in: scope)
    if let backward = reaction.backward {
      let back = rate(
        backward, sides.right, sides.rightFactors, result: first.dimensions, in: scope)
      flux = TypedExpression(
        .binary(.subtract, flux.expression, back.expression), dimensions: nil, of: [flux, back])
    }
    count(flux, at: reaction.range)
    addFlux(flux, reaction, unit: first.unit, path: path)
    let quantity = Expression.quantity(model.quantities.count - 1)
    var changes: [(state: Int, change: Int)] = []
    for (participants, sign) in [(sides.left, -1), (sides.right, 1)] {
      for (state, count) in participants {
        if let known = changes.firstIndex(where: { $0.state == state }) {
          changes[known].change += sign * count
        } else {
          changes.append((state, sign * count))
        }
      }
    }
    for (state, change) in changes { apply(change, of: quantity, to: state, in: scope, reaction) }
  }

  private mutating func addFlux(
    _ flux: TypedExpression, _ reaction: SchemeSyntax.Reaction, unit: PhysicalUnit?, path: String
  ) {
    model.quantities.append(
      DerivedQuantity(
        declaration: Declaration(
          path: path, unit: (unit ?? .one).divided(by: .second),
          documentation: "The net rate of \(reaction.range.text)", range: reaction.range),
        value: flux.expression, isOutput: false))
  }

  private mutating func apply(
    _ change: Int, of flux: Expression, to state: Int, in scope: Int,
    _ reaction: SchemeSyntax.Reaction
  ) {
    if let equation = scopes[scope].equations[symbols[state].name.text] {
      diagnostics.report(
        Diagnostic(
          id: "duplicate-equation",
          "`\(symbols[state].name.text)` has an equation and takes part in a reaction",
          at: equation.name.range, notes: [Diagnostic.Note("the reaction is", at: reaction.range)],
          help: ["a reaction from or to `0` adds a source or a sink to a scheme"]))
      return
    }
    let size = abs(change)
    let term = size == 1 ? flux : .binary(.multiply, .number(Double(size)), flux)
    if change == 0 {
      if derivatives[symbols[state].index] == nil {
        derivatives[symbols[state].index] = TypedExpression(
          expression: .number(0), dimensions: nil)
      }
    } else {
      addToDerivative(of: state, term, change > 0 ? .add : .subtract, at: reaction.range)
    }
  }

  /// Elaborates a rate constant and multiplies it by what it acts on.
  private mutating func rate(
    _ syntax: ExpressionSyntax, _ states: [(state: Int, count: Int)], _ factors: [TypedExpression],
    result: Dimensions?, in scope: Int
  ) -> TypedExpression {
    let constant = number(syntax, context(scope, .dynamic))
    var product = constant
    var reactants: Dimensions? = Dimensions.none
    func multiply(_ factor: TypedExpression) {
      product = TypedExpression(
        .binary(.multiply, product.expression, factor.expression), dimensions: nil,
        of: [product, factor])
      reactants = reactants.flatMap { left in factor.dimensions.map { left * $0 } }
    }
    for factor in factors { multiply(factor) }
    for (state, count) in states {
      let factor = TypedExpression(
        expression: .state(symbols[state].index), dimensions: symbols[state].dimensions)
      for _ in 0..<count { multiply(factor) }
    }
    if let result, let reactants {
      require(
        (syntax, constant), result / .time / reactants, nil,
        message: { "the rate of this reaction is in \($1), and this is in \($0)" })
    }
    return product
  }
}
