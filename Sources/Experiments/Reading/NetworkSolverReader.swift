import Diagnostics
import ModelLanguage
import Solvers
import Units

/// Reads how the cells of a circuit are stepped.
struct NetworkSolverReader {
  let problems: ProblemList
  /// The end of the run in s, or `nil` when it is not known.
  let duration: Double?

  static let keys = ["method", "step"]

  /// Reads the settings; reports a step that is missing or does not fit the duration.
  ///
  /// - Parameters:
  ///   - node: The value of `solver`, or `nil` if there is none.
  ///   - range: Where the experiment is, for what is missing.
  ///   - network: What receives the settings.
  func read(_ node: YamlNode?, at range: SourceRange, into network: inout NetworkSubject?) {
    let help = "for example `solver: {step: 0.1 ms}`"
    guard let node else {
      problems.error(
        "a circuit is stepped with a fixed step, and there is no `solver` with it",
        id: "missing-key", at: range, help: help)
      return
    }
    guard let table = TableReader(node, name: "`solver`", keys: Self.keys, problems: problems)
    else { return }
    if let method = table["method"],
      let name = problems.word(method, "`method`", among: CellMethod.allCases.map(\.rawValue))
    {
      network?.method = CellMethod(rawValue: name) ?? .exponentialEuler
    }
    guard let stepNode = table.required("step", help: help),
      let step = problems.positiveTime(stepNode, "`step`")
    else { return }
    if let duration {
      let count = duration / step.value
      if count.rounded() < 1 {
        problems.error(
          "the run is shorter than one step of \(step.text)", id: "step-does-not-fit",
          at: stepNode.range)
      } else if abs(count - count.rounded()) > 1e-6 * max(1, count) {
        problems.error(
          "the duration is no whole number of steps of \(step.text)", id: "step-does-not-fit",
          at: stepNode.range)
      } else if count > 1e12 {
        problems.error(
          "the run would take \(decimalText(count, significantDigits: 3)) steps",
          id: "too-many-steps", at: stepNode.range)
      }
    }
    network?.step = step
  }
}
