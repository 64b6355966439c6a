public import Programs

/// The equations of one cell of a population, as arithmetic on lanes, before a method is chosen.
///
/// The values are nodes of `program.graph` over the arrays below.
public struct CellSystem: Sendable {
  /// A change of states at the beginning of a step in which something arrives.
  public struct Receiver: Sendable {
    /// What arrived: 0 in most steps.
    public var arrival: Node
    /// The states that change and their values afterwards, over values before.
    public var assignments: [(state: Int, value: Node)]

    /// Makes a receiver.
    public init(arrival: Node, assignments: [(state: Int, value: Node)]) {
      self.arrival = arrival
      self.assignments = assignments
    }
  }

  /// When something happens in a cell beside its spike, and what becomes of it.
  public struct Event: Sendable {
    /// What has to rise from below 0 to 0 or above within a step.
    public var function: Node
    /// The states that change and their values afterwards, over values before.
    public var assignments: [(state: Int, value: Node)]

    /// Makes an event.
    public init(function: Node, assignments: [(state: Int, value: Node)]) {
      self.function = function
      self.assignments = assignments
    }
  }

  /// When a cell spikes, and what becomes of it.
  public struct Spike: Sendable {
    /// What has to rise to 0 or above.
    public var function: Node
    /// Whether it has to come from below 0; otherwise being above 0 is enough.
    public var needsCrossing: Bool
    /// How long no further spike follows, in s; `nil` for no such time.
    public var refractoryTime: Node?
    /// The states that change and their values afterwards, over values before.
    public var assignments: [(state: Int, value: Node)]

    /// Makes a spike.
    public init(
      function: Node, needsCrossing: Bool, refractoryTime: Node?,
      assignments: [(state: Int, value: Node)]
    ) {
      self.function = function
      self.needsCrossing = needsCrossing
      self.refractoryTime = refractoryTime
      self.assignments = assignments
    }
  }

  /// The program that owns the nodes.
  public var program: LaneProgram
  /// The same for all cells: parameters and, behind them, driven inputs.
  public let uniform: LaneArray
  /// How many elements of `uniform` are driven inputs, which may change from step to step.
  public let inputCount: Int
  /// Parameters that each cell has by itself.
  public let varied: LaneArray
  public let state: LaneArray
  /// The time at the start of the step in s, the number of the step, and the time at its end.
  public let clock: LaneArray
  public let arrivals: LaneArray
  public let sums: LaneArray
  /// White noises in s^-0.5; derivatives are linear in them.
  public let noises: LaneArray
  /// Whose bits tell the random numbers of one cell from those of any other; one element.
  public let randomStream: LaneArray
  /// 1 within the refractory time, else 0; one element.
  public let refractory: LaneArray
  /// The step in s; one element, the same for all.
  public let timeStep: LaneArray
  /// The derivative of each state.
  public var derivatives: [Node] = []
  public var receivers: [Receiver] = []
  public var spike: Spike?
  /// What happens at the end of a step before and after the spike, until nothing rises.
  public var events: [Event] = []
  /// The states that are changed from outside between steps.
  public var changedStates: Set<Int> = []
  /// What is told of every spike: its value at the spike, before the changes.
  public var releases: [Node] = []
  /// What is kept of every step: its value at the end, before the changes of a spike.
  public var exposed: [Node] = []
  /// What is sampled, at the end of a step.
  public var recorded: [Node] = []

  /// The sizes of the arrays of a system.
  public struct Counts: Sendable {
    public var uniform = 0
    /// How many of them, at the end, are driven inputs.
    public var inputs = 0
    public var varied = 0
    public var states = 0
    public var arrivals = 0
    public var sums = 0
    public var noises = 0

    /// Sizes of 0.
    public init() {}
  }

  /// Makes a system without equations.
  public init(_ counts: Counts) {
    var program = LaneProgram()
    inputCount = counts.inputs
    uniform = program.declare("uniform", count: counts.uniform, storage: .shared)
    varied = program.declare("varied", count: counts.varied, storage: .persistent)
    state = program.declare("y", count: counts.states, storage: .persistent)
    clock = program.declare("clock", count: 3, storage: .temporary)
    arrivals = program.declare("arrivals", count: counts.arrivals, storage: .temporary)
    sums = program.declare("sums", count: counts.sums, storage: .temporary)
    noises = program.declare("noises", count: counts.noises, storage: .formal)
    randomStream = program.declare("random_stream", storage: .persistent)
    refractory = program.declare("refractory", storage: .formal)
    timeStep = program.declare("h", storage: .shared)
    self.program = program
  }

  /// A number of random arrivals: Poisson with a rate in 1/s.
  ///
  /// - Parameters:
  ///   - rate: The rate.
  ///   - stream: Which of the cell's streams of random numbers.
  /// - Returns: How many there are in the step.
  public mutating func poissonArrivals(rate: Node, stream: Int) -> Node {
    let place = program.graph.randomPlace(stream, step: program.graph.load(clock, 1))
    let own = program.graph.load(randomStream)
    let uniform = program.graph.intern(.binary(.uniform, own, place))
    let mean = program.graph.multiply(rate, program.graph.load(timeStep))
    return program.graph.intern(.binary(.poissonQuantile, uniform, mean))
  }
}

extension ExpressionGraph {
  /// Where in a cell's random numbers a step finds its own: exact, as numbers of steps stay below
  /// 2⁴⁰ and streams below 2¹².
  mutating func randomPlace(_ stream: Int, step: Node) -> Node {
    add(step, constant(Double(stream + 1) * 0x1p40))
  }
}

/// How the states of cells are stepped; the step is fixed.
public enum CellMethod: String, Sendable, Hashable, CaseIterable {
  /// Each state relaxes exactly while the others stand still; order 1. White noise is added with
  /// the variance that a linear relaxation gives it.
  case exponentialEuler = "exponential-euler"
  /// The same from the middle of the step, found by a first half step; order 2. White noise as
  /// above.
  case exponentialMidpoint = "exponential-midpoint"
  /// The trapezoidal rule with a first Euler step, by Stratonovich's calculus; order 2 without
  /// noise.
  case heun
}
