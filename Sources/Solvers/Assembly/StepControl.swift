import Programs

extension StepAssembly {
  /// Shortens the proposed step so that it lands on the next stop, exactly.
  mutating func addClipping() {
    let arrays = arrays
    let scratch = scratch
    let statements = program.routines[.attempt] ?? []
    program.routines[.attempt] = []
    add("clip", to: .attempt) { graph in
      let time = graph.load(arrays.time)
      let stop = graph.load(arrays.stop)
      let proposed = graph.load(arrays.step)
      let remaining = graph.subtract(stop, time)
      // A step that would leave a rest of no substance is stretched over it.
      let reach = graph.multiply(remaining, graph.constant(1 - 1e-9))
      let hits = graph.compare(.greaterOrEqual, proposed, reach)
      let step = graph.select(hits, remaining, proposed)
      let end = graph.select(hits, stop, graph.add(time, step))
      return [
        .init(arrays.attemptedStep, 0, step), .init(scratch.newTime, 0, end),
        .init(scratch.reciprocalStep, 0, graph.divide(graph.constant(1), step)),
      ]
    }
    program.routines[.attempt]?.append(contentsOf: statements)
  }

  /// The contribution of one state to the square of the scaled error.
  ///
  ///     (e / (atol + rtol·max(|y|, |z|)))²
  ///
  /// The reciprocal is an estimate: four digits of an error decide nothing.
  static func scaledErrorSquare(
    _ error: Node, old: Node, new: Node, _ system: EquationSystem, _ arrays: SteppingArrays,
    _ graph: inout ExpressionGraph
  ) -> Node {
    scaledSquare(
      error, old: old, new: new, absolute: absoluteTolerance(system, arrays, &graph), arrays, &graph
    )
  }

  private static func scaledSquare(
    _ error: Node, old: Node, new: Node, absolute: Node, _ arrays: SteppingArrays,
    _ graph: inout ExpressionGraph
  ) -> Node {
    let before = graph.unary(.absolute, old)
    let after = graph.unary(.absolute, new)
    let larger = graph.select(graph.compare(.greater, before, after), before, after)
    let scale = graph.add(
      absolute,
      graph.multiply(graph.load(arrays.relativeTolerance), larger))
    let ratio = graph.multiply(error, graph.unary(.coarseReciprocal, scale))
    return graph.multiply(ratio, ratio)
  }

  /// Adds the largest mean square of the errors of quadratures to that of the states.
  ///
  /// Quadratures are in the test of the error by a norm of their own, so that their number does not loosen
  /// the tolerance of the states, and what has no value does not stop the run.
  ///
  /// - Parameter error: The error of a state, by its index.
  mutating func addQuadratureError(_ error: (Int, inout ExpressionGraph) -> Node) {
    guard system.quadratureCount > 0 else { return }
    let arrays = arrays
    let scratch = scratch
    let quadratures = system.controlledCount..<system.stateCount
    let weight = Double(max(1, system.controlledCount)) / Double(quadratures.count)
    add("quadrature_error", to: .attempt) { graph in
      var sum = graph.constant(0)
      for index in quadratures {
        let error = error(index, &graph)
        let square = Self.scaledSquare(
          error, old: graph.load(arrays.state, index), new: graph.load(scratch.newState, index),
          absolute: graph.constant(Self.quadratureFloor), arrays, &graph)
        let isFinite = graph.compare(.less, square, graph.constant(1e250))
        sum = graph.add(sum, graph.select(isFinite, square, graph.constant(0)))
      }
      // What a step as short as this adds is of no weight, and its rounding may exceed the tolerance.
      let isLong = graph.compare(
        .greater, graph.load(arrays.attemptedStep), graph.load(arrays.shortestQuadratureStep))
      let all = graph.multiply(graph.constant(weight), sum)
      let ofQuadratures = graph.select(isLong, all, graph.constant(0))
      let ofStates = graph.load(scratch.errorSquare)
      // The larger one; where that of the states has no value, that it has none.
      let isLarger = graph.compare(.greater, ofQuadratures, ofStates)
      return [.init(scratch.errorSquare, 0, graph.select(isLarger, ofQuadratures, ofStates))]
    }
  }

