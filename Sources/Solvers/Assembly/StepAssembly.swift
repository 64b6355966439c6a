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
  /// Computes `margins` and `goneBack` at a time and a state; `nil` where there are no conditions.
  var conditionProcedure: ProcedureHandle?
  /// How conditions stand within the attempted step, at each of `conditionFractions`.
  var innerConditions: [(margins: LaneArray, goneBack: LaneArray)] = []
  /// Computes the sides of kinks at a time and a state; `nil` where there are none.
  var kinkProcedure: ProcedureHandle?
  /// Computes the differences of kinks at a time and a state into `locatedKinks`; `nil` likewise.
  var kinkDifferences: ProcedureHandle?
  /// How the program asks for another method, if it does.
  var switching: SwitchingArrays?
  /// Where `switching` is due.
  var isAssessed: LaneArray?
  /// What the last stage but one was computed of, and its value, for explicit methods.
  var penultimateStage: (argument: LaneArray, derivative: LaneArray)?
  /// What lives between routines and is of no use to another method.
  var methodsOwn: Set<LaneArray>
  /// Everything else that lives between routines, in order of declaration.
  private(set) var arraysOfRun: [LaneArray] = []

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
    /// What `margins`, `goneBack` and `kinkSides` are at the end of the attempted step.
    var newMargins: LaneArray
    var newGoneBack: LaneArray
    var newKinkSides: LaneArray
    /// 1 where a condition or a kink changes within the attempted step, or may.
    var changes: LaneArray
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
      isRestarting: persistent("is_restarting"),
      ignoresConditions: persistent("ignores_conditions"),
      acceptedSteps: persistent("accepted_steps"), rejectedSteps: persistent("rejected_steps"),
      attention: persistent("attention"), fraction: persistent("fraction"),
      attemptedStep: persistent("attempted_step"),
      holding: persistent("holding", system.conditions.count),
      margins: persistent("margins", system.conditions.count),
      goneBack: persistent("gone_back", system.conditions.count),
      locatedMargins: persistent("located_margins", system.conditions.count),
      locatedGoneBack: persistent("located_gone_back", system.conditions.count),
      kinkSides: persistent("kink_sides", system.kinks.count),
      locatedKinks: persistent("located_kinks", system.kinks.count),
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
      shortestQuadratureStep: shared("shortest_quadrature_step"),
      extremeWindows: shared("extreme_windows", 2 * system.extremes.count))
    scratch = ScratchArrays(
      newTime: temporary("t_new"), newState: temporary("z", count),
      reciprocalStep: temporary("reciprocal_h"), accepted: temporary("accepted"),
      errorSquare: temporary("error_square"), errorMemory: persistent("error_memory"),
      rejectionsInARow: persistent("rejections_in_a_row"), sampleTime: temporary("t_sample"),
      sampleState: temporary("y_sample", count), firstStage: persistent("k_first", count),
      lastStage: temporary("k_last", count),
      newMargins: temporary("new_margins", system.conditions.count),
      newGoneBack: temporary("new_gone_back", system.conditions.count),
      newKinkSides: temporary("new_kink_sides", system.kinks.count),
      changes: temporary("changes"),
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
    methodsOwn = [
      arrays.step, arrays.attemptedStep, scratch.errorMemory, scratch.rejectionsInARow,
      scratch.firstStage,
    ]
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
  ///
  /// - Parameter mayChange: Whether the program asks for another method.
  /// - Returns: The program.
  mutating func finish(mayChange: Bool = false) -> LaneProgram {
    addClipping()
    let extremes = defineExtremeValues()
    defineConditions()
    addConditionsWithinStep()
    addTurningPoints(extremes)
    addInterpolationNeed()
    addJudgement()
    addTurnTest()
    addCommit(extremes)
    if mayChange { addStiffnessDetection() }
    addBeginning(extremes)
    addObservation()
    addLocation()
    program.control = ControlArrays(
      time: arrays.time, newTime: scratch.newTime, step: arrays.attemptedStep,
      accepted: scratch.accepted, nextSample: arrays.nextSample, fraction: arrays.fraction,
      recorded: arrays.recorded, attention: arrays.attention,
      needsInterpolation: controlsInterpolation ? scratch.needsInterpolation : nil,
      isTurning: turning?.isTurning, turningRounds: Self.turningRounds, isAssessed: isAssessed)
    noteArraysOfRun()
    if watchesConditions { keepInterpolationData() }
    let hoisted = program.declare("hoisted", storage: .persistent)
    let stores = program.hoist(
      constants: [arrays.parameters, arrays.inputs], into: hoisted, from: program.procedureHandles)
    let prepare = program.define(Procedure(name: "prepare", stores: stores))
    program.routines[.prepare] = [.call(prepare, [])]
    program.fuse()
    return program
  }

  /// Notes what has to go along with a run that another method goes on with: everything that lives
  /// between routines but what is the method's own.
  private mutating func noteArraysOfRun() {
    var own = methodsOwn
    if let switching {
      own.formUnion([
        switching.countdown, switching.interval, switching.votes, switching.patience,
        switching.rate,
        switching.direction,
      ])
    }
    arraysOfRun = program.persistentArrays.filter { !own.contains($0) }
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
