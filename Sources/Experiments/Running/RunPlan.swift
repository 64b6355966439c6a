import ModelLanguage
import Simulations
import Storage
import Units

/// All runs of an experiment, by index.
///
/// Individuals are those of the event table in order, each as often as the cohort says.
///
/// Run `r` is point `r mod points` of the sweep, for individual `r / points mod individuals`, in
/// arm `r / points / individuals`.
public struct RunPlan: Sendable {
  public let armCount: Int
  public let individualCount: Int
  public let pointCount: Int
  /// The number of values on each axis of a grid; one entry for other designs, none without a
  /// sweep.
  public let sweepShape: [Int]
  let configuration: EnsembleConfiguration
  /// The runs whose samples are kept.
  let sampled: SampledRuns
  private let points: SweepPoints?
  private let individualPoints: SweepPoints?
  /// By arm, then by individual.
  private let templates: [RunTemplate]
  private let parameterAxes: [Int]
  private let doseAxes: [(axis: Int, setting: SweepAxis.DoseSetting, isPerMass: Bool)]
  private let replayAxes: [(axis: Int, path: String)]
  private let hasOtherAxes: Bool
  private let seed: UInt64
  private let identity: RunIdentity
  private let circuitIdentity: CircuitIdentity?

  /// How many runs there are.
  public var count: Int { armCount * individualCount * pointCount }

  /// How many runs have their samples kept.
  public var sampledCount: Int { sampled.chosen?.count ?? count }

  /// Lays out the runs of an experiment.
  public init(_ experiment: Experiment) {
    self.init(experiment, numerics: Numerics.version)
  }

  /// Lays out the runs of an experiment, with identities of a version of the numerics.
  init(_ experiment: Experiment, numerics: Int) {
    let model = experiment.model
    seed = experiment.seed
    let points = experiment.sweep.map { SweepPoints($0, seed: experiment.seed) }
    self.points = points
    pointCount = points?.count ?? 1
    sweepShape = points?.shape ?? []
    armCount = experiment.arms.count
    configuration = Self.configuration(of: experiment)
    identity = RunIdentity(experiment, configuration, numerics: numerics)
    circuitIdentity = CircuitIdentity(experiment)
    let axes = experiment.sweep?.axes ?? []
    var varying: [Int] = []
    var parameterAxes: [Int] = []
    var doseAxes: [(axis: Int, setting: SweepAxis.DoseSetting, isPerMass: Bool)] = []
    var replayAxes: [(axis: Int, path: String)] = []
    for (index, axis) in axes.enumerated() {
      switch axis.target {
      case .replay(let path): replayAxes.append((index, path))
      case .parameter(let parameter):
        varying.append(parameter)
        parameterAxes.append(index)
      case .dose(let setting):
        let route = experiment.arms.lazy.flatMap(\.doses).first?.route
        let isPerMass =
          setting == .amount
          && route.map { model.routes[$0].declaration.unit.dimensions != axis.unit.dimensions }
            ?? false
        doseAxes.append((index, setting, isPerMass))
      }
    }
    self.parameterAxes = parameterAxes
    self.doseAxes = doseAxes
    self.replayAxes = replayAxes
    hasOtherAxes = parameterAxes.count < axes.count
    let tabled = experiment.eventTable?.individuals ?? []
    let cohort = experiment.cohort
    let draws = cohort.map { $0.points(seed: experiment.seed) }
    individualPoints = draws
    let replicates = cohort?.count ?? 1
    individualCount = max(1, tabled.count) * replicates
    sampled = SampledRuns(
      chosen: experiment.recordedRuns?.numbers(
        arms: armCount, individuals: individualCount, points: pointCount))
    var templates: [RunTemplate] = []
    for arm in experiment.arms {
      for index in 0..<individualCount {
        let individual = tabled.isEmpty ? nil : tabled[index / replicates]
        var fixed: [Int: Double] = [:]
        for setting in experiment.parameters + arm.parameters {
          fixed[setting.parameter] = setting.value.value
        }
        for covariate in individual?.covariates ?? [] {
          fixed[covariate.parameter] = covariate.value
        }
        var factors: [Int: Double] = [:]
        if let cohort, let draws {
          for (entry, value) in zip(cohort.parameters, draws.values(of: index)) {
            if entry.isRelative {
              factors[entry.parameter] = value
            } else {
              fixed[entry.parameter] = value
            }
          }
        }
        templates.append(
          RunTemplate(
            model: model,
            sheet: ParameterSheet(
              model: model, fixed: fixed, varying: varying, factors: factors),
            doses: arm.doses,
            events: arm.usesEventTable ? individual?.events ?? [] : [], protocols: arm.inputs,
            sweepsDoses: !doseAxes.isEmpty, start: configuration.start, end: configuration.end))
      }
    }
    self.templates = templates
  }

