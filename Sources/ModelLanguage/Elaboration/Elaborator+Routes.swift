import Diagnostics
import Units

extension Elaborator {
  /// Gives each target of a route its rate input and adds that to the target's derivative.
  mutating func elaborateRoutes() {
    for scope in scopes.indices {
      for (syntax, documentation) in scopes[scope].routes {
        currentScope = scope
        elaborate(syntax, documentation, in: scope)
      }
    }
  }

  private mutating func elaborate(
    _ route: RouteSyntax, _ documentation: String, in scope: Int
  ) {
    var targets: [Route.Target] = []
    var unit: PhysicalUnit?
    for target in route.targets {
      guard let id = state(target.state, "a route leads", in: scope) else { continue }
      let symbol = symbols[id]
      if let first = unit, let own = symbol.unit, first.dimensions != own.dimensions {
        diagnostics.report(
          Diagnostic(
            id: "unit-mismatch",
            "the targets of a route have one dimension; `\(symbol.name.text)` is in \(own.symbol), "
              + "the first in \(first.symbol)", at: target.state.range))
        continue
      }
      unit = unit ?? symbol.unit
      let dose = context(scope, .dose(symbol.dimensions, symbol.unit))
      let fraction = optional(target.fraction, Dimensions.none, .one, "the fraction", dose)
      let duration = optional(target.duration, .time, .second, "the duration", dose)
      let lag = optional(target.lag, .time, .second, "the lag", dose)
      let input = model.inputs.count
      model.inputs.append(
        Input(
          declaration: Declaration(
            path: "\(scopes[scope].path)\(route.name.text).\(symbol.name.text).rate",
            unit: (symbol.unit ?? .one).divided(by: .second),
            documentation: "The rate at which a dose enters.", range: target.state.range),
          defaultValue: .number(0)))
      addToDerivative(of: id, .input(input), .add, at: target.state.range)
      targets.append(
        Route.Target(
          state: symbol.index, rateInput: input, fraction: fraction ?? .number(1),
          duration: duration, lag: lag))
    }
    guard targets.count == route.targets.count else { return }
    model.routes.append(
      Route(
        declaration: Declaration(
          path: scopes[scope].path + route.name.text, unit: unit ?? .one,
          documentation: documentation, range: route.name.range),
        targets: targets))
  }

  private mutating func optional(
    _ syntax: ExpressionSyntax?, _ dimensions: Dimensions, _ unit: PhysicalUnit, _ what: String,
    _ context: ExpressionContext
  ) -> Expression? {
    guard let syntax else { return nil }
    let value = number(syntax, context)
    count(value, at: syntax.range)
    require(
      (syntax, value), dimensions, unit,
      message: { "\(what) of a dose is in \($1), and this is in \($0)" })
    return value.expression
  }

  /// The state that a path names; reports another thing.
  mutating func state(_ path: PathSyntax, _ user: String, in scope: Int) -> Int? {
    switch resolve(path, in: scope) {
    case .symbol(let id):
      if symbols[id].kind == .state { return id }
      diagnostics.report(
        Diagnostic(
          id: "not-a-state", "\(user) to a state, and `\(path.text)` is a \(symbols[id].noun)",
          at: path.range,
          notes: [Diagnostic.Note("it is declared", at: symbols[id].name.range)]))
    case .silent: break
    case .failure(let diagnostic): diagnostics.report(diagnostic)
    }
    return nil
  }
}
