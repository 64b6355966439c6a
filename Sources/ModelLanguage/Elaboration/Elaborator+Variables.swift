import Diagnostics
import Units

extension Elaborator {
  /// Elaborates the initial values of the states.
  mutating func elaborateStates() {
    let order = declared(.state)
    for (index, id) in order.enumerated() {
      symbols[id].index = index
      let value = define(id, .constant("an initial value")) ?? .unknown
      model.states.append(
        State(
          declaration: declaration(of: id), initialValue: value.expression, derivative: .number(0)))
      checkStart(of: id, value.expression, "the initial value")
    }
    derivatives = Array(repeating: nil, count: order.count)
  }

  /// Checks that a value at the start is a number while parameters have their defaults.
  private mutating func checkStart(of id: Int, _ value: Expression, _ what: String) {
    guard let defaultParameters, !diagnostics.all.hasErrors, !library.diagnostics.hasErrors,
      value.isOverParameters, let definition = symbols[id].definition,
      !value.value(in: ExpressionValues(parameters: defaultParameters)).isFinite
    else { return }
    diagnostics.report(
      Diagnostic(
        id: "not-finite", "\(what) of `\(symbols[id].name.text)` is not a finite number",
        at: definition.syntax.range))
  }

  /// Elaborates the inputs that no instance wires.
  mutating func elaborateInputs() {
    for id in declared(.input) {
      symbols[id].index = model.inputs.count
      let value = define(id, .constant("the default of an input"))
      if value == nil {
        symbols[id].unit = symbols[id].unitSyntax?.unit
        if isMain, symbols[id].scope == 0, symbols[id].role == .driven {
          diagnostics.report(
            Diagnostic(
              id: "missing-default",
              "the input `\(symbols[id].name.text)` of the top level has no default",
              at: symbols[id].name.range,
              help: ["give the value that it has when no experiment drives it: `= …`"]))
        }
        let role = symbols[id].role
        let needsUnit = role == .driven || role == .arrivals || isReceivedSum(id)
        if symbols[id].unitSyntax == nil, needsUnit {
          reportMissingInputUnit(symbols[id])
        }
      }
      if let unit = unit(of: symbols[id].role) {
        symbols[id].unit = unit
        symbols[id].dimensions = unit.dimensions
      }
      if let value { checkStart(of: id, value.expression, "the default") }
      model.inputs.append(
        Input(
          declaration: declaration(of: id), defaultValue: value?.expression ?? .number(0),
          role: role(of: id)))
    }
  }

  private mutating func reportMissingInputUnit(_ symbol: Symbol) {
    let name = symbol.name
    let keyword = symbol.role == .driven ? "input" : "receive"
    diagnostics.report(
      Diagnostic(
        id: "missing-unit",
        symbol.role != .driven
          ? "the arrivals `\(name.text)` have no unit"
          : "the input `\(name.text)` has neither a unit nor a default",
        at: name.range, help: ["declare its unit: `\(keyword) \(name.text) : mV`"]))
  }

  /// Elaborates quantities and wired inputs, each after those that it uses.
  mutating func elaborateQuantities() {
    let order = dependencyOrder(.quantity)
    for id in order {
      symbols[id].unit = symbols[id].unitSyntax?.unit
      symbols[id].dimensions = symbols[id].unit?.dimensions
    }
    for (index, id) in order.enumerated() { symbols[id].index = index }
    for id in order {
      let value = define(id, .dynamic) ?? .unknown
      model.quantities.append(
        DerivedQuantity(
          declaration: declaration(of: id), value: value.expression, isOutput: symbols[id].isOutput)
      )
    }
  }

  /// Elaborates the equations `x' = …`.
  mutating func elaborateDerivatives() {
    for scope in scopes.indices where !isElsewhere(scope) {
      currentScope = scope
      for declaration in library.components[scopes[scope].component].syntax.declarations {
        guard case .equation(let equation) = declaration.kind,
          scopes[scope].equations[equation.name.text]?.name.range == equation.name.range
        else { continue }
        elaborateDerivative(equation, in: scope)
      }
    }
  }

