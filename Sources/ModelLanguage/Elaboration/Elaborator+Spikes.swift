import Diagnostics
import Units

extension Elaborator {
  /// The scope whose event `spike` is the spike of a cell.
  private var cellScope: Int? {
    if population != nil { return Self.cellOfPopulation }
    guard let top = scopes.first else { return nil }
    return library.components[top.component].syntax.kind == .neuron ? 0 : nil
  }

  private func isSpike(_ event: EventSyntax, in scope: Int) -> Bool {
    scope == cellScope && event.name.text == "spike"
  }

  /// Notes which event is the spike, and reports others that look like one.
  mutating func checkSpike(_ event: EventSyntax, in scope: Int) {
    if isSpike(event, in: scope) {
      spike = model.events.count - 1
      if !event.needsCrossing {
        cellConstructs.append(("a spike by comparison", event.name.range))
      }
      return
    }
    let component = library.components[scopes[scope].component].syntax
    // The spike of a neuron inside of something else is an event like others, if it can be.
    if event.name.text == "spike", component.kind == .neuron, population == nil {
      if !event.needsCrossing {
        cellConstructs.append(("a spike by comparison", event.name.range))
      }
      return
    }
    guard !event.needsCrossing || event.refractoryTime != nil else { return }
    diagnostics.report(
      Diagnostic(
        id: "not-a-spike",
        event.needsCrossing
          ? "only the event `spike` of a neuron has a refractory time"
          : "only the event `spike` of a neuron can happen by comparison", at: event.name.range,
        help: event.needsCrossing ? [] : ["`rises through` and `falls through` are crossings"]))
  }

  /// Elaborates the refractory time of an event.
  mutating func refractoryTime(of event: EventSyntax, in scope: Int) -> Expression? {
    guard let syntax = event.refractoryTime else { return nil }
    let value = number(syntax, context(scope, .constant("a refractory time")))
    count(value, at: syntax.range)
    require(
      (syntax, value), .time, nil,
      message: { "a refractory time is in \($1), and this is in \($0)" })
    if let time = defaultValue(of: value.expression), time < 0 {
      reportOutOfBounds("a refractory time cannot be negative", at: syntax.range)
    }
    cellConstructs.append(("a refractory time", event.name.range))
    return value.expression
  }

  /// Elaborates the condition `refractory`.
  mutating func refractory(
    at range: SourceRange, _ context: ExpressionContext
  ) -> Expression.Condition {
    let never = Expression.Condition.comparison(.notEqual, .number(0), .number(0))
    guard case .dynamic = context.use else {
      diagnostics.report(
        Diagnostic(
          id: "not-constant", "only what changes in time can depend on `refractory`", at: range))
      return never
    }
    guard let scope = context.scope, scope == cellScope else {
      diagnostics.report(
        Diagnostic(
          id: "refractory-without-spike", "`refractory` has a meaning in a neuron alone",
          at: range, help: ["a component inside a neuron can be given an input that says it"]))
      return never
    }
    guard
      let spike = scopes[scope].events.first(where: { $0.syntax.name.text == "spike" }),
      spike.syntax.refractoryTime != nil
    else {
      diagnostics.report(
        Diagnostic(
          id: "refractory-without-spike",
          "`refractory` needs an event `spike` with a refractory time", at: range,
          help: ["`event spike when V rises through -50 mV refractory 2 ms { … }`"]))
      return never
    }
    let input = refractoryInput ?? model.inputs.count
    if refractoryInput == nil {
      refractoryInput = input
      model.inputs.append(
        Input(
          declaration: Declaration(
            path: scopes[scope].path + "refractory", unit: .one,
            documentation: "1 within the refractory time of the last spike",
            range: spike.syntax.name.range),
          defaultValue: .number(0), role: .refractory))
    }
    return .comparison(.greater, .input(input), .number(0.5))
  }
}
