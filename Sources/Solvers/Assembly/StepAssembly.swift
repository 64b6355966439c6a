import Programs

/// Builds a stepped program: what all methods share.
///
/// A method adds the statements that lead from `state` to `newState` in one attempted step, with
/// an error for each state, and how to interpolate; everything else is here.
struct StepAssembly {
  var program: LaneProgram
  let system: EquationSystem
  let method: Method
  let arrays: SteppingArrays
  let scratch: ScratchArrays
  let derivativeProcedure: ProcedureHandle
  let dependsOnTime: Bool
  /// How the method interpolates, once its stages are added.
  var interpolant: Interpolant?
  /// The search for extremes within a step, if there is one.
  var turning: TurningArrays?

  /// The arrays that live within a step.
  struct ScratchArrays {
    var newTime: LaneArray
    var newState: LaneArray
    var reciprocalStep: LaneArray
    var accepted: LaneArray
    var errorSquare: LaneArray
    var errorMemory: LaneArray
    /// How many attempts were rejected since the last one that was accepted.
    var rejectionsInARow: LaneArray
    var sampleTime: LaneArray
    var sampleState: LaneArray
    /// The derivative at the start of the step, kept from the end of the one before.
    var firstStage: LaneArray
    /// The derivative at the end of the attempted step, for methods that compute it.
    var lastStage: LaneArray
    var newEvents: LaneArray
    /// 1 where something is looked for within the attempted step, and where that will be so soon.
    var looksWithin: LaneArray
    var needsInterpolation: LaneArray
    /// The square of the scaled error of the interpolation, where it is needed.
    var interpolationSquare: LaneArray
  }

  init(_ system: EquationSystem, method: Method) {
    var program = system.program
    let count = system.stateCount
    func persistent(_ name: String, _ count: Int = 1) -> LaneArray {
      program.declare(name, count: count, storage: .persistent)
    }
    func temporary(_ name: String, _ count: Int = 1) -> LaneArray {
      program.declare(name, count: count, storage: .temporary)
    }
    func shared(_ name: String, _ count: Int = 1) -> LaneArray {
      program.declare(name, count: count, storage: .shared)
    }
    arrays = SteppingArrays(
      parameters: system.parameters, inputs: system.inputs, time: persistent("t"),
      state: persistent("y", count), step: persistent("h"), stop: persistent("stop"),
      nextSample: persistent("next_sample"), isActive: persistent("is_active"),
      isRestarting: persistent("is_restarting"), ignoresEvents: persistent("ignores_events"),
      acceptedSteps: persistent("accepted_steps"), rejectedSteps: persistent("rejected_steps"),
      attention: persistent("attention"), fraction: persistent("fraction"),
      attemptedStep: persistent("attempted_step"),
      eventValues: persistent("event_values", system.events.count),
      firedEvents: persistent("fired_events", system.events.count),
      locatedEvents: persistent("located_events", system.events.count),
      recorded: persistent("recorded", system.recorded.count),
      observed: persistent("observed", system.observed.count),
      extremeValues: persistent("extreme_values", system.extremes.count),
      extremes: persistent("extremes", system.extremes.count),
      extremeTimes: persistent("extreme_times", system.extremes.count),
      derivative: persistent("derivative", count), relativeTolerance: shared("rtol"),
      absoluteTolerance: shared("atol", count),
      tolerance: persistent("tolerance", Self.followsMagnitudes(system) ? count : 0),
      toleranceRatio: shared("tolerance_ratio", Self.followsMagnitudes(system) ? count : 0),
      initialStep: shared("initial_step"),
      maximumStep: shared("maximum_step"), maximumSteps: shared("maximum_steps"),
      extremeWindows: shared("extreme_windows", 2 * system.extremes.count))
    scratch = ScratchArrays(
      newTime: temporary("t_new"), newState: temporary("z", count),
      reciprocalStep: temporary("reciprocal_h"), accepted: temporary("accepted"),
      errorSquare: temporary("error_square"), errorMemory: persistent("error_memory"),
      rejectionsInARow: persistent("rejections_in_a_row"), sampleTime: temporary("t_sample"),
      sampleState: temporary("y_sample", count), firstStage: persistent("k_first", count),
      lastStage: temporary("k_last", count),
      newEvents: temporary("new_events", system.events.count),
      looksWithin: temporary("looks_within"), needsInterpolation: temporary("needs_interpolation"),
      interpolationSquare: temporary("interpolation_square"))
    let output = program.declare("dydt", count: count, storage: .formal)
    derivativeProcedure = program.define(
      Procedure(
        name: "derivative", formals: [system.time, system.state, output],
        stores: system.derivatives.enumerated().map { .init(output, $0.offset, $0.element) }))
    dependsOnTime = program.graph.reachableNodes(from: system.derivatives).contains {
      if case .load(system.time, _) = program.graph[$0] { return true }
      return false
    }
    self.program = program
    self.system = system
    self.method = method
  }