  /// What an integral may be off by before anything has been added up; far below any that matters.
  private static let quadratureFloor = 1e-280

  /// Counts the states of a method of fixed step that are not finite.
  mutating func addFinitenessTest() {
    guard !method.isAdaptive else { return }
    let scratch = scratch
    addLoop(to: .attempt, count: system.controlledCount) { graph in
      let size = graph.unary(.absolute, graph.element(scratch.newState))
      let isFinite = graph.compare(.lessOrEqual, size, graph.constant(.greatestFiniteMagnitude))
      return ElementLoop(sums: [
        (
          scratch.errorSquare,
          graph.select(isFinite, graph.constant(0), graph.constant(1))
        )
      ])
    }
  }

  /// Decides whether the attempt is accepted: its error, that of the interpolation where something is
  /// looked for within it, and whether a condition changes within it.
  mutating func addJudgement() {
    let arrays = arrays
    let scratch = scratch
    let isAdaptive = method.isAdaptive
    let count = system.controlledCount
    addFinitenessTest()
    let watchesConditions = watchesConditions
    let controlsInterpolation = controlsInterpolation
    add("judge", to: .judge) { graph in
      let one = graph.constant(1)
      let zero = graph.constant(0)
      let isActive = graph.compare(.notEqual, graph.load(arrays.isActive), zero)
      var isGood = isActive
      var attention = zero
      let square = graph.load(scratch.errorSquare)
      if isAdaptive {
        // The sum of squares against the number of states: their mean against 1.
        let limit = graph.constant(Double(max(1, count)))
        isGood = graph.both(isActive, graph.compare(.lessOrEqual, square, limit))
        if controlsInterpolation {
          let looks = graph.compare(.notEqual, graph.load(scratch.looksWithin), zero)
          let isSmooth = graph.compare(
            .lessOrEqual, graph.load(scratch.interpolationSquare), limit)
          isGood = graph.both(isGood, graph.either(graph.not(looks), isSmooth))
        }
      } else {
        let isFinite = graph.compare(.equal, square, zero)
        attention = graph.select(
          graph.both(isActive, graph.not(isFinite)),
          graph.constant(Attention.notFinite.rawValue), attention)
        isGood = graph.both(isActive, isFinite)
      }
      if watchesConditions {
        let changes = graph.compare(.notEqual, graph.load(scratch.changes), zero)
        let hasChange = graph.both(isGood, changes)
        attention = graph.select(
          hasChange, graph.constant(Attention.conditionChange.rawValue), attention)
        isGood = graph.both(isGood, graph.not(hasChange))
      }
      return [
        .init(scratch.accepted, 0, graph.select(isGood, one, zero)),
        .init(arrays.attention, 0, attention),
      ]
    }
  }

  /// Takes over an accepted step, keeps extremes, and chooses the next step.
  mutating func addCommit(_ extremes: ProcedureHandle?) {
    let arrays = arrays
    let scratch = scratch
    let keepsStage = !method.isImplicit && method != .exponentialEuler
    addLoop(to: .commit) { graph in
      let isAccepted = graph.compare(.notEqual, graph.load(scratch.accepted), graph.constant(0))
      var stores = [
        (
          arrays.state,
          graph.select(
            isAccepted, graph.element(scratch.newState), graph.element(arrays.state))
        )
      ]
      if keepsStage {
        stores.append(
          (
            scratch.firstStage,
            graph.select(
              isAccepted, graph.element(scratch.lastStage), graph.element(scratch.firstStage))
          ))
      }
      return ElementLoop(stores: stores)
    }
    addConditionsToCommit()
    addToleranceUpdate(to: .commit, where: scratch.accepted)
    addControl()
    addExtremes(extremes, to: .commit, where: scratch.accepted)
  }

