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
      if stage == last - 1 { penultimateStage = (argument, derivative) }
      stages.append(derivative)
    }
    if !tableau.error.isEmpty {
      let system = system
      addLoop(to: .attempt, count: system.controlledCount) { graph in
        let sum = Self.combination(tableau.error, stages, &graph)
        let error = graph.multiply(graph.load(arrays.attemptedStep), sum)
        let square = Self.scaledErrorSquare(
          error, old: graph.element(arrays.state), new: graph.element(scratch.newState), system,
          arrays,
          &graph)
        return ElementLoop(sums: [(scratch.errorSquare, square)])
      }
      addQuadratureError { index, graph in
        let sum = Self.combination(tableau.error, stages, { $1.load($0, index) }, &graph)
        return graph.multiply(graph.load(arrays.attemptedStep), sum)
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
    combination(weights, stages, { $1.element($0) }, &graph)
  }

  /// `Σ wᵢ kᵢ` of whatever stands for the stages.
  static func combination(
    _ weights: [Double], _ stages: [LaneArray], _ pick: Interpolant.Pick,
    _ graph: inout ExpressionGraph
  ) -> Node {
    var sum = graph.constant(0)
    for (weight, stage) in zip(weights, stages) where weight != 0 {
      sum = graph.add(sum, graph.multiply(graph.constant(weight), pick(stage, &graph)))
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
    func difference(_ pick: Interpolant.Pick, _ graph: inout ExpressionGraph) -> Node {
      graph.subtract(pick(scratch.newState, &graph), pick(arrays.state, &graph))
    }
    let b = Interpolant.Coefficient(array: slope) { pick, graph in
      let start = graph.multiply(
        graph.load(arrays.attemptedStep), pick(scratch.firstStage, &graph))
      return graph.subtract(start, difference(pick, &graph))
    }
    let c = Interpolant.Coefficient(array: bend) { pick, graph in
      let end = graph.multiply(graph.load(arrays.attemptedStep), pick(scratch.lastStage, &graph))
      return graph.subtract(graph.subtract(difference(pick, &graph), end), pick(slope, &graph))
    }
    let d = Interpolant.Coefficient(array: twist) { pick, graph in
      graph.multiply(
        graph.load(arrays.attemptedStep),
        Self.combination(ExplicitTableau.dormandPrinceInterpolation, stages, pick, &graph))
    }
    addInterpolation(
      Interpolant(coefficients: [b, c, d]) { theta, pick, graph in
        let rest = graph.subtract(graph.constant(1), theta)
        let inner = graph.add(
          pick(bend, &graph), graph.multiply(rest, pick(twist, &graph)))
        let middle = graph.add(pick(slope, &graph), graph.multiply(theta, inner))
        let outer = graph.add(difference(pick, &graph), graph.multiply(rest, middle))
        return graph.add(pick(arrays.state, &graph), graph.multiply(theta, outer))
      })
  }

  /// Cubic Hermite interpolation by the values and derivatives at both ends.
  ///
  /// Source: Hairer, Nørsett and Wanner, Solving Ordinary Differential Equations I, II.6.
  private mutating func addHermiteInterpolation() {
    let arrays = arrays
    let scratch = scratch
    addInterpolation(
      Interpolant { theta, pick, graph in
        let rest = graph.subtract(theta, graph.constant(1))
        let step = graph.load(arrays.attemptedStep)
        let old = pick(arrays.state, &graph)
        let difference = graph.subtract(pick(scratch.newState, &graph), old)
        let twice = graph.subtract(
          graph.constant(1), graph.multiply(graph.constant(2), theta))
        let slopes = graph.add(
          graph.multiply(graph.multiply(rest, step), pick(scratch.firstStage, &graph)),
          graph.multiply(graph.multiply(theta, step), pick(scratch.lastStage, &graph)))
        let correction = graph.multiply(
          graph.multiply(theta, rest), graph.add(graph.multiply(twice, difference), slopes))
        let line = graph.add(old, graph.multiply(theta, difference))
        return graph.add(line, correction)
      })
  }
}
