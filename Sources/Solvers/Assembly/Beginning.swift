import Programs

extension StepAssembly {
  /// Starts lanes afresh: first derivative, conditions, extremes, and a first step.
  ///
  /// The first step is chosen so that an explicit Euler step would change the solution little and
  /// the second derivative is felt.
  ///
  /// Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, II.4, with two
  /// changes: a state of zero counts as one tolerance, and without any derivative the first step is
  /// a part of the way to the next stop.
  mutating func addBeginning(_ extremes: ProcedureHandle?) {
    let arrays = arrays
    let scratch = scratch
    let count = system.stateCount
    addToleranceUpdate(to: .begin, where: arrays.isRestarting)
    let f0 = program.declare("f0", count: count, storage: .temporary)
    addDerivative(time: arrays.time, state: arrays.state, into: f0, to: .begin)
    if !method.isImplicit && method != .exponentialEuler {
      addLoop(to: .begin) { graph in
        let restarts = graph.compare(
          .notEqual, graph.load(arrays.isRestarting), graph.constant(0))
        return ElementLoop(stores: [
          (
            scratch.firstStage,
            graph.select(restarts, graph.element(f0), graph.element(scratch.firstStage))
          )
        ])
      }
    }
    addConditionsAtBeginning()
    if method.isAdaptive {
      addFirstStep(f0)
    } else {
      add("first_step", to: .begin) { graph in
        [.init(arrays.step, 0, graph.load(arrays.initialStep))]
      }
    }
    addExtremes(extremes, to: .begin, where: arrays.isRestarting)
  }