  /// Takes over the time, counts, and chooses the next step by the error of this and the last one.
  ///
  ///     h ← h · clamp(0.9 · err^(−α) · err_last^β)
  ///
  /// Source: Gustafsson, Lundh and Söderlind (1988), BIT 28, 270; α = 0.85/k and β = 0.2/k for an
  /// error of order k, after Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I,
  /// program DOPRI5: more memory would keep the error further below the tolerance than asked.
  private mutating func addControl() {
    let arrays = arrays
    let scratch = scratch
    let method = method
    let count = system.controlledCount
    let controlsInterpolation = controlsInterpolation
    add("control", to: .commit) { graph in
      let zero = graph.constant(0)
      let one = graph.constant(1)
      let isAccepted = graph.compare(.notEqual, graph.load(scratch.accepted), zero)
      let isActive = graph.compare(.notEqual, graph.load(arrays.isActive), zero)
      let noEvent = graph.compare(.equal, graph.load(arrays.attention), zero)
      let isRejected = graph.both(graph.both(isActive, noEvent), graph.not(isAccepted))
      let time = graph.select(
        isAccepted, graph.load(scratch.newTime), graph.load(arrays.time))
      let accepted = graph.add(
        graph.load(arrays.acceptedSteps), graph.select(isAccepted, one, zero))
      let rejected = graph.add(
        graph.load(arrays.rejectedSteps), graph.select(isRejected, one, zero))
      var stores: [Procedure.Store] = [
        .init(arrays.time, 0, time), .init(arrays.acceptedSteps, 0, accepted),
        .init(arrays.rejectedSteps, 0, rejected),
      ]
      var attention = graph.load(arrays.attention)
      let lands = graph.both(
        isAccepted, graph.compare(.greaterOrEqual, time, graph.load(arrays.stop)))
      attention = graph.select(lands, graph.constant(Attention.stop.rawValue), attention)
      if method.isAdaptive {
        let next = Self.nextStep(
          isAccepted: isAccepted, isRejected: isRejected, method: method, stateCount: count,
          worst: Self.worstSquare(scratch, controlsInterpolation, &graph), arrays, scratch, &graph)
        stores += next.stores
        // Below this a step no longer moves the time, or the run would never end.
        let span = graph.subtract(graph.load(arrays.stop), time)
        let smallest = graph.add(
          graph.multiply(graph.unary(.absolute, time), graph.constant(1e-16)),
          graph.multiply(span, graph.constant(1e-24)))
        let isTooSmall = graph.both(
          isRejected, graph.not(graph.compare(.greater, next.step, smallest)))
        attention = graph.select(
          isTooSmall, graph.constant(Attention.stepTooSmall.rawValue), attention)
      }
      let attempts = graph.add(accepted, rejected)
      let isExhausted = graph.both(
        graph.both(isActive, graph.compare(.equal, attention, zero)),
        graph.compare(.greaterOrEqual, attempts, graph.load(arrays.maximumSteps)))
      attention = graph.select(
        isExhausted, graph.constant(Attention.tooManySteps.rawValue), attention)
      stores.append(.init(arrays.attention, 0, attention))
      return stores
    }
  }

