import Diagnostics
import ModelLanguage
import Units

/// Reads expressions over the names of a model.
struct ExpressionReader {
  let model: Model
  let problems: ProblemList

  struct Typed {
    var value: Expression
    var unit: PhysicalUnit
  }

  /// An expression; reports what is wrong with it at its place.
  ///
  /// - Parameters:
  ///   - text: The expression.
  ///   - range: Where it stands in the experiment.
  /// - Returns: The expression, or `nil` after a reported problem.
  func expression(_ text: String, at range: SourceRange) -> Typed? {
    let (typed, diagnostics) = parse(text)
    for diagnostic in diagnostics { problems.add(moved(diagnostic, from: 0, to: range)) }
    return typed
  }

  /// A condition, as a number that is positive where it holds.
  func condition(_ text: String, at range: SourceRange) -> Expression? {
    let opening = "if "
    let (typed, diagnostics) = parse(opening + text + " then 1 else 0")
    for diagnostic in diagnostics {
      problems.add(moved(diagnostic, from: opening.utf8.count, to: range))
    }
    return typed?.value
  }

  /// A value that may depend on parameters, in the dimensions of a unit.
  func runValue(_ node: YamlNode, _ name: String, like unit: PhysicalUnit) -> RunValue? {
    guard let text = node.scalar, !node.isEmpty else {
      problems.error(
        "\(name) is a number with a unit, found \(node.kindInWords)", id: "wrong-type",
        at: node.range)
      return nil
    }
    if let quantity = try? WrittenQuantity(parsing: text) {
      guard problems.check(quantity, name, like: unit, at: node.range) else { return nil }
      return RunValue(form: .constant(quantity.value), text: text)
    }
    guard let expression = expression(text, at: node.range) else { return nil }
    guard expression.unit.dimensions == unit.dimensions else {
      problems.error(
        "\(name) is \(described(unit)), found \(described(expression.unit))", id: "unit-mismatch",
        at: node.range)
      return nil
    }
    guard expression.value.dependsOnParametersOnly else {
      problems.error(
        "\(name) may depend on parameters only", id: "not-constant", at: node.range,
        help: "states and quantities change during a run")
      return nil
    }
    return RunValue(form: .expression(expression.value), text: text)
  }

  private func parse(_ text: String) -> (typed: Typed?, diagnostics: [Diagnostic]) {
    (parseStandIn(text, in: model).map { Typed(value: $0.expression, unit: $0.unit) }, [])
  }

  /// A diagnostic of the expression's own text, moved to where the expression stands.
  private func moved(
    _ diagnostic: Diagnostic, from offset: Int, to whole: SourceRange
  ) -> Diagnostic {
    let source = diagnostic.range.file
    func place(_ range: SourceRange) -> SourceRange {
      guard range.file == source else { return range }
      return part(
        of: whole, offset: max(0, range.lowerBound - offset),
        length: max(0, range.upperBound - range.lowerBound))
    }
    var result = diagnostic
    result.range = place(diagnostic.range)
    result.labels = diagnostic.labels.map { Diagnostic.Label(place($0.range), $0.text) }
    result.notes = diagnostic.notes.map { Diagnostic.Note($0.text, at: $0.range.map(place)) }
    // A fix in the file of the experiment could need quotes, so it is no longer certain.
    if let fix = diagnostic.fix {
      result.fix = nil
      result.help.append(fix.summary)
    }
    return result
  }
}
