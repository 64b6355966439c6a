import ModelLanguage
import Simulations

/// The runs of one arm and one individual: what they share, and how each differs.
struct RunTemplate: Sendable {
  let sheet: ParameterSheet
  private let model: Model
  private let start: Double
  private let end: Double
  private let doses: [Dose]
  private let events: [DosingEvent]
  private let protocols: [InputProtocol]
  private let baseStates: [Double]
  private let baseInputs: [Double]
  private let affectedStates: [Int]
  private let affectedInputs: [Int]
  /// The schedule when doses and driven inputs are the same in all runs.
  private var sharedSchedule: (inputs: [Double], changes: [ScheduledChange])?

  /// Makes a template.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - sheet: The parameters.
  ///   - doses: The doses of the arm.
  ///   - events: The events of the individual, in order.
  ///   - protocols: The driven inputs.
  ///   - sweepsDoses: Whether a setting of the doses varies between runs.
  ///   - start: The first time of a run, in s.
  ///   - end: The last time of a run, in s.
  init(
    model: Model, sheet: ParameterSheet, doses: [Dose], events: [DosingEvent],
    protocols: [InputProtocol], sweepsDoses: Bool, start: Double, end: Double
  ) {
    self.model = model
    self.sheet = sheet
    self.doses = doses
    self.events = events
    self.protocols = protocols
    self.start = start
    self.end = end
    let parameters = sheet.base
    baseStates = model.states.map { evaluate($0.initialValue, parameters: parameters) }
    baseInputs = model.inputs.map { evaluate($0.defaultValue, parameters: parameters) }
    affectedStates = model.states.indices.filter {
      model.states[$0].initialValue.depends(on: sheet.affected)
    }
    affectedInputs = model.inputs.indices.filter {
      model.inputs[$0].defaultValue.depends(on: sheet.affected)
    }
    let hasDoses = !doses.isEmpty || !events.isEmpty
    let routes = Set(doses.map(\.route) + events.map(\.route))
    let routesVary = routes.contains { index in
      model.routes[index].targets.contains {
        $0.fraction.depends(on: sheet.affected)
          || $0.duration?.depends(on: sheet.affected) == true
          || $0.lag?.depends(on: sheet.affected) == true
      }
    }
    let amountsVary = doses.contains {
      $0.amount.weightParameter.map(sheet.affected.contains) == true
    }
    let protocolsVary = protocols.contains { entry in
      entry.noise != nil
        || entry.steps.contains {
          if case .expression(let value) = $0.value.form {
            value.depends(on: sheet.affected)
          } else {
            false
          }
        }
    }
    let changesStates =
      events.contains { $0.action != .dose || $0.steadyState != .none }
    let hasOwnSchedule =
      (hasDoses && (sweepsDoses || routesVary || amountsVary || !affectedInputs.isEmpty))
      || protocolsVary || changesStates || (!protocols.isEmpty && !affectedInputs.isEmpty)
    sharedSchedule = nil
    if !hasOwnSchedule {
      let schedule = makeSchedule(
        history: history(parameters: parameters, settings: DoseSettings()), steadyStates: [],
        parameters: parameters, inputs: baseInputs, states: baseStates, seed: 0)
      sharedSchedule = (schedule.inputs, schedule.changes)
    }
  }

  /// Whether a run needs steady states before it can start.
  var needsSteadyStates: Bool { events.contains { $0.steadyState != .none } }

  /// The doses of a run.
  func history(parameters: [Double], settings: DoseSettings) -> DosingHistory {
    let given = doses.map { $0.event(parameters: parameters, settings: settings) }
    let all = (given + events).enumerated().sorted {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }.map(\.element)
    return DosingHistory(all, model: model, parameters: parameters)
  }

  /// The states at the start of a run.
  func states(parameters: [Double]) -> [Double] {
    var states = baseStates
    for index in affectedStates {
      states[index] = evaluate(model.states[index].initialValue, parameters: parameters)
    }
    return states
  }

  /// The inputs where nothing drives them.
  func inputs(parameters: [Double]) -> [Double] {
    var inputs = baseInputs
    for index in affectedInputs {
      inputs[index] = evaluate(model.inputs[index].defaultValue, parameters: parameters)
    }
    return inputs
  }

  /// Everything that a run is.
  ///
  /// - Parameters:
  ///   - parameters: All parameters of the run, in SI units.
  ///   - settings: Settings of the doses that vary.
  ///   - steadyStates: The steady states that the history of the run asks for.
  ///   - seed: What the run's random numbers follow from.
  /// - Returns: The run, ready to be simulated.
  func setup(
    parameters: [Double], settings: DoseSettings, steadyStates: [[Double]], seed: UInt64
  ) -> RunSetup {
    let states = states(parameters: parameters)
    if let sharedSchedule, affectedInputs.isEmpty {
      return RunSetup(
        parameters: parameters, inputs: sharedSchedule.inputs, states: states,
        schedule: sharedSchedule.changes)
    }
    let inputs = inputs(parameters: parameters)
    let schedule = makeSchedule(
      history: history(parameters: parameters, settings: settings), steadyStates: steadyStates,
      parameters: parameters, inputs: inputs, states: states, seed: seed)
    return RunSetup(
      parameters: parameters, inputs: schedule.inputs, states: states, schedule: schedule.changes)
  }

  private func makeSchedule(
    history: DosingHistory, steadyStates: [[Double]], parameters: [Double], inputs: [Double],
    states: [Double], seed: UInt64
  ) -> RunSchedule {
    var steps: [RunSchedule.InputStep] = []
    for entry in protocols {
      for step in entry.steps {
        steps.append(
          RunSchedule.InputStep(
            input: entry.input, time: step.time.value,
            value: step.value.value(parameters: parameters)))
      }
      if let noise = entry.noise {
        steps += noise.steps(input: entry.input, parameters: parameters, seed: seed, end: end)
      }
    }
    return RunSchedule(
      history: history, steadyStates: steadyStates, steps: steps, inputs: inputs,
      initialStates: states, start: start, end: end)
  }
}
