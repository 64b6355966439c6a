import Diagnostics
import ModelLanguage
import Simulations
import Solvers
import Units

/// Reads how the equations are solved.
struct SolverReader {
  let scope: ModelScope
  let problems: ProblemList

  static let keys = [
    "method", "relative_tolerance", "absolute_tolerance", "step", "initial_step", "maximum_step",
    "maximum_steps",
  ]

  func settings(_ node: YamlNode) -> SolverSettings {
    var settings = SolverSettings.standard
    guard let table = TableReader(node, name: "`solver`", keys: Self.keys, problems: problems)
    else { return settings }
    if let node = table["method"],
      let name = problems.word(node, "`method`", among: MethodChoice.names),
      let method = MethodChoice(parsing: name)
    {
      settings.method = method
      settings.methodName = name
    }
    if let node = table["relative_tolerance"],
      let value = problems.positiveNumber(node, "`relative_tolerance`")
    {
      if value < 1e-14 {
        problems.error(
          "`relative_tolerance` is below what numbers of 16 digits can tell", id: "out-of-range",
          at: node.range, help: "the smallest that makes sense is 1e-14")
      } else if value < 1 {
        settings.relativeTolerance = value
      } else {
        problems.error(
          "`relative_tolerance` has to be below 1", id: "out-of-range", at: node.range)
      }
    }
    if let node = table["absolute_tolerance"] { readAbsolute(node, &settings) }
    settings.step = table["step"].flatMap { problems.positiveTime($0, "`step`") }
    if case .named(let method) = settings.method, !method.isAdaptive, !table.has("step"),
      let node = table["method"]
    {
      problems.error(
        "`\(settings.methodName)` has a fixed step, and `solver` has no `step`",
        id: "missing-key", at: node.range, help: "for example `step: 1 ms`")
    }
    settings.initialStep = table["initial_step"].flatMap {
      problems.positiveTime($0, "`initial_step`")
    }
    settings.maximumStep = table["maximum_step"].flatMap {
      problems.positiveTime($0, "`maximum_step`")
    }
    if let node = table["maximum_steps"],
      let value = problems.integer(node, "`maximum_steps`", in: 1...1_000_000_000_000)
    {
      settings.maximumSteps = value
    }
    return settings
  }

  private func readAbsolute(_ node: YamlNode, _ settings: inout SolverSettings) {
    guard let entries = node.entries else {
      settings.absoluteTolerance = problems.positiveNumber(node, "`absolute_tolerance`")
      return
    }
    let paths = scope.model.states.map(\.declaration.path)
    for entry in entries {
      guard let state = paths.firstIndex(of: entry.key) else {
        let nearest = problems.nearest(to: entry.key, among: paths)
        problems.error(
          "the model has no state `\(shortened(entry.key))`", id: "unknown-state",
          at: entry.keyRange, help: nearest.map { "did you mean `\($0)`?" })
        continue
      }
      let unit = scope.model.states[state].declaration.unit
      guard let value = problems.quantity(entry.value, "`\(entry.key)`", like: unit) else {
        continue
      }
      guard value.value > 0 else {
        problems.error(
          "a tolerance has to be positive", id: "out-of-range", at: entry.value.range)
        continue
      }
      settings.stateTolerances.append((state, value))
    }
  }
}
