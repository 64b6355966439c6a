import Diagnostics
import ModelLanguage
import Units

/// Reads what is sampled during a run.
struct RecordReader {
  let scope: ModelScope
  let problems: ProblemList
  /// The end of the run in s, or `nil` when it is not known.
  let duration: Double?
  /// The times of observations in an event table, in s.
  let observations: [Double]
  /// Where samples can be, if the model is stepped with a fixed step.
  var grid: StepGrid?

  static let keys = ["every", "times", "variables", "precision", "compression", "runs"]
  /// The largest number of sample times.
  static let limit = 10_000_000

  func recording(_ node: YamlNode) -> Recording? {
    guard let table = TableReader(node, name: "`record`", keys: Self.keys, problems: problems)
    else { return nil }
    table.exclusive(["every", "times"])
    let precision = table["precision"].flatMap {
      problems.word($0, "`precision`", among: Recording.Precision.allCases.map(\.rawValue))
    }.flatMap(Recording.Precision.init)
    let compression = table["compression"].flatMap {
      problems.integer($0, "`compression`", in: 0...9)
    }
    let variables = table.required(
      "variables", help: "name what to record, or write `outputs` or `states` for all of them"
    ).map(readVariables)
    guard let (times, schedule) = readTimes(table), let variables else { return nil }
    return Recording(
      variables: variables, times: times, schedule: schedule, precision: precision ?? .double,
      compression: compression ?? 0)
  }

  func readVariables(_ node: YamlNode) -> [Recording.Variable] {
    switch node.scalar {
    case "outputs": return all(scope.model.quantities.filter(\.isOutput).map(\.declaration))
    case "states": return all(scope.model.states.map(\.declaration))
    case .some:
      problems.error(
        "`variables` is a list of paths, or `outputs` or `states`, found \(node.kindInWords)",
        id: "wrong-type", at: node.range)
      return []
    case nil: break
    }
    guard let elements = node.elements else {
      problems.error(
        "`variables` is a list of paths, found \(node.kindInWords)", id: "wrong-type",
        at: node.range)
      return []
    }
    var seen = Set<String>()
    return elements.compactMap { element in
      guard let path = problems.text(element, "a variable") else { return nil }
      guard seen.insert(path).inserted else {
        problems.error("`\(path)` is recorded twice", id: "duplicate-name", at: element.range)
        return nil
      }
      return scope.variable(path, at: element.range, problems: problems)
    }
  }

  private func all(_ declarations: [Declaration]) -> [Recording.Variable] {
    declarations.compactMap {
      scope.variable($0.path, at: $0.range, problems: problems)
    }
  }

  func readTimes(_ table: TableReader) -> ([Double], PlainValue)? {
    if let node = table["every"] {
      guard let step = problems.positiveTime(node, "`every`"), let duration,
        isOnGrid(step, "`every`", at: node.range)
      else { return nil }
      if step.value > duration {
        problems.warning(
          "`every` is longer than the run: its start alone is recorded", id: "every-too-long",
          at: node.range)
      }
      let entry = PlainValue.Entry("every", .text(step.text))
      guard let times = regular(from: 0, to: duration, every: step.value, at: node.range) else {
        return nil
      }
      return (times, .table([entry]))
    }
    if let node = table["times"] {
      guard let (times, written) = list(node) else { return nil }
      return (times, .table([PlainValue.Entry("times", written)]))
    }
    if !observations.isEmpty { return (observations, .table([])) }
    problems.error(
      "`record` has neither `every` nor `times`", id: "missing-key", at: table.node.range,
      help: "for example `every: 1 min`")
    return nil
  }

  private func list(_ node: YamlNode) -> ([Double], PlainValue)? {
    if let elements = node.elements {
      let values = elements.compactMap { problems.time($0, "a sample time") }
      guard values.count == elements.count else { return nil }
      for (element, pair) in zip(elements.dropFirst(), zip(values, values.dropFirst()))
      where pair.1.value <= pair.0.value {
        problems.error(
          "the sample times do not ascend: \(pair.1.text) comes after \(pair.0.text)",
          id: "times-not-ascending", at: element.range)
        return nil
      }
      for (element, value) in zip(elements, values)
      where !isInside(value, at: element.range)
        || !isOnGrid(value, "a sample time", at: element.range)
      {
        return nil
      }
      return (values.map(\.value), .list(values.map { .text($0.text) }))
    }
    guard
      let table = TableReader(
        node, name: "`times`", keys: ["from", "to", "every"], problems: problems)
    else { return nil }
    let from = table.required("from").flatMap { problems.time($0, "`from`") }
    let to = table.required("to").flatMap { problems.time($0, "`to`") }
    let every = table.required("every").flatMap { problems.positiveTime($0, "`every`") }
    guard let from, let to, let every else { return nil }
    guard to.value >= from.value else {
      problems.error(
        "`times` ends at \(to.text), before it begins at \(from.text)", id: "range-reversed",
        at: node.range)
      return nil
    }
    guard isInside(to, at: table["to"]?.range ?? node.range),
      isOnGrid(from, "`from`", at: table["from"]?.range ?? node.range),
      isOnGrid(every, "`every`", at: table["every"]?.range ?? node.range),
      let times = regular(from: from.value, to: to.value, every: every.value, at: node.range)
    else { return nil }
    return (
      times,
      .table([
        PlainValue.Entry("from", .text(from.text)), PlainValue.Entry("to", .text(to.text)),
        PlainValue.Entry("every", .text(every.text)),
      ])
    )
  }

  private func isOnGrid(
    _ time: WrittenQuantity, _ name: String, at range: SourceRange
  ) -> Bool {
    grid?.check(time, name, at: range, problems: problems) ?? true
  }

  private func isInside(_ time: WrittenQuantity, at range: SourceRange) -> Bool {
    guard let duration, time.value > duration else { return true }
    problems.error(
      "the sample time \(time.text) is after the end of the run", id: "outside-run", at: range)
    return false
  }

  /// Multiples of a step, each the number nearest to what was asked.
  private func regular(
    from start: Double, to end: Double, every step: Double, at range: SourceRange
  ) -> [Double]? {
    // Half a millionth of a step lets the last point in when the division rounds down.
    let intervals = ((end - start) / step + 5e-7).rounded(.down)
    guard intervals < Double(Self.limit) else {
      problems.error(
        "this asks for more than \(Self.limit) sample times", id: "too-many-samples", at: range)
      return nil
    }
    return (0...Int(intervals)).map { min(decimalSteps($0, of: step, from: start), end) }
  }
}
