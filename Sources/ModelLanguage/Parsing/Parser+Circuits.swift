import Diagnostics

extension Parser {
  /// Words that begin a statement of a projection and may follow another on its line.
  private static let projectionWords: Set<String> = [
    "connect", "autapses", "weight", "delay", "total",
  ]

  // MARK: Cells

  /// Reads `noise NAME, NAME`.
  mutating func parseNoise() throws(ParseFailure) -> [NameSyntax] {
    advance()
    var names: [NameSyntax] = []
    repeat { names.append(try parseNewName("the noise")) } while take(.comma)
    return names
  }

  /// Reads `poisson NAME = rate { … }`, where the block may be absent.
  mutating func parsePoisson() throws(ParseFailure) -> PoissonSyntax {
    advance()
    let name = try parseNewName("the random arrivals")
    try expect(.equals, "`=` and the rate of `\(name.text)`")
    let rate = try parseExpression()
    let assignments =
      token.kind == .leftBrace ? try parseAssignments(of: "`\(name.text)`") : []
    return PoissonSyntax(name: name, rate: rate, assignments: assignments)
  }

  /// Reads `recorded NAME { … }`, where the block may be absent.
  mutating func parseRecorded() throws(ParseFailure) -> RecordedSyntax {
    advance()
    let name = try parseNewName("the recorded spikes")
    let assignments =
      token.kind == .leftBrace ? try parseAssignments(of: "`\(name.text)`") : []
    return RecordedSyntax(name: name, assignments: assignments)
  }

  /// Reads `receive NAME : unit { … }`, where the block may be absent.
  mutating func parseReceive() throws(ParseFailure) -> ReceiveSyntax {
    advance()
    let name = try parseNewName("the sum of the weights that arrive")
    let unit = try parseOptionalUnit()
    guard token.kind == .leftBrace else {
      return ReceiveSyntax(name: name, unit: unit, assignments: nil)
    }
    return ReceiveSyntax(
      name: name, unit: unit, assignments: try parseAssignments(of: "`\(name.text)`"))
  }

  // MARK: Populations

  /// Reads `population NAME : CELL[size] { … }`, where the block may be absent.
  mutating func parsePopulation() throws(ParseFailure) -> PopulationSyntax {
    advance()
    let name = try parseNewName("the population")
    try expect(.colon, "`:` and the neuron that `\(name.text)` is made of")
    guard token.kind == .identifier else { throw unexpected(expected: "the name of a neuron") }
    let cell = NameSyntax(text: text(of: token), range: range(of: token))
    advance()
    try expect(.leftBracket, "`[` and the number of cells")
    let size = try parseExpression(for: .value)
    try expect(.rightBracket, "`]`")
    var settings: [SettingSyntax] = []
    if token.kind == .leftBrace {
      try parseBlock(of: "`\(name.text)`", outsiders: Self.outsideOfBlocks) {
        (parser) throws(ParseFailure) in
        settings.append(try parser.parseSetting("the name of a parameter, a state or an input"))
      }
    }
    return PopulationSyntax(name: name, cell: cell, size: size, settings: settings)
  }

  private mutating func parseSetting(_ what: String) throws(ParseFailure) -> SettingSyntax {
    let path = try parsePath(what)
    let value = try parseSettingValue(of: path.text)
    return SettingSyntax(path: path, value: value, provenance: try parseProvenance())
  }

  /// Reads `= value` or `~ law(…)`.
  private mutating func parseSettingValue(
    of name: String
  ) throws(ParseFailure) -> SettingValueSyntax {
    if take(.equals) { return .formula(try parseExpression(for: purposeByProvenance())) }
    guard take(.tilde) else {
      throw unexpected(expected: "`=` and the value of `\(name)`, or `~` and a distribution")
    }
    let first = token
    guard token.kind == .identifier, token(after: 1).kind == .leftParenthesis else {
      throw unexpected(
        expected: "a distribution",
        help: ["`\(name) ~ normal(mean, deviation)`; `\(name) = …` is one value for all"])
    }
    let law = NameSyntax(text: text(of: token), range: range(of: token))
    advance()
    advance()
    var arguments: [ExpressionSyntax] = []
    if token.kind != .rightParenthesis {
      repeat { arguments.append(try parseExpression(for: .value)) } while take(.comma)
    }
    try expect(.rightParenthesis, "`,` or `)`")
    return .law(LawSyntax(name: law, arguments: arguments, range: range(from: first)))
  }

