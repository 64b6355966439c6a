import Programs

extension StepAssembly {
  /// The stages of an explicit Runge–Kutta method, its error, and its interpolation.
  mutating func addExplicitStages(_ tableau: ExplicitTableau) {
    let arrays = arrays
    let scratch = scratch
    let last = tableau.a.count - 1
    var stages = [scratch.firstStage]
    for stage in 1...last {
      let argument =
        stage == last
        ? scratch.newState
        : program.declare("u\(stage)", count: system.stateCount, storage: .temporary)
      addLoop(to: .attempt) { graph in
        let sum = Self.combination(tableau.a[stage], stages, &graph)
        let value = graph.add(
          graph.element(arrays.state), graph.multiply(graph.load(arrays.attemptedStep), sum))
        return ElementLoop(stores: [(argument, value)])
      }
      let time = addStageTime(tableau.c[stage], stage)
      let derivative =
        stage == last
        ? scratch.lastStage
        : program.declare("k\(stage)", count: system.stateCount, storage: .temporary)
      addDerivative(time: time, state: argument, into: derivative, to: .attempt)
      stages.append(derivative)
    }
    if !tableau.error.isEmpty {
      addLoop(to: .attempt) { graph in
        let sum = Self.combination(tableau.error, stages, &graph)
        let error = graph.multiply(graph.load(arrays.attemptedStep), sum)
        let square = Self.scaledErrorSquare(
          error, old: graph.element(arrays.state), new: graph.element(scratch.newState), arrays,
          &graph)
        return ElementLoop(sums: [(scratch.errorSquare, square)])
      }
    }
    if method == .dormandPrince {
      addDormandPrinceInterpolation(stages)
    } else {
      addHermiteInterpolation()
    }
  }

  /// `Σ wᵢ kᵢ`, element by element.
  static func combination(
    _ weights: [Double], _ stages: [LaneArray], _ graph: inout ExpressionGraph
  ) -> Node {
    var sum = graph.constant(0)
    for (weight, stage) in zip(weights, stages) where weight != 0 {
      sum = graph.add(sum, graph.multiply(graph.constant(weight), graph.element(stage)))
    }
    return sum
  }

  /// The array that holds the time of a stage.
  mutating func addStageTime(_ c: Double, _ stage: Int) -> LaneArray {
    if !dependsOnTime || c == 0 { return arrays.time }
    if c == 1 { return scratch.newTime }
    let time = program.declare("t\(stage)", storage: .temporary)
    let arrays = arrays
    add("stage_time", to: .attempt) { graph in
      [
        .init(
          time, 0,
          graph.add(
            graph.load(arrays.time),
            graph.multiply(graph.constant(c), graph.load(arrays.attemptedStep))))
      ]
    }
    return time
  }

  /// `y(θ) = y + θ (Δ + (1−θ) (B + θ (C + (1−θ) D)))`.
  ///
  /// Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, II.6 and the
  /// program DOPRI5.
  private mutating func addDormandPrinceInterpolation(_ stages: [LaneArray]) {
    let arrays = arrays
    let scratch = scratch
    let slope = program.declare("dense_b", count: system.stateCount, storage: .temporary)
    let bend = program.declare("dense_c", count: system.stateCount, storage: .temporary)
    let twist = program.declare("dense_d", count: system.stateCount, storage: .temporary)
    addLoop(to: .interpolationCoefficients) { graph in
      let step = graph.load(arrays.attemptedStep)
      let difference = graph.subtract(
        graph.element(scratch.newState), graph.element(arrays.state))
      let b = graph.subtract(
        graph.multiply(step, graph.element(scratch.firstStage)), difference)
      let c = graph.subtract(
        graph.subtract(difference, graph.multiply(step, graph.element(scratch.lastStage))), b)
      let d = graph.multiply(
        step,
        Self.combination(ExplicitTableau.dormandPrinceInterpolation, stages, &graph))
      return ElementLoop(stores: [(slope, b), (bend, c), (twist, d)])
    }
    addSampleTime()
    addLoop(to: .interpolate) { graph in
      let theta = graph.load(arrays.fraction)
      let rest = graph.subtract(graph.constant(1), theta)
      let old = graph.element(arrays.state)
      let difference = graph.subtract(graph.element(scratch.newState), old)
      let inner = graph.add(
        graph.element(bend), graph.multiply(rest, graph.element(twist)))
      let middle = graph.add(graph.element(slope), graph.multiply(theta, inner))
      let outer = graph.add(difference, graph.multiply(rest, middle))
      return ElementLoop(stores: [
        (scratch.sampleState, graph.add(old, graph.multiply(theta, outer)))
      ])
    }
  }

  /// Cubic Hermite interpolation by the values and derivatives at both ends.
  ///
  /// Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, II.6.
  private mutating func addHermiteInterpolation() {
    let arrays = arrays
    let scratch = scratch
    addSampleTime()
    addLoop(to: .interpolate) { graph in
      let theta = graph.load(arrays.fraction)
      let rest = graph.subtract(theta, graph.constant(1))
      let step = graph.load(arrays.attemptedStep)
      let old = graph.element(arrays.state)
      let new = graph.element(scratch.newState)
      let difference = graph.subtract(new, old)
      let twice = graph.subtract(
        graph.constant(1), graph.multiply(graph.constant(2), theta))
      let slopes = graph.add(
        graph.multiply(graph.multiply(rest, step), graph.element(scratch.firstStage)),
        graph.multiply(graph.multiply(theta, step), graph.element(scratch.lastStage)))
      let correction = graph.multiply(
        graph.multiply(theta, rest), graph.add(graph.multiply(twice, difference), slopes))
      let line = graph.add(old, graph.multiply(theta, difference))
      return ElementLoop(stores: [(scratch.sampleState, graph.add(line, correction))])
    }
  }
}
