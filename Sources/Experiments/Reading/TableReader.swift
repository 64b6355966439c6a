import Diagnostics

/// Reads the settings of one YAML table and reports what does not belong there.
struct TableReader {
  let node: YamlNode
  /// What the table is, such as "a dose".
  let name: String
  let problems: ProblemList
  private let entries: [String: YamlNode.Entry]
  /// Settings that an unknown key probably means, so that they are not reported as missing.
  private let suggested: Set<String>

  /// Reports unknown keys at once; `nil` when the node is no table.
  init?(_ node: YamlNode, name: String, keys: [String], problems: ProblemList) {
    guard let entries = node.entries else {
      problems.error(
        "\(name) is a table of settings, found \(node.kindInWords)", id: "wrong-type",
        at: node.range,
        help: keys.isEmpty ? nil : "its settings are \(listed(keys))")
      return nil
    }
    var known: [String: YamlNode.Entry] = [:]
    var suggested: Set<String> = []
    for entry in entries {
      if keys.contains(entry.key) {
        known[entry.key] = entry
      } else {
        let nearest = problems.nearest(to: entry.key, among: keys)
        if let nearest { suggested.insert(nearest) }
        problems.error(
          "unknown setting `\(shortened(entry.key))` in \(name)", id: "unknown-key",
          at: entry.keyRange,
          help: nearest.map { "did you mean `\($0)`?" } ?? "its settings are \(listed(keys))")
      }
    }
    self.node = node
    self.name = name
    self.problems = problems
    self.entries = known
    self.suggested = suggested
  }

  /// The value of a setting, or `nil` when it is not there.
  subscript(key: String) -> YamlNode? { entries[key]?.value }

  /// Whether a setting is there.
  func has(_ key: String) -> Bool { entries[key] != nil }

  /// The value of a setting that has to be there.
  func required(_ key: String, help: String? = nil) -> YamlNode? {
    if let entry = entries[key] { return entry.value }
    if suggested.contains(key) { return nil }
    problems.error(
      "\(name) has no `\(key)`", id: "missing-key", at: node.range, help: help)
    return nil
  }

  /// Reports when more than one of some settings is there.
  func exclusive(_ keys: [String]) {
    let present = keys.filter { has($0) }
    guard present.count > 1, let entry = entries[present[1]] else { return }
    problems.error(
      "\(name) has both `\(present[0])` and `\(present[1])`", id: "conflicting-keys",
      at: entry.keyRange, help: "leave one out")
  }
}

/// Words in backticks, separated by commas.
func listed(_ names: [String], limit: Int = 12) -> String {
  let shown = names.prefix(limit).map { "`\($0)`" }.joined(separator: ", ")
  return names.count > limit ? shown + ", … (\(names.count) in all)" : shown
}