  // MARK: Projections

  /// Reads `projection NAME : SOURCE -> TARGET.PORT : SYNAPSE { … }`.
  mutating func parseProjection() throws(ParseFailure) -> ProjectionSyntax {
    advance()
    let name = try parseNewName("the projection")
    try expect(.colon, "`:` and the population that `\(name.text)` comes from")
    let source = try parsePath("the name of a population")
    try expect(.arrow, "`->` and the population that `\(name.text)` leads to")
    let target = try parsePath("the name of a population")
    var projection = ProjectionSyntax(
      name: name, source: source, target: target, synapse: nil, rule: nil, autapses: nil,
      weight: nil, delay: nil, total: nil, settings: [])
    if take(.colon) {
      guard token.kind == .identifier else { throw unexpected(expected: "the name of a synapse") }
      projection.synapse = NameSyntax(text: text(of: token), range: range(of: token))
      advance()
    }
    wordsOfBlock = Self.projectionWords
    defer { wordsOfBlock = [] }
    let outsiders = Self.outsideOfBlocks.subtracting(["connect", "presynaptic"])
    try parseBlock(of: "`\(name.text)`", outsiders: outsiders) {
      (parser) throws(ParseFailure) in
      try parser.parseStatement(of: &projection)
    }
    return projection
  }

  private mutating func parseStatement(
    of projection: inout ProjectionSyntax
  ) throws(ParseFailure) {
    let word = NameSyntax(text: text(of: token), range: range(of: token))
    let follows = token(after: 1).kind
    let isSetting = follows == .equals || follows == .tilde || follows == .dot
    switch word.text {
    case "connect":
      if projection.rule != nil { reportSecond(word) }
      projection.rule = try parseRule()
    case "autapses" where !isSetting:
      advance()
      projection.autapses = word.range
    case "total" where !isSetting:
      if projection.total != nil { reportSecond(word) }
      advance()
      projection.total = try parsePath("the name of an input")
    case "weight" where follows != .dot:
      if projection.weight != nil { reportSecond(word) }
      advance()
      projection.weight = try parseSettingValue(of: word.text)
    case "delay" where follows != .dot:
      if projection.delay != nil { reportSecond(word) }
      advance()
      projection.delay = try parseSettingValue(of: word.text)
    default:
      guard token.kind == .identifier else {
        throw unexpected(expected: "`connect`, `weight`, `delay`, `autapses`, `total` or a name")
      }
      projection.settings.append(try parseSetting("a name"))
    }
  }

  private mutating func reportSecond(_ word: NameSyntax) {
    report(
      Diagnostic(id: "duplicate-name", "`\(word.text)` is given twice", at: word.range))
  }

  /// Reads `connect RULE(…)`.
  private mutating func parseRule() throws(ParseFailure) -> ConnectionRuleSyntax {
    advance()
    guard token.kind == .identifier else {
      throw unexpected(
        expected: "a rule", help: ["`connect all`, `connect random(0.1)` and others"])
    }
    let first = token
    let name = NameSyntax(text: text(of: token), range: range(of: token))
    advance()
    var arguments: [ConnectionRuleSyntax.Argument] = []
    if token.kind == .leftParenthesis, !token.startsLine {
      advance()
      if token.kind != .rightParenthesis {
        repeat {
          if token.kind == .string {
            let place = range(of: token)
            arguments.append(.string(takeString(), range: place))
          } else {
            arguments.append(.expression(try parseExpression(for: .value)))
          }
        } while take(.comma)
      }
      try expect(.rightParenthesis, "`,` or `)`")
    }
    return ConnectionRuleSyntax(name: name, arguments: arguments, range: range(from: first))
  }
}
