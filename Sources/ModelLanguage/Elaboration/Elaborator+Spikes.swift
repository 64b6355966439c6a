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

  /// Whether an event is the spike of a neuron, wherever the neuron is used.
  func isSpikeOfCell(_ event: EventSyntax, in scope: Int) -> Bool {
    isSpike(event, in: scope)
      || (event.name.text == "spike" && population == nil
        && library.components[scopes[scope].component].syntax.kind == .neuron)
  }

  /// Notes which event is the spike, and reports others that look like one.
  mutating func checkSpike(_ event: EventSyntax, needsCrossing: Bool, in scope: Int) {
    if isSpikeOfCell(event, in: scope) {
      if let start = event.start { refuse("at the start", start) }
      if let delay = event.delay { refuse("after a delay", delay.range) }
    }
    if isSpike(event, in: scope) {
      spike = model.events.count - 1
      if !needsCrossing {
        cellConstructs.append(("a spike by comparison", event.name.range))
      }
      return
    }
    // The spike of a neuron inside of something else is an event like others, if it can be.
    if isSpikeOfCell(event, in: scope) {
      if !needsCrossing {
        cellConstructs.append(("a spike by comparison", event.name.range))
      }
      return
    }
    guard event.refractoryTime != nil else { return }
    diagnostics.report(
      Diagnostic(
        id: "not-a-spike", "only the event `spike` of a neuron has a refractory time",
        at: event.name.range))
  }

  private mutating func refuse(_ when: String, _ range: SourceRange) {
    diagnostics.report(
      Diagnostic(
        id: "not-a-spike", "a spike cannot happen \(when)", at: range,
        help: ["an event with another name can; spikes arrive later by the `delay` of a projection"]
      ))
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
