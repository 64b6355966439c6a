import Diagnostics
import ModelLanguage
import Units

/// Reads named conditions over reductions.
struct VerdictReader {
  let reductions: [NamedReduction]
  let problems: ProblemList

  /// The largest number of verdicts, so that one fits into eight bits.
  static let limit = 100

  func verdict(_ node: YamlNode) -> Verdict? {
    guard let elements = node.elements else {
      problems.error(
        "`verdict` is a list of named conditions, found \(node.kindInWords)", id: "wrong-type",
        at: node.range,
        help: "for example `- reset: burst < 0.1`, and at the end `- otherwise: relapse`")
      return nil
    }
    guard elements.count <= Self.limit else {
      problems.error(
        "`verdict` has more than \(Self.limit) cases", id: "out-of-range", at: node.range)
      return nil
    }
    let reader = ExpressionReader(model: reductionModel(reductions), problems: problems)
    var cases: [Verdict.Case] = []
    var otherwise: String?
    for (index, element) in elements.enumerated() {
      guard let entries = element.entries, entries.count == 1, let entry = entries.first,
        let text = problems.text(entry.value, "`\(entry.key)`")
      else {
        problems.error(
          "a verdict is one name and its condition, found \(element.kindInWords)",
          id: "wrong-type", at: element.range)
        continue
      }
      if entry.key == "otherwise" {
        guard index == elements.count - 1 else {
          problems.error(
            "`otherwise` comes last", id: "unreachable-verdict", at: entry.keyRange)
          continue
        }
        if problems.checkName(text, "a verdict", at: entry.value.range) { otherwise = text }
        continue
      }
      guard problems.checkName(entry.key, "a verdict", at: entry.keyRange),
        let condition = reader.condition(text, at: entry.value.range)
      else { continue }
      cases.append(Verdict.Case(name: entry.key, text: text, condition: condition))
    }
    guard let otherwise else {
      problems.error(
        "`verdict` does not end in `otherwise`", id: "missing-key", at: node.range,
        help: "say what holds when no condition does, as in `- otherwise: no_response`")
      return nil
    }
    let names = cases.map(\.name) + [otherwise]
    for (index, name) in names.enumerated() where names.prefix(index).contains(name) {
      problems.error("the verdict `\(name)` is there twice", id: "duplicate-name", at: node.range)
      return nil
    }
    return Verdict(cases: cases, otherwise: otherwise)
  }
}

/// A model whose parameters are reductions, so that expressions over them are read and checked
/// like any others.
func reductionModel(_ reductions: [NamedReduction]) -> Model {
  let file = SourceFile(path: "reductions", text: "")
  let range = SourceRange(file: file, lowerBound: 0, upperBound: 0)
  return Model(
    name: "reductions",
    parameters: reductions.map { reduction in
      Parameter(
        declaration: Declaration(path: reduction.name, unit: reduction.unit, range: range),
        defaultValue: .number(0), provenance: .derived)
    })
}
