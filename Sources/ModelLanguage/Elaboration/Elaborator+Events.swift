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
    let trigger =
      switch syntax.trigger {
      case .crossing(let value, let direction, let threshold):
        crossing(value, direction, threshold, place)
      case .condition(let condition):
        conditionTrigger(condition, isSpike: isSpikeOfCell(syntax, in: scope), place)
      }
    model.events.append(
      Event(
        declaration: Declaration(
          path: scopes[scope].path + syntax.name.text, unit: trigger.unit,
          documentation: documentation, range: syntax.name.range),
        condition: trigger.condition, function: trigger.function, direction: trigger.direction,
        happensAtStart: syntax.start != nil, delay: delay(of: syntax, in: scope),
        needsCrossing: trigger.needsCrossing, refractoryTime: refractoryTime(of: syntax, in: scope),
        assignments: assignments(syntax.assignments, place, in: scope, user: "an event")))
    checkSpike(syntax, needsCrossing: trigger.needsCrossing, in: scope)
    refuseInCells(syntax, in: scope)
  }

  // MARK: What an event waits for

  /// What an event waits for, elaborated.
  private struct Trigger {
    var condition: Expression.Condition
    var function: Expression
    var direction: Event.Direction
    var needsCrossing = true
    var unit: PhysicalUnit
  }

  private mutating func crossing(
    _ valueSyntax: ExpressionSyntax, _ direction: Event.Direction,
    _ thresholdSyntax: ExpressionSyntax, _ place: ExpressionContext
  ) -> Trigger {
    let value = number(valueSyntax, place)
    let threshold = number(thresholdSyntax, place)
    let dimensions = agreed(
      (valueSyntax, value), (thresholdSyntax, threshold), at: thresholdSyntax.range,
      message: { "something in \($0) cannot cross a threshold in \($1)" })
    let difference = TypedExpression(
      .binary(.subtract, value.expression, threshold.expression), dimensions: dimensions,
      of: [value, threshold])
    count(difference, at: valueSyntax.range)
    return Trigger(
      condition: .comparison(
        direction.comparison(needsCrossing: true), value.expression, threshold.expression),
      function: threshold.isZero ? value.expression : difference.expression,
      direction: direction,
      unit: value.unit ?? dimensions.map { PhysicalUnit(familiarFor: $0) } ?? .one)
  }

  private mutating func conditionTrigger(
    _ syntax: ExpressionSyntax, isSpike: Bool, _ place: ExpressionContext
  ) -> Trigger {
    // A spike by one comparison is beyond its threshold in the direction of the comparison.
    if isSpike, case .binary(let symbol, let value, let threshold) = syntax,
      symbol.symbol == .greater || symbol.symbol == .less
    {
      let direction: Event.Direction = symbol.symbol == .greater ? .rising : .falling
      var trigger = crossing(value, direction, threshold, place)
      trigger.needsCrossing = false
      if case .comparison(_, let left, let right) = trigger.condition {
        trigger.condition = .comparison(
          direction.comparison(needsCrossing: false), left, right)
      }
      return trigger
    }
    let (condition, parts) = self.condition(syntax, place)
    count(parts, at: syntax.range)
    if isSpike, condition.holdsAtZeroMargin {
      diagnostics.report(
        Diagnostic(
          id: "not-yet-available",
          "a spike by comparison is above or below: `>=` and `<=` are not available here yet",
          at: syntax.range, help: ["write `>` or `<`, with a threshold that says the same"]))
    }
    if condition.margin == nil {
      diagnostics.report(
        Diagnostic(
          id: "not-watchable", "the condition of an event has no `==` and no `!=`",
          at: syntax.range,
          notes: [Diagnostic.Note("between steps nothing tells that two numbers were equal")],
          help: ["write comparisons such as `x > 1`; a flag of 0 or 1 is set where `flag > 0.5`"]))
    }
    return Trigger(
      condition: condition, function: condition.margin ?? .number(.nan), direction: .rising,
      needsCrossing: !isSpike, unit: .one)
  }

  /// Elaborates how long after its trigger an event changes states.
  private mutating func delay(of event: EventSyntax, in scope: Int) -> Expression? {
    guard let syntax = event.delay else { return nil }
    let value = number(syntax, context(scope, .constant("the delay of an event")))
    count(value, at: syntax.range)
    require(
      (syntax, value), .time, nil,
      message: { "the delay of an event is in \($1), and this is in \($0)" })
    if let time = defaultValue(of: value.expression), time < 0 {
      reportOutOfBounds("the delay of an event cannot be negative", at: syntax.range)
    }
    return value.expression
  }

  /// Reports what cells and circuits cannot do at events yet.
  private mutating func refuseInCells(_ event: EventSyntax, in scope: Int) {
    guard population != nil || isCircuit, !isSpikeOfCell(event, in: scope) else { return }
    let place = population == nil ? "a circuit" : "the cells of a circuit"
    func refuse(_ what: String, _ range: SourceRange, _ help: String) {
      diagnostics.report(
        Diagnostic(
          id: "not-yet-available", "\(what) is not available in \(place) yet", at: range,
          help: [help]))
    }
    if let start = event.start {
      refuse("`at start`", start, "set the initial values of states instead")
    }
    if let delay = event.delay {
      refuse("`after`", delay.range, "a state that counts time can hold the event back")
    }
    if case .condition(let condition) = event.trigger {
      refuse(
        "an event by condition", condition.range,
        "`V rises through -20 mV` is available, and `falls through`")
    }
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
