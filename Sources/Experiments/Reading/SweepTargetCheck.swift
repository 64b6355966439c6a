import Diagnostics
import Units

/// What the values of a sweep axis have to fit.
struct SweepTargetCheck {
  var path: String
  var target: SweepAxis.Target
  var unit: PhysicalUnit
  /// Other dimensions that are understood, such as an amount per body mass.
  var alternatives: [Dimensions]
  var allowed: ClosedRange<Double>?

  /// Whether values may have these dimensions.
  func accepts(_ dimensions: Dimensions) -> Bool {
    dimensions == unit.dimensions || alternatives.contains(dimensions)
  }

  /// Whether a value is allowed; reports one that is not.
  func check(
    _ value: Double, text: String, at range: SourceRange, problems: ProblemList
  ) -> Bool {
    if target.isWhole, value.rounded() != value {
      problems.error(
        "`\(path)` takes whole numbers, found \(text)", id: "wrong-type", at: range)
      return false
    }
    guard let allowed, !allowed.contains(value) else { return true }
    let limit =
      value < allowed.lowerBound
      ? "at least \(unit.text(ofSI: allowed.lowerBound))"
      : "at most \(unit.text(ofSI: allowed.upperBound))"
    let bound =
      allowed.lowerBound == .leastNonzeroMagnitude && value < allowed.lowerBound
      ? "above 0" : limit
    problems.error(
      "`\(path)` has to be \(bound), found \(text)", id: "outside-allowed-range", at: range)
    return false
  }
}

extension YamlNode {
  /// The node as written, for the resolved experiment.
  var plain: PlainValue {
    switch content {
    case .scalar(let text, _): .text(text)
    case .sequence(let elements): .list(elements.map(\.plain))
    case .mapping(let entries):
      .table(entries.map { PlainValue.Entry($0.key, $0.value.plain) })
    }
  }
}
