public import Diagnostics

/// Reads the text of a model file; never fails, and returns what it understood with what it did
/// not.
///
/// Files of more than ``largestFileSize`` bytes are refused unread.
///
/// - Parameter file: The file; its bytes may be anything.
/// - Returns: The syntax, without the statements that were not understood, and what to tell the
///   author.
public func parse(_ file: SourceFile) -> (syntax: FileSyntax, diagnostics: [Diagnostic]) {
  if let refusal = refusal(of: file) {
    return (FileSyntax(file: file, items: [], isComplete: false), [refusal])
  }
  var lexer = Lexer(file)
  lexer.run()
  var parser = Parser(file: file, tokens: lexer.tokens, documentation: lexer.documentation)
  let items = parser.parseFile()
  let diagnostics = (lexer.diagnostics + parser.diagnostics).sorted {
    $0.range.lowerBound < $1.range.lowerBound
  }
  let isComplete = lexer.diagnostics.isEmpty && !parser.hasLostStatement
  return (FileSyntax(file: file, items: items, isComplete: isComplete), diagnostics)
}

/// The size in bytes above which a model file is refused.
public let largestFileSize = 1 << 22

/// Why a file cannot be read at all, or `nil`.
private func refusal(of file: SourceFile) -> Diagnostic? {
  let start = SourceRange(file: file, lowerBound: 0, upperBound: 0)
  if file.bytes.count > largestFileSize {
    return Diagnostic(
      id: "file-too-large",
      "this file has \(file.bytes.count) bytes, and a model may have \(largestFileSize)", at: start,
      help: ["a model is text; large tables of numbers belong in an experiment"])
  }
  if let offset = file.firstInvalidOffset {
    return Diagnostic(
      id: "invalid-utf8", "byte \(offset) is not valid UTF-8",
      at: SourceRange(file: file, lowerBound: offset, upperBound: offset + 1),
      help: ["a model is text in UTF-8; is this another kind of file?"])
  }
  return nil
}

/// A statement that was not understood; what is wrong has been reported.
struct ParseFailure: Error {}

/// Reads tokens by recursive descent, and recovers at the next statement.
struct Parser {
  /// How deep expressions may nest; the readers of the tree are recursive too.
  static let deepestNesting = 200
  /// How many operators may lie between the root and a leaf of an expression.
  static let deepestExpression = 500
  /// After this many errors the rest of a file is left alone.
  static let largestErrorCount = 50

  let file: SourceFile
  let tokens: [Token]
  let documentation: [String]
  private let bytes: [UInt8]
  var index = 0
  var nesting = 0
  var diagnostics: [Diagnostic] = []
  /// Whether a statement was not understood and skipped.
  private(set) var hasLostStatement = false
  /// Names that are declared around the current place, and what each is: a unit symbol that is one
  /// of them has two readings.
  var namesInScope: [String: String] = [:]
  /// What is being read, for numbers whose units have symbols that are names too.
  var purpose = Purpose.formula
  /// Where slashes stand that could begin the unit of a bare number, and divide by a name instead.
  var slashesBeforeNames: Set<Int> = []
  /// Words that begin another statement of the block at hand without a new line.
  var wordsOfBlock: Set<String> = []
  /// Whether a block `presynaptic` is being read.
  var isInPresynaptic = false

  /// What an expression is for.
  enum Purpose {
    /// To compute with names.
    case formula
    /// To give a value, over names or as a number that stands for itself.
    case value
    /// To say what a parameter is; that it has a source makes a formula unlikely.
    case number
  }

  init(file: SourceFile, tokens: [Token], documentation: [String]) {
    self.file = file
    self.tokens = tokens
    self.documentation = documentation
    bytes = file.bytes
  }

  // MARK: Tokens

  var token: Token { tokens[index] }

  func token(after distance: Int) -> Token { tokens[min(index + distance, tokens.count - 1)] }

  func text(of token: Token) -> String {
    String(decoding: bytes[Int(token.lowerBound)..<Int(token.upperBound)], as: UTF8.self)
  }

  func range(of token: Token) -> SourceRange {
    SourceRange(file: file, lowerBound: Int(token.lowerBound), upperBound: Int(token.upperBound))
  }

  /// The range from a token to the last one that was taken.
  func range(from first: Token) -> SourceRange {
    let last = tokens[max(0, index - 1)]
    return SourceRange(
      file: file, lowerBound: Int(first.lowerBound),
      upperBound: max(Int(first.upperBound), Int(last.upperBound)))
  }

  mutating func advance() {
    if index < tokens.count - 1 { index += 1 }
  }

