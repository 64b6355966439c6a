import Diagnostics

/// A node of a YAML document with the place it stands at.
struct YamlNode {
  enum Content {
    case scalar(String, isQuoted: Bool)
    case mapping([Entry])
    case sequence([YamlNode])
  }

  /// A key and its value, in the order of the file.
  struct Entry {
    var key: String
    var keyRange: SourceRange
    var value: YamlNode
  }

  var content: Content
  /// The text of a scalar; the first character of anything else.
  var range: SourceRange

  /// The text of a scalar.
  var scalar: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// The entries of a mapping.
  var entries: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// The elements of a list.
  var elements: [YamlNode]? {
    if case .sequence(let elements) = content { elements } else { nil }
  }

  /// Whether the value was left empty or is the word that YAML has for nothing.
  var isEmpty: Bool {
    if case .scalar(let text, isQuoted: false) = content {
      return text.isEmpty || text == "~" || text == "null"
    }
    return false
  }

  /// What it is, for messages.
  var kindInWords: String {
    switch content {
    case .scalar(let text, _): isEmpty ? "nothing" : "`\(shortened(text))`"
    case .mapping: "a table of settings"
    case .sequence: "a list"
    }
  }
}

/// A text cut to a length that fits into a message, on one line.
func shortened(_ text: String, to limit: Int = 60) -> String {
  let line = text.prefix { !$0.isNewline }
  if line.count == text.count && text.count <= limit { return text }
  return line.prefix(limit) + "…"
}
