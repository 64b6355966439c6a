import Diagnostics

/// Reads which results may have no value, or an infinite one, without the run having failed.
struct MissingValueReader {
  /// The names of what is recorded and reduced.
  let results: [String]
  let problems: ProblemList

  init(_ experiment: Experiment, problems: ProblemList) {
    results =
      (experiment.recording?.variables.map(\.path) ?? []) + experiment.reductions.map(\.name)
    self.problems = problems
  }

  func names(_ node: YamlNode) -> [String] {
    guard let elements = node.elements else {
      problems.error(
        "`may_lack_value` is a list of names, found \(node.kindInWords)", id: "wrong-type",
        at: node.range, help: "for example `may_lack_value: [\(results.first ?? "x")]`")
      return []
    }
    var names: [String] = []
    for element in elements {
      guard let name = problems.text(element, "a result") else { continue }
      if names.contains(name) {
        problems.error("`\(name)` stands here twice", id: "duplicate-name", at: element.range)
      } else if results.contains(name) {
        names.append(name)
      } else {
        let nearest = nearestName(to: name, among: results).map { "did you mean `\($0)`?" }
        problems.error(
          "nothing called `\(name)` is recorded or reduced", id: "unknown-name",
          at: element.range, help: nearest ?? "the results are \(results.joined(separator: ", "))")
      }
    }
    return names
  }
}
