import Solvers

/// By which methods a run has gone so far, and how much it takes to change once more.
///
/// A change costs a few steps, so a run that comes back soon has to be surer the next time: each
/// stay that was short doubles the number of looks that a change takes, and each long one halves it.
/// Needless changes are then a small part of the steps, however a problem misleads the tests.
struct MethodHistory {
  /// How often the method has changed.
  private(set) var switches = 0
  /// The accepted steps that a stiff method has taken, without those of the present stay.
  private var stiffSteps = 0
  private var acceptedBefore = 0
  private var attemptsBefore = 0
  private var doublings = 0
  /// When the explicit method took over from a stiff one that could not go on.
  private var lastRescue = -Double.infinity

  private static let mostDoublings = 12
  /// A stay of fewer steps than this many times the looks that ended it was short, in one of more
  /// than the second it has been worth it.
  private static let shortStay = 4
  private static let longStay = 40

  /// How many looks in a row it takes to leave a method.
  func patience(of method: Method) -> Int {
    (method.isImplicit ? SteppedProgram.calmVotes : SteppedProgram.stiffVotes) << doublings
  }

  /// Notes that a run leaves a method.
  mutating func leave(_ method: Method, after statistics: RunStatistics) {
    let attempts = statistics.acceptedSteps + statistics.rejectedSteps
    let stay = attempts - attemptsBefore
    let looks = patience(of: method)
    if switches > 0, stay < Self.shortStay * looks {
      doublings = min(doublings + 1, Self.mostDoublings)
    } else if stay > Self.longStay * looks {
      doublings = max(doublings - 1, 0)
    }
    stiffSteps = self.stiffSteps(statistics, by: method)
    acceptedBefore = statistics.acceptedSteps
    attemptsBefore = attempts
    switches += 1
  }

  /// Whether the explicit method may take over from a stiff one that cannot go on at this time.
  ///
  /// Once at a time: where both cannot, the run has failed.
  mutating func mayRescue(at time: Double) -> Bool {
    guard time > lastRescue else { return false }
    lastRescue = time
    return true
  }

  /// What the run has cost, with what each method has taken of it.
  func complete(_ statistics: RunStatistics, by method: Method) -> RunStatistics {
    var complete = statistics
    complete.switches = switches
    complete.stiffSteps = stiffSteps(statistics, by: method)
    return complete
  }

  private func stiffSteps(_ statistics: RunStatistics, by method: Method) -> Int {
    stiffSteps + (method.isImplicit ? statistics.acceptedSteps - acceptedBefore : 0)
  }
}
