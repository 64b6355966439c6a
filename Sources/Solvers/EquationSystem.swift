public import Programs

/// A system of ordinary differential equations as arithmetic on lanes, before a method is chosen.
///
/// The values are nodes of `program.graph` over `time`, `state`, `parameters` and `inputs`.
public struct EquationSystem: Sendable {
  /// The program that owns the nodes; a method adds its own arrays and routines to it.
  public var program: LaneProgram
  /// Constant during a run, one element each.
  public let parameters: LaneArray
  /// Constant between the changes that a driver makes.
  public let inputs: LaneArray
  /// The formal time, one element.
  public let time: LaneArray
  /// The formal states.
  public let state: LaneArray
  /// The derivative of each state.
  public var derivatives: [Node] = []
  /// The conditions whose changes a driver is told of.
  public var conditions: [WatchedCondition] = []
  /// Where the derivatives or the conditions bend or jump with the states.
  public var kinks: [Kink] = []
  /// How many states, the last ones, are integrals that nothing else depends on.
  ///
  /// They are solved with the others and hold to the relative tolerance; what has no value is left out of
  /// the control of steps.
  public var quadratureCount = 0
  /// What is sampled.
  public var recorded: [Node] = []
  /// Whose largest or smallest value over the accepted steps is kept.
  public var extremes: [Extreme] = []
  /// 1 while a state integrates something for a reduction, else 0; one for each such state.
  public var gates: [Node] = []
  /// What a driver reads at the times it chooses.
  public var observed: [Node] = []
  /// The states whose absolute tolerance follows their magnitude, those of a dimension together;
  /// all others have theirs as it is given.
  public var toleranceGroups: [[Int]] = []

  /// A value whose extreme is kept.
  public struct Extreme: Sendable {
    public var value: Node
    public var isMaximum: Bool

    /// Makes an extreme.
    public init(value: Node, isMaximum: Bool) {
      self.value = value
      self.isMaximum = isMaximum
    }
  }

  /// Makes a system without equations, with arrays of the given sizes.
  public init(stateCount: Int, parameterCount: Int, inputCount: Int) {
    var program = LaneProgram()
    parameters = program.declare("parameters", count: parameterCount, storage: .persistent)
    inputs = program.declare("inputs", count: inputCount, storage: .persistent)
    time = program.declare("time", storage: .formal)
    state = program.declare("state", count: stateCount, storage: .formal)
    self.program = program
  }

  /// How many states there are.
  public var stateCount: Int { program[state].count }

  /// How many states steer the step by their absolute and relative tolerance.
  var controlledCount: Int { stateCount - quadratureCount }
}
