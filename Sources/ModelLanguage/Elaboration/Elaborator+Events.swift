import Diagnostics
import Units

extension Elaborator {
  /// Elaborates the crossings that change states.
  mutating func elaborateEvents() {
    for scope in scopes.indices {
      for (syntax, documentation) in scopes[scope].events {
        currentScope = scope
        elaborate(syntax, documentation, in: scope)
      }
    }
  }

  private mutating func elaborate(
    _ event: EventSyntax, _ documentation: String, in scope: Int
  ) {
    let dynamic = context(scope, .dynamic)
    let value = number(event.value, dynamic)
    let threshold = number(event.threshold, dynamic)
    _ = agreed(
      (event.value, value), (event.threshold, threshold), at: event.threshold.range,
      message: { "a value in \($0) cannot cross a threshold in \($1)" })
    count(value, at: event.value.range)
    count(threshold, at: event.threshold.range)
    var assignments: [(state: Int, value: Expression)] = []
    for assignment in event.assignments {
      let new = number(assignment.value, dynamic)
      count(new, at: assignment.value.range)
      guard let id = state(assignment.state, "an event assigns", in: scope) else { continue }
      let symbol = symbols[id]
      require(
        (assignment.value, new), symbol.dimensions, symbol.unit,
        message: { "`\(symbol.name.text)` is in \($1), and this is in \($0)" },
        notes: [Diagnostic.Note("it is declared", at: symbol.name.range)])
      assignments.append((symbol.index, new.expression))
    }
    model.events.append(
      Event(
        declaration: Declaration(
          path: scopes[scope].path + event.name.text, unit: value.unit ?? .one,
          documentation: documentation, range: event.name.range),
        function: threshold.isZero
          ? value.expression : .binary(.subtract, value.expression, threshold.expression),
        direction: event.direction, assignments: assignments))
  }
}
