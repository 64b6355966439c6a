/// Doses as an experiment writes them: what, where, when, how often.
public struct Dose: Sendable, Hashable {
  /// How the drug enters.
  public enum Delivery: Sendable, Hashable {
    /// At once, or as the route spreads it.
    case bolus
    /// At a constant rate during a time.
    case over(WrittenQuantity)
    /// At a given rate until the available amount is in.
    case rate(WrittenQuantity)
  }

  /// The instance that receives the dose; empty for the top of the model.
  public var instance: String
  /// Index into the model's routes.
  public var route: Int
  /// The name of the route within the instance.
  public var routeName: String
  public var amount: DoseAmount
  /// The parameter that per-kilogram amounts are multiplied by, or `nil` where there is none.
  public var weightParameter: Int?
  public var delivery: Delivery
  /// When the first dose is given.
  public var start: WrittenQuantity
  /// The interval of repeated doses, or `nil` for a single one.
  public var every: WrittenQuantity?
  /// How many doses are given.
  public var count: Int
}

/// The size of a dose.
public struct DoseAmount: Sendable, Hashable {
  public var quantity: WrittenQuantity
  /// The parameter that a per-kilogram amount is multiplied by, or `nil` for a plain amount.
  public var weightParameter: Int?

  /// The amount in SI units for the parameters of a run.
  public func value(parameters: [Double]) -> Double {
    guard let weightParameter else { return quantity.value }
    return quantity.value * parameters[weightParameter]
  }
}
