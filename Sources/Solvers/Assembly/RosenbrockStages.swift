import Programs

extension StepAssembly {
  /// The stages of a Rosenbrock method, its error, and its interpolation.
  mutating func addRosenbrockStages(_ tableau: RosenbrockTableau) {
    let arrays = arrays
    let scratch = scratch
    let count = system.stateCount
    let steepestRoot = addSteepestRoot()
    let solver = addLinearSolver(gamma: tableau.gamma, steepestRoot: steepestRoot)
    let slope = addTimeDerivative(steepestRoot: steepestRoot)
    let last = tableau.a.count - 1
    var stages: [LaneArray] = []
    var argument = arrays.state
    for stage in 0...last {
      if stage > 0 {
        argument = program.declare("u\(stage)", count: count, storage: .temporary)
        addLoop(to: .attempt) { graph in
          var value = graph.element(arrays.state)
          for (weight, earlier) in zip(tableau.a[stage], stages) where weight != 0 {
            value = graph.add(
              value, graph.multiply(graph.constant(weight), graph.element(earlier)))
          }
          return ElementLoop(stores: [(argument, value)])
        }
      }
      let time = addStageTime(tableau.c[stage], stage)
      let derivative = program.declare("g\(stage)", count: count, storage: .temporary)
      addDerivative(time: time, state: argument, into: derivative, to: .attempt)
      let slopeWeight = tableau.d[stage]
      let usesSlope = slope != nil && slopeWeight != 0
      if stage > 0 || usesSlope {
        addLoop(to: .attempt) { graph in
          var value = graph.element(derivative)
          if stage > 0 {
            let sum = Self.combination(tableau.couplings[stage], stages, &graph)
            value = graph.add(value, graph.multiply(graph.load(scratch.reciprocalStep), sum))
          }
          if let slope, usesSlope {
            let weight = graph.multiply(
              graph.constant(slopeWeight), graph.load(arrays.attemptedStep))
            value = graph.add(value, graph.multiply(weight, graph.element(slope)))
          }
          return ElementLoop(stores: [(derivative, value)])
        }
      }
      let solution = program.declare("k\(stage)", count: count, storage: .temporary)
      addSolution(of: derivative, into: solution, by: solver, to: .attempt)
      stages.append(solution)
    }
    let error = stages[last]
    let lastArgument = argument
    let system = system
    addLoop(to: .attempt) { graph in
      ElementLoop(stores: [
        (scratch.newState, graph.add(graph.element(lastArgument), graph.element(error)))
      ])
    }
    addLoop(to: .attempt, count: system.controlledCount) { graph in
      let square = Self.scaledErrorSquare(
        graph.element(error), old: graph.element(arrays.state),
        new: graph.element(scratch.newState), system, arrays, &graph)
      return ElementLoop(sums: [(scratch.errorSquare, square)])
    }
    addQuadratureError { index, graph in graph.load(error, index) }
    addRosenbrockInterpolation(tableau, stages)
    addInterpolationError(at: tableau.checkPoint) { assembly, residual, error in
      assembly.addSolution(of: residual, into: error, by: solver, to: .interpolationError)
    }
  }

  /// Solves with the factors of the step.
  private mutating func addSolution(
    of rightHandSide: LaneArray, into solution: LaneArray, by solver: LinearSolver,
    to routine: LaneProgram.Routine
  ) {
    switch solver {
    case .straightLine(let procedure):
      append(.call(procedure, [rightHandSide, solution]), to: routine)
    case .dense:
      addLoop(to: routine) { graph in
        ElementLoop(stores: [(solution, graph.element(rightHandSide))])
      }
      append(.solveDense(solution, order: system.stateCount), to: routine)
    }
  }

  /// How a stage's linear system is solved.
  private enum LinearSolver {
    case straightLine(ProcedureHandle)
    case dense
  }

  /// More multiplications than this in a factorisation, and a library does it: straight-line code
  /// would take longer to compile than to run.
  private static let straightLineLimit = 20_000

  /// After how many rejections in a row the slopes of roots and powers count as 0.
  private static let patience = 5.0

  /// The largest slope of a root or a power that the step is to follow.
  ///
  /// At 10⁻¹⁰⁰ the slope of a root is a number, and a step that follows it far beyond where it holds
  /// is wrong however short. So after some rejections in a row such slopes are left out for once:
  /// the step after that starts where they hold further.
  private mutating func addSteepestRoot() -> LaneArray {
    let scratch = scratch
    let limit = program.declare("steepest_root", storage: .temporary)
    add("steepest_root", to: .attempt) { graph in
      let isStuck = graph.compare(
        .greaterOrEqual, graph.load(scratch.rejectionsInARow), graph.constant(Self.patience))
      return [
        .init(
          limit, 0,
          graph.select(isStuck, graph.constant(0), graph.constant(.greatestFiniteMagnitude)))
      ]
    }
    return limit
  }

