import Diagnostics
import ModelLanguage
import Units

/// Checks the ranges of parameters that are not set themselves and follow from what is set.
///
/// What is set is checked where it stands. A parameter with a formula, or one that is varied around
/// a value that a sweep sets, is known only when everything has been read.
struct DerivedRangeCheck {
  let experiment: Experiment
  let problems: ProblemList

  /// Reports parameters that leave their ranges in some run.
  ///
  /// - Parameters:
  ///   - table: The experiment's keys.
  ///   - root: Where settings from outside the file are reported.
  func check(_ table: TableReader, root: YamlNode) {
    let model = experiment.model
    let candidates = model.parameters.indices.filter { index in
      model.parameters[index].allowed != nil && mayMove(index)
    }
    guard !candidates.isEmpty else { return }
    let plan = RunPlan(experiment)
    let varies = experiment.sweep?.axes.contains { axis in
      if case .parameter = axis.target { true } else { false }
    }
    let step = varies == true ? 1 : plan.pointCount
    var outside: [Int: (count: Int, value: Double)] = [:]
    for run in stride(from: 0, to: plan.count, by: step) {
      let values = plan.parameters(of: run)
      for index in candidates
      where model.parameters[index].allowed?.contains(values[index]) == false {
        outside[index, default: (0, values[index])].count += step
      }
    }
    let place =
      (varies == true ? table["sweep"] : nil) ?? table["individuals"] ?? table["table"]
      ?? table["parameters"] ?? table["arms"] ?? root
    for (index, found) in outside.sorted(by: { $0.key < $1.key }) {
      guard let allowed = model.parameters[index].allowed else { continue }
      let declaration = model.parameters[index].declaration
      problems.error(
        "`\(declaration.path)` follows from what is set, and is "
          + declaration.unit.text(ofSI: found.value, significantDigits: 6)
          + (plan.count == 1 ? "" : " in a run, and outside in \(found.count) of \(plan.count)")
          + "; the model allows \(declaration.unit.text(ofSI: allowed.lowerBound)) to "
          + declaration.unit.text(ofSI: allowed.upperBound), id: "outside-allowed-range",
        at: place.range, notes: [("the parameter is declared here", declaration.range)])
    }
  }

  /// Whether a parameter has another value than its default without being checked where it is set.
  private func mayMove(_ index: Int) -> Bool {
    let isVariedAround =
      experiment.cohort?.draws.axes.contains {
        $0.isRelative && $0.target == .parameter(index)
      } ?? false
    return isVariedAround
      || !experiment.model.parameters[index].defaultValue.references.parameters.isEmpty
  }
}
