import Diagnostics
import Yams

/// Reads a YAML text into nodes that know where they stand.
enum YamlReader {
  /// The root of the only document of a file, or `nil` after a reported problem.
  static func read(_ file: SourceFile, problems: ProblemList) -> YamlNode? {
    guard file.bytes.count <= YamlGuards.sizeLimit else {
      problems.error(
        "the file is larger than \(YamlGuards.sizeLimit >> 20) MB", id: "file-too-large",
        at: SourceRange(file: file, lowerBound: 0, upperBound: 0),
        help: "put tables of numbers into a CSV file")
      return nil
    }
    if let offset = file.firstInvalidOffset {
      problems.error(
        "this is not a text file: a byte is not UTF-8", id: "not-text",
        at: SourceRange(file: file, lowerBound: offset, upperBound: offset + 1))
      return nil
    }
    guard YamlGuards.accept(file, problems: problems) else { return nil }
    let lines = LineTable(file)
    do {
      guard let root = try Yams.compose(yaml: lines.text, .basic, .default, .utf8) else {
        problems.error("the file is empty", id: "empty-file", at: lines.range(line: 1, column: 1))
        return nil
      }
      var converter = Converter(lines: lines, problems: problems)
      return converter.convert(root)
    } catch let error as YamlError {
      report(error, lines: lines, problems: problems)
    } catch {
      problems.error("\(error)", id: "yaml-syntax", at: lines.range(line: 1, column: 1))
    }
    return nil
  }

  /// Turns the parser's tree into ours, counting nodes: an alias is expanded here.
  private struct Converter {
    let lines: LineTable
    let problems: ProblemList
    private var count = 0

    init(lines: LineTable, problems: ProblemList) {
      self.lines = lines
      self.problems = problems
    }

    /// Converts a node.
    ///
    /// - Parameters:
    ///   - node: What the parser has found.
    ///   - isWithinBrackets: Whether it stands within braces or brackets.
    /// - Returns: The node, or `nil` after a reported problem.
    mutating func convert(_ node: Node, isWithinBrackets: Bool = false) -> YamlNode? {
      count += 1
      let range = lines.range(of: node)
      if count > YamlGuards.nodeLimit {
        if count == YamlGuards.nodeLimit + 1 {
          problems.error("aliases expand to too many values", id: "too-many-aliases", at: range)
        }
        return nil
      }
      switch node {
      case .scalar(let scalar):
        let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
        if isWithinBrackets, !isQuoted, lines.isCutByComma(scalar.string, at: range) {
          problems.error(
            "within braces and brackets a comma ends a value, here `\(shortened(scalar.string))`",
            id: "comma-in-braces", at: range,
            help: "put a text with a comma in quotes, or on a line of its own")
          return nil
        }
        return YamlNode(content: .scalar(scalar.string, isQuoted: isQuoted), range: range)
      case .sequence(let sequence):
        var elements: [YamlNode] = []
        for element in sequence {
          guard
            let element = convert(
              element, isWithinBrackets: isWithinBrackets || lines.isBracket(at: range))
          else { return nil }
          elements.append(element)
        }
        return YamlNode(content: .sequence(elements), range: range)
      case .mapping(let mapping):
        var entries: [YamlNode.Entry] = []
        for (key, value) in mapping {
          guard case .scalar(let name) = key else {
            problems.error(
              "a key must be a word, not a list or a table", id: "yaml-key",
              at: lines.range(of: key))
            return nil
          }
          guard
            let value = convert(
              value, isWithinBrackets: isWithinBrackets || lines.isBracket(at: range))
          else { return nil }
          entries.append(
            YamlNode.Entry(key: name.string, keyRange: lines.range(of: key), value: value))
        }
        return YamlNode(content: .mapping(entries), range: range)
      case .alias:
        problems.error("an alias names nothing", id: "yaml-syntax", at: range)
        return nil
      }
    }
  }

  private static func report(_ error: YamlError, lines: LineTable, problems: ProblemList) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let range = lines.range(line: mark.line, column: mark.column)
      var notes: [(String, SourceRange?)] = []
      if let context {
        notes = [
          (context.text, lines.range(line: context.mark.line, column: context.mark.column))
        ]
      }
      problems.error(
        problem, id: "yaml-syntax", at: range, notes: notes, help: hint(problem, range))
    case .duplicatedKeysInMapping(let duplicates, let context):
      let name = duplicates.first ?? ""
      let first = lines.range(line: context.mark.line, column: context.mark.column)
      let second = lines.repetition(of: name, after: first) ?? first
      problems.error(
        "`\(shortened(name))` is set twice", id: "duplicate-key", at: second,
        notes: second == first ? [] : [("first set here", first)])
    case .reader(let problem, _, _, _):
      problems.error(problem, id: "not-text", at: lines.range(line: 1, column: 1))
    default:
      problems.error("\(error)", id: "yaml-syntax", at: lines.range(line: 1, column: 1))
    }
  }

  private static func hint(_ problem: String, _ range: SourceRange) -> String? {
    if problem.contains("mapping values are not allowed") {
      return "quote a text that contains `: `, or check the indentation"
    }
    if problem.contains("cannot start any token") {
      return "quote a text that starts with a special character such as `@`, `` ` `` or `%`"
    }
    if problem.contains("could not find expected ':'") {
      return "every setting is written `name: value`"
    }
    if problem.contains("did not find expected ',' or '}'")
      || problem.contains("did not find expected ',' or ']'")
    {
      return
        "within braces and brackets a comma ends a value: a text with a comma stands in quotes, "
        + "or on a line of its own"
    }
    if problem.contains("did not find expected key") {
      return "the settings of one table begin in the same column"
    }
    return nil
  }
}
