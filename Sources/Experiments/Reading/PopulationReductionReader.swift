import Diagnostics
import ModelLanguage
import Simulations
import Units

/// Reads reductions of populations, such as `rate(lhb, 1 s, 2 s)`.
extension ReductionReader {
  func populationReduction(
    _ text: String, name: String, of circuit: Circuit, at range: SourceRange
  ) -> NamedReduction? {
    let kinds = PopulationReduction.Kind.allCases.map(\.rawValue)
    let names =
      kinds + VariableReduction.kinds.map(\.name) + WeightReduction.Kind.allCases.map(\.rawValue)
    guard let call = FunctionCall(text) else {
      problems.error(
        "`\(name)` is a function of a population, found `\(shortened(text))`",
        id: "not-a-reduction", at: range,
        help: "write one of \(listed(names)), as in `rate(\(example(circuit)))`")
      return nil
    }
    if let kind = VariableReduction.kinds.first(where: { $0.name == call.name })?.kind {
      return variableReduction(call, kind, text, name: name, of: circuit, at: range)
    }
    if let kind = WeightReduction.Kind(rawValue: call.name) {
      return weightReduction(call, kind, text, name: name, of: circuit, at: range)
    }
    guard let kind = PopulationReduction.Kind(rawValue: call.name) else {
      let nearest = problems.nearest(to: call.name, among: names)
      problems.error(
        "there is no reduction `\(shortened(call.name))` of a population",
        id: "unknown-reduction", at: call.nameRange(in: range),
        help: nearest.map { "did you mean `\($0)`?" } ?? "they are \(listed(names, limit: 40))")
      return nil
    }
    guard call.arguments.count == 1 || call.arguments.count == 3 else {
      problems.error(
        "`\(call.name)` takes a population, and two times or none", id: "wrong-arguments",
        at: range, help: "write `\(call.name)(\(example(circuit)), 100 ms, 1 s)`")
      return nil
    }
    let argument = call.arguments[0]
    guard
      let population = PopulationNames(circuit).index(
        of: argument.text, at: argument.range(in: range), problems: problems),
      let window = window(call, kind: .mean, at: range)
    else { return nil }
    guard let unit = try? PhysicalUnit(parsing: kind.unit) else {
      preconditionFailure("the unit of `\(kind.rawValue)` is not a unit: `\(kind.unit)`")
    }
    return NamedReduction(
      name: name, text: text,
      reduction: Reduction(
        kind: .final, expression: .number(.nan), from: window.lowerBound, to: window.upperBound),
      unit: unit,
      population: PopulationReduction(
        kind: kind, population: population, from: window.lowerBound, to: window.upperBound))
  }

  /// A reduction of the weights of a projection at the end of a run, such as `weight_mean(inputs)`.
  private func weightReduction(
    _ call: FunctionCall, _ kind: WeightReduction.Kind, _ text: String, name: String,
    of circuit: Circuit, at range: SourceRange
  ) -> NamedReduction? {
    guard call.arguments.count == 1 else {
      problems.error(
        "`\(call.name)` takes a projection and nothing else", id: "wrong-arguments", at: range,
        help: "its weights are those at the end of the run")
      return nil
    }
    let argument = call.arguments[0]
    guard
      let index = ProjectionNames(circuit).index(
        of: argument.text, at: argument.range(in: range), problems: problems)
    else { return nil }
    let end = run?.upperBound ?? 0
    return NamedReduction(
      name: name, text: text,
      reduction: Reduction(kind: .final, expression: .number(.nan), from: end, to: end),
      unit: circuit.projections[index].weightDeclaration.unit,
      weights: WeightReduction(kind: kind, projection: index))
  }

  /// A reduction of a variable of cells, such as `mean(lhb.V, 1 s, 2 s)`.
  private func variableReduction(
    _ call: FunctionCall, _ kind: Reduction.Kind, _ text: String, name: String, of circuit: Circuit,
    at range: SourceRange
  ) -> NamedReduction? {
    guard checkArguments(of: call, kind, at: range) else { return nil }
    let argument = call.arguments[0]
    guard
      let variable = scope.variable(
        argument.text, at: argument.range(in: range), problems: problems)
    else { return nil }
    guard circuit.variable(variable.path) != nil else {
      problems.error(
        "`\(variable.path)` is not a variable of cells", id: "not-a-variable",
        at: argument.range(in: range))
      return nil
    }
    guard let window = window(call, kind: kind, at: range) else { return nil }
    return NamedReduction(
      name: name, text: text,
      reduction: Reduction(
        kind: kind, expression: .number(.nan), from: window.lowerBound, to: window.upperBound),
      unit: variable.unit,
      variable: VariableReduction(
        kind: kind, path: variable.path, from: window.lowerBound, to: window.upperBound))
  }

  private func example(_ circuit: Circuit) -> String {
    circuit.populations.first?.declaration.path ?? "cells"
  }
}
