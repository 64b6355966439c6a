import Diagnostics
import ModelLanguage
import Units

/// Applies settings from outside the file.
///
/// They win over the experiment's own parameters and over those of its arms. What a sweep varies
/// cannot be fixed at the same time.
struct OverrideReader {
  let scope: ModelScope
  let problems: ProblemList

  func apply(_ overrides: ExperimentOverrides, to experiment: inout Experiment) {
    for setting in overrides.settings {
      let text = "\(setting.path)=\(setting.value)"
      let file = SourceFile(path: "--set", text: text)
      let pathLength = setting.path.utf8.count
      let pathRange = SourceRange(file: file, lowerBound: 0, upperBound: pathLength)
      let value = YamlNode(
        content: .scalar(setting.value, isQuoted: false),
        range: SourceRange(
          file: file, lowerBound: pathLength + 1, upperBound: text.utf8.count))
      if experiment.sweep?.axes.contains(where: { $0.path == setting.path }) == true {
        problems.error(
          "`\(setting.path)` is varied by the sweep", id: "swept-parameter", at: pathRange)
        continue
      }
      if setting.path.hasPrefix("dose.") {
        setDose(setting.path, value, at: pathRange, in: &experiment)
      } else {
        setParameter(setting.path, value, at: pathRange, in: &experiment)
      }
    }
  }

  private func setParameter(
    _ path: String, _ node: YamlNode, at range: SourceRange, in experiment: inout Experiment
  ) {
    let reader = ArmReader(
      scope: scope, expressions: ExpressionReader(model: scope.model, problems: problems),
      problems: problems)
    guard let index = scope.parameter(path, at: range, problems: problems),
      let value = problems.quantity(
        node, "`\(path)`", like: scope.model.parameters[index].declaration.unit),
      reader.checkAllowed(value, index, at: node.range)
    else { return }
    let isCovariate =
      experiment.eventTable?.individuals.contains { individual in
        individual.covariates.contains { $0.parameter == index }
      } ?? false
    if isCovariate {
      problems.error(
        "`\(path)` is a column of the table, which gives each individual its own",
        id: "conflicting-keys", at: range, help: "change it there")
      return
    }
    experiment.parameters.removeAll { $0.parameter == index }
    for arm in experiment.arms.indices {
      experiment.arms[arm].parameters.removeAll { $0.parameter == index }
    }
    experiment.parameters.append(ParameterSetting(parameter: index, value: value))
  }

  private func setDose(
    _ path: String, _ node: YamlNode, at range: SourceRange, in experiment: inout Experiment
  ) {
    let settings = SweepAxis.DoseSetting.allCases.map { "dose." + $0.rawValue }
    guard let setting = SweepAxis.DoseSetting(rawValue: String(path.dropFirst(5))) else {
      let nearest = problems.nearest(to: path, among: settings)
      problems.error(
        "a dose has no `\(shortened(String(path.dropFirst(5))))`", id: "unknown-parameter",
        at: range, help: nearest.map { "did you mean `\($0)`?" } ?? "it has \(listed(settings))")
      return
    }
    guard experiment.arms.contains(where: { !$0.doses.isEmpty }) else {
      problems.error(
        "`\(path)` sets the doses, and the experiment has none", id: "no-doses", at: range)
      return
    }
    for arm in experiment.arms.indices {
      for dose in experiment.arms[arm].doses.indices {
        guard set(setting, node, in: &experiment.arms[arm].doses[dose]) else { return }
      }
    }
  }

  private func set(
    _ setting: SweepAxis.DoseSetting, _ node: YamlNode, in dose: inout Dose
  ) -> Bool {
    let unit = scope.model.routes[dose.route].declaration.unit
    switch setting {
    case .amount:
      guard let value = problems.quantity(node, "`dose.amount`"),
        let amount = DoseReader(scope: scope, problems: problems).checkAmount(
          value, unit: unit, instance: dose.instance, at: node.range)
      else { return false }
      dose.amount = amount
    case .over:
      guard let value = problems.positiveTime(node, "`dose.over`") else { return false }
      dose.delivery = .over(value)
    case .rate:
      guard
        let value = problems.quantity(node, "`dose.rate`", like: unit.divided(by: .second))
      else { return false }
      guard value.value > 0 else {
        problems.error(
          "`dose.rate` has to be above 0, found \(value.text)", id: "out-of-range", at: node.range)
        return false
      }
      dose.delivery = .rate(value)
    case .start:
      guard let value = problems.time(node, "`dose.start`") else { return false }
      dose.start = value
    case .every:
      guard let value = problems.positiveTime(node, "`dose.every`") else { return false }
      dose.every = value
    case .count:
      guard
        let value = problems.integer(node, "`dose.count`", in: 1...DoseReader.countLimit)
      else { return false }
      dose.count = value
    }
    return true
  }
}
