import Dynamics
public import ModelLanguage
public import Programs
import Simulations
public import Solvers

/// How exact a method is at a tolerance, and what that costs.
public struct WorkPrecisionRow: Sendable {
  public var problem: String
  public var method: Method
  /// The digits asked for: the negative logarithm of the relative tolerance.
  public var requestedDigits: Double
  /// The digits delivered: the negative logarithm of the largest relative error of any state.
  public var deliveredDigits: Double
  public var acceptedSteps: Int
  public var rejectedSteps: Int
}

extension ReferenceProblem {
  /// Solves the problem at a tolerance and compares with the published solution.
  ///
  /// - Parameters:
  ///   - model: The problem's model.
  ///   - method: How to solve it.
  ///   - relativeTolerance: The relative tolerance.
  ///   - backend: Native code or the interpreter.
  /// - Returns: A row; its digits are negative infinity if the run failed.
  /// - Throws: What compiling the model throws.
  public func solve(
    _ model: Model, method: Method, relativeTolerance: Double, backend: Backend
  ) throws -> WorkPrecisionRow {
    let indices = solution.compactMap { entry in
      model.states.firstIndex { $0.declaration.path == entry.state }
    }
    let configuration = EnsembleConfiguration(
      method: .named(method), relativeTolerance: relativeTolerance,
      absoluteTolerances: Array(
        repeating: relativeTolerance * absoluteFactor, count: model.states.count),
      start: 0, end: end, sampleTimes: [], recorded: [],
      reductions: indices.map {
        Reduction(kind: .final, expression: .state($0), from: 0, to: end)
      })
    let ensemble = try Ensemble(model: model, configuration: configuration, backend: backend)
    let parameters = model.parameterValues()
    let setup = RunSetup(
      parameters: parameters, inputs: model.initialInputs(parameters: parameters),
      states: model.initialStates(parameters: parameters))
    var isTaken = false
    var row = WorkPrecisionRow(
      problem: self.model, method: method,
      requestedDigits: -decimalLogarithm(relativeTolerance), deliveredDigits: -.infinity,
      acceptedSteps: 0, rejectedSteps: 0)
    try ensemble.makeWorker().run(
      nextChunk: {
        defer { isTaken = true }
        return isTaken ? nil : 0..<1
      },
      setup: { _ in setup },
      deliver: { chunk in
        row.acceptedSteps = chunk.outcomes[0].statistics.acceptedSteps
        row.rejectedSteps = chunk.outcomes[0].statistics.rejectedSteps
        guard chunk.outcomes[0].isDone, indices.count == solution.count else { return }
        var worst = 0.0
        for (index, entry) in solution.enumerated() {
          let error = abs(chunk.reduction(index)[0] - entry.value) / abs(entry.value)
          worst = error > worst || error.isNaN ? error : worst
        }
        // Published solutions have about fourteen digits, and so has the measure.
        row.deliveredDigits = -decimalLogarithm(max(worst, 1e-14))
      })
    return row
  }
}
