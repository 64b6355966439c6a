import Dynamics
import ModelLanguage

/// What has to hold in every cell for its steps to make sense, beside finite states.
struct CellLimits {
  private let cell: Model
  private let refractoryTimes: [(Declaration, Expression)]
  private let rates: [(Declaration, Expression)]
  private let timeStep: Double

  /// More random arrivals than this in a step on average are not drawn.
  private static let mostArrivals = 600.0

  init(_ cell: Model, timeStep: Double) {
    self.cell = cell
    self.timeStep = timeStep
    refractoryTimes = cell.events.compactMap { event in
      event.refractoryTime.map { (event.declaration, $0) }
    }
    rates = cell.inputs.compactMap { input in
      if case .poisson(let rate) = input.role { return (input.declaration, rate) }
      return nil
    }
  }

  /// Whether there is anything to check.
  var isEmpty: Bool { refractoryTimes.isEmpty && rates.isEmpty }

  /// Whether what is checked may depend on some parameters.
  func depends(onParameters parameters: Set<Int>) -> Bool {
    if parameters.isEmpty { return false }
    // A rate may follow them by way of quantities.
    let goesOn = !rates.isEmpty && !cell.quantities.isEmpty
    return goesOn
      || (refractoryTimes + rates).contains {
        !parameters.isDisjoint(with: $0.1.references.parameters)
      }
  }

  /// Checks one cell.
  ///
  /// - Throws: `NetworkFailure` for a negative refractory time, and for a rate that is negative or
  ///   gives too many arrivals in a step.
  func check(parameters: [Double], inputs: [Double], number: Int) throws(NetworkFailure) {
    let evaluator = ExpressionEvaluator(
      timelessIn: cell, parameters: parameters, inputs: inputs)
    for (declaration, expression) in refractoryTimes {
      let time = evaluator.value(of: expression)
      guard time >= 0, time.isFinite else {
        throw .unsuitable(
          declaration,
          message: "the refractory time of `\(declaration.path)` of cell \(number) is \(time) s; "
            + "it has to be finite and cannot be negative")
      }
    }
    for (declaration, expression) in rates {
      let rate = evaluator.value(of: expression)
      guard rate >= 0 else {
        throw .unsuitable(
          declaration,
          message: "the rate of `\(declaration.path)` of cell \(number) is \(rate) Hz; it cannot "
            + "be negative")
      }
      guard rate * timeStep <= Self.mostArrivals else {
        throw .unsuitable(
          declaration,
          message: "the rate of `\(declaration.path)` of cell \(number), \(rate) Hz, gives more "
            + "than \(Int(Self.mostArrivals)) arrivals in a step; take a shorter step")
      }
    }
  }
}
