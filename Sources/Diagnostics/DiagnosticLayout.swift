/// A diagnostic laid out as lines of spans: what is written where, without colour.
struct DiagnosticLayout {
  /// What a stretch of the printed text is.
  enum Role: Sendable, Hashable {
    case plain, location, error, warning, identifier, gutter, caret, secondary, advice
  }

  /// A stretch of the printed text.
  struct Span: Sendable, Hashable {
    var text: String
    var role: Role
  }

  private(set) var lines: [[Span]] = []
  private let diagnostic: Diagnostic

  init(_ diagnostic: Diagnostic) {
    self.diagnostic = diagnostic
    layOut()
  }

  private mutating func layOut() {
    let range = diagnostic.range
    let position = range.position
    let severity: Role = diagnostic.severity == .error ? .error : .warning
    lines.append([
      Span(
        text: "\(printable(range.file.path)):\(position.line):\(position.column): ",
        role: .location),
      Span(text: "\(diagnostic.severity.rawValue): ", role: severity),
      Span(text: legible(diagnostic.message), role: .plain),
      Span(text: " [\(diagnostic.id)]", role: .identifier),
    ])
    let width = "\(position.line)".count
    appendSnippet(position: position, gutterWidth: width)
    appendAdvice(gutterWidth: width)
  }

  private mutating func appendSnippet(position: SourcePosition, gutterWidth: Int) {
    let range = diagnostic.range
    let file = range.file
    guard !file.bytes.isEmpty else { return }
    let (start, _) = file.lineStart(of: range.lowerBound)
    if start > 0 {
      let previous = SourceLine(file: file, containing: start - 1, around: start - 1)
      appendSource(previous.shown, number: position.line - 1, gutterWidth: gutterWidth)
    }
    let line = SourceLine(file: file, containing: range.lowerBound, around: range.lowerBound)
    appendSource(line.shown, number: position.line, gutterWidth: gutterWidth)

    var marks = [Mark(line.columns(of: range), diagnostic.label, isPrimary: true)]
    for label in diagnostic.labels where isOnPrimaryLine(label.range) {
      marks.append(Mark(line.columns(of: label.range), label.text, isPrimary: false))
    }
    appendMarks(marks, on: line, gutterWidth: gutterWidth)
  }

  private func isOnPrimaryLine(_ range: SourceRange) -> Bool {
    range.file == diagnostic.range.file
      && range.file.lineStart(of: range.lowerBound).start
        == range.file.lineStart(of: diagnostic.range.lowerBound).start
  }

  private mutating func appendSource(_ text: String, number: Int, gutterWidth: Int) {
    let digits = "\(number)"
    let padding = String(repeating: " ", count: max(0, gutterWidth - digits.count))
    var spans = [Span(text: "\(padding)\(digits) |", role: .gutter)]
    if !text.isEmpty { spans.append(Span(text: " \(text)", role: .plain)) }
    lines.append(spans)
  }

  /// One underlined stretch of the shown line.
  private struct Mark {
    var columns: Range<Int>
    var text: String
    var isPrimary: Bool

    init(_ columns: Range<Int>, _ text: String, isPrimary: Bool) {
      self.columns = columns
      self.text = text
      self.isPrimary = isPrimary
    }
  }

  /// Appends the line of carets, with the text of the rightmost mark beside it, and the texts of
  /// the others below, each under its mark.
  private mutating func appendMarks(_ marks: [Mark], on line: SourceLine, gutterWidth: Int) {
    let gutter = Span(text: String(repeating: " ", count: gutterWidth) + " | ", role: .gutter)
    let end = marks.map(\.columns.upperBound).max() ?? 0
    var cells = [(character: Character, role: Role)](repeating: (" ", .plain), count: end)
    for column in 0..<end { cells[column].character = line.blank(at: column) }
    for mark in marks where !mark.isPrimary {
      for column in mark.columns { cells[column] = ("-", .secondary) }
    }
    for mark in marks where mark.isPrimary {
      for column in mark.columns { cells[column] = ("~", .caret) }
      cells[mark.columns.lowerBound] = ("^", .caret)
    }
    var spans = [gutter]
    for cell in cells {
      if let last = spans.indices.last, last > 0, spans[last].role == cell.role {
        spans[last].text.append(cell.character)
      } else {
        spans.append(Span(text: String(cell.character), role: cell.role))
      }
    }
    let texts = marks.filter { !$0.text.isEmpty }.sorted {
      ($0.columns.lowerBound, $0.columns.upperBound) > (
        $1.columns.lowerBound, $1.columns.upperBound
      )
    }
    var below = texts[...]
    if let first = texts.first, first.columns.upperBound == end {
      spans.append(
        Span(text: " \(legible(first.text))", role: first.isPrimary ? .caret : .secondary))
      below = texts.dropFirst()
    }
    lines.append(spans)
    for mark in below {
      let indent = String((0..<mark.columns.lowerBound).map { line.blank(at: $0) })
      lines.append([
        gutter, Span(text: indent, role: .plain),
        Span(text: legible(mark.text), role: mark.isPrimary ? .caret : .secondary),
      ])
    }
  }

  private mutating func appendAdvice(gutterWidth: Int) {
    let indent = String(repeating: " ", count: gutterWidth + 1)
    func append(_ kind: String, _ text: String) {
      lines.append([
        Span(text: "\(indent)= \(kind): ", role: .advice),
        Span(text: legible(text), role: .plain),
      ])
    }
    for label in diagnostic.labels where !isOnPrimaryLine(label.range) {
      append("note", "\(label.text) at \(place(of: label.range))")
    }
    for note in diagnostic.notes {
      if let range = note.range {
        append("note", "\(note.text) at \(place(of: range))")
      } else {
        append("note", note.text)
      }
    }
    if let fix = diagnostic.fix { append("fix", fix.summary) }
    for help in diagnostic.help { append("help", help) }
  }

  /// A position, with its file's path where that is another file.
  private func place(of range: SourceRange) -> String {
    let position = range.position
    let text = "\(position.line):\(position.column)"
    return range.file == diagnostic.range.file ? text : "\(range.file.path):\(text)"
  }
}

/// Text without anything that could move the cursor or reorder what is read.
func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { !isPrintable($0) }) else { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars { result.append(isPrintable(scalar) ? scalar : "\u{FFFD}") }
  return String(result)
}

/// Printable text without words so long that they would hide the rest.
func legible(_ text: String) -> String {
  let longest = 200
  guard text.utf8.count > longest else { return printable(text) }
  let words = text.split(separator: " ", omittingEmptySubsequences: false)
  return printable(
    words.map { $0.utf8.count <= longest ? $0 : $0.prefix(80) + "…" + $0.suffix(20) }
      .joined(separator: " "))
}

/// Whether a scalar may be shown as it is; a tab may.
func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 9: true
  case 0..<32, 127..<160: false
  case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x2069, 0xFEFF: false
  default: true
  }
}
