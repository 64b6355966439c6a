public import Diagnostics
import ModelLanguage
import Simulations
import Units

extension ValidationCase {
  static let keys = [
    "id", "title", "source", "kind", "published", "accept", "model", "duration", "lead_in",
    "every", "arms", "parameters", "inputs", "measure", "value", "solver", "seed", "note",
  ]

  /// Reads the cases of a file: one, or a list of several.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - library: Where models are found.
  /// - Returns: The cases without errors, and everything to tell their author.
  public static func read(
    _ file: SourceFile, library: FileLibrary
  ) -> (cases: [ValidationCase], diagnostics: [Diagnostic]) {
    let problems = ProblemList()
    var cases: [ValidationCase] = []
    if let root = YamlReader.read(file, problems: problems) {
      let reader = ValidationReader(file: file, library: library, problems: problems)
      cases = (root.elements ?? [root]).compactMap(reader.read)
    }
    return (cases, problems.diagnostics)
  }
}

/// Reads one comparison with a measurement.
private struct ValidationReader {
  let file: SourceFile
  let library: FileLibrary
  let problems: ProblemList

  func read(_ node: YamlNode) -> ValidationCase? {
    let before = problems.diagnostics.count
    guard
      let table = TableReader(
        node, name: "a validation", keys: ValidationCase.keys, problems: problems)
    else { return nil }
    func text(_ key: String) -> String? {
      table.required(key).flatMap { problems.text($0, "`\(key)`") }
    }
    let id = text("id")
    let title = text("title")
    let source = text("source")
    let published = text("published")
    let kind = table.required("kind").flatMap {
      problems.word($0, "`kind`", among: ValidationCase.Kind.allCases.map(\.rawValue))
    }.flatMap(ValidationCase.Kind.init)
    let accept = table.required("accept", help: "write `accept: [low, high]`").flatMap(readAccept)
    let duration = table.required("duration").flatMap { problems.positiveTime($0, "`duration`") }
    let leadIn = table["lead_in"].flatMap { problems.time($0, "`lead_in`") }
    let every = table["every"].flatMap { problems.positiveTime($0, "`every`") }
    guard let modelNode = table.required("model"),
      let modelPath = problems.text(modelNode, "`model`"),
      let subject = library.subject(
        modelPath, from: file.path, at: modelNode.range, problems: problems)
    else { return nil }
    let model: Model
    var network: NetworkSubject?
    switch subject {
    case .model(let loaded): model = loaded
    case .circuit(let circuit):
      model = circuit.names
      network = NetworkSubject(circuit)
    }
    let seed = table["seed"].flatMap { problems.integer($0, "`seed`", in: 0...Int.max) }
    let scope = ModelScope(model)
    let expressions = ExpressionReader(model: model, problems: problems)
    let armReader = ArmReader(scope: scope, expressions: expressions, problems: problems)
    let inputs = table["inputs"].map(armReader.inputs) ?? []
    let parameters = table["parameters"].map(armReader.parameters) ?? []
    let arms =
      table.required("arms", help: "for example `arms: {drug: {doses: […]}}`").map {
        armReader.arms($0, sharedDoses: [], sharedInputs: inputs)
      } ?? []
    var solver = SolverSettings.standard
    if network != nil {
      NetworkSolverReader(problems: problems, duration: duration?.value)
        .read(table["solver"], at: node.range, into: &network)
    } else if let settings = table["solver"] {
      solver = SolverReader(scope: scope, problems: problems).settings(settings)
    }
    if solver.maximumStep == nil { solver.maximumStep = every }
    let reductions = ReductionReader(
      scope: scope, expressions: expressions, problems: problems,
      run: duration.map { 0...$0.value }, circuit: network?.circuit)
    let measures =
      table.required("measure", help: "for example `measure: {peak: \"drug: max(x)\"}`")
      .map { readMeasures($0, arms: arms, reader: reductions) } ?? []
    guard let valueNode = table.required("value", help: "an expression over the measures"),
      let valueText = problems.text(valueNode, "`value`"), let accept,
      let value = ExpressionReader(
        model: reductionModel(measures.map(\.reduction)), problems: problems
      ).expression(valueText, at: valueNode.range)
    else { return nil }
    guard value.unit.dimensions == accept.unit.dimensions else {
      problems.error(
        "`value` is \(described(value.unit)), and `accept` is \(described(accept.unit))",
        id: "unit-mismatch", at: valueNode.range)
      return nil
    }
    guard let id, let title, let source, let published, let kind, let duration,
      problems.diagnostics.dropFirst(before).allSatisfy({ $0.severity != .error })
    else { return nil }
    let experiment = Experiment(
      title: title, description: "", modelPath: modelPath, model: model, duration: duration,
      leadIn: leadIn, seed: UInt64(seed ?? 0), parameters: parameters, inputs: inputs, arms: arms,
      hasArms: true,
      eventTable: nil, recording: nil, recordedRuns: nil, reductions: measures.map(\.reduction),
      verdict: nil,
      account: [], solver: solver, sweep: nil, source: file, tables: [],
      network: network)
    return ValidationCase(
      id: id, title: title, source: source, kind: kind, published: published,
      accepted: accept.range, unit: accept.unit, valueText: valueText, experiment: experiment,
      value: value.value,
      measures: measures.enumerated().map {
        ValidationCase.Measure(name: $1.reduction.name, reduction: $0, arm: $1.arm)
      })
  }

