import Diagnostics
import ModelLanguage
import Simulations
import Units

/// Reads reductions such as `max(drug.plasma, 20 h, 28 h)`.
struct ReductionReader {
  let scope: ModelScope
  let expressions: ExpressionReader
  let problems: ProblemList
  /// The run in s, or `nil` when it is not known.
  let run: ClosedRange<Double>?
  /// The circuit that is run, if it is one: its reductions are of populations.
  var circuit: Circuit?

  static let functions: [(name: String, kind: Reduction.Kind)] = [
    ("max", .maximum), ("min", .minimum), ("mean", .mean), ("integral", .integral),
    ("final", .final), ("at", .at), ("time_of_max", .timeOfMaximum),
    ("time_of_min", .timeOfMinimum), ("first_time", .firstTime), ("time_while", .timeWhile),
  ]

  func reductions(_ node: YamlNode) -> [NamedReduction] {
    guard let entries = node.entries else {
      problems.error(
        "`reduce` is a table of names and expressions, found \(node.kindInWords)",
        id: "wrong-type", at: node.range, help: "for example `reduce: {peak: max(drug.plasma)}`")
      return []
    }
    return entries.compactMap { entry in
      guard problems.checkName(entry.key, "a reduction", at: entry.keyRange),
        let text = problems.text(entry.value, "`\(entry.key)`")
      else { return nil }
      return reduction(text, name: entry.key, at: entry.value.range)
    }
  }

  /// One reduction; the range is that of the text.
  func reduction(_ text: String, name: String, at range: SourceRange) -> NamedReduction? {
    if let circuit {
      return populationReduction(text, name: name, of: circuit, at: range)
    }
    let call = FunctionCall(text)
    let names = Self.functions.map(\.name)
    guard let call else {
      problems.error(
        "`\(name)` is a function of a variable, found `\(shortened(text))`",
        id: "not-a-reduction", at: range,
        help: "write one of \(listed(names)), as in `max(x)` or `mean(x, 1 h, 2 h)`")
      return nil
    }
    guard let kind = Self.functions.first(where: { $0.name == call.name })?.kind else {
      let nearest = problems.nearest(to: call.name, among: names)
      problems.error(
        "there is no reduction `\(shortened(call.name))`", id: "unknown-reduction",
        at: call.nameRange(in: range),
        help: nearest.map { "did you mean `\($0)`?" } ?? "they are \(listed(names))")
      return nil
    }
    guard checkArguments(of: call, kind, at: range) else { return nil }
    let variable = call.arguments[0]
    guard
      let expression = quantity(of: kind, variable.text, at: variable.range(in: range)),
      let window = window(call, kind: kind, at: range)
    else { return nil }
    return NamedReduction(
      name: name, text: text,
      reduction: Reduction(
        kind: kind, expression: expression.value, from: window.lowerBound, to: window.upperBound),
      unit: unit(kind, expression.unit))
  }

  /// What is reduced: a number, or the margin of a condition.
  private func quantity(
    of kind: Reduction.Kind, _ text: String, at range: SourceRange
  ) -> ExpressionReader.Typed? {
    guard kind == .firstTime || kind == .timeWhile else {
      return expressions.expression(text, at: range)
    }
    guard let condition = expressions.truth(text, at: range) else { return nil }
    guard let margin = condition.margin else {
      problems.error(
        "a condition that is watched has no `==` and no `!=`", id: "not-watchable", at: range,
        help: "write a comparison such as `x > 1 mg/L`")
      return nil
    }
    return ExpressionReader.Typed(value: margin, unit: .second)
  }

  /// Whether a call has as many arguments as it needs; reports one that has not.
  func checkArguments(
    of call: FunctionCall, _ kind: Reduction.Kind, at range: SourceRange
  ) -> Bool {
    let count = call.arguments.count
    let isFitting =
      kind == .at ? count == 2 : (kind == .final ? count == 1 : count == 1 || count == 3)
    if isFitting { return true }
    let form =
      switch kind {
      case .at: "`at(x, 1 h)`"
      case .final: "`final(x)`"
      case .firstTime, .timeWhile: "`\(call.name)(x > y)` or `\(call.name)(x > y, 1 h, 2 h)`"
      default: "`\(call.name)(x)` or `\(call.name)(x, 1 h, 2 h)`"
      }
    problems.error(
      "`\(call.name)` has \(count) argument\(count == 1 ? "" : "s")", id: "wrong-arguments",
      at: range, help: "write \(form)")
    return false
  }

  private func unit(_ kind: Reduction.Kind, _ unit: PhysicalUnit) -> PhysicalUnit {
    switch kind {
    case .timeOfMaximum, .timeOfMinimum, .firstTime, .timeWhile: .second
    case .integral: unit.multiplied(by: .second)
    default: unit
    }
  }

  /// The times behind the first argument, checked against the run.
  func window(
    _ call: FunctionCall, kind: Reduction.Kind, at range: SourceRange
  ) -> ClosedRange<Double>? {
    var times: [(value: WrittenQuantity, range: SourceRange)] = []
    for argument in call.arguments.dropFirst() {
      let place = argument.range(in: range)
      let node = YamlNode(content: .scalar(argument.text, isQuoted: false), range: place)
      guard let time = problems.quantity(node, "the window", like: .second) else { return nil }
      times.append((time, place))
    }
    guard let run else { return nil }
    for time in times where !run.contains(time.value.value) {
      problems.error(
        "the window reaches \(time.value.text), outside the run", id: "outside-run",
        at: time.range,
        help: "the run lasts from 0 to \(PhysicalUnit.second.text(ofSI: run.upperBound))")
      return nil
    }
    switch times.count {
    case 0: return kind == .final ? run.upperBound...run.upperBound : 0...run.upperBound
    case 1: return times[0].value.value...times[0].value.value
    default:
      guard times[0].value.value < times[1].value.value else {
        problems.error(
          "the window ends at \(times[1].value.text), not after its beginning at "
            + times[0].value.text, id: "range-reversed", at: times[1].range)
        return nil
      }
      return times[0].value.value...times[1].value.value
    }
  }
}
