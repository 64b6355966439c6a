import Diagnostics

/// Cuts the bytes of a file into tokens; never fails, reports what it cannot read.
struct Lexer {
  /// After this many complaints about characters the file is not worth reading on.
  private static let largestComplaintCount = 20

  private let file: SourceFile
  private let bytes: [UInt8]
  private var index = 0
  private var startsLine = true
  private var pendingDocumentation = -1
  private(set) var tokens: [Token] = []
  /// Documentation comments, each the text of a run of `///` lines.
  private(set) var documentation: [String] = []
  private(set) var diagnostics: [Diagnostic] = []

  init(_ file: SourceFile) {
    self.file = file
    bytes = file.bytes
  }

  mutating func run() {
    tokens.reserveCapacity(bytes.count / 4 + 1)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    while true {
      skipSpace()
      guard index < bytes.count, diagnostics.count < Self.largestComplaintCount else { break }
      scanToken()
      startsLine = false
      pendingDocumentation = -1
    }
    append(.end, from: min(index, bytes.count))
  }

  // MARK: Space and comments

  private mutating func skipSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 10:
        startsLine = true
        index += 1
      case 9, 13, 32: index += 1
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): skipComment()
      default: return
      }
    }
  }

  private mutating func skipComment() {
    let isDocumentation = peek(2) == UInt8(ascii: "/") && peek(3) != UInt8(ascii: "/")
    let start = index
    while index < bytes.count, bytes[index] != 10 { index += 1 }
    guard isDocumentation else { return }
    var lower = start + 3
    if lower < index, bytes[lower] == 32 { lower += 1 }
    var upper = index
    while upper > lower, bytes[upper - 1] == 32 || bytes[upper - 1] == 13 { upper -= 1 }
    let text = String(decoding: bytes[lower..<upper], as: UTF8.self)
    if pendingDocumentation >= 0 {
      documentation[pendingDocumentation] += "\n" + text
    } else {
      documentation.append(text)
      pendingDocumentation = documentation.count - 1
    }
  }

  // MARK: Tokens

  private func peek(_ distance: Int) -> UInt8 {
    index + distance < bytes.count ? bytes[index + distance] : 0
  }

  private mutating func append(_ kind: Token.Kind, from start: Int) {
    tokens.append(
      Token(
        kind: kind, startsLine: startsLine, documentation: Int32(pendingDocumentation),
        lowerBound: Int32(start), upperBound: Int32(index)))
  }

  private mutating func scanToken() {
    let start = index
    let byte = bytes[index]
    if isLetter(byte) {
      index += 1
      while index < bytes.count, isLetter(bytes[index]) || isDigit(bytes[index]) { index += 1 }
      append(.identifier, from: start)
    } else if isDigit(byte) {
      scanNumber()
    } else if byte == UInt8(ascii: "\"") {
      scanString()
    } else if let (kind, length) = punctuation(byte) {
      index += length
      append(kind, from: start)
    } else {
      scanUnknown()
    }
  }

  private mutating func scanNumber() {
    let start = index
    while isDigit(peek(0)) { index += 1 }
    if peek(0) == UInt8(ascii: "."), peek(1) != UInt8(ascii: ".") {
      index += 1
      while isDigit(peek(0)) { index += 1 }
    }
    if peek(0) == UInt8(ascii: "e") || peek(0) == UInt8(ascii: "E") {
      let hasSign = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+")
      if isDigit(peek(hasSign ? 2 : 1)) {
        index += hasSign ? 2 : 1
        while isDigit(peek(0)) { index += 1 }
      }
    }
    append(.number, from: start)
  }

  private mutating func scanString() {
    let start = index
    index += 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != 10 {
      index += bytes[index] == UInt8(ascii: "\\") && peek(1) != 10 ? 2 : 1
    }
    index = min(index, bytes.count)
    if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
      index += 1
    } else {
      diagnostics.append(
        Diagnostic(
          id: "unterminated-string", "this string has no closing quote on its line",
          at: SourceRange(file: file, lowerBound: start, upperBound: start + 1)))
    }
    append(.string, from: start)
  }

  private func punctuation(_ byte: UInt8) -> (Token.Kind, length: Int)? {
    switch byte {
    case UInt8(ascii: "{"): (.leftBrace, 1)
    case UInt8(ascii: "}"): (.rightBrace, 1)
    case UInt8(ascii: "("): (.leftParenthesis, 1)
    case UInt8(ascii: ")"): (.rightParenthesis, 1)
    case UInt8(ascii: "["): (.leftBracket, 1)
    case UInt8(ascii: "]"): (.rightBracket, 1)
    case UInt8(ascii: "~"): (.tilde, 1)
    case UInt8(ascii: ","): (.comma, 1)
    case UInt8(ascii: ":"): (.colon, 1)
    case UInt8(ascii: "'"): (.prime, 1)
    case UInt8(ascii: "%"): (.percent, 1)
    case UInt8(ascii: "+"): (.plus, 1)
    case UInt8(ascii: "*"): (.star, 1)
    case UInt8(ascii: "/"): (.slash, 1)
    case UInt8(ascii: "^"): (.caret, 1)
    case UInt8(ascii: "."):
      peek(1) == byte && peek(2) == byte ? (.ellipsis, 3) : (.dot, 1)
    case UInt8(ascii: "-"): peek(1) == UInt8(ascii: ">") ? (.arrow, 2) : (.minus, 1)
    case UInt8(ascii: "="): peek(1) == byte ? (.equal, 2) : (.equals, 1)
    case UInt8(ascii: "!"): peek(1) == UInt8(ascii: "=") ? (.notEqual, 2) : nil
    case UInt8(ascii: ">"): peek(1) == UInt8(ascii: "=") ? (.greaterOrEqual, 2) : (.greater, 1)
    case UInt8(ascii: "<"):
      if peek(1) == UInt8(ascii: "-"), peek(2) == UInt8(ascii: ">") {
        (.doubleArrow, 3)
      } else {
        peek(1) == UInt8(ascii: "=") ? (.lessOrEqual, 2) : (.less, 1)
      }
    default: nil
    }
  }

  /// Takes a run of bytes that no token begins with, and reports it once.
  private mutating func scanUnknown() {
    let start = index
    index += 1
    while index < bytes.count, !isKnown(bytes[index]) { index += 1 }
    let range = SourceRange(file: file, lowerBound: start, upperBound: index)
    var diagnostic = Diagnostic(
      id: "unexpected-character",
      "unexpected \(index - start <= 4 ? "`\(range.text)`" : "characters") outside a comment",
      at: range)
    if range.text == "\u{B5}" || range.text == "\u{3BC}" {
      diagnostic.fix = Diagnostic.Fix(range, "u")
    } else if bytes[start] >= 0x80 {
      diagnostic.help = ["names, units and operators are written in ASCII"]
    }
    diagnostics.append(diagnostic)
    append(.unknown, from: start)
  }

  private func isKnown(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == 10 || byte == 32 || byte == 9 || byte == 13
      || byte == UInt8(ascii: "\"") || (byte < 0x80 && "{}()[],:~'%+*/^.-=><".utf8.contains(byte))
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte == 95
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}