  private func readAccept(
    _ node: YamlNode
  ) -> (range: ClosedRange<Double>, unit: PhysicalUnit)? {
    guard let pair = node.elements, pair.count == 2 else {
      problems.error(
        "`accept` is `[low, high]`, found \(node.kindInWords)", id: "wrong-type", at: node.range)
      return nil
    }
    guard let low = problems.quantity(pair[0], "`accept`"),
      let high = problems.quantity(pair[1], "`accept`")
    else { return nil }
    let unit = low.isBare && low.value == 0 ? high.unit : low.unit
    guard problems.check(high, "`accept`", like: unit, at: pair[1].range) else { return nil }
    guard low.value <= high.value else {
      problems.error(
        "`accept` goes from \(low.text) down to \(high.text)", id: "range-reversed",
        at: node.range)
      return nil
    }
    return (low.value...high.value, unit)
  }

  private func readMeasures(
    _ node: YamlNode, arms: [Arm], reader: ReductionReader
  ) -> [(reduction: NamedReduction, arm: Int)] {
    guard let entries = node.entries else {
      problems.error(
        "`measure` is a table of names and expressions, found \(node.kindInWords)",
        id: "wrong-type", at: node.range)
      return []
    }
    return entries.compactMap { entry in
      guard problems.checkName(entry.key, "a measure", at: entry.keyRange),
        let text = problems.text(entry.value, "`\(entry.key)`")
      else { return nil }
      var offset = 0
      var arm = arms.count == 1 ? 0 : nil
      if let colon = text.firstIndex(of: ":") {
        let name = String(text[..<colon])
        arm = arms.firstIndex { $0.name == name }
        offset = name.utf8.count + 1
        offset += text.utf8.dropFirst(offset).prefix { $0 == 32 }.count
        if arm == nil {
          let nearest = problems.nearest(to: name, among: arms.map(\.name))
          problems.error(
            "there is no arm `\(shortened(name))`", id: "unknown-arm", at: entry.value.range,
            help: nearest.map { "did you mean `\($0)`?" }
              ?? "the arms are \(listed(arms.map(\.name)))")
          return nil
        }
      }
      guard let arm else {
        problems.error(
          "`\(entry.key)` does not say which arm", id: "unknown-arm", at: entry.value.range,
          help: "write the arm in front, as in `\(arms.first?.name ?? "drug"): max(x)`")
        return nil
      }
      let rest = String(decoding: text.utf8.dropFirst(offset), as: UTF8.self)
      let range = part(of: entry.value.range, offset: offset, length: rest.utf8.count)
      return reader.reduction(rest, name: entry.key, at: range).map { ($0, arm) }
    }
  }
}
