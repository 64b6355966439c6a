/// One entry of a dosing history, in SI units: what both a dose of an experiment file and a row
/// of an event table come down to for one run.
struct DosingEvent: Sendable, Hashable {
  /// What happens.
  enum Action: Sendable, Hashable {
    case dose
    /// All states return to their initial values; infusions and pending doses end.
    case reset
    case resetAndDose
  }

  /// How the amount enters.
  enum Delivery: Sendable, Hashable {
    /// At once, or during the time that the route gives.
    case bolus
    /// During a time, in s.
    case over(Double)
    /// At a rate, per s, until the available amount is in.
    case rate(Double)
  }

  /// What a steady-state dose does to the states.
  enum SteadyState: Sendable, Hashable {
    case none
    /// The states become those of the steady state; earlier doses end.
    case replacing
    /// The steady state is added to what is there.
    case adding
  }

  var time: Double
  var action = Action.dose
  /// Index into the model's routes.
  var route: Int
  /// In the dimension of the route.
  var amount: Double
  var delivery = Delivery.bolus
  /// The dosing interval in s, for additional and steady-state doses.
  var interval = 0.0
  /// How many doses follow the first.
  var additional = 0
  var steadyState = SteadyState.none
}
