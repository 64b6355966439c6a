/// A program that can be run, by whichever backend.
///
/// A kernel holds no state of any run. The workspace holds the persistent arrays of one block of
/// lanes, the shared block the numbers common to all lanes; `layout` says where each array is.
public protocol LaneKernel: Sendable {
  /// Where the arrays are.
  var layout: WorkspaceLayout { get }

  /// Runs one routine on one block of lanes.
  ///
  /// - Parameters:
  ///   - routine: One of `prepare`, `begin`, `observe`, `locate` and `diagnose`.
  ///   - workspace: `layout.workspaceCount` numbers, aligned to 64 bytes.
  ///   - shared: `layout.sharedCount` numbers.
  func run(
    _ routine: LaneProgram.Routine, workspace: UnsafeMutablePointer<Double>,
    shared: UnsafePointer<Double>)

  /// Steps one block of lanes until one of them needs attention or the rounds are used up.
  func advance(
    workspace: UnsafeMutablePointer<Double>, shared: UnsafePointer<Double>,
    control: inout AdvanceControl)
}

/// The sampling of one block: which times, where to, how far each lane has come.
public struct AdvanceControl {
  /// The sample times, ascending, with an infinite one behind the last.
  public var sampleTimes: UnsafePointer<Double>
  /// For each lane, the index of its next sample.
  public var sampleIndex: UnsafeMutablePointer<Int64>
  /// For each lane, where the first sample of its first recorded variable goes.
  public var destination: UnsafeMutablePointer<UnsafeMutablePointer<Double>?>
  /// The distance between two recorded variables of one lane, in numbers.
  public var variableStride: Int
  /// After how many rounds to return even if no lane needs attention.
  public var rounds: Int

  /// Makes a control block.
  public init(
    sampleTimes: UnsafePointer<Double>, sampleIndex: UnsafeMutablePointer<Int64>,
    destination: UnsafeMutablePointer<UnsafeMutablePointer<Double>?>, variableStride: Int,
    rounds: Int
  ) {
    self.sampleTimes = sampleTimes
    self.sampleIndex = sampleIndex
    self.destination = destination
    self.variableStride = variableStride
    self.rounds = rounds
  }
}
