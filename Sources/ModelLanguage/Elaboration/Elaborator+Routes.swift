import Diagnostics
import Units

extension Elaborator {
  /// Elaborates the routes; each target gets an input whose value is added to its derivative.
  mutating func elaborateRoutes() {
    for scope in scopes.indices where !isElsewhere(scope) {
      for route in scopes[scope].routes {
        currentScope = scope
        elaborate(route.syntax, documentation: route.documentation, in: scope)
      }
    }
  }

  private mutating func elaborate(
    _ syntax: RouteSyntax, documentation: String, in scope: Int
  ) {
    let path = scopes[scope].path + syntax.name.text
    var targets: [Route.Target] = []
    var first: Symbol?
    for target in syntax.targets {
      guard let id = stateOfHere(target.state, in: scope, user: "a route") else { continue }
      let symbol = symbols[id]
      if let first, let one = first.dimensions, let two = symbol.dimensions, one != two {
        diagnostics.report(
          Diagnostic(
            id: "unit-mismatch",
            "the targets of a route are in \(first.unit?.symbol ?? "\(one)") and "
              + "\(symbol.unit?.symbol ?? "\(two)")", at: target.state.range,
            notes: [
              Diagnostic.Note("`\(first.name.text)` is declared", at: first.name.range),
              Diagnostic.Note("`\(symbol.name.text)` is declared", at: symbol.name.range),
            ]))
        continue
      }
      if first == nil { first = symbol }
      let ordinal = targets.count { $0.state == symbol.index }
      let name = target.state.text + (ordinal == 0 ? "" : "_\(ordinal + 1)")
      let input = addRateInput(
        path: "\(path).\(name).rate", route: syntax, state: symbol, at: target.state.range)
      addToDerivative(of: id, .input(input), .add, at: target.state.range)
      let use = ExpressionContext.Use.dose(symbol.dimensions, symbol.unit)
      let fraction = part(target.fraction, .none, use, scope, "the fraction of a dose")
      targets.append(
        Route.Target(
          state: symbol.index, rateInput: input, fraction: fraction ?? .number(1),
          duration: part(target.duration, .time, use, scope, "the duration of a dose"),
          lag: part(target.lag, .time, use, scope, "the lag of a dose")))
    }
    if syntax.targets.isEmpty {
      diagnostics.report(
        Diagnostic(
          id: "empty-route", "the route `\(syntax.name.text)` leads nowhere", at: syntax.name.range,
          help: ["name the state that a dose enters: `into STATE`"]))
    }
    model.routes.append(
      Route(
        declaration: Declaration(
          path: path, unit: first?.unit ?? .one, documentation: documentation,
          range: syntax.name.range), targets: targets))
  }

  private mutating func part(
    _ syntax: ExpressionSyntax?, _ dimensions: Dimensions, _ use: ExpressionContext.Use,
    _ scope: Int, _ what: String
  ) -> Expression? {
    guard let syntax else { return nil }
    let value = number(syntax, context(scope, use))
    count(value, at: syntax.range)
    require(
      (syntax, value), dimensions, nil, message: { "\(what) is in \($1), and this is in \($0)" })
    if let usual = defaultValue(of: value.expression), usual < 0 {
      reportOutOfBounds("\(what) cannot be negative", at: syntax.range)
    }
    return value.expression
  }

  private mutating func addRateInput(
    path: String, route: RouteSyntax, state: Symbol, at range: SourceRange
  ) -> Int {
    model.inputs.append(
      Input(
        declaration: Declaration(
          path: path, unit: (state.unit ?? .one).divided(by: .second),
          documentation: "The rate at which doses enter \(state.path)", range: range),
        defaultValue: .number(0)))
    return model.inputs.count - 1
  }

  /// The state that a path of this scope or of an instance in it leads to; reports others.
  mutating func stateOfHere(_ path: PathSyntax, in scope: Int, user: String) -> Int? {
    switch resolve(path, in: scope) {
    case .silent: return nil
    case .symbol(let id):
      if symbols[id].kind == .state { return id }
      diagnostics.report(
        Diagnostic(
          id: "unknown-state",
          "\(user) changes states, and `\(path.text)` is \(symbols[id].nounWithArticle)",
          at: path.range,
          notes: [Diagnostic.Note("it is declared", at: symbols[id].name.range)]))
      return nil
    case .failure(var diagnostic):
      if diagnostic.id == "unknown-name" {
        diagnostic.id = "unknown-state"
        diagnostic.message = "there is no state `\(path.text)`"
      }
      diagnostics.report(diagnostic)
      return nil
    }
  }
}
