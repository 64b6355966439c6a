public import Diagnostics
import ModelLanguage
import Units

/// Settings given outside the file of an experiment, such as on a command line.
public struct ExperimentOverrides: Sendable {
  /// Paths of parameters, or `dose.amount` and its like, and values such as `80 kg`.
  public var settings: [(path: String, value: String)]
  public var seed: UInt64?

  /// Makes overrides.
  public init(settings: [(path: String, value: String)] = [], seed: UInt64? = nil) {
    self.settings = settings
    self.seed = seed
  }
}

extension Experiment {
  /// The settings that a file may have.
  static let keys = [
    "title", "description", "model", "duration", "lead_in", "seed", "arms", "parameters",
    "inputs", "replay", "doses", "table", "individuals", "record", "reduce", "solver", "sweep",
    "verdict",
    "account", "may_lack_value",
  ]

  /// Reads an experiment and the model and tables that it names.
  ///
  /// - Parameters:
  ///   - file: The experiment's file.
  ///   - library: Where models and tables are found.
  ///   - overrides: Settings that replace those of the file.
  /// - Returns: The experiment unless something is wrong, and everything to tell its author.
  public static func read(
    _ file: SourceFile, library: FileLibrary,
    overrides: ExperimentOverrides = ExperimentOverrides()
  ) -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
    let problems = ProblemList()
    let experiment = YamlReader.read(file, problems: problems).flatMap { root in
      ExperimentReader(file: file, library: library, problems: problems)
        .experiment(root, overrides: overrides)
    }
    return (problems.hasErrors ? nil : experiment, problems.diagnostics)
  }
}

/// Reads the parts of an experiment in the order in which they need each other.
struct ExperimentReader {
  let file: SourceFile
  let library: FileLibrary
  let problems: ProblemList

  func experiment(_ root: YamlNode, overrides: ExperimentOverrides) -> Experiment? {
    guard
      let table = TableReader(
        root, name: "an experiment", keys: Experiment.keys, problems: problems)
    else { return nil }
    table.exclusive(["doses", "table"])
    let title = table["title"].flatMap { problems.text($0, "`title`") }
    let description = table["description"].flatMap { problems.text($0, "`description`") }
    let duration = table.required("duration", help: "for example `duration: 7 d`").flatMap {
      problems.positiveTime($0, "`duration`")
    }
    let leadIn = table["lead_in"].flatMap { problems.time($0, "`lead_in`") }
    let seed = table["seed"].flatMap { problems.seed($0) }
    let modelNode = table.required("model", help: "name a model file")
    let modelPath = modelNode.flatMap { problems.text($0, "`model`") }
    guard let modelNode, let modelPath,
      let subject = library.subject(
        modelPath, from: file.path, at: modelNode.range, problems: problems)
    else { return nil }
    let model: Model
    var circuit: Circuit?
    switch subject {
    case .model(let loaded): model = loaded
    case .circuit(let loaded):
      model = loaded.names
      circuit = loaded
    }
    var reader = BodyReader(
      scope: ModelScope(model), expressions: ExpressionReader(model: model, problems: problems),
      problems: problems, duration: duration?.value, leadIn: leadIn?.value ?? 0,
      experimentPath: file.path, library: library, circuit: circuit)
    let body = reader.body(table)
    guard let duration, let body else { return nil }
    var experiment = Experiment(
      title: title ?? model.name, description: description ?? "", modelPath: modelPath,
      model: model, duration: duration, leadIn: leadIn,
      seed: overrides.seed ?? body.sweepSeed ?? seed ?? 0, parameters: body.parameters,
      inputs: body.inputs, arms: body.arms, hasArms: table.has("arms"),
      eventTable: body.eventTable, recording: body.recording,
      recordedRuns: body.recordedRuns, reductions: body.reductions,
      verdict: body.verdict, account: body.account, solver: body.solver, sweep: body.sweep,
      source: file,
      tables: reader.tables, network: body.network, cohort: body.cohort)
    OverrideReader(scope: reader.scope, problems: problems).apply(overrides, to: &experiment)
    if let node = table["may_lack_value"] {
      experiment.mayLackValue = MissingValueReader(experiment, problems: problems).names(node)
    }
    if !problems.hasErrors {
      StabilityCheck(experiment, problems: problems).check(table["solver"])
    }
    if !table.has("record") && !table.has("reduce") {
      problems.error(
        "the experiment keeps nothing", id: "nothing-recorded", at: root.range,
        help: "add `record` or `reduce`")
    }
    NetworkCheck(experiment, problems: problems)?.check()
    if !problems.hasErrors {
      CircuitStabilityCheck(experiment, problems: problems).check(table["solver"])
    }
    ReplayCheck(experiment, problems: problems)?.check(
      at: table["replay"]?.range ?? modelNode.range)
    if let cohort = experiment.cohort, let node = table["individuals"] {
      IndividualsCheck(experiment: experiment, cohort: cohort, problems: problems).check(node)
    }
    if let sweep = experiment.sweep, let node = table["sweep"] {
      SweepCheck(experiment: experiment, sweep: sweep, problems: problems).check(node)
    }
    if !problems.hasErrors && experiment.network == nil {
      DerivedRangeCheck(experiment: experiment, problems: problems).check(table, root: root)
    }
    if !problems.hasErrors {
      ResultNameCheck(experiment: experiment, problems: problems).check(table)
    }
    if let runs = experiment.recordedRuns, !problems.hasErrors {
      RecordedRunsCheck(plan: RunPlan(experiment), problems: problems).check(runs)
    }
    return experiment
  }
}

