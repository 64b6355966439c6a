import Diagnostics

extension Parser {
  /// Reads `presynaptic { declarations }`.
  mutating func parsePresynaptic() throws(ParseFailure) -> PresynapticSyntax {
    let word = range(of: token)
    // The reader would call itself for each that stands inside another.
    guard !isInPresynaptic else {
      report(
        Diagnostic(
          id: "misplaced-declaration", "`presynaptic` belongs in a synapse", at: word,
          help: ["a synapse has one block `presynaptic`, and none inside of it"]))
      throw ParseFailure()
    }
    advance()
    isInPresynaptic = true
    let outer = namesInScope
    defer {
      isInPresynaptic = false
      namesInScope = outer
    }
    namesInScope = declaredNames()
    var declarations: [DeclarationSyntax] = []
    try parseBlock(of: "`presynaptic`", outsiders: Set(ReservedWords.blocks + ["import"])) {
      (parser) throws(ParseFailure) in
      declarations.append(try parser.parseDeclaration())
    }
    return PresynapticSyntax(declarations: declarations, range: word)
  }

  /// Reads `on spike { STATE = value … }`, or the same of a `presynaptic` or `postsynaptic` spike.
  mutating func parseSpikeChanges() throws(ParseFailure) -> SpikeChangesSyntax {
    let first = token
    advance()
    let side = SpikeChangesSyntax.Side(rawValue: text(of: token)) ?? .own
    if side != .own { advance() }
    guard takeWord("spike") else {
      throw unexpected(
        expected: side == .own ? "`spike`, `presynaptic spike` or `postsynaptic spike`" : "`spike`")
    }
    let words = range(from: first)
    return SpikeChangesSyntax(
      side: side, assignments: try parseAssignments(of: "`\(words.text)`"), range: words)
  }
}
