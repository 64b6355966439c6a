import Diagnostics
import Testing

@Suite("Diagnostic printer")
struct DiagnosticPrinterTests {
  private func text(_ source: String, _ lower: Int, _ upper: Int) -> String {
    text(SourceFile(path: "a.model", text: source), lower, upper)
  }

  private func text(_ file: SourceFile, _ lower: Int, _ upper: Int) -> String {
    DiagnosticPrinter().text(
      of: Diagnostic(
        id: "a-test", "a message",
        at: SourceRange(file: file, lowerBound: lower, upperBound: upper)))
  }

  @Test("shows the line before, the line, and the caret")
  func layout() {
    #expect(
      text("one\ntwo three\n", 8, 13) == """
        a.model:2:5: error: a message [a-test]
        1 | one
        2 | two three
          |     ^~~~~

        """)
  }

  @Test("lays out labels from right to left, notes, fixes and help")
  func everything() {
    let file = SourceFile(path: "a.model", text: "I : A/m^2\nx = I + v\n")
    func range(_ lower: Int, _ upper: Int) -> SourceRange {
      SourceRange(file: file, lowerBound: lower, upperBound: upper)
    }
    let other = SourceFile(path: "b.model", text: "\n  v\n").range
    let diagnostic = Diagnostic(
      .warning, id: "a-test", "a message", at: range(16, 17),
      labels: [
        Diagnostic.Label(range(14, 15), "A/m^2"), Diagnostic.Label(range(18, 19), "V"),
        Diagnostic.Label(range(0, 1), "another line"),
      ],
      notes: [Diagnostic.Note("why"), Diagnostic.Note("elsewhere", at: other)],
      help: ["do something"], fix: Diagnostic.Fix(range(18, 19), "g*v"))
    #expect(
      DiagnosticPrinter().text(of: diagnostic) == """
        a.model:2:7: warning: a message [a-test]
        1 | I : A/m^2
        2 | x = I + v
          |     - ^ - V
          |     A/m^2
          = note: another line at 1:1
          = note: why
          = note: elsewhere at b.model:1:1
          = fix: replace `v` with `g*v`
          = help: do something

        """)
  }

  @Test("copies tabs, so that the caret stands under its place")
  func tabs() {
    #expect(text("\tx\ty", 3, 4).hasSuffix("1 | \tx\ty\n  | \t \t^\n"))
  }

  @Test("counts characters, not bytes")
  func characters() {
    #expect(text("é = ü + z", 10, 11).hasPrefix("a.model:1:9:"))
  }

  @Test("cuts a long line around the caret")
  func longLine() {
    let source = String(repeating: "a", count: 100_000) + "!" + String(repeating: "b", count: 99)
    let lines = text(source, 100_000, 100_001).split(separator: "\n")
    #expect(lines[0].hasPrefix("a.model:1:100001:"))
    #expect(lines.allSatisfy { $0.count < 140 })
    let column = Array(lines[1]).firstIndex(of: "!")
    let caret = Array(lines[2]).firstIndex(of: "^")
    #expect(column != nil)
    #expect(column == caret)
  }

  @Test("cuts a word that would hide the rest")
  func longWord() {
    let name = String(repeating: "n", count: 1_000_000)
    let file = SourceFile(path: "a.model", text: name)
    let printed = DiagnosticPrinter().text(
      of: Diagnostic(
        id: "x", "unknown name `\(name)` here", at: file.range, help: ["not `\(name)`"]))
    #expect(printed.count < 1000)
    #expect(printed.contains("unknown name `nnn"))
    #expect(printed.contains("n` here [x]"))
  }

  @Test("leaves out line breaks of other systems and the byte order mark")
  func lineBreaks() {
    let printed = text("\u{FEFF}one\r\ntwo\r\n", 3, 6)
    #expect(printed.hasPrefix("a.model:1:1:"))
    #expect(printed.hasSuffix("1 | one\n  | ^~~\n"))
    #expect(text("one\r\ntwo\r\n", 5, 8).contains("1 | one\n2 | two\n"))
  }

  @Test("replaces what could disturb a terminal")
  func controlCharacters() {
    let printed = text("a\u{1B}[31m\u{0}\u{202E}b", 0, 1)
    #expect(!printed.contains("\u{1B}"))
    #expect(!printed.contains("\u{0}"))
    #expect(!printed.contains("\u{202E}"))
  }

  @Test("survives any bytes and any range", arguments: 0..<200)
  func anything(seed: Int) {
    var bits = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: Int) -> Int {
      bits ^= bits << 13
      bits ^= bits >> 7
      bits ^= bits << 17
      return Int(bits % UInt64(bound))
    }
    let bytes = (0..<next(400)).map { _ in [10, 13, 9, 0, 0xC3, 0xFF, 65, 0xE2][next(8)] as UInt8 }
    let file = SourceFile(path: "x", bytes: bytes)
    let printed = text(file, next(450) - 20, next(450) - 20)
    #expect(printed.hasPrefix("x:"))
  }

  @Test("an empty file has a position and no snippet")
  func empty() {
    #expect(text("", 0, 0) == "a.model:1:1: error: a message [a-test]\n")
  }
}