  private mutating func addFirstStep(_ f0: LaneArray) {
    let arrays = arrays
    let scratch = scratch
    let controlled = system.controlledCount
    let count = Double(max(1, controlled))
    func temporary(_ name: String, _ count: Int = 1) -> LaneArray {
      program.declare(name, count: count, storage: .temporary)
    }
    let stateSquare = temporary("state_square")
    let slopeSquare = temporary("slope_square")
    let trialStep = temporary("trial_step")
    let trialTime = temporary("trial_time")
    let trialState = temporary("trial_state", system.stateCount)
    let f1 = temporary("f1", system.stateCount)
    let changeSquare = temporary("change_square")
    let system = system
    func scaledSquare(_ value: Node, _ graph: inout ExpressionGraph) -> Node {
      let magnitude = graph.unary(.absolute, graph.element(arrays.state))
      var absolute = Self.absoluteTolerance(system, arrays, &graph)
      if Self.followsMagnitudes(system) {
        // What is 0 has no magnitude to be told by; its unit serves for a first step.
        let isZero = graph.compare(.equal, magnitude, graph.constant(0))
        absolute = graph.select(isZero, graph.element(arrays.absoluteTolerance), absolute)
      }
      let scale = graph.add(
        absolute, graph.multiply(graph.load(arrays.relativeTolerance), magnitude))
      let ratio = graph.divide(value, scale)
      return graph.multiply(ratio, ratio)
    }
    addLoop(to: .begin, count: controlled) { graph in
      ElementLoop(sums: [
        (stateSquare, scaledSquare(graph.element(arrays.state), &graph)),
        (slopeSquare, scaledSquare(graph.element(f0), &graph)),
      ])
    }
    add("trial_step", to: .begin) { graph in
      let one = graph.constant(1)
      let remaining = graph.subtract(graph.load(arrays.stop), graph.load(arrays.time))
      let d0 = graph.multiply(graph.load(stateSquare), graph.constant(1 / count))
      let d1 = graph.multiply(graph.load(slopeSquare), graph.constant(1 / count))
      let size = graph.select(graph.compare(.greater, d0, one), d0, one)
      let moves = graph.compare(.greater, d1, graph.constant(1e-30))
      let ratio = graph.divide(size, graph.select(moves, d1, one))
      let step = graph.multiply(graph.constant(0.01), graph.unary(.squareRoot, ratio))
      let part = graph.multiply(graph.constant(1e-3), remaining)
      let bounded = graph.select(graph.compare(.less, step, remaining), step, remaining)
      let trial = graph.select(moves, bounded, part)
      return [
        .init(trialStep, 0, trial),
        .init(trialTime, 0, graph.add(graph.load(arrays.time), trial)),
      ]
    }
    addLoop(to: .begin) { graph in
      ElementLoop(stores: [
        (
          trialState,
          graph.add(
            graph.element(arrays.state),
            graph.multiply(graph.load(trialStep), graph.element(f0)))
        )
      ])
    }
    addDerivative(time: trialTime, state: trialState, into: f1, to: .begin)
    addLoop(to: .begin, count: controlled) { graph in
      let change = graph.subtract(graph.element(f1), graph.element(f0))
      return ElementLoop(sums: [(changeSquare, scaledSquare(change, &graph))])
    }
    let order = Double(method.errorOrder + 1)
    add("first_step", to: .begin) { graph in
      let zero = graph.constant(0)
      let one = graph.constant(1)
      let trial = graph.load(trialStep)
      let d1 = graph.unary(
        .squareRoot, graph.multiply(graph.load(slopeSquare), graph.constant(1 / count)))
      let d2 = graph.divide(
        graph.unary(
          .squareRoot, graph.multiply(graph.load(changeSquare), graph.constant(1 / count))),
        trial)
      let larger = graph.select(graph.compare(.greater, d1, d2), d1, d2)
      // (0.01/d)^(1/order), by logarithms; a derivative that is not finite gives the trial step.
      let isUsable = graph.both(
        graph.compare(.greater, larger, graph.constant(1e-15)),
        graph.compare(.less, larger, graph.constant(1e250)))
      let logarithm = graph.unary(
        .coarseLog2, graph.divide(graph.constant(0.01), graph.select(isUsable, larger, one)))
      let estimate = graph.unary(
        .coarseExp2, graph.multiply(graph.constant(1 / order), logarithm))
      let hundredfold = graph.multiply(graph.constant(100), trial)
      let chosen = graph.select(
        graph.both(isUsable, graph.compare(.less, estimate, hundredfold)), estimate, hundredfold)
      let given = graph.load(arrays.initialStep)
      let first = graph.select(graph.compare(.greater, given, zero), given, chosen)
      let longest = graph.load(arrays.maximumStep)
      let limited = graph.select(graph.compare(.less, first, longest), first, longest)
      let restarts = graph.compare(.notEqual, graph.load(arrays.isRestarting), zero)
      func fresh(_ array: LaneArray, _ value: Node) -> Procedure.Store {
        .init(array, 0, graph.select(restarts, value, graph.load(array)))
      }
      return [
        fresh(arrays.step, limited), fresh(scratch.errorMemory, zero),
        fresh(scratch.rejectionsInARow, zero),
      ]
    }
  }

  /// What a driver may ask at the current time: recorded and observed values, derivatives.
  mutating func addObservation() {
    if !system.recorded.isEmpty {
      let recording = defineOverState("record", system.recorded, into: arrays.recorded)
      append(.call(recording, [arrays.time, arrays.state]), to: .observe)
      append(.call(recording, [scratch.sampleTime, scratch.sampleState]), to: .interpolate)
    }
    if !system.observed.isEmpty {
      let observation = defineOverState("observe", system.observed, into: arrays.observed)
      append(.call(observation, [arrays.time, arrays.state]), to: .observe)
    }
    addConditionsToObservation()
    addDerivative(
      time: arrays.time, state: arrays.state, into: arrays.derivative, to: .diagnose)
  }

  /// The time of a sample, at `fraction` of the attempted step.
  mutating func addSampleTime() {
    let arrays = arrays
    let scratch = scratch
    add("sample_time", to: .interpolate) { graph in
      [
        .init(
          scratch.sampleTime, 0,
          graph.add(
            graph.load(arrays.time),
            graph.multiply(graph.load(arrays.fraction), graph.load(arrays.attemptedStep))))
      ]
    }
  }
}
