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
    let value = try parseSum()
    let (direction, needsCrossing) = try parseTrigger()
    let threshold = try parseSum()
    let refractoryTime = takeWord("refractory") ? try parseExpression() : nil
    var assignments: [AssignmentSyntax] = []
    // A spike may change nothing.
    if name.text != "spike" || token.kind == .leftBrace {
      assignments = try parseAssignments(of: "the event")
    }
    return EventSyntax(
      name: name, value: value, direction: direction, threshold: threshold,
      needsCrossing: needsCrossing, refractoryTime: refractoryTime, assignments: assignments)
  }

  /// Reads what stands between the two sides of an event.
  private mutating func parseTrigger() throws(ParseFailure) -> (Event.Direction, Bool) {
    if take(.greater) { return (.rising, false) }
    if take(.less) { return (.falling, false) }
    let help = ["`event NAME when V rises through -20 mV { … }`, or `falls through`"]
    let direction: Event.Direction
    if takeWord("rises") {
      direction = .rising
    } else if takeWord("falls") {
      direction = .falling
    } else {
      throw unexpected(expected: "`rises through` or `falls through`", help: help)
    }
    guard takeWord("through") else { throw unexpected(expected: "`through`", help: help) }
    return (direction, true)
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
