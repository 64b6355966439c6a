import Diagnostics
import ModelLanguage
import Units

/// Checks a sweep against the rest of its experiment, once the seed is known.
struct SweepCheck {
  let experiment: Experiment
  let sweep: Sweep
  let problems: ProblemList

  func check(_ node: YamlNode) {
    let place = axisRanges(node)
    for (index, axis) in sweep.axes.enumerated() {
      let range = place[axis.path] ?? node.range
      var allowed: ClosedRange<Double>?
      switch axis.target {
      case .parameter(let parameter):
        checkNotSet(parameter, axis, at: range)
        allowed = experiment.model.parameters[parameter].allowed
      case .dose(let setting): allowed = setting.allowed
      case .replay: break
      }
      guard case .distribution(let distribution) = axis.form, let allowed else { continue }
      let bounds = distribution.bounds
      if allowed.contains(bounds.lowerBound) && allowed.contains(bounds.upperBound) { continue }
      checkDraws(index, axis, allowed: allowed, at: range)
    }
  }

  /// Where each axis stands in the file; the axes of a table stand elsewhere.
  private func axisRanges(_ node: YamlNode) -> [String: SourceRange] {
    let parameters = node.entries?.first { $0.key == "parameters" }?.value.entries ?? []
    return Dictionary(
      parameters.map { ($0.key, $0.keyRange) }, uniquingKeysWith: { first, _ in first })
  }

  private func checkNotSet(_ parameter: Int, _ axis: SweepAxis, at range: SourceRange) {
    let isShared = experiment.parameters.contains { $0.parameter == parameter }
    let arm = experiment.arms.first { arm in
      arm.parameters.contains { $0.parameter == parameter }
    }
    guard isShared || arm != nil else { return }
    problems.error(
      "`\(axis.path)` is varied here and set under `parameters`"
        + (isShared ? "" : " of the arm `\(arm?.name ?? "")`"), id: "swept-parameter", at: range,
      help: "leave one out")
  }

  /// Unbounded distributions may leave the range that the model allows: then no run begins.
  private func checkDraws(
    _ index: Int, _ axis: SweepAxis, allowed: ClosedRange<Double>, at range: SourceRange
  ) {
    let values = SweepPoints(sweep, seed: experiment.seed).values(onAxis: index)
    let outside = values.count { !allowed.contains($0) }
    guard outside > 0 else { return }
    let limits =
      allowed.upperBound == .infinity
      ? "at least \(axis.unit.text(ofSI: max(0, allowed.lowerBound)))"
      : "\(axis.unit.text(ofSI: allowed.lowerBound)) to "
        + axis.unit.text(ofSI: allowed.upperBound)
    problems.error(
      "\(outside) of \(values.count) values of `\(axis.path)` are outside the range that the "
        + "model allows, \(limits)", id: "outside-allowed-range", at: range,
      help: "cut it off with `truncated: [low, high]`, or use a narrower distribution")
  }
}
