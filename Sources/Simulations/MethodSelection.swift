import Dynamics
import ModelLanguage
import Solvers

/// The choice of a method for a model.
enum MethodSelection {
  static func choose(
    _ choice: MethodChoice, model: Model, _ configuration: EnsembleConfiguration
  ) -> (method: Method, reason: String) {
    if case .named(let method) = choice { return (method, "as asked") }
    let rate = StiffnessEstimate.largestDecayRate(of: model)
    let span = configuration.end - configuration.start
    let product = rate * span
    // An explicit method of order 5 is stable up to about 3.3/rate; above some thousand such steps
    // a stiff method, at a few times the cost per step, is ahead.
    let limit = 3e3
    let figure = product.isFinite ? product.rounded() : product
    if product > limit || !product.isFinite {
      return (
        .rodas5P,
        "stiff: fastest rate times duration is \(figure), above \(limit)"
      )
    }
    return (
      .dormandPrince,
      "not stiff: fastest rate times duration is \(figure), at most \(limit)"
    )
  }
}
