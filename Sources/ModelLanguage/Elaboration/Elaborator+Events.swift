import Diagnostics
import Units

extension Elaborator {
  /// Elaborates the events: a function that crosses zero, and new values of states.
  mutating func elaborateEvents() {
    for scope in scopes.indices where !isElsewhere(scope) {
      for event in scopes[scope].events {
        currentScope = scope
        elaborate(event.syntax, documentation: event.documentation, in: scope)
      }
    }
  }

  private mutating func elaborate(
    _ syntax: EventSyntax, documentation: String, in scope: Int
  ) {
    let place = context(scope, .dynamic, .event)
    let value = number(syntax.value, place)
    let threshold = number(syntax.threshold, place)
    let dimensions = agreed(
      (syntax.value, value), (syntax.threshold, threshold), at: syntax.threshold.range,
      message: { "something in \($0) cannot cross a threshold in \($1)" })
    let function = TypedExpression(
      .binary(.subtract, value.expression, threshold.expression), dimensions: dimensions,
      of: [value, threshold])
    count(function, at: syntax.value.range)
    model.events.append(
      Event(
        declaration: Declaration(
          path: scopes[scope].path + syntax.name.text,
          unit: value.unit ?? dimensions.map { PhysicalUnit(familiarFor: $0) } ?? .one,
          documentation: documentation, range: syntax.name.range),
        function: threshold.isZero ? value.expression : function.expression,
        direction: syntax.direction, needsCrossing: syntax.needsCrossing,
        refractoryTime: refractoryTime(of: syntax, in: scope),
        assignments: assignments(syntax.assignments, place, in: scope, user: "an event")))
    checkSpike(syntax, in: scope)
  }

  /// Elaborates the changes of states at an event or when something arrives.
  mutating func assignments(
    _ syntax: [AssignmentSyntax], _ context: ExpressionContext, in scope: Int, user: String
  ) -> [(state: Int, value: Expression)] {
    var result: [(state: Int, value: Expression)] = []
    for assignment in syntax {
      let value = number(assignment.value, context)
      count(value, at: assignment.value.range)
      guard let id = stateOfHere(assignment.state, in: scope, user: user) else { continue }
      let symbol = symbols[id]
      require(
        (assignment.value, value), symbol.dimensions, symbol.unit,
        message: { "the state `\(symbol.name.text)` is in \($1), and this is in \($0)" },
        notes: [Diagnostic.Note("it is declared", at: symbol.name.range)])
      if result.contains(where: { $0.state == symbol.index }) {
        diagnostics.report(
          Diagnostic(
            id: "duplicate-name", "`\(assignment.state.text)` is set twice here",
            at: assignment.state.range))
      } else {
        result.append((symbol.index, value.expression))
      }
    }
    return result
  }
}
