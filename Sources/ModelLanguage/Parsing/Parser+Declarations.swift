import Diagnostics

extension Parser {
  /// Words that begin a statement of a component, so that they show where a brace is missing.
  static let outsideOfBlocks = Set(ReservedWords.declarations + ReservedWords.blocks + ["import"])

  /// Reads one statement of a component.
  mutating func parseDeclaration() throws(ParseFailure) -> DeclarationSyntax {
    let comment = currentDocumentation
    guard token.kind == .identifier else {
      throw unexpected(expected: "a declaration or an equation such as `V' = …`")
    }
    let kind: DeclarationSyntax.Kind
    // A word of the language cannot be a state, which its declaration has been told.
    let isEquation = token(after: 1).kind == .prime
    switch isEquation ? "" : text(of: token) {
    case "parameter": kind = .parameter(try parseParameter())
    case "input": kind = .input(try parseInput())
    case "state": kind = .state(try parseState())
    case "quantity": kind = .quantity(try parseQuantity(isOutput: false))
    case "output": kind = .quantity(try parseQuantity(isOutput: true))
    case "scheme": kind = .scheme(try parseScheme())
    case "event": kind = .event(try parseEvent())
    case "route": kind = .route(try parseRoute())
    case "instance": kind = .instance(try parseInstance())
    case "function": kind = .function(try parseFunction())
    case "noise": kind = .noise(try parseNoise())
    case "poisson": kind = .poisson(try parsePoisson())
    case "recorded": kind = .recorded(try parseRecorded())
    case "receive": kind = .receive(try parseReceive())
    case "population": kind = .population(try parsePopulation())
    case "projection": kind = .projection(try parseProjection())
    case "presynaptic": kind = .presynaptic(try parsePresynaptic())
    case "on": kind = .spikeChanges(try parseSpikeChanges())
    default: kind = .equation(try parseEquation())
    }
    return DeclarationSyntax(kind: kind, documentation: comment)
  }

  private mutating func parseEquation() throws(ParseFailure) -> EquationSyntax {
    let word = token
    if token(after: 1).kind != .prime {
      try refuseLaterWord()
      var help: [String] = []
      switch token(after: 1).kind {
      case .equals:
        help = ["a value is declared with `parameter`, `quantity` or `output`"]
      case .star, .slash, .dot:
        help = ["the left side of an equation is one name of this component: `V' = …`"]
      default:
        if let near = nearestName(to: text(of: word), among: ReservedWords.declarations) {
          help = ["did you mean `\(near)`?"]
        }
      }
      throw unexpected(expected: "a declaration or an equation such as `V' = …`", help: help)
    }
    let name = NameSyntax(text: text(of: word), range: range(of: word))
    advance()
    advance()
    try expect(.equals, "`=`")
    return EquationSyntax(name: name, value: try parseExpression())
  }

  mutating func parseOptionalUnit() throws(ParseFailure) -> UnitSyntax? {
    take(.colon) ? try parseDeclaredUnit() : nil
  }

  private mutating func parseParameter() throws(ParseFailure) -> ParameterSyntax {
    advance()
    let name = try parseNewName("the parameter")
    let unit = try parseOptionalUnit()
    try expect(.equals, "`=` and the value of `\(name.text)`")
    let value = try parseExpression(for: purposeByProvenance())
    var low: ExpressionSyntax?
    var high: ExpressionSyntax?
    var provenance: ProvenanceSyntax?
    while true {
      if low == nil, takeWord("in") {
        low = try parseBound()
        try expect(.ellipsis, "`...` between the ends of the range")
        high = try parseBound()
      } else if provenance == nil, let origin = try parseProvenance() {
        provenance = origin
      } else {
        break
      }
    }
    return ParameterSyntax(
      name: name, unit: unit, value: value, low: low, high: high, provenance: provenance)
  }