/// Reads what depends on the model.
struct BodyReader {
  let scope: ModelScope
  let expressions: ExpressionReader
  let problems: ProblemList
  let duration: Double?
  let leadIn: Double
  let experimentPath: String
  let library: FileLibrary
  /// What is run, if it is a circuit.
  let circuit: Circuit?
  private(set) var tables: [SourceFile] = []

  init(
    scope: ModelScope, expressions: ExpressionReader, problems: ProblemList, duration: Double?,
    leadIn: Double, experimentPath: String, library: FileLibrary, circuit: Circuit? = nil
  ) {
    self.circuit = circuit
    self.scope = scope
    self.expressions = expressions
    self.problems = problems
    self.duration = duration
    self.leadIn = leadIn
    self.experimentPath = experimentPath
    self.library = library
  }

  struct Body {
    var parameters: [ParameterSetting]
    var inputs: [InputProtocol]
    var arms: [Arm]
    var eventTable: EventTable?
    var recording: Recording?
    var recordedRuns: RecordedRuns?
    var reductions: [NamedReduction]
    var verdict: Verdict?
    var account: [AccountSentence]
    var solver: SolverSettings
    var sweep: Sweep?
    var sweepSeed: UInt64?
    var network: NetworkSubject?
    var cohort: Cohort?
  }