  /// Whether the current token is a certain word.
  func isWord(_ word: String) -> Bool { token.kind == .identifier && text(of: token) == word }

  mutating func take(_ kind: Token.Kind) -> Bool {
    guard token.kind == kind else { return false }
    advance()
    return true
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard isWord(word) else { return false }
    advance()
    return true
  }

  mutating func expect(_ kind: Token.Kind, _ what: String) throws(ParseFailure) {
    guard take(kind) else { throw unexpected(expected: what) }
  }

  var currentDocumentation: String {
    let number = Int(token.documentation)
    return number >= 0 ? documentation[number] : ""
  }

  // MARK: Reports

  mutating func report(_ diagnostic: Diagnostic) {
    if diagnostics.count < Self.largestErrorCount { diagnostics.append(diagnostic) }
  }

  /// Reports that something else was expected here.
  mutating func unexpected(expected what: String, help: [String] = []) -> ParseFailure {
    if token.kind != .unknown {
      let found: String
      switch token.kind {
      case .end: found = "the end of the file"
      case .string: found = "a string"
      default: found = "`\(text(of: token))`"
      }
      report(
        Diagnostic(
          id: "unexpected-token", "expected \(what), found \(found)", at: range(of: token),
          help: help))
    }
    return ParseFailure()
  }

  // MARK: Names

  /// Reads a name that is being declared.
  mutating func parseNewName(_ what: String) throws(ParseFailure) -> NameSyntax {
    guard token.kind == .identifier else { throw unexpected(expected: "the name of \(what)") }
    let name = text(of: token)
    let range = range(of: token)
    if ReservedWords.contains(name) {
      report(
        Diagnostic(
          id: "reserved-word", "`\(name)` is a word of the language and cannot be a name",
          at: range, help: ["choose another name for \(what), such as `\(name)_`"]))
    }
    advance()
    return NameSyntax(text: name, range: range)
  }

  mutating func parsePath(_ what: String) throws(ParseFailure) -> PathSyntax {
    guard token.kind == .identifier else { throw unexpected(expected: what) }
    var names: [NameSyntax] = []
    repeat {
      guard token.kind == .identifier else {
        throw unexpected(expected: "a name after the dot")
      }
      names.append(NameSyntax(text: text(of: token), range: range(of: token)))
      advance()
    } while take(.dot)
    return PathSyntax(names: names)
  }

  // MARK: Statements

  /// Checks that nothing follows the statement on its line.
  mutating func expectEndOfStatement() throws(ParseFailure) {
    guard !token.startsLine, token.kind != .rightBrace, token.kind != .end else { return }
    if token.kind == .identifier, wordsOfBlock.contains(text(of: token)) { return }
    throw unexpected(expected: "the end of the line")
  }

  /// Skips to the next line at the same depth of braces, or to the brace that closes the block.
  mutating func recover(from start: Int) {
    hasLostStatement = true
    var depth = 0
    if index == start, token.kind != .rightBrace { skipOne(&depth) }
    while token.kind != .end {
      if depth == 0, token.startsLine || token.kind == .rightBrace { return }
      skipOne(&depth)
    }
  }

  private mutating func skipOne(_ depth: inout Int) {
    if token.kind == .leftBrace { depth += 1 }
    if token.kind == .rightBrace { depth = max(0, depth - 1) }
    advance()
  }

  /// Reads `{ statements }`, each in turn, and recovers from those that fail.
  ///
  /// - Parameters:
  ///   - owner: What the block belongs to, for messages.
  ///   - outsiders: Words that cannot begin a statement here, so that a brace must be missing.
  ///   - statement: Reads one statement.
  /// - Throws: `ParseFailure` if there is no block.
  mutating func parseBlock(
    of owner: String, outsiders: Set<String>,
    statement: (inout Parser) throws(ParseFailure) -> Void
  ) throws(ParseFailure) {
    let brace = token
    try expect(.leftBrace, "`{` after \(owner)")
    while token.kind != .rightBrace {
      let isOutside =
        token.kind == .end
        || (token.startsLine && token.kind == .identifier && outsiders.contains(text(of: token)))
      if isOutside || diagnostics.count >= Self.largestErrorCount {
        report(
          Diagnostic(
            id: "unterminated-brace", "this `{` of \(owner) has no matching `}`",
            at: range(of: brace)))
        hasLostStatement = true
        return
      }
      let start = index
      do throws(ParseFailure) {
        try statement(&self)
        try expectEndOfStatement()
      } catch {
        recover(from: start)
      }
    }
    advance()
  }
}