  /// Where a run stands: its arm, its individual and its point of the sweep.
  public func place(of run: Int) -> (arm: Int, individual: Int, point: Int) {
    let (rest, point) = run.quotientAndRemainder(dividingBy: pointCount)
    let (arm, individual) = rest.quotientAndRemainder(dividingBy: individualCount)
    return (arm, individual, point)
  }

  /// The values of one axis over all points, in SI units.
  public func values(onAxis axis: Int) -> [Double] { points?.values(onAxis: axis) ?? [] }

  /// What individuals drew for one axis of their cohort: SI units, or factors.
  func individualValues(onAxis axis: Int) -> [Double] {
    individualPoints?.values(onAxis: axis) ?? []
  }

  /// The values of one point of the sweep, in SI units.
  public func values(ofPoint point: Int) -> [Double] {
    points.map { Array($0.values(of: point)) } ?? []
  }

  /// All parameters of a run, in SI units.
  public func parameters(of run: Int) -> [Double] {
    let template = templates[run / pointCount]
    guard let points else { return template.sheet.base }
    let values = points.values(of: run % pointCount)
    guard hasOtherAxes else { return template.sheet.values(values) }
    let start = values.startIndex
    return template.sheet.values(parameterAxes.map { values[start + $0] })
  }

  /// Which of its recordings an input replays in a run.
  func recording(of path: String, run: Int) -> Int {
    guard let points, let entry = replayAxes.first(where: { $0.path == path }) else { return 0 }
    let values = points.values(of: run % pointCount)
    return Int(values[values.startIndex + entry.axis])
  }

  /// Everything that a run is.
  ///
  /// - Parameters:
  ///   - run: Which run.
  ///   - steadyStates: The states that the doses of the run ask for.
  /// - Returns: The run, ready to be simulated.
  func setup(of run: Int, steadyStates: [[Double]]) -> RunSetup {
    let template = templates[run / pointCount]
    var setup = template.setup(
      parameters: parameters(of: run), settings: settings(of: run), steadyStates: steadyStates,
      seed: seed(of: run))
    setup.isSampled = sampled.contains(run)
    setup.identity =
      template.needsSteadyStates
      ? identity(of: run)
      : identity.identity(of: setup, requests: [], circuit: circuitWords(of: run))
    return setup
  }

  /// What a run is told apart by from all others, wherever they are: the same for runs that follow
  /// from the same equations, values, doses, settings and numerics.
  public func identity(of run: Int) -> UInt64 {
    let template = templates[run / pointCount]
    let parameters = parameters(of: run)
    let settings = settings(of: run)
    // The states that are asked for follow from the rest.
    let requests =
      template.needsSteadyStates
      ? template.history(parameters: parameters, settings: settings).steadyStates : []
    var setup = template.setup(
      parameters: parameters, settings: settings,
      steadyStates: requests.map { _ in template.states(parameters: parameters).map { _ in 0 } },
      seed: seed(of: run))
    setup.isSampled = sampled.contains(run)
    return identity.identity(of: setup, requests: requests, circuit: circuitWords(of: run))
  }

