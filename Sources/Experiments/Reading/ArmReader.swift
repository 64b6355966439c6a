import Diagnostics
import ModelLanguage
import Units

/// Reads arms, and the settings of parameters and inputs that they share with the experiment.
struct ArmReader {
  let scope: ModelScope
  let expressions: ExpressionReader
  let problems: ProblemList
  /// The end of the run in s, or `nil` when it is not known.
  var duration: Double?
  /// Where inputs can change, if the model is stepped with a fixed step.
  var grid: StepGrid?
  /// The circuit that is run, if it is one: stimuli can be for some of its cells.
  var circuit: Circuit?
  /// Reads what populations replay; `nil` where there are none.
  var replays: ((YamlNode) -> [Replay])?

  static let keys = ["doses", "parameters", "inputs", "replay"]

  /// The arms of a table of arms.
  func arms(
    _ node: YamlNode, sharedDoses: [Dose], sharedInputs: [InputProtocol],
    sharedReplays: [Replay] = []
  ) -> [Arm] {
    guard let entries = node.entries else {
      problems.error(
        "`arms` is a table of named arms, found \(node.kindInWords)", id: "wrong-type",
        at: node.range, help: "for example `arms: {drug: {doses: […]}, placebo: {}}`")
      return []
    }
    if entries.isEmpty {
      problems.error(
        "`arms` has no arms", id: "empty-arms", at: node.range,
        help: "leave `arms` out for an experiment with one arm")
    }
    return entries.compactMap { entry in
      guard problems.checkName(entry.key, "an arm", at: entry.keyRange) else { return nil }
      return arm(
        entry, sharedDoses: sharedDoses, sharedInputs: sharedInputs, sharedReplays: sharedReplays)
    }
  }

  private func arm(
    _ entry: YamlNode.Entry, sharedDoses: [Dose], sharedInputs: [InputProtocol],
    sharedReplays: [Replay]
  ) -> Arm? {
    if entry.value.isEmpty {
      return Arm(
        name: entry.key, doses: sharedDoses, parameters: [], inputs: sharedInputs,
        usesEventTable: true, replays: sharedReplays)
    }
    guard
      let table = TableReader(
        entry.value, name: "the arm `\(entry.key)`", keys: Self.keys, problems: problems)
    else { return nil }
    let own = table["doses"].map {
      DoseReader(scope: scope, problems: problems, duration: duration).doses($0)
    }
    let inputs = table["inputs"].map(inputs) ?? []
    let driven = Set(inputs.map(\.input))
    let replays = table["replay"].map(replays(of:)) ?? []
    let replayed = Set(replays.map(\.path))
    return Arm(
      name: entry.key, doses: own ?? sharedDoses,
      parameters: table["parameters"].map(parameters) ?? [],
      inputs: sharedInputs.filter { !driven.contains($0.input) } + inputs,
      usesEventTable: own == nil,
      replays: sharedReplays.filter { !replayed.contains($0.path) } + replays)
  }

  /// What populations replay; reports it where there is no circuit.
  func replays(of node: YamlNode) -> [Replay] {
    if let replays { return replays(node) }
    problems.error(
      "only an experiment with a circuit has `replay`", id: "unused-setting", at: node.range,
      help: "it gives recorded spikes to the cells of a population")
    return []
  }

  /// A table of parameters and their values.
  func parameters(_ node: YamlNode) -> [ParameterSetting] {
    if node.isEmpty { return [] }
    guard let entries = node.entries else {
      problems.error(
        "`parameters` is a table of paths and values, found \(node.kindInWords)",
        id: "wrong-type", at: node.range, help: "for example `parameters: {drug.weight: 80 kg}`")
      return []
    }
    return entries.compactMap { entry in
      guard let index = scope.parameter(entry.key, at: entry.keyRange, problems: problems),
        let value = problems.quantity(
          entry.value, "`\(entry.key)`", like: scope.model.parameters[index].declaration.unit),
        checkAllowed(value, index, at: entry.value.range)
      else { return nil }
      return ParameterSetting(parameter: index, value: value)
    }
  }

  /// Whether a value lies in the range that the model allows; reports one that does not.
  func checkAllowed(_ value: WrittenQuantity, _ parameter: Int, at range: SourceRange) -> Bool {
    let declared = scope.model.parameters[parameter]
    guard let allowed = declared.allowed, !allowed.contains(value.value) else { return true }
    let unit = declared.declaration.unit
    problems.error(
      "`\(declared.declaration.path)` is \(value.text); the model allows "
        + "\(unit.text(ofSI: allowed.lowerBound)) to \(unit.text(ofSI: allowed.upperBound))",
      id: "outside-allowed-range", at: range,
      notes: [("the parameter is declared here", declared.declaration.range)])
    return false
  }

  /// A table of inputs, each a value, a list of `[time, value]`, or a shape.
  func inputs(_ node: YamlNode) -> [InputProtocol] {
    if node.isEmpty { return [] }
    guard let entries = node.entries else {
      problems.error(
        "`inputs` is a table of paths and values, found \(node.kindInWords)", id: "wrong-type",
        at: node.range, help: "for example `inputs: {cleft.glutamate: [[0 s, 0 mM], [1 s, 1 mM]]}`")
      return []
    }
    return entries.compactMap { entry in
      guard let index = scope.input(entry.key, at: entry.keyRange, problems: problems) else {
        return nil
      }
      if entry.value.entries != nil {
        return StimulusReader(
          input: index, declared: scope.model.inputs[index], expressions: expressions,
          problems: problems, duration: duration, grid: grid, circuit: circuit,
          readSteps: { steps($0, "`\(entry.key)`", unit: unit(of: index)) }
        ).stimulus(entry.value)
      }
      return steps(entry.value, "`\(entry.key)`", unit: unit(of: index)).map {
        InputProtocol(input: index, steps: $0)
      }
    }
  }

  private func unit(of input: Int) -> PhysicalUnit { scope.model.inputs[input].declaration.unit }

  /// A value, or a list of `[time, value]`.
  private func steps(
    _ node: YamlNode, _ name: String, unit: PhysicalUnit
  ) -> [(time: WrittenQuantity, value: RunValue)]? {
    guard let elements = node.elements else {
      guard let value = expressions.runValue(node, name, like: unit) else { return nil }
      return [(WrittenQuantity(si: -.infinity, in: .second), value)]
    }
    var steps: [(time: WrittenQuantity, value: RunValue)] = []
    for element in elements {
      guard let pair = element.elements, pair.count == 2 else {
        problems.error(
          "\(name) is a list of `[time, value]`, found \(element.kindInWords)",
          id: "wrong-type", at: element.range)
        return nil
      }
      guard let time = problems.quantity(pair[0], "the time of \(name)", like: .second),
        let value = expressions.runValue(pair[1], name, like: unit),
        grid?.check(time, "the time", at: pair[0].range, problems: problems) ?? true
      else { return nil }
      if let last = steps.last, time.value < last.time.value {
        problems.error(
          "the times of \(name) go back from \(last.time.text) to \(time.text)",
          id: "times-not-ascending", at: pair[0].range)
        return nil
      }
      steps.append((time, value))
    }
    return steps
  }
}
