import Programs

/// The error of what lies between the ends of a step.
///
/// A stiffly accurate method lands on what a component follows, however long the step, and its error
/// estimate sees no more than that; the interpolation in between follows a polynomial. So where
/// something is sampled, watched or reduced within a step of a stiff method, the interpolation has an
/// estimate of its own: what a step of Newton's method with the matrix of the stages would move it
/// by, at the point of the step where it is worst,
///
///     δ = (I/(γh) − J)⁻¹ (f(t + θh, p(θ)) − p'(θ)/h)
///
/// For a component that follows something stiffly this is the error itself with the other sign, for
/// others γh times the defect. It is held to the tolerances like the error of the step: by it the
/// step is repeated if need be, and the next one is chosen.
///
/// Sources: Steinebach (2023), BIT Numerical Mathematics 63, article 27, and his method Rodas5Pr,
/// which controls the residual in the middle of the step; Enright (1989), SIAM J. Numer. Anal. 26,
/// 588, for the defect; Prothero and Robinson (1974), Math. Comp. 28, 145, for the problem.
extension StepAssembly {
  /// Whether the interpolation of this method has an error of its own.
  var controlsInterpolation: Bool { method.isImplicit && system.controlledCount > 0 }

  /// Adds the estimate.
  ///
  /// - Parameters:
  ///   - fraction: Where within the step.
  ///   - addSolution: Adds what solves for the error of a residual.
  mutating func addInterpolationError(
    at fraction: Double,
    _ addSolution: (inout StepAssembly, _ residual: LaneArray, _ error: LaneArray) -> Void
  ) {
    guard controlsInterpolation, let interpolant else { return }
    let arrays = arrays
    let scratch = scratch
    let system = system
    let state = program.declare("y_within", count: system.stateCount, storage: .temporary)
    let rate = program.declare("rate_within", count: system.stateCount, storage: .temporary)
    let residual = program.declare("residual", count: system.stateCount, storage: .temporary)
    let error = program.declare(
      "interpolation_error", count: system.stateCount, storage: .temporary)
    var time = arrays.time
    if dependsOnTime {
      time = program.declare("t_within", storage: .temporary)
      add("time_within", to: .interpolationError) { graph in
        let part = graph.multiply(graph.constant(fraction), graph.load(arrays.attemptedStep))
        return [.init(time, 0, graph.add(graph.load(arrays.time), part))]
      }
    }
    addLoop(to: .interpolationError) { graph in
      let theta = graph.load(arrays.fraction)
      let value = interpolant.value(theta, { $1.element($0) }, &graph)
      let slope =
        graph.partialDerivatives(of: [value], withRespectTo: arrays.fraction)[0].first?.derivative
        ?? graph.constant(0)
      let there = graph.substitute([theta: graph.constant(fraction)], in: [value, slope])
      return ElementLoop(stores: [(state, there[0]), (rate, there[1])])
    }
    addDerivative(time: time, state: state, into: residual, to: .interpolationError)
    addLoop(to: .interpolationError) { graph in
      let slope = graph.multiply(graph.load(scratch.reciprocalStep), graph.element(rate))
      return ElementLoop(stores: [(residual, graph.subtract(graph.element(residual), slope))])
    }
    addSolution(&self, residual, error)
    addLoop(to: .interpolationError, count: system.controlledCount) { graph in
      let square = Self.scaledErrorSquare(
        graph.element(error), old: graph.element(arrays.state), new: graph.element(state), system,
        arrays, &graph)
      return ElementLoop(sums: [(scratch.interpolationSquare, square)])
    }
  }

  /// Marks the attempts within which something is looked for, and those just before.
  mutating func addInterpolationNeed() {
    guard controlsInterpolation else { return }
    let arrays = arrays
    let scratch = scratch
    let system = system
    let turning = turning
    let watchesConditions = watchesConditions
    add("interpolation_need", to: .attempt) { graph in
      let zero = graph.constant(0)
      let one = graph.constant(1)
      let sample = graph.load(arrays.nextSample)
      let end = graph.load(scratch.newTime)
      var looks = graph.compare(.lessOrEqual, sample, end)
      if watchesConditions {
        looks = graph.either(looks, graph.compare(.notEqual, graph.load(scratch.changes), zero))
      }
      if let turning {
        for turns in Self.turns(turning, system.extremes, arrays, scratch, &graph) {
          looks = graph.either(looks, turns)
        }
      }
      for gate in system.gates {
        looks = graph.either(looks, graph.compare(.notEqual, gate, zero))
      }
      // A sample within the next step: its length is chosen with the interpolation in mind.
      let reach = graph.add(end, graph.load(arrays.attemptedStep))
      let isNear = graph.either(looks, graph.compare(.lessOrEqual, sample, reach))
      // What is rejected anyway need not be looked at.
      let limit = graph.constant(Double(system.controlledCount))
      let isActive = graph.compare(.notEqual, graph.load(arrays.isActive), zero)
      let isGood = graph.both(
        isActive, graph.compare(.lessOrEqual, graph.load(scratch.errorSquare), limit))
      return [
        .init(scratch.looksWithin, 0, graph.select(graph.both(isGood, looks), one, zero)),
        .init(scratch.needsInterpolation, 0, graph.select(graph.both(isGood, isNear), one, zero)),
        .init(scratch.interpolationSquare, 0, zero),
      ]
    }
  }

  /// The square by which the next step is chosen: the larger of that of the step and, where it was
  /// asked for, that of the interpolation.
  static func worstSquare(
    _ scratch: ScratchArrays, _ controlsInterpolation: Bool, _ graph: inout ExpressionGraph
  ) -> Node {
    let ofStep = graph.load(scratch.errorSquare)
    guard controlsInterpolation else { return ofStep }
    let isNeeded = graph.compare(
      .notEqual, graph.load(scratch.needsInterpolation), graph.constant(0))
    let within = graph.load(scratch.interpolationSquare)
    let isWorse = graph.not(graph.compare(.lessOrEqual, within, ofStep))
    return graph.select(graph.both(isNeeded, isWorse), within, ofStep)
  }
}
