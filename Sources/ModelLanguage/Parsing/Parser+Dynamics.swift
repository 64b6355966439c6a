import Diagnostics

extension Parser {
  /// Reads a kinetic scheme.
  mutating func parseScheme() throws(ParseFailure) -> SchemeSyntax {
    let keyword = range(of: token)
    advance()
    var name: NameSyntax?
    if token.kind == .identifier { name = try parseNewName("the scheme") }
    var scheme = SchemeSyntax(name: name, reactions: [], conserved: [], range: keyword)
    try parseBlock(of: "the scheme", outsiders: Self.outsideOfBlocks) {
      (parser) throws(ParseFailure) in
      let first = parser.token
      let next = parser.token(after: 1).kind
      if parser.isWord("conserve"), next == .identifier || next == .number {
        parser.advance()
        let terms = try parser.parseParticipants()
        try parser.expect(.equals, "`=` and the conserved total")
        let total = try parser.parseExpression()
        scheme.conserved.append(
          SchemeSyntax.Conserved(terms: terms, total: total, range: parser.range(from: first)))
      } else {
        scheme.reactions.append(try parser.parseReaction())
      }
    }
    return scheme
  }

  private mutating func parseReaction() throws(ParseFailure) -> SchemeSyntax.Reaction {
    let first = token
    let left = try parseParticipants()
    let isReversible = token.kind == .doubleArrow
    guard take(.doubleArrow) || take(.arrow) else { throw unexpected(expected: "`<->` or `->`") }
    let right = try parseParticipants()
    let sides = range(from: first)
    try expect(.colon, "`:` and the rate of the reaction")
    let forward = try parseExpression()
    var backward: ExpressionSyntax?
    if isReversible {
      guard take(.comma) else {
        throw unexpected(expected: "`,` and the backward rate of a reversible reaction")
      }
      backward = try parseExpression()
    } else if token.kind == .comma {
      throw unexpected(
        expected: "one rate, because `->` goes one way",
        help: ["`<->` is a reaction with a forward and a backward rate"])
    }
    return SchemeSyntax.Reaction(
      left: left, right: right, forward: forward, backward: backward, range: sides)
  }

  /// Reads `A + 2 B`, or `0` for nothing.
  private mutating func parseParticipants() throws(ParseFailure) -> [SchemeSyntax.Participant] {
    var result: [SchemeSyntax.Participant] = []
    if token.kind == .number, text(of: token) == "0", token(after: 1).kind != .identifier {
      advance()
      return []
    }
    repeat {
      var count = 1
      if token.kind == .number {
        guard let number = Int(text(of: token)), (1...16).contains(number) else {
          throw unexpected(expected: "a whole number from 1 to 16")
        }
        count = number
        advance()
        _ = take(.star)
      }
      result.append(
        SchemeSyntax.Participant(count: count, path: try parsePath("the name of a state")))
    } while take(.plus)
    return result
  }

  /// Reads an event with its state changes.
  mutating func parseEvent() throws(ParseFailure) -> EventSyntax {
    advance()
    let name = try parseNewName("the event")
    guard takeWord("when") else { throw unexpected(expected: "`when`") }
    var event = EventSyntax(name: name, trigger: try parseTrigger(), assignments: [])
    while true {
      let first = token
      if event.start == nil, takeWord("at") {
        guard takeWord("start") else { throw unexpected(expected: "`start`") }
        event.start = range(from: first)
      } else if event.delay == nil, takeWord("after") {
        event.delay = try parseSum()
      } else if event.refractoryTime == nil, takeWord("refractory") {
        event.refractoryTime = try parseExpression()
      } else {
        break
      }
    }
    // A spike may change nothing.
    if name.text != "spike" || token.kind == .leftBrace {
      event.assignments = try parseAssignments(of: "the event")
    }
    return event
  }

  /// Reads what an event waits for.
  private mutating func parseTrigger() throws(ParseFailure) -> EventSyntax.Trigger {
    let value = try parseExpression()
    let direction: Event.Direction
    if isWord("rises") {
      direction = .rising
    } else if isWord("falls") {
      direction = .falling
    } else if value.isCondition {
      return .condition(value)
    } else {
      throw unexpected(
        expected: "a comparison, `rises through` or `falls through`",
        help: ["`event NAME when V > -20 mV and w < 1 { … }`, or `when V rises through -20 mV`"])
    }
    let crossing = "\(text(of: token)) through"
    guard !value.isCondition else {
      throw unexpected(
        expected: "the end of the condition",
        help: ["`\(crossing)` stands alone; within a condition compare: `V >= -20 mV and w < 1`"])
    }
    advance()
    guard takeWord("through") else { throw unexpected(expected: "`through`") }
    let threshold = try parseSum()
    if isWord("and") || isWord("or") {
      throw unexpected(
        expected: "the end of the event's condition",
        help: ["`\(crossing)` stands alone; within a condition compare: `V >= -20 mV and w < 1`"])
    }
    return .crossing(value, direction, threshold: threshold)
  }

  /// Reads `{ STATE = value … }`.
  mutating func parseAssignments(of owner: String) throws(ParseFailure) -> [AssignmentSyntax] {
    var assignments: [AssignmentSyntax] = []
    try parseBlock(of: owner, outsiders: Self.outsideOfBlocks) { (parser) throws(ParseFailure) in
      let state = try parser.parsePath("the name of a state")
      try parser.expect(.equals, "`=` and the new value of `\(state.text)`")
      assignments.append(AssignmentSyntax(state: state, value: try parser.parseExpression()))
    }
    return assignments
  }

  /// Reads a route with its targets.
  mutating func parseRoute() throws(ParseFailure) -> RouteSyntax {
    advance()
    let name = try parseNewName("the route")
    var targets: [RouteSyntax.Target] = []
    try parseBlock(of: "the route", outsiders: Self.outsideOfBlocks) {
      (parser) throws(ParseFailure) in
      guard parser.takeWord("into") else {
        throw parser.unexpected(expected: "`into` and the name of a state")
      }
      var target = RouteSyntax.Target(state: try parser.parsePath("the name of a state"))
      while true {
        if target.fraction == nil, parser.takeWord("fraction") {
          target.fraction = try parser.parseExpression()
        } else if target.duration == nil, parser.takeWord("over") {
          target.duration = try parser.parseExpression()
        } else if target.lag == nil, parser.takeWord("lag") {
          target.lag = try parser.parseExpression()
        } else {
          break
        }
      }
      targets.append(target)
    }
    return RouteSyntax(name: name, targets: targets)
  }
}
