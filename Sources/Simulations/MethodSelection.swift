import Dynamics
import ModelLanguage
import Solvers

/// The choice of the method that runs of a model begin with.
enum MethodSelection {
  static func choose(
    _ choice: MethodChoice, model: Model, _ configuration: EnsembleConfiguration
  ) -> (method: Method, reason: String) {
    if case .named(let method) = choice { return (method, "as asked") }
    let estimate = StiffnessEstimate(of: model)
    let product = estimate.rate * (configuration.end - configuration.start)
    // An explicit method of order 5 is stable up to about 3.3/rate; above some thousand such steps
    // a stiff method, at a few times the cost per step, is ahead.
    let limit = 3e3
    guard product.isFinite else {
      return (
        .dormandPrince,
        "begun as not stiff: the fastest rate at the start is infinite, "
          + "which a stiff method cannot use"
      )
    }
    if product <= limit {
      return (
        .dormandPrince,
        "begun as not stiff: fastest rate times duration is \(inFewDigits(product)), at most 3000"
      )
    }
    guard estimate.isDecay else {
      return (
        .dormandPrince,
        "begun as not stiff: what is fastest, \(inFewDigits(product)) in the duration, does not decay"
      )
    }
    return (
      .rodas5P,
      "begun as stiff: fastest rate times duration is \(inFewDigits(product)), above 3000"
    )
  }
  /// A positive number for people: whole below 10,000, else as 1.4e9.
  private static func inFewDigits(_ value: Double) -> String {
    guard value.isFinite else { return "infinite" }
    if value < 9999.5 { return "\(Int(value.rounded()))" }
    var mantissa = value
    var exponent = 0
    while mantissa >= 9.95 {
      mantissa /= 10
      exponent += 1
    }
    return "\((mantissa * 10).rounded() / 10)e\(exponent)"
  }
}
