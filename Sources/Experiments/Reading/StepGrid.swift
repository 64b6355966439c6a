import Diagnostics

/// The ends of the steps of a circuit: the only times at which it can be looked at or changed.
struct StepGrid {
  let step: WrittenQuantity

  /// The grid of a step that may not be known.
  init?(_ step: WrittenQuantity?) {
    guard let step else { return nil }
    self.step = step
  }

  /// Whether a time is the end of a step; reports one that is not.
  ///
  /// A millionth of a step is rounding.
  func check(
    _ time: WrittenQuantity, _ name: String, at range: SourceRange, problems: ProblemList
  ) -> Bool {
    let count = time.value / step.value
    guard count.isFinite, abs(count - count.rounded()) > 1e-6 * max(1, abs(count)) else {
      return true
    }
    problems.error(
      "\(name) is \(time.text), no whole number of steps of \(step.text)",
      id: "step-does-not-fit", at: range)
    return false
  }
}
