import Diagnostics

/// Reads the sentences of an account, with reductions in braces.
struct AccountReader {
  let reductions: [String]
  let problems: ProblemList

  func sentences(_ node: YamlNode) -> [AccountSentence] {
    guard let elements = node.elements else {
      problems.error(
        "`account` is a list of sentences, found \(node.kindInWords)", id: "wrong-type",
        at: node.range, help: "for example `- \"plasma peaks at {peak}\"`")
      return []
    }
    return elements.compactMap { element in
      problems.text(element, "a sentence").flatMap { sentence($0, at: element.range) }
    }
  }

  private func sentence(_ text: String, at range: SourceRange) -> AccountSentence? {
    var parts: [AccountSentence.Part] = []
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else {
        problems.error("a brace is not closed", id: "bad-sentence", at: range)
        return nil
      }
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      let name = String(rest[rest.index(after: open)..<close])
      guard let index = reductions.firstIndex(of: name) else {
        let nearest = problems.nearest(to: name, among: reductions)
        problems.error(
          "there is no reduction `\(shortened(name))`", id: "unknown-reduction", at: range,
          help: nearest.map { "did you mean `\($0)`?" }
            ?? (reductions.isEmpty ? "add `reduce`" : "they are \(listed(reductions))"))
        return nil
      }
      parts.append(.value(index))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return AccountSentence(parts: parts, written: text)
  }
}
