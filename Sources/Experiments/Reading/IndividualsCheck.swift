import Diagnostics
import ModelLanguage
import Units

/// Checks individuals against the rest of their experiment, once the seed is known.
struct IndividualsCheck {
  let experiment: Experiment
  let cohort: Cohort
  let problems: ProblemList

  func check(_ node: YamlNode) {
    let entries = node.entries?.first { $0.key == "parameters" }?.value.entries ?? []
    for (axis, entry) in zip(cohort.draws.axes, entries) {
      guard case .parameter(let parameter) = axis.target, !axis.isRelative else { continue }
      checkNotSet(parameter, axis.path, at: entry.keyRange)
    }
    guard !problems.hasErrors else { return }
    checkRanges(entries)
  }

  /// Reports a parameter whose value individuals replace and something else sets.
  private func checkNotSet(_ parameter: Int, _ path: String, at range: SourceRange) {
    let isSwept = experiment.sweep?.axes.contains { $0.target == .parameter(parameter) } ?? false
    let isSet =
      (experiment.parameters + experiment.arms.flatMap(\.parameters)).contains {
        $0.parameter == parameter
      }
    let isCovariate =
      experiment.eventTable?.individuals.contains { individual in
        individual.covariates.contains { $0.parameter == parameter }
      } ?? false
    let other =
      isSwept
      ? "in the sweep" : (isSet ? "under `parameters`" : (isCovariate ? "in the table" : nil))
    guard let other else { return }
    problems.error(
      "`\(path)` is drawn for each individual and set \(other)", id: "conflicting-keys", at: range,
      help: "write `{log_normal: typical, cv: …}` to vary around that value, or leave one out")
  }

  /// Reports values that the model does not allow: then no run begins.
  private func checkRanges(_ entries: [YamlNode.Entry]) {
    let plan = RunPlan(experiment)
    for (axis, entry) in zip(cohort.draws.axes, entries) {
      guard case .parameter(let parameter) = axis.target,
        let allowed = experiment.model.parameters[parameter].allowed
      else { continue }
      let unit = experiment.model.parameters[parameter].declaration.unit
      let individuals = 0..<plan.individualCount
      let outside = individuals.count { individual in
        (0..<plan.armCount).contains { arm in
          let run = (arm * plan.individualCount + individual) * plan.pointCount
          return !allowed.contains(plan.parameters(of: run)[parameter])
        }
      }
      guard outside > 0 else { continue }
      problems.error(
        "\(outside) of \(plan.individualCount) individuals have a `\(axis.path)` outside the range "
          + "that the model allows, \(unit.text(ofSI: allowed.lowerBound)) to "
          + unit.text(ofSI: allowed.upperBound), id: "outside-allowed-range", at: entry.keyRange,
        help: axis.isRelative
          ? "use a smaller `cv`" : "cut it off with `truncated: [low, high]`")
    }
  }
}