  private func circuitWords(of run: Int) -> [UInt64] {
    circuitIdentity?.words(arm: place(of: run).arm, seed: seed(of: run)) {
      recording(of: $0, run: run)
    } ?? []
  }

  /// What the random numbers of a run follow from.
  ///
  /// Arms and individuals of one point share them, so that they differ by their treatment alone.
  func seed(of run: Int) -> UInt64 {
    seed ^ (UInt64(place(of: run).point) &* 0x9E37_79B9_7F4A_7C15)
  }

  /// A run that ends at once: its states are not numbers.
  func impossibleSetup(of run: Int) -> RunSetup {
    let template = templates[run / pointCount]
    let parameters = parameters(of: run)
    let states = template.states(parameters: parameters)
    var setup = RunSetup(
      parameters: parameters, inputs: template.inputs(parameters: parameters),
      states: states.map { _ in .nan }, schedule: [])
    setup.isSampled = sampled.contains(run)
    setup.identity = identity(of: run)
    return setup
  }

  /// The steady states that must be known before the chosen runs can start, or all if none are.
  func steadyStateTasks(_ chosen: [Int]?) -> [SteadyStateSolver.Task] {
    var tasks: [SteadyStateSolver.Task] = []
    guard templates.contains(where: \.needsSteadyStates) else { return tasks }
    for run in chosen ?? Array(0..<count) {
      let template = templates[run / pointCount]
      guard template.needsSteadyStates else { continue }
      let parameters = parameters(of: run)
      let history = template.history(parameters: parameters, settings: settings(of: run))
      for request in history.steadyStates {
        tasks.append(
          SteadyStateSolver.Task(
            run: run, request: request, parameters: parameters,
            inputs: template.inputs(parameters: parameters),
            states: template.states(parameters: parameters)))
      }
    }
    return tasks
  }

  private func settings(of run: Int) -> DoseSettings {
    var settings = DoseSettings()
    guard !doseAxes.isEmpty, let points else { return settings }
    let values = points.values(of: run % pointCount)
    for entry in doseAxes {
      let value = values[values.startIndex + entry.axis]
      switch entry.setting {
      case .amount:
        settings.amount = value
        settings.isPerMass = entry.isPerMass
      case .over: settings.over = value
      case .rate: settings.rate = value
      case .start: settings.start = value
      case .every: settings.every = value
      case .count: settings.count = Int(value)
      }
    }
    return settings
  }

  private static func configuration(of experiment: Experiment) -> EnsembleConfiguration {
    let solver = experiment.solver
    var tolerances = experiment.model.states.map {
      (solver.absoluteTolerance ?? SolverSettings.standardAbsoluteTolerance)
        * $0.declaration.unit.scale
    }
    var following: Set<Int> = []
    if solver.absoluteTolerance == nil { following.formUnion(tolerances.indices) }
    for entry in solver.stateTolerances {
      tolerances[entry.state] = entry.value.value
      following.remove(entry.state)
    }
    var configuration = EnsembleConfiguration(
      method: solver.method, relativeTolerance: solver.relativeTolerance,
      absoluteTolerances: tolerances, magnitudeTolerances: following.sorted(),
      fixedStep: solver.step?.value,
      initialStep: solver.initialStep?.value, maximumStep: solver.maximumStep?.value,
      maximumSteps: solver.maximumSteps, start: -(experiment.leadIn?.value ?? 0),
      end: experiment.duration.value, sampleTimes: experiment.recording?.times ?? [],
      recorded: experiment.recording?.variables.map(\.expression) ?? [],
      reductions: experiment.reductions.map(\.reduction))
    for (index, variable) in (experiment.recording?.variables ?? []).enumerated()
    where experiment.mayLackValue.contains(variable.path) {
      configuration.mayLackValue.recorded.insert(index)
    }
    for (index, reduction) in experiment.reductions.enumerated()
    where experiment.mayLackValue.contains(reduction.name) {
      configuration.mayLackValue.reductions.insert(index)
    }
    return configuration
  }
}