  // MARK: Building blocks

  /// Adds a procedure and a call of it to a routine.
  mutating func add(
    _ name: String, to routine: LaneProgram.Routine,
    _ stores: (inout ExpressionGraph) -> [Procedure.Store]
  ) {
    let procedure = Procedure(name: name, stores: stores(&program.graph))
    guard !procedure.stores.isEmpty else { return }
    append(.call(program.define(procedure), []), to: routine)
  }

  /// Adds a loop over the states to a routine.
  mutating func addLoop(
    to routine: LaneProgram.Routine, count: Int? = nil,
    _ body: (inout ExpressionGraph) -> ElementLoop
  ) {
    append(.forEach(count: count ?? system.stateCount, body(&program.graph)), to: routine)
  }

  mutating func append(_ statement: Statement, to routine: LaneProgram.Routine) {
    program.routines[routine, default: []].append(statement)
  }

  /// Adds a call of the derivative to a routine.
  mutating func addDerivative(
    time: LaneArray, state: LaneArray, into output: LaneArray, to routine: LaneProgram.Routine
  ) {
    append(.call(derivativeProcedure, [time, state, output]), to: routine)
  }

  /// A procedure over a formal time and state.
  mutating func defineOverState(
    _ name: String, _ values: [Node], into output: LaneArray
  ) -> ProcedureHandle {
    program.define(
      Procedure(
        name: name, formals: [system.time, system.state],
        stores: values.enumerated().map { .init(output, $0.offset, $0.element) }))
  }

  // MARK: Completion

  /// Adds what all methods share around the stages, and makes the program ready for a backend.
  mutating func finish() -> LaneProgram {
    addClipping()
    let extremes = defineExtremeValues()
    addEventValues()
    addTurningPoints(extremes)
    addInterpolationNeed()
    addJudgement()
    addTurnTest()
    addCommit(extremes)
    addBeginning(extremes)
    addObservation()
    addLocation()
    program.control = ControlArrays(
      time: arrays.time, newTime: scratch.newTime, step: arrays.attemptedStep,
      accepted: scratch.accepted, nextSample: arrays.nextSample, fraction: arrays.fraction,
      recorded: arrays.recorded, attention: arrays.attention,
      needsInterpolation: controlsInterpolation ? scratch.needsInterpolation : nil,
      isTurning: turning?.isTurning,
      turningRounds: Self.turningRounds)
    if !system.events.isEmpty { keepInterpolationData() }
    let hoisted = program.declare("hoisted", storage: .persistent)
    let stores = program.hoist(
      constants: [arrays.parameters, arrays.inputs], into: hoisted, from: program.procedureHandles)
    let prepare = program.define(Procedure(name: "prepare", stores: stores))
    program.routines[.prepare] = [.call(prepare, [])]
    program.fuse()
    return program
  }

  /// Keeps between routines what `locate` needs of the attempted step.
  private mutating func keepInterpolationData() {
    let read = program.arraysRead(by: [.interpolationCoefficients, .locate])
    let written = program.arraysWritten(by: [.attempt, .judge])
    for array in read.intersection(written) where program[array].storage == .temporary {
      program.setStorage(.persistent, of: array)
    }
  }
}