  /// Adds the factors of `I/(γh) − J`.
  private mutating func addLinearSolver(
    gamma: Double, steepestRoot: LaneArray
  ) -> LinearSolver {
    let scratch = scratch
    let shift = program.declare("shift", storage: .temporary)
    add("shift", to: .attempt) { graph in
      [
        .init(
          shift, 0,
          graph.multiply(graph.load(scratch.reciprocalStep), graph.constant(1 / gamma)))
      ]
    }
    let jacobian = program.graph.jacobian(
      of: system.derivatives, withRespectTo: system.state,
      constants: [arrays.parameters, arrays.inputs])
    let shiftNode = program.graph.load(shift)
    let entries = program.graph.multiplyBySharedReciprocals(
      in: jacobian.flatMap { $0.map(\.derivative) })
    let steepest = program.graph.load(steepestRoot)
    var values = program.graph.finiteSlopes(
      entries, constants: [arrays.parameters, arrays.inputs], steepestRoot: steepest)[...]
    let rows = jacobian.enumerated().map { row, entries in
      var opposite: [Int: Node] = [row: program.graph.negate(shiftNode)]
      for (column, _) in entries {
        let value = values.removeFirst()
        opposite[column] =
          column == row ? program.graph.subtract(value, shiftNode) : value
      }
      return opposite
    }
    let pattern = rows.map { Set($0.keys) }
    guard SparseFactorization.multiplicationCount(of: pattern) <= Self.straightLineLimit else {
      addDenseFactorization(rows)
      return .dense
    }
    return .straightLine(addStraightLineFactorization(rows))
  }

  /// Fills a dense matrix, given its opposite, and has it factored.
  private mutating func addDenseFactorization(_ opposite: [[Int: Node]]) {
    let count = opposite.count
    let matrix = program.declare("matrix", count: count * count, storage: .temporary)
    addLoop(to: .attempt, count: count * count) { graph in
      ElementLoop(stores: [(matrix, graph.constant(0))])
    }
    var stores: [Procedure.Store] = []
    for (row, entries) in opposite.enumerated() {
      for column in entries.keys.sorted() {
        guard let value = entries[column] else { continue }
        stores.append(.init(matrix, column * count + row, program.graph.negate(value)))
      }
    }
    let fill = program.define(
      Procedure(name: "matrix", formals: [system.time, system.state], stores: stores))
    append(.call(fill, [arrays.time, arrays.state]), to: .attempt)
    append(.factorDense(matrix, order: count), to: .attempt)
  }

  /// Adds straight-line code for the factors, and the procedure that solves with them.
  private mutating func addStraightLineFactorization(_ opposite: [[Int: Node]]) -> ProcedureHandle {
    let count = opposite.count
    let factorization = SparseFactorization(opposite: opposite, in: &program.graph)
    let factors = program.declare("factors", storage: .temporary)
    let isConstant = program.graph.nodesDependingOnly(on: [arrays.parameters, arrays.inputs])
    var place: [Node: Int] = [:]
    var stores: [Procedure.Store] = []
    for node in factorization.factors where !isConstant[Int(node.index)] && place[node] == nil {
      place[node] = stores.count
      stores.append(.init(factors, stores.count, node))
    }
    program.setCount(stores.count, of: factors)
    let factor = program.define(
      Procedure(name: "factor", formals: [system.time, system.state], stores: stores))
    append(.call(factor, [arrays.time, arrays.state]), to: .attempt)

    let rightHandSide = program.declare("b", count: count, storage: .formal)
    let solution = program.declare("x", count: count, storage: .formal)
    let b = (0..<count).map { program.graph.load(rightHandSide, $0) }
    let x = factorization.solve(b, in: &program.graph) { node, graph in
      place[node].map { graph.load(factors, $0) } ?? node
    }
    return program.define(
      Procedure(
        name: "solve", formals: [rightHandSide, solution],
        stores: x.enumerated().map { .init(solution, $0.offset, $0.element) }))
  }

  /// `∂f/∂t` at the start of the step, or `nil` where nothing depends on the time.
  private mutating func addTimeDerivative(steepestRoot: LaneArray) -> LaneArray? {
    guard dependsOnTime else { return nil }
    let slope = program.declare("dfdt", count: system.stateCount, storage: .temporary)
    let slopes = program.graph.partialDerivatives(
      of: system.derivatives, withRespectTo: system.time)
    let zero = program.graph.constant(0)
    let steepest = program.graph.load(steepestRoot)
    let finite = program.graph.finiteSlopes(
      slopes.map { $0.first?.derivative ?? zero }, constants: [arrays.parameters, arrays.inputs],
      steepestRoot: steepest)
    let procedure = defineOverState("time_derivative", finite, into: slope)
    append(.call(procedure, [arrays.time, arrays.state]), to: .attempt)
    return slope
  }

  private mutating func addRosenbrockInterpolation(
    _ tableau: RosenbrockTableau, _ stages: [LaneArray]
  ) {
    let arrays = arrays
    let scratch = scratch
    let coefficients = tableau.interpolation.enumerated().map { degree, weights in
      Interpolant.Coefficient(
        array: program.declare("dense\(degree)", count: system.stateCount, storage: .temporary)
      ) { pick, graph in Self.combination(weights, stages, pick, &graph) }
    }
    addInterpolation(
      Interpolant(coefficients: coefficients) { theta, pick, graph in
        let rest = graph.subtract(graph.constant(1), theta)
        var polynomial = graph.constant(0)
        for coefficient in coefficients.reversed() {
          polynomial = graph.add(
            pick(coefficient.array, &graph), graph.multiply(theta, polynomial))
        }
        let end = graph.add(
          pick(scratch.newState, &graph), graph.multiply(rest, polynomial))
        return graph.add(
          graph.multiply(rest, pick(arrays.state, &graph)), graph.multiply(theta, end))
      })
  }
}
