import Diagnostics
import Dynamics
import ModelLanguage
import Simulations
import Units

/// What tells runs apart by what they follow from, whatever file, sweep or process they are in.
///
/// The identity of a run is a hash over the equations, the values of its parameters, inputs and
/// initial states, its doses and other changes, the settings of the method, what is recorded, reduced
/// and judged, and the version of the numerics. Two runs with the same identity give the same numbers
/// bit for bit; a seed counts only where random numbers enter a run. Among a million runs the odds of
/// one chance agreement are about 1 to 40 million.
///
/// A run of a circuit is told apart by the texts of its models instead of their equations, and by what
/// `CircuitIdentity` has.
struct RunIdentity: Sendable {
  /// What all runs of an experiment share.
  private let shared: StableHash

  /// Works out what the runs of an experiment share.
  init(_ experiment: Experiment, _ configuration: EnsembleConfiguration, numerics: Int) {
    var hash = StableHash()
    hash.add("afterglow run")
    hash.add(numerics)
    hash.add(equationsOf: experiment.model)
    hash.add(experiment.solver.methodName)
    if experiment.solver.method == .automatic, experiment.network == nil {
      // It begins with the method that fits the model as it stands.
      let parameters = experiment.model.parameterValues()
      hash.add(parameters)
      hash.add(experiment.model.initialInputs(parameters: parameters))
      hash.add(experiment.model.initialStates(parameters: parameters))
    }
    hash.add(configuration.relativeTolerance)
    hash.add(configuration.absoluteTolerances)
    hash.add(configuration.magnitudeTolerances.map { Double($0) })
    for setting in [configuration.fixedStep, configuration.initialStep, configuration.maximumStep] {
      hash.add(setting ?? .nan)
    }
    hash.add(configuration.maximumSteps)
    hash.add(configuration.start)
    hash.add(configuration.end)
    hash.add(configuration.sampleTimes)
    hash.add(experiment.recording?.precision.rawValue ?? "")
    hash.add(experiment.recording?.variables.count ?? 0)
    for variable in experiment.recording?.variables ?? [] {
      hash.add(variable.path)
      hash.add(variable.unit.symbol)
      hash.add(variable.expression)
    }
    hash.add(experiment.reductions.count)
    for entry in experiment.reductions {
      hash.add(entry.name)
      hash.add(entry.unit.symbol)
      hash.add(entry.reduction.kind.rawValue)
      hash.add(entry.reduction.expression)
      hash.add(entry.reduction.from)
      hash.add(entry.reduction.to)
    }
    hash.add(experiment.verdict?.cases.count ?? -1)
    for entry in experiment.verdict?.cases ?? [] {
      hash.add(entry.name)
      hash.add(entry.condition)
    }
    hash.add(experiment.verdict?.otherwise ?? "")
    if experiment.network != nil { CircuitIdentity.add(experiment, to: &hash) }
    shared = hash
  }

  /// The identity of one run.
  ///
  /// - Parameters:
  ///   - setup: The run, with zeros where steady states are to come.
  ///   - requests: The steady states that it asks for.
  ///   - circuit: What `CircuitIdentity` adds.
  /// - Returns: Its identity.
  func identity(
    of setup: RunSetup, requests: [SteadyStateRequest], circuit: [UInt64]
  ) -> UInt64 {
    var hash = shared
    for word in circuit { hash.add(word) }
    hash.add(setup.parameters)
    hash.add(setup.inputs)
    hash.add(setup.states)
    hash.add(setup.schedule.count)
    for change in setup.schedule {
      hash.add(change.time)
      switch change.action {
      case .setInput(let index, let value):
        hash.add(3 * index)
        hash.add(value)
      case .setState(let index, let value):
        hash.add(3 * index + 1)
        hash.add(value)
      case .addToState(let index, let value):
        hash.add(3 * index + 2)
        hash.add(value)
      }
    }
    // What a run without samples has finished is not enough for one with them.
    if !setup.isSampled { hash.add("not sampled") }
    for request in requests {
      hash.add(request.interval)
      hash.add(request.boluses.count)
      for bolus in request.boluses {
        hash.add(bolus.state)
        hash.add(bolus.time)
        hash.add(bolus.amount)
      }
      hash.add(request.infusions.count)
      for infusion in request.infusions {
        hash.add(infusion.input)
        hash.add(infusion.start)
        hash.add(infusion.end)
        hash.add(infusion.rate)
      }
    }
    return hash.value
  }
}
