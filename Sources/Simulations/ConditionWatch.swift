/// Since when a condition holds in a run, when it held first, and for how long in all.
struct ConditionWatch {
  /// What is watched.
  struct Plan: Sendable {
    var reduction: Int
    /// Which of the system's conditions it is.
    var condition: Int
    /// The window, in s.
    var from: Double
    var to: Double
    /// Whether the reduction is the whole time, instead of the first.
    var givesDuration: Bool
  }

  private var holds = false
  private var since = 0.0
  private var total = 0.0
  private var first = Double.nan

  /// Says whether the condition holds from a time on, which is at each of its changes and at both ends
  /// of the window.
  mutating func set(_ holdsNow: Bool, at time: Double, _ plan: Plan) {
    if holds { total += max(0, min(time, plan.to) - max(since, plan.from)) }
    holds = holdsNow
    since = time
    if holds, first.isNaN, plan.from <= time, time <= plan.to { first = time }
  }

  /// The value of the reduction at the end of the run; the first time is NaN if there is none.
  func value(_ plan: Plan) -> Double { plan.givesDuration ? total : first }
}
