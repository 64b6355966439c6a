import Diagnostics

/// Reads the sentences of an account.
struct AccountReader {
  let reductions: [NamedReduction]
  let problems: ProblemList

  /// The sentences; reports those that name what is not reduced.
  func sentences(_ node: YamlNode) -> [AccountSentence] {
    guard let elements = node.elements else {
      problems.error(
        "`account` is a list of sentences, found \(node.kindInWords)", id: "wrong-type",
        at: node.range, help: "for example `- arterial plasma peaks at {plasma_peak}`")
      return []
    }
    return elements.compactMap { element in
      problems.text(element, "a sentence of `account`").flatMap { sentence($0, at: element.range) }
    }
  }

  private func sentence(_ text: String, at range: SourceRange) -> AccountSentence? {
    var parts: [AccountSentence.Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else {
        problems.error("this `{` has no `}`", id: "unterminated-brace", at: range)
        return nil
      }
      let name = String(rest[rest.index(after: open)..<close])
      guard let reduction = reductions.firstIndex(where: { $0.name == name }) else {
        let nearest = problems.nearest(to: name, among: reductions.map(\.name))
        problems.error(
          "there is no reduction `\(shortened(name))`", id: "unknown-reduction", at: range,
          help: nearest.map { "did you mean `\($0)`?" } ?? "add it to `reduce`")
        return nil
      }
      parts.append(.value(reduction))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return AccountSentence(parts: parts, written: text)
  }
}