  private mutating func elaborateDerivative(_ equation: EquationSyntax, in scope: Int) {
    let value = number(equation.value, context(scope, .dynamic))
    count(value, at: equation.value.range)
    let name = equation.name
    guard case .symbol(let id)? = scopes[scope].members[name.text], symbols[id].kind == .state
    else {
      reportEquationWithoutState(name, in: scope)
      return
    }
    require(
      (equation.value, value), symbols[id].dimensions.map { $0 / .time },
      symbols[id].unit.map { $0.divided(by: .second) },
      message: { "the derivative of `\(name.text)` is in \($1), and this is in \($0)" },
      notes: symbols[id].unit.map {
        [Diagnostic.Note("`\(name.text) : \($0.symbol)` is declared", at: symbols[id].name.range)]
      } ?? [])
    derivatives[symbols[id].index] = value
  }

  private mutating func reportEquationWithoutState(_ name: NameSyntax, in scope: Int) {
    var diagnostic = Diagnostic(
      id: "equation-without-state", "`\(name.text)` has an equation and is not a state",
      at: name.range)
    let states = scopes[scope].order.map(\.text).filter {
      if case .symbol(let id)? = scopes[scope].members[$0] {
        symbols[id].kind == .state
      } else {
        false
      }
    }
    if case .symbol(let id)? = scopes[scope].members[name.text] {
      diagnostic.notes = [
        Diagnostic.Note(
          "`\(name.text)` is declared as \(symbols[id].nounWithArticle)", at: symbols[id].name.range
        )
      ]
    } else if let near = nearestName(to: name.text, among: states) {
      diagnostic.help = ["did you mean `\(near)`?"]
    } else {
      diagnostic.help = ["declare it with its initial value: `state \(name.text) = …`"]
    }
    diagnostics.report(diagnostic)
  }

  /// Gives the states their derivatives, and reports those that have none.
  mutating func finishStates() {
    for id in declared(.state) {
      let symbol = symbols[id]
      if let derivative = derivatives[symbol.index] {
        model.states[symbol.index].derivative = derivative.expression
        continue
      }
      diagnostics.report(
        Diagnostic(
          id: "state-without-equation", "the state `\(symbol.name.text)` has no equation",
          at: symbol.name.range,
          help: [
            "add `\(symbol.name.text)' = …`, a scheme or a route, or make it a `parameter`"
          ]))
    }
  }

  /// Adds a term to the derivative of a state.
  mutating func addToDerivative(
    of state: Int, _ term: Expression, _ operation: Expression.BinaryOperator, at range: SourceRange
  ) {
    let added = TypedExpression(expression: term, dimensions: nil)
    let index = symbols[state].index
    guard let current = derivatives[index] else {
      let first = operation == .subtract ? Expression.negate(term) : term
      derivatives[index] = TypedExpression(first, dimensions: nil, of: [added])
      return
    }
    let sum = TypedExpression(
      .binary(operation, current.expression, term), dimensions: nil, of: [current, added])
    if sum.depth > Self.deepestExpression {
      reportTooLarge(at: range)
    } else {
      derivatives[index] = sum
    }
  }

  /// Warns of inputs that nothing in their component uses.
  mutating func reportUnusedInputs() {
    guard !diagnostics.all.hasErrors else { return }
    for id in declaredOrder where symbols[id].isDeclaredInput && !usedSymbols.contains(id) {
      // Another population may use what the circuit declares, and the circuit itself its instances.
      if symbols[id].scope == 0, isCircuit { continue }
      if isElsewhere(symbols[id].scope) { continue }
      diagnostics.report(
        Diagnostic(
          .warning, id: "unused-input",
          "the \(symbols[id].noun) `\(symbols[id].name.text)` is not used",
          at: symbols[id].name.range))
    }
  }
}