  private static func nextStep(
    isAccepted: Node, isRejected: Node, method: Method, stateCount: Int, worst: Node,
    _ arrays: SteppingArrays, _ scratch: ScratchArrays, _ graph: inout ExpressionGraph
  ) -> (stores: [Procedure.Store], step: Node) {
    let one = graph.constant(1)
    let zero = graph.constant(0)
    let square = worst
    let isFinite = graph.compare(.less, square, graph.constant(1e250))
    // The floor keeps the logarithm of an error of zero in bounds. What is not finite gives an
    // estimate without meaning, which is not used.
    let bounded = graph.add(square, graph.constant(1e-16))
    let order = Double(method.errorOrder + 1)
    // Half, because the logarithm is of the square; less the number of states, for the mean.
    let ofMean = graph.subtract(
      graph.unary(.coarseLog2, bounded),
      graph.constant(
        ElementaryFunctions.evaluate(.log2, Double(max(1, stateCount)))))
    let logarithm = graph.multiply(graph.constant(0.5), ofMean)
    // log2 of the safety factor 0.9.
    let safety = graph.constant(-0.15200309344504997)
    let plain = graph.subtract(safety, graph.multiply(graph.constant(1 / order), logarithm))
    let withMemory = graph.add(
      graph.subtract(safety, graph.multiply(graph.constant(method.errorWeight / order), logarithm)),
      graph.multiply(graph.constant(method.memoryWeight / order), graph.load(scratch.errorMemory)))
    let exponent = graph.select(isAccepted, withMemory, plain)
    var factor = graph.unary(.coarseExp2, exponent)
    let least = graph.constant(0.2)
    factor = graph.select(graph.compare(.less, factor, least), least, factor)
    let wasRejected = graph.compare(.notEqual, graph.load(scratch.rejectionsInARow), zero)
    let most = graph.select(
      graph.either(isRejected, wasRejected), one, graph.constant(method.isImplicit ? 6 : 5))
    factor = graph.select(graph.compare(.greater, factor, most), most, factor)
    factor = graph.select(isFinite, factor, graph.constant(0.1))
    let proposed = graph.multiply(graph.load(arrays.attemptedStep), factor)
    let longest = graph.load(arrays.maximumStep)
    let limited = graph.select(graph.compare(.less, proposed, longest), proposed, longest)
    // A step that was cut short to land on a stop says nothing against the one proposed before.
    let before = graph.load(arrays.step)
    let attempted = graph.load(arrays.attemptedStep)
    let wasCut = graph.both(isAccepted, graph.compare(.greater, before, attempted))
    let grows = graph.both(
      graph.compare(.greaterOrEqual, limited, attempted), graph.compare(.greater, before, limited))
    let kept = graph.select(graph.both(wasCut, grows), before, limited)
    let isJudged = graph.either(isAccepted, isRejected)
    let step = graph.select(isJudged, kept, before)
    let memory = graph.select(isAccepted, logarithm, graph.load(scratch.errorMemory))
    let rejections = graph.load(scratch.rejectionsInARow)
    let rejectionsInARow = graph.select(
      isRejected, graph.add(rejections, one), graph.select(isAccepted, zero, rejections))
    return (
      [
        .init(arrays.step, 0, step), .init(scratch.errorMemory, 0, memory),
        .init(scratch.rejectionsInARow, 0, rejectionsInARow),
      ], step
    )
  }

  /// The procedure that computes the values whose extremes are kept; `nil` if there are none.
  mutating func defineExtremeValues() -> ProcedureHandle? {
    guard !system.extremes.isEmpty else { return nil }
    let output = program.declare("extreme", count: system.extremes.count, storage: .formal)
    return program.define(
      Procedure(
        name: "extreme_values", formals: [system.time, system.state, output],
        stores: system.extremes.enumerated().map { .init(output, $0.offset, $0.element.value) }))
  }

  /// Keeps the largest and smallest values, where a condition holds and the window is open.
  mutating func addExtremes(
    _ evaluation: ProcedureHandle?, to routine: LaneProgram.Routine, where condition: LaneArray
  ) {
    guard let evaluation else { return }
    let arrays = arrays
    append(
      .call(evaluation, [arrays.time, arrays.state, arrays.extremeValues]), to: routine)
    let isMaximum = system.extremes.map(\.isMaximum)
    add("keep_extremes", to: routine) { graph in
      let holds = graph.compare(.notEqual, graph.load(condition), graph.constant(0))
      let time = graph.load(arrays.time)
      return isMaximum.enumerated().flatMap { index, isMaximum -> [Procedure.Store] in
        let from = graph.load(arrays.extremeWindows, 2 * index)
        let to = graph.load(arrays.extremeWindows, 2 * index + 1)
        let isOpen = graph.both(
          graph.compare(.greaterOrEqual, time, from), graph.compare(.lessOrEqual, time, to))
        let old = graph.load(arrays.extremes, index)
        let value = graph.load(arrays.extremeValues, index)
        let isFurther = graph.compare(isMaximum ? .greater : .less, value, old)
        let takes = graph.both(graph.both(holds, isOpen), isFurther)
        return [
          .init(arrays.extremes, index, graph.select(takes, value, old)),
          .init(
            arrays.extremeTimes, index,
            graph.select(takes, time, graph.load(arrays.extremeTimes, index))),
        ]
      }
    }
  }
}
