import ModelLanguage
import Units

/// Doses repeated for ever at one interval, whose periodic state a run needs.
///
/// One period of the repeated regimen is simulated again and again from the model's initial
/// values until the states at its end are those at its beginning. A dose may last longer than
/// the interval, or come later than one: then a period holds the tails of earlier doses as well.
struct SteadyStateRequest: Hashable {
  /// The length of a period in s; 0 for a constant infusion, which has none.
  var interval: Double
  /// What enters during a period, on a clock that starts with the dose.
  var boluses: [Administration.Bolus] = []
  var infusions: [Administration.Infusion] = []
  /// The dose given at time 0 of that clock.
  private var dose: [Administration.Infusion] = []
  private var doseBoluses: [Administration.Bolus] = []
  /// Why the regimen is not simulated, or `nil`.
  private(set) var refusal: String?

  /// More doses than this do not go on at the same time.
  static let overlapLimit = 100_000

  init(_ event: DosingEvent, model: Model, parameters: [Double]) {
    interval = event.interval
    if interval == 0 {
      guard case .rate(let rate) = event.delivery else {
        preconditionFailure("a steady-state dose has neither an interval nor a rate")
      }
      constantInfusion(rate, route: model.routes[event.route], parameters: parameters)
      return
    }
    let single = Administration(event, at: 0, model: model, parameters: parameters)
    dose = single.infusions
    doseBoluses = single.boluses
    guard let earlier = Self.count(single, interval: interval) else {
      refusal =
        "a dose goes on for more than \(Self.overlapLimit) intervals of the steady state: write one "
        + "infusion without end, with RATE, no AMT and II 0"
      return
    }
    for repetition in 0...earlier {
      let shift = decimalSteps(repetition, of: interval)
      let part = single.clipped(from: shift, to: shift + interval, shiftedBy: -shift)
      boluses += part.boluses
      infusions += part.infusions
    }
    boluses.sort { $0.time < $1.time }
  }

  /// How many intervals after it was given a dose may still enter.
  ///
  /// - Returns: `nil` if there are too many.
  private static func count(_ dose: Administration, interval: Double) -> Int? {
    guard dose.end.isFinite, dose.end > 0 else { return 0 }
    let count = (dose.end / interval).rounded(.down)
    return count <= Double(overlapLimit) ? Int(count) : nil
  }

  private mutating func constantInfusion(
    _ rate: Double, route: Route, parameters: [Double]
  ) {
    let fractions = route.targets.map { evaluate($0.fraction, parameters: parameters, amount: 0) }
    let total = fractions.reduce(0, +)
    for (target, fraction) in zip(route.targets, fractions) where fraction != 0 {
      infusions.append(
        Administration.Infusion(
          input: target.rateInput, start: 0, end: .infinity, rate: rate * fraction / total))
    }
  }

  /// What the doses before a steady-state dose still bring after it.
  func remainders(at time: Double) -> [Administration] {
    guard interval > 0 else { return [] }
    var single = Administration.empty
    single.boluses = doseBoluses
    single.infusions = dose
    guard let earlier = Self.count(single, interval: interval), earlier > 0 else { return [] }
    return (1...earlier).reversed().compactMap { repetition in
      let given = decimalSteps(repetition, of: interval)
      let part = single.clipped(from: given, to: .infinity, shiftedBy: time - given)
      return part.boluses.isEmpty && part.infusions.isEmpty ? nil : part
    }
  }
}
