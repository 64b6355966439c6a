import Diagnostics
import ModelLanguage
import Units

/// Reads the course of an input that is written as a table: a shape, or values, and for which cells.
struct StimulusReader {
  let input: Int
  /// What the input is, with its default.
  let declared: Input
  let expressions: ExpressionReader
  let problems: ProblemList
  /// The end of the run in s, or `nil` when it is not known.
  let duration: Double?
  /// Where inputs can change, if the model is stepped with a fixed step.
  let grid: StepGrid?
  /// The circuit that is run, if it is one.
  let circuit: Circuit?
  /// Reads a value, or a list of `[time, value]`.
  let readSteps: (YamlNode) -> [(time: WrittenQuantity, value: RunValue)]?

  static let shapes = ["values", "pulses", "ramp", "noise", "white_noise"]
  /// The largest number of changes of one input.
  static let limit = 10_000_000

  private var name: String { "`\(declared.declaration.path)`" }
  private var unit: PhysicalUnit { declared.declaration.unit }

  /// The protocol of a table with one shape.
  func stimulus(_ node: YamlNode) -> InputProtocol? {
    guard
      let table = TableReader(
        node, name: "the course of \(name)", keys: Self.shapes + ["cells"], problems: problems)
    else { return nil }
    table.exclusive(Self.shapes)
    guard let shape = Self.shapes.first(where: table.has), let settings = table[shape] else {
      if node.entries?.isEmpty == true || table.has("cells") {
        problems.error(
          "the course of \(name) has no shape", id: "missing-key", at: node.range,
          help: "it is one of \(listed(Self.shapes))")
      }
      return nil
    }
    var course: InputProtocol?
    switch shape {
    case "values": course = readSteps(settings).map { InputProtocol(input: input, steps: $0) }
    case "pulses": course = pulses(settings)
    case "ramp": course = ramp(settings)
    case "noise": course = noise(settings)
    default: course = whiteNoise(settings)
    }
    course?.written = node.plain
    if let cells = table["cells"] {
      guard let selection = selection(cells) else { return nil }
      course?.cells = selection
    }
    return course
  }

  /// The cells that are driven, if the input is that of the cells of one population.
  private func selection(_ node: YamlNode) -> IndexSelection? {
    guard circuit?.population(withInput: declared.declaration.path) != nil else {
      problems.error(
        "\(name) is not an input of the cells of one population", id: "no-cells", at: node.range,
        help: circuit == nil
          ? "the model has no cells; leave `cells` out"
          : "`cells` chooses among the cells of a population: drive `POPULATION.INPUT`, and leave the "
            + "input out where the population is declared")
      return nil
    }
    return problems.selection(node, "`cells`", of: "cells").map {
      IndexSelection(form: $0, range: node.range)
    }
  }

  private func value(_ table: TableReader, _ key: String) -> RunValue? {
    table.required(key).flatMap { expressions.runValue($0, "`\(key)`", like: unit) }
  }

  /// A time on the grid.
  private func time(
    _ table: TableReader, _ key: String, isPositive: Bool = true
  ) -> WrittenQuantity? {
    guard let node = table.required(key),
      let time = isPositive
        ? problems.positiveTime(node, "`\(key)`") : problems.time(node, "`\(key)`"),
      grid?.check(time, "`\(key)`", at: node.range, problems: problems) ?? true
    else { return nil }
    return time
  }

  // MARK: Shapes

  private func pulses(_ node: YamlNode) -> InputProtocol? {
    guard
      let table = TableReader(
        node, name: "`pulses`", keys: ["value", "width", "start", "every", "count", "baseline"],
        problems: problems)
    else { return nil }
    let height = value(table, "value")
    let width = time(table, "width")
    let start = time(table, "start", isPositive: false)
    var every: WrittenQuantity?
    var count: Int? = 1
    if table.has("every") || table.has("count") {
      every = time(table, "every")
      count = table.required("count").flatMap {
        problems.integer($0, "`count`", in: 1...Self.limit / 2)
      }
      if every == nil { return nil }
    }
    let baseline =
      table.has("baseline")
      ? value(table, "baseline")
      : RunValue(form: .expression(declared.defaultValue), text: "")
    guard let height, let width, let start, let count, let baseline else { return nil }
    if let every, every.value <= width.value {
      problems.error(
        "pulses of \(width.text) do not fit into \(every.text)", id: "out-of-range",
        at: table["width"]?.range ?? node.range)
      return nil
    }
    var steps = [(time: WrittenQuantity(si: -.infinity, in: .second), value: baseline)]
    for pulse in 0..<count {
      let begin = decimalSteps(pulse, of: every?.value ?? 0, from: start.value)
      steps.append((WrittenQuantity(si: begin, in: .second), height))
      steps.append(
        (WrittenQuantity(si: decimalSteps(1, of: width.value, from: begin), in: .second), baseline))
    }
    return InputProtocol(input: input, steps: steps)
  }

