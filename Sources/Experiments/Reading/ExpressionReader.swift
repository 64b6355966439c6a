import Diagnostics
import ModelLanguage
import Units

/// Reads expressions over the names of a model.
struct ExpressionReader {
  private let names: ModelNames
  let problems: ProblemList

  init(model: Model, problems: ProblemList) {
    names = ModelNames(model)
    self.problems = problems
  }

  struct Typed {
    var value: Expression
    var unit: PhysicalUnit
  }

  /// An expression; reports what is wrong with it at its place.
  func expression(_ text: String, at range: SourceRange) -> Typed? {
    let place = part(of: range, offset: 0, length: text.utf8.count)
    let (found, diagnostics) = ModelExpression.number(text, in: names, at: place)
    for diagnostic in diagnostics { problems.add(diagnostic) }
    return found.map { Typed(value: $0.value, unit: $0.unit) }
  }

  /// A condition, as a number that is positive where it holds.
  func condition(_ text: String, at range: SourceRange) -> Expression? {
    truth(text, at: range).map { .conditional($0, then: .number(1), otherwise: .number(0)) }
  }

  /// A condition; reports what is wrong with it at its place.
  func truth(_ text: String, at range: SourceRange) -> Expression.Condition? {
    let place = part(of: range, offset: 0, length: text.utf8.count)
    let (found, diagnostics) = ModelExpression.condition(text, in: names, at: place)
    for diagnostic in diagnostics { problems.add(diagnostic) }
    return found
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
      let place = part(of: node.range, offset: 0, length: text.utf8.count)
      if let problem = ModelExpression.unitOrName(text, in: names, at: place) {
        problems.add(problem)
        return nil
      }
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
}