  mutating func body(_ table: TableReader) -> Body? {
    let (problems, library, experimentPath) = (self.problems, self.library, self.experimentPath)
    let (duration, circuit) = (self.duration, self.circuit)
    // The step of a circuit comes first: samples and changes have to lie on its ends.
    var network = circuit.map { NetworkSubject($0) }
    if network != nil {
      NetworkSolverReader(problems: problems, duration: duration)
        .read(table["solver"], at: table.node.range, into: &network)
      rejectUnused(table)
    }
    let grid = StepGrid(network?.step)
    var files: [SourceFile] = []
    var reader = ArmReader(
      scope: scope, expressions: expressions, problems: problems, duration: duration, grid: grid)
    reader.circuit = circuit
    if let circuit {
      reader.replays = { node in
        ReplayReader(
          circuit: circuit, problems: problems, duration: duration, grid: grid,
          readFile: { path, population, run, range in
            let found = library.spikes(
              path, population: population, run: run, from: experimentPath, at: range,
              problems: problems)
            if let table = found?.table, !files.contains(where: { $0.path == table.path }) {
              files.append(table)
            }
            return found
          }
        ).replays(node)
      }
    }
    let replays = table["replay"].map(reader.replays(of:)) ?? []
    let parameters = table["parameters"].map(reader.parameters) ?? []
    let inputs = table["inputs"].map(reader.inputs) ?? []
    let doses =
      table["doses"].map {
        DoseReader(scope: scope, problems: problems, duration: duration).doses($0)
      } ?? []
    let arms =
      table["arms"].map {
        reader.arms(
          $0, sharedDoses: doses, sharedInputs: inputs, sharedReplays: replays)
      }
      ?? [
        Arm(
          name: "", doses: doses, parameters: [], inputs: inputs, usesEventTable: true,
          replays: replays)
      ]
    let events = circuit == nil ? table["table"].flatMap { readEvents($0) } : nil
    if let duration, let late = events?.lateDoseCount(after: duration), late > 0,
      let node = table["table"]
    {
      problems.warning(
        late == 1
          ? "a dose of the table starts after the end of the run"
          : "\(late) doses of the table start after the end of the run", id: "late-dose",
        at: node.range)
    }
    let recordReader = RecordReader(
      scope: scope, problems: problems, duration: duration,
      observations: events?.observationTimes ?? [], grid: grid)
    let recording = table["record"].flatMap { node in
      network == nil
        ? recordReader.recording(node) : recordReader.recording(node, network: &network)
    }
    let recordedRuns = table["record"]?.entries?.first { $0.key == "runs" }.flatMap {
      RecordedRunsReader(arms: arms.map(\.name), problems: problems).runs($0.value)
    }
    let reductionReader = ReductionReader(
      scope: scope, expressions: expressions, problems: problems, run: duration.map { 0...$0 },
      circuit: circuit)
    let reductions = table["reduce"].map(reductionReader.reductions) ?? []
    let verdict = table["verdict"].flatMap {
      VerdictReader(reductions: reductions, problems: problems).verdict($0)
    }
    let account =
      table["account"].map {
        AccountReader(reductions: reductions, problems: problems).sentences($0)
      } ?? []
    var solver = SolverSettings.standard
    if network == nil, let node = table["solver"] {
      solver = SolverReader(scope: scope, problems: problems).settings(node)
    }
    let sweep = table["sweep"].flatMap { node in
      SweepReader(
        scope: scope, problems: problems, doses: arms.flatMap(\.doses),
        replays: arms.flatMap(\.replays),
        readFile: { file in
          guard let path = problems.text(file, "`file`"),
            let text = library.table(
              path, from: experimentPath, at: file.range, problems: problems)
          else { return nil }
          files.append(text)
          return text
        }
      ).sweep(node)
    }
    tables += files
    let cohort =
      circuit == nil
      ? table["individuals"].flatMap {
        IndividualsReader(
          scope: scope, problems: problems, tableCount: max(1, events?.individuals.count ?? 1)
        ).cohort($0)
      } : nil
    return Body(
      parameters: parameters, inputs: inputs, arms: arms, eventTable: events,
      recording: recording, recordedRuns: recordedRuns, reductions: reductions, verdict: verdict,
      account: account,
      solver: solver,
      sweep: sweep?.sweep, sweepSeed: sweep?.seed, network: network, cohort: cohort)
  }

  /// Reports settings that mean nothing for a circuit.
  private func rejectUnused(_ table: TableReader) {
    let unused = [
      ("lead_in", "begin the windows of reductions later instead"),
      ("table", "give its doses with `doses`"),
      ("may_lack_value", "a result of cells without a value fails its run"),
      ("individuals", "cells differ by `~` in the model, and circuits in a `sweep`"),
    ]
    for (key, help) in unused {
      guard let node = table[key] else { continue }
      problems.error(
        "an experiment with a circuit has no `\(key)`", id: "unused-setting", at: node.range,
        help: help)
    }
  }

  private mutating func readEvents(_ node: YamlNode) -> EventTable? {
    guard let settings = EventTableSettings(node, scope: scope, problems: problems),
      let file = library.table(
        settings.path, from: experimentPath, at: settings.pathRange, problems: problems)
    else { return nil }
    tables.append(file)
    guard let rows = CommaSeparatedTable(file, problems: problems) else { return nil }
    return EventTableReader(scope: scope, settings: settings, problems: problems).table(rows)
  }
}
