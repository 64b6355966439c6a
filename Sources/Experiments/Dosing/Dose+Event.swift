/// Settings of doses that a sweep gives to a run; what is `nil` stays as written.
struct DoseSettings: Sendable, Hashable {
  /// In SI units; multiplied by the weight where `isPerMass`.
  var amount: Double?
  var isPerMass = false
  /// In s.
  var over: Double?
  /// In SI units.
  var rate: Double?
  /// In s.
  var start: Double?
  /// In s.
  var every: Double?
  var count: Int?
}

extension Dose {
  /// The dose as an event, for the parameters of a run.
  func event(parameters: [Double], settings: DoseSettings) -> DosingEvent {
    var amount = amount.value(parameters: parameters)
    if let swept = settings.amount {
      amount = swept
      if settings.isPerMass, let weight = weightParameter { amount *= parameters[weight] }
    }
    let entry: DosingEvent.Delivery
    if let over = settings.over {
      entry = .over(over)
    } else if let rate = settings.rate {
      entry = .rate(rate)
    } else {
      switch delivery {
      case .bolus: entry = .bolus
      case .over(let duration): entry = .over(duration.value)
      case .rate(let rate): entry = .rate(rate.value)
      }
    }
    return DosingEvent(
      time: settings.start ?? start.value, route: route, amount: amount,
      delivery: entry, interval: settings.every ?? every?.value ?? 0,
      additional: max(0, (settings.count ?? count) - 1))
  }
}
