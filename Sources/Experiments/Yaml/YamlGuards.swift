import Diagnostics

/// Limits that a document must keep before it is parsed.
///
/// The parser recurses into nested collections and shares what an alias names, so a short text
/// can ask for a deep stack or an exponential tree. Experiments need neither.
enum YamlGuards {
  static let sizeLimit = 16 << 20
  static let indentationLimit = 200
  static let bracketLimit = 60
  static let aliasLimit = 32
  static let nodeLimit = 2_000_000

  /// Whether the text may be given to the parser; reports why not.
  static func accept(_ file: SourceFile, problems: ProblemList) -> Bool {
    var scanner = Scanner()
    for (offset, byte) in file.bytes.enumerated() {
      guard let complaint = scanner.step(byte) else { continue }
      problems.error(
        complaint.message, id: complaint.id,
        at: SourceRange(file: file, lowerBound: offset, upperBound: offset + 1),
        help: complaint.help)
      return false
    }
    return true
  }

  private struct Complaint {
    var message: String
    var id: String
    var help: String?
  }

  /// Counts, byte by byte, what the limits are about.
  private struct Scanner {
    private var indentation = 0
    private var isIndenting = true
    private var isComment = false
    private var brackets = 0
    private var aliases = 0
    private var startsValue = true
    private var sawStar = false

    mutating func step(_ byte: UInt8) -> Complaint? {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        startLine()
        return nil
      }
      if byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F {
        return Complaint(
          message: "found a control character (byte \(byte)): this is not a text file",
          id: "not-text", help: nil)
      }
      if isComment { return nil }
      defer { advance(byte) }
      return indent(byte) ?? nest(byte) ?? alias(byte)
    }

    private mutating func startLine() {
      indentation = 0
      isIndenting = true
      isComment = false
      startsValue = true
      sawStar = false
    }

    private mutating func advance(_ byte: UInt8) {
      switch byte {
      case UInt8(ascii: "#"): if startsValue { isComment = true }
      case UInt8(ascii: " "), UInt8(ascii: "\t"): break
      case UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "?"),
        UInt8(ascii: "["), UInt8(ascii: "{"):
        startsValue = true
      default: startsValue = false
      }
    }

    private mutating func indent(_ byte: UInt8) -> Complaint? {
      guard isIndenting else { return nil }
      switch byte {
      case UInt8(ascii: "\t"):
        return Complaint(
          message: "a tab is used for indentation", id: "tab-indentation",
          help: "YAML indents with spaces only")
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?"):
        indentation += 1
        if indentation > YamlGuards.indentationLimit {
          return Complaint(
            message: "a line is indented by more than \(YamlGuards.indentationLimit) columns",
            id: "too-deep", help: "an experiment needs no more than a few levels")
        }
      default: isIndenting = false
      }
      return nil
    }

    private mutating func nest(_ byte: UInt8) -> Complaint? {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        brackets += 1
        if brackets > YamlGuards.bracketLimit {
          return Complaint(
            message: "more than \(YamlGuards.bracketLimit) brackets are open", id: "too-deep",
            help: "an experiment needs no more than a few levels")
        }
      case UInt8(ascii: "]"), UInt8(ascii: "}"): brackets = max(0, brackets - 1)
      default: break
      }
      return nil
    }

    private mutating func alias(_ byte: UInt8) -> Complaint? {
      defer { sawStar = byte == UInt8(ascii: "*") && startsValue }
      guard sawStar, byte != UInt8(ascii: " ") else { return nil }
      aliases += 1
      guard aliases > YamlGuards.aliasLimit else { return nil }
      return Complaint(
        message: "more than \(YamlGuards.aliasLimit) aliases (`*name`) in one file",
        id: "too-many-aliases", help: "write the repeated part out")
    }
  }
}
