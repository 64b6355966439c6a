import Foundation

/// A tree of texts, numbers, lists and ordered tables: the resolved experiment before it is
/// printed as YAML or JSON.
public indirect enum PlainValue: Sendable, Hashable {
  case text(String)
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  case list([PlainValue])
  case table([Entry])

  public struct Entry: Sendable, Hashable {
    public var key: String
    public var value: PlainValue

    public init(_ key: String, _ value: PlainValue) {
      self.key = key
      self.value = value
    }
  }

  /// The value as JSON, indented by two spaces, with the order of keys kept.
  public func json() -> String { json(indentation: "") }

  /// The value as a YAML document.
  public func yaml() -> String {
    switch self {
    case .table, .list: yaml(indentation: "").drop { $0 == "\n" } + "\n"
    default: inline() + "\n"
    }
  }

  private func json(indentation: String) -> String {
    let inner = indentation + "  "
    switch self {
    case .text(let text): return quoted(text)
    case .integer(let value): return "\(value)"
    case .number(let value): return value.isFinite ? "\(value)" : "null"
    case .boolean(let value): return "\(value)"
    case .list(let values):
      if values.isEmpty { return "[]" }
      let lines = values.map { inner + $0.json(indentation: inner) }
      return "[\n" + lines.joined(separator: ",\n") + "\n" + indentation + "]"
    case .table(let entries):
      if entries.isEmpty { return "{}" }
      let lines = entries.map { inner + quoted($0.key) + ": " + $0.value.json(indentation: inner) }
      return "{\n" + lines.joined(separator: ",\n") + "\n" + indentation + "}"
    }
  }

  /// The value as YAML after a key or a dash.
  private func yaml(indentation: String) -> String {
    switch self {
    case .table(let entries) where !entries.isEmpty:
      return entries.map {
        "\n" + indentation + key($0.key) + ":" + $0.value.yamlAfterKey(indentation: indentation)
      }.joined()
    case .list(let values) where !values.isEmpty && !isFlat:
      return values.map { value in
        "\n" + indentation + "-"
          + (value.isFlat
            ? " " + value.inline() : value.yaml(indentation: indentation + "  "))
      }.joined()
    default: return " " + inline()
    }
  }

  private func yamlAfterKey(indentation: String) -> String {
    isFlat ? " " + inline() : yaml(indentation: indentation + "  ")
  }

  /// Whether the value is written on one line.
  private var isFlat: Bool {
    switch self {
    case .list(let values):
      values.allSatisfy(\.isAtom) || values.count <= 3 && values.allSatisfy(\.isFlatList)
    case .table(let entries): entries.isEmpty
    default: true
    }
  }

  private var isFlatList: Bool {
    if case .list(let values) = self { values.allSatisfy(\.isAtom) } else { isAtom }
  }

  private var isAtom: Bool {
    switch self {
    case .list, .table: false
    default: true
    }
  }

  private func inline() -> String {
    switch self {
    case .text(let text): quoted(text)
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .list(let values): "[" + values.map { $0.inline() }.joined(separator: ", ") + "]"
    case .table(let entries):
      "{" + entries.map { key($0.key) + ": " + $0.value.inline() }.joined(separator: ", ") + "}"
    }
  }

  private func key(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_"
          || $0 == ".")
    }
    return isPlain && !text.isEmpty && text.first?.isLetter == true ? text : quoted(text)
  }
}

/// A text in double quotes with the escapes that JSON and YAML share.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F:
      result += String(format: "\\u%04x", scalar.value)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
