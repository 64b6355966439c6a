/// What a result file keeps of each run beside its numbers.
public struct RunRecord: Sendable, Hashable {
  /// How a run ended.
  public enum Status: Int8, Sendable, Hashable, CaseIterable {
    case notRun = 0
    case done = 1
    case failed = 2

    /// The names of the values in order, as files keep them.
    public static let meanings = ["not_run", "done", "failed"]
  }

  public var status: Status
  /// Why it failed, or an empty string.
  public var reason: String
  /// The index of its verdict, or −1.
  public var verdict: Int8
  public var acceptedSteps: Int64
  public var rejectedSteps: Int64
  /// How many of the accepted steps a stiff method took, and how often the method changed, where
  /// runs may change it.
  public var stiffSteps: Int64
  public var switches: Int64
  /// What the run is told apart by.
  public var identity: UInt64
  /// The last time that a failed run reached, in s, and all of its states there, in SI units; none
  /// where there is nothing to keep.
  public var lastTime: Double
  public var lastStates: [Double]

  /// Makes a record.
  public init(
    status: Status, reason: String = "", verdict: Int8 = -1, acceptedSteps: Int64 = 0,
    rejectedSteps: Int64 = 0, stiffSteps: Int64 = 0, switches: Int64 = 0, identity: UInt64 = 0,
    lastTime: Double = 0, lastStates: [Double] = []
  ) {
    self.status = status
    self.reason = reason
    self.verdict = verdict
    self.acceptedSteps = acceptedSteps
    self.rejectedSteps = rejectedSteps
    self.stiffSteps = stiffSteps
    self.switches = switches
    self.identity = identity
    self.lastTime = lastTime
    self.lastStates = lastStates
  }
}