  /// A ramp is a staircase: each of its pieces has the value in its middle.
  private func ramp(_ node: YamlNode) -> InputProtocol? {
    guard
      let table = TableReader(
        node, name: "`ramp`", keys: ["from", "to", "start", "over", "pieces"], problems: problems)
    else { return nil }
    let from = value(table, "from")
    let to = value(table, "to")
    let start = time(table, "start", isPositive: false)
    let over = time(table, "over")
    let pieces =
      table.has("pieces")
      ? table["pieces"].flatMap { problems.integer($0, "`pieces`", in: 1...Self.limit) } : 100
    guard let from, let to, let start, let over, let pieces else { return nil }
    var steps = [(time: WrittenQuantity(si: -.infinity, in: .second), value: from)]
    for piece in 0..<pieces {
      let part = (Double(piece) + 0.5) / Double(pieces)
      let begin = decimalPoint(
        piece, of: pieces, from: start.value,
        to: decimalSteps(1, of: over.value, from: start.value))
      steps.append((WrittenQuantity(si: begin, in: .second), from.mixed(with: to, part)))
    }
    steps.append(
      (WrittenQuantity(si: decimalSteps(1, of: over.value, from: start.value), in: .second), to))
    return InputProtocol(input: input, steps: steps)
  }

  private func noise(_ node: YamlNode) -> InputProtocol? {
    let keys = ["mean", "standard_deviation", "correlation_time", "every"]
    guard let table = TableReader(node, name: "`noise`", keys: keys, problems: problems) else {
      return nil
    }
    let mean = value(table, "mean")
    let deviation = value(table, "standard_deviation")
    let correlationTime = table.required("correlation_time").flatMap {
      problems.positiveTime($0, "`correlation_time`")
    }
    guard let mean, let deviation, let correlationTime else { return nil }
    if case .constant(let value) = deviation.form, value < 0 {
      problems.error(
        "the standard deviation of \(name) is negative", id: "out-of-range",
        at: table["standard_deviation"]?.range ?? node.range)
      return nil
    }
    let every: WrittenQuantity
    if table.has("every") {
      guard let written = time(table, "every") else { return nil }
      every = written
    } else {
      every = usualInterval(correlationTime.value)
    }
    return noise(mean, deviation, correlationTime, every, at: node)
  }

  /// White noise is held for an interval: its values have the variance of its mean over it.
  private func whiteNoise(_ node: YamlNode) -> InputProtocol? {
    let keys = ["mean", "intensity", "every"]
    guard let table = TableReader(node, name: "`white_noise`", keys: keys, problems: problems)
    else { return nil }
    let mean = value(table, "mean")
    let rootOfTime = PhysicalUnit.second.raised(toHalves: 1) ?? .one
    let intensity = table.required("intensity").flatMap {
      expressions.runValue($0, "`intensity`", like: unit.multiplied(by: rootOfTime))
    }
    let every: WrittenQuantity?
    if let grid, !table.has("every") { every = grid.step } else { every = time(table, "every") }
    guard let mean, let intensity, let every else { return nil }
    if case .constant(let value) = intensity.form, value < 0 {
      problems.error(
        "the intensity of \(name) is negative", id: "out-of-range",
        at: table["intensity"]?.range ?? node.range)
      return nil
    }
    let zero = RunValue(form: .constant(0), text: "")
    let deviation = zero.mixed(with: intensity, 1 / every.value.squareRoot())
    return noise(mean, deviation, WrittenQuantity(si: 0, in: .second), every, at: node)
  }

  private func noise(
    _ mean: RunValue, _ deviation: RunValue, _ correlationTime: WrittenQuantity,
    _ every: WrittenQuantity, at node: YamlNode
  ) -> InputProtocol? {
    if let duration, duration / every.value > Double(Self.limit) {
      problems.error(
        "this asks for more than \(Self.limit) changes of \(name)", id: "too-many-samples",
        at: node.range)
      return nil
    }
    return InputProtocol(
      input: input, steps: [],
      noise: NoiseProtocol(
        mean: mean, deviation: deviation, correlationTime: correlationTime, every: every))
  }

  /// A tenth of the correlation time, in whole steps where there are steps.
  private func usualInterval(_ correlationTime: Double) -> WrittenQuantity {
    var interval = correlationTime / 10
    if let step = grid?.step.value { interval = max(1, (interval / step).rounded(.down)) * step }
    return WrittenQuantity(si: interval, in: .second)
  }
}

extension RunValue {
  /// The value in SI units for the parameters of a run.
  func value(parameters: [Double]) -> Double {
    switch form {
    case .constant(let value): value
    case .expression(let value): evaluate(value, parameters: parameters)
    }
  }

  /// A value between this one and another, a part of the way from here.
  func mixed(with other: RunValue, _ part: Double) -> RunValue {
    if case .constant(let first) = form, case .constant(let second) = other.form {
      return RunValue(form: .constant(first + part * (second - first)), text: "")
    }
    let (first, second) = (expression, other.expression)
    let difference = Expression.binary(.subtract, second, first)
    return RunValue(
      form: .expression(.binary(.add, first, .binary(.multiply, .number(part), difference))),
      text: "")
  }

  private var expression: Expression {
    switch form {
    case .constant(let value): .number(value)
    case .expression(let value): value
    }
  }
}