  /// Reads `source "…"`, `assumed "…"` or `derived`, if one stands here.
  mutating func parseProvenance() throws(ParseFailure) -> ProvenanceSyntax? {
    let first = token
    if takeWord("derived") {
      return ProvenanceSyntax(provenance: .derived, range: range(of: first))
    }
    let isSource = isWord("source")
    guard isSource || isWord("assumed") else { return nil }
    advance()
    guard token.kind == .string else {
      throw unexpected(
        expected: isSource ? "the source in quotes" : "the reason in quotes",
        help: [isSource ? "`source \"Author 2001, table 1\"`" : "`assumed \"why this value\"`"])
    }
    let text = takeString()
    if !text.unicodeScalars.contains(where: { $0 != " " && $0 != "\t" }) {
      report(
        Diagnostic(
          id: "empty-source", "there is nothing between the quotes", at: range(from: first),
          help: ["say where the value comes from, or why it was chosen"]))
    }
    return ProvenanceSyntax(
      provenance: isSource ? .source(text) : .assumed(text), range: range(from: first))
  }

  private mutating func parseInput() throws(ParseFailure) -> InputSyntax {
    advance()
    var names: [NameSyntax] = []
    repeat { names.append(try parseNewName("the input")) } while take(.comma)
    let unit = try parseOptionalUnit()
    let value = take(.equals) ? try parseExpression(for: .value) : nil
    return InputSyntax(names: names, unit: unit, defaultValue: value)
  }

  private mutating func parseState() throws(ParseFailure) -> StateSyntax {
    advance()
    var names: [NameSyntax] = []
    repeat { names.append(try parseNewName("the state")) } while take(.comma)
    let unit = try parseOptionalUnit()
    try expect(.equals, "`=` and the initial value")
    return StateSyntax(names: names, unit: unit, initialValue: try parseExpression(for: .value))
  }

  private mutating func parseQuantity(isOutput: Bool) throws(ParseFailure) -> QuantitySyntax {
    advance()
    let name = try parseNewName(isOutput ? "the output" : "the quantity")
    let unit = try parseOptionalUnit()
    try expect(.equals, "`=` and the value of `\(name.text)`")
    return QuantitySyntax(
      name: name, unit: unit, value: try parseExpression(), isOutput: isOutput)
  }

  private mutating func parseInstance() throws(ParseFailure) -> InstanceSyntax {
    advance()
    let name = try parseNewName("the instance")
    try expect(.colon, "`:` and the component that `\(name.text)` is an instance of")
    guard token.kind == .identifier else { throw unexpected(expected: "the name of a component") }
    let component = NameSyntax(text: text(of: token), range: range(of: token))
    advance()
    var bindings: [InstanceSyntax.Binding] = []
    if token.kind == .leftBrace {
      try parseBlock(of: "`\(name.text)`", outsiders: Self.outsideOfBlocks) {
        (parser) throws(ParseFailure) in
        guard parser.token.kind == .identifier else {
          throw parser.unexpected(expected: "the name of an input or a parameter")
        }
        let target = NameSyntax(
          text: parser.text(of: parser.token), range: parser.range(of: parser.token))
        parser.advance()
        try parser.expect(.equals, "`=` after `\(target.text)`")
        let value = try parser.parseExpression(for: parser.purposeByProvenance())
        bindings.append(
          InstanceSyntax.Binding(
            name: target, value: value, provenance: try parser.parseProvenance()))
      }
    }
    return InstanceSyntax(name: name, component: component, bindings: bindings)
  }

  /// Reads a function, at the top level of a file or in a component.
  mutating func parseFunction() throws(ParseFailure) -> FunctionSyntax {
    advance()
    let name = try parseNewName("the function")
    try expect(.leftParenthesis, "`(` after the name of the function")
    var arguments: [FunctionSyntax.Argument] = []
    if token.kind != .rightParenthesis {
      repeat {
        let argument = try parseNewName("the argument")
        arguments.append(
          FunctionSyntax.Argument(name: argument, unit: try parseOptionalUnit()))
      } while take(.comma)
    }
    try expect(.rightParenthesis, "`,` or `)`")
    let unit = try parseOptionalUnit()
    try expect(.equals, "`=` and the value of the function")
    let outer = namesInScope
    defer { namesInScope = outer }
    for argument in arguments { namesInScope[argument.name.text] = "argument" }
    return FunctionSyntax(
      name: name, arguments: arguments, resultUnit: unit, body: try parseExpression())
  }
}
