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

  /// Steps blocks of cells, for programs that have `cells`.
  ///
  /// - Parameters:
  ///   - workspaces: The workspace of block 0; the others follow at `layout.workspaceCount`.
  ///   - shared: `layout.sharedCount` numbers.
  ///   - loop: What to do.
  func stepCells(
    workspaces: UnsafeMutablePointer<Double>, shared: UnsafePointer<Double>, loop: inout CellLoop)
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
  /// Solves the linear systems that are too large for straight-line code; `nil` if there are none.
  public var denseSolver: (any DenseLinearSolver)?

  /// Makes a control block.
  public init(
    sampleTimes: UnsafePointer<Double>, sampleIndex: UnsafeMutablePointer<Int64>,
    destination: UnsafeMutablePointer<UnsafeMutablePointer<Double>?>, variableStride: Int,
    rounds: Int, denseSolver: (any DenseLinearSolver)? = nil
  ) {
    self.sampleTimes = sampleTimes
    self.sampleIndex = sampleIndex
    self.destination = destination
    self.variableStride = variableStride
    self.rounds = rounds
    self.denseSolver = denseSolver
  }
}

/// Solves dense linear systems in the lanes of one block, between two stretches of a kernel.
///
/// Element e of a matrix or a vector of lane l stands at `e·width + l`.
public protocol DenseLinearSolver: AnyObject {
  /// Factors the matrix of every lane and keeps the factors.
  ///
  /// - Parameters:
  ///   - matrix: The matrices, column by column; may be overwritten.
  ///   - order: How many rows they have.
  ///   - width: How many lanes there are.
  func factor(_ matrix: UnsafeMutablePointer<Double>, order: Int, width: Int)

  /// Replaces the right-hand sides of every lane by the solutions.
  func solve(_ values: UnsafeMutablePointer<Double>, order: Int, width: Int)
}
