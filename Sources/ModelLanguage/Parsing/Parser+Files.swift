import Diagnostics

extension Parser {
  private static let fileWords = ["import", "function"] + ReservedWords.blocks
  private static let expectedItem =
    "`import`, `function`, `component`, `model`, `neuron`, `synapse` or `circuit`"

  /// Reads everything at the top level of the file.
  mutating func parseFile() -> [FileSyntax.Item] {
    var items: [FileSyntax.Item] = []
    while token.kind != .end, diagnostics.count < Self.largestErrorCount {
      let start = index
      do throws(ParseFailure) {
        items.append(try parseItem())
        if !token.startsLine, token.kind != .end {
          throw unexpected(expected: "the end of the line")
        }
      } catch {
        recover(from: start)
        // No block is open here, so the brace closes nothing.
        if token.kind == .rightBrace { advance() }
      }
    }
    if diagnostics.count >= Self.largestErrorCount {
      diagnostics.append(
        Diagnostic(
          id: "too-many-errors", "too many errors; the rest of the file was not read",
          at: range(of: token)))
    }
    return items
  }

  private mutating func parseItem() throws(ParseFailure) -> FileSyntax.Item {
    let comment = currentDocumentation
    guard token.kind == .identifier else {
      throw unexpected(expected: Self.expectedItem)
    }
    switch text(of: token) {
    case "import": return .imported(try parseImport())
    case "function":
      namesInScope = [:]
      return .function(try parseFunction(), documentation: comment)
    default:
      let word = text(of: token)
      if let kind = ComponentSyntax.Kind(rawValue: word) {
        return .component(try parseComponent(kind))
      }
      try refuseLaterWord()
      var diagnostic = Diagnostic(
        id: "unexpected-token",
        "expected \(Self.expectedItem), found `\(word)`",
        at: range(of: token))
      if let near = nearestName(to: word, among: Self.fileWords) {
        diagnostic.fix = Diagnostic.Fix(range(of: token), near)
      } else if ReservedWords.declarations.contains(word) {
        diagnostic.help = ["declarations stand inside `model NAME { … }`"]
      }
      report(diagnostic)
      throw ParseFailure()
    }
  }

  /// Reports a construct that the language has a word for but does not have yet.
  mutating func refuseLaterWord() throws(ParseFailure) {
    guard token.kind == .identifier, ReservedWords.later.contains(text(of: token)) else { return }
    report(
      Diagnostic(
        id: "not-yet-available", "`\(text(of: token))` is not available yet", at: range(of: token),
        notes: [Diagnostic.Note("the word is kept for models of many clocks")]))
    throw ParseFailure()
  }

  private mutating func parseImport() throws(ParseFailure) -> ImportSyntax {
    advance()
    guard token.kind == .string else {
      throw unexpected(expected: "the path of a file in quotes")
    }
    let place = range(of: token)
    return ImportSyntax(path: takeString(), range: place)
  }

  /// Takes a string and returns its contents.
  mutating func takeString() -> String {
    let raw = text(of: token)
    advance()
    var contents = ""
    var isEscaped = false
    for character in raw.unicodeScalars.dropFirst() {
      if isEscaped {
        contents.unicodeScalars.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        break
      } else {
        contents.unicodeScalars.append(character)
      }
    }
    return contents
  }

  private mutating func parseComponent(
    _ kind: ComponentSyntax.Kind
  ) throws(ParseFailure) -> ComponentSyntax {
    let comment = currentDocumentation
    advance()
    let name = try parseNewName("the \(kind.rawValue)")
    namesInScope = declaredNames()
    var declarations: [DeclarationSyntax] = []
    try parseBlock(of: "`\(name.text)`", outsiders: Set(ReservedWords.blocks + ["import"])) {
      (parser) throws(ParseFailure) in
      declarations.append(try parser.parseDeclaration())
    }
    return ComponentSyntax(
      name: name, kind: kind, declarations: declarations, documentation: comment)
  }

  /// The names that the block at the current token, or after it, declares at its own level, and
  /// what each is.
  func declaredNames() -> [String: String] {
    var names: [String: String] = [:]
    var depth = 0
    var place = index
    while place < tokens.count {
      let current = tokens[place]
      switch current.kind {
      case .leftBrace: depth += 1
      case .rightBrace:
        depth -= 1
        if depth <= 0 { return names }
      case .identifier where depth == 1 && isDeclaringWord(current):
        let noun = text(of: current)
        place += 1
        while place < tokens.count, tokens[place].kind == .identifier {
          names[text(of: tokens[place])] = noun
          guard place + 1 < tokens.count, tokens[place + 1].kind == .comma else { break }
          place += 2
        }
      default: break
      }
      place += 1
    }
    return names
  }

  private func isDeclaringWord(_ token: Token) -> Bool {
    switch text(of: token) {
    case "parameter", "input", "state", "quantity", "output", "instance", "noise", "poisson",
      "recorded", "receive", "population":
      true
    default: false
    }
  }
}
