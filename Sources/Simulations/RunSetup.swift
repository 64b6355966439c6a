/// A change at a time during a run; several at one time apply in order.
public struct ScheduledChange: Sendable, Hashable {
  /// What changes, by indices of the model and in SI units.
  public enum Action: Sendable, Hashable {
    case setInput(Int, Double)
    case setState(Int, Double)
    /// A bolus.
    case addToState(Int, Double)
  }

  /// When, in s of the run's clock.
  ///
  /// A sample at the same time has the values after the change, but for a change at the end of a run,
  /// which has no effect.
  public var time: Double
  public var action: Action

  /// Makes a change.
  public init(time: Double, action: Action) {
    self.time = time
    self.action = action
  }
}

/// Everything that makes one run differ from another.
public struct RunSetup: Sendable {
  /// The value of each parameter of the model, in SI units.
  public var parameters: [Double]
  /// The value of each input at the start, in SI units.
  public var inputs: [Double]
  /// The value of each state at the start, in SI units.
  public var states: [Double]
  /// What changes during the run, ascending by time.
  public var schedule: [ScheduledChange]
  /// Whether samples are kept; steps and reductions are the same without.
  public var isSampled = true
  /// What the run is told apart by; handed back with its outcome, and not looked at.
  public var identity: UInt64 = 0

  /// Makes a run of its values.
  public init(
    parameters: [Double], inputs: [Double], states: [Double], schedule: [ScheduledChange] = []
  ) {
    self.parameters = parameters
    self.inputs = inputs
    self.states = states
    self.schedule = schedule
  }
}
