/// An elaborated circuit: populations of cells and the projections between them.
///
/// The cell of each population is a `Model` like any other, the pools of its synapses included, so
/// that later layers translate it in the same way. What the circuit itself declares, its parameters
/// and inputs, has the same path in the models of all populations and means the same in all.
public struct Circuit: Sendable {
  /// The name after the keyword `circuit`.
  public var name: String
  /// The text of the documentation comment, or an empty string.
  public var documentation: String
  public var populations: [Population]
  public var projections: [Projection]

  /// Makes a circuit of its parts.
  public init(
    name: String, documentation: String = "", populations: [Population] = [],
    projections: [Projection] = []
  ) {
    self.name = name
    self.documentation = documentation
    self.populations = populations
    self.projections = projections
  }
}

/// Cells of one kind.
public struct Population: Sendable {
  /// The path is the population's name.
  public var declaration: Declaration
  /// How many cells there are, over parameters of `cell`; a whole number from 1 on.
  public var size: Expression
  /// One cell with the pools of its incoming projections.
  ///
  /// Paths begin with the population's name,
  /// such as `lhb.V` and `lhb.recurrent.g`, except those of the circuit itself.
  public var cell: Model
  /// Which event of `cell` is the spike; `nil` for cells that do not spike.
  public var spike: Int?
  /// What differs between cells, none of it by way of another; the defaults of parameters and
  /// states that depend on what differs follow it.
  public var variations: [Variation]
  /// What arriving spikes and random arrivals do, in the order in which they act.
  public var receivers: [Receiver]
  /// Whether it is no population but what the circuit itself works out while it runs, as one cell.
  public var isCircuitItself = false

  /// Makes a population.
  public init(
    declaration: Declaration, size: Expression, cell: Model, spike: Int? = nil,
    variations: [Variation] = [], receivers: [Receiver] = []
  ) {
    self.declaration = declaration
    self.size = size
    self.cell = cell
    self.spike = spike
    self.variations = variations
    self.receivers = receivers
  }
}

/// A value that each cell of a population, or each connection of a projection, has by itself.
public struct Variation: Sendable {
  /// What varies.
  public enum Target: Sendable, Hashable {
    /// A parameter of the cell, by its index.
    case parameter(Int)
    /// The value of a state at the start, by its index.
    case initialState(Int)
  }

  public var target: Target
  public var law: Law
  /// What varies, with its declared unit for display; the range is that of the law.
  public var declaration: Declaration

  /// Makes a variation.
  public init(target: Target, law: Law, declaration: Declaration) {
    self.target = target
    self.law = law
    self.declaration = declaration
  }
}

/// How a value is found for each cell or each connection; all numbers in SI units, all arguments
/// over parameters, `index` and `count` being inputs with those roles.
public enum Law: Sendable {
  /// The value of an expression.
  case formula(Expression)
  case normal(mean: Expression, standardDeviation: Expression)
  /// The logarithm is normal; `mean` and `standardDeviation` are those of the value itself.
  case lognormal(mean: Expression, standardDeviation: Expression)
  case uniform(low: Expression, high: Expression)
  case exponential(mean: Expression)
}

/// Changes of states at the beginning of a step in which something arrives.
///
/// What arrives at one cell within one step acts at once: `input` is the sum of the weights, or the
/// number of random arrivals or recorded spikes. Where it is 0 nothing happens.
public struct Receiver: Sendable {
  /// The path of the synapse or of the receiver itself, such as `lhb.recurrent.weight`.
  public var declaration: Declaration
  /// The input of the cell that holds what arrived; its role is `arrivals`, `poisson` or
  /// `recorded`.
  public var input: Int
  /// The states that change, and their values afterwards, over values before.
  public var assignments: [(state: Int, value: Expression)]

  /// Makes a receiver.
  public init(
    declaration: Declaration, input: Int, assignments: [(state: Int, value: Expression)]
  ) {
    self.declaration = declaration
    self.input = input
    self.assignments = assignments
  }
}

/// Connections from the cells of one population to those of another.
public struct Projection: Sendable {
  /// What runs along the connections.
  public enum Signal: Sendable, Hashable {
    /// Spikes of the source, to a receiver of the target by its index.
    case spikes(receiver: Int)
    /// At every step, the sum of weight times an expression of the source into an input of the
    /// target, and, where `total` is given, the sum of the weights into another.
    case continuous(source: Expression, input: Int, total: Int?)
  }

  /// The path is the projection's name.
  public var declaration: Declaration
  /// Indices into the circuit's populations.
  public var source: Int
  public var target: Int
  public var signal: Signal
  public var rule: ConnectionRule
  /// Whether a cell may connect to itself, where source and target are one population.
  public var allowsAutapses: Bool
  /// What the weights of a spike are multiplied by, over the source's cell; `nil` for 1.
  ///
  /// Its value is that at the spike, before the changes that the spike makes.
  public var release: Expression?
  /// How spikes change the weight of each connection; `nil` if none does.
  public var plasticity: Plasticity?
  /// In SI units of the receiver or the input, over those of `release` or the source.
  public var weight: Law
  /// In s; 0 arrives at the beginning of the next step.
  public var delay: Law
  /// Where the rule, weight and delay stand, for diagnostics at run time.
  ///
  /// That of the rule has the projection's name as its path.
  public var ruleDeclaration: Declaration
  public var weightDeclaration: Declaration
  public var delayDeclaration: Declaration
  /// Whether it is made of a name that is used elsewhere than where it is declared, rather than
  /// written by the author.
  public var isImplicit = false

  /// Makes a projection.
  ///
  /// Laws and rules are over the parameters of the target's cell.
  public init(
    declaration: Declaration, source: Int, target: Int, signal: Signal, rule: ConnectionRule,
    allowsAutapses: Bool = false, release: Expression? = nil,
    plasticity: Plasticity? = nil, weight: Law, delay: Law,
    ruleDeclaration: Declaration, weightDeclaration: Declaration, delayDeclaration: Declaration
  ) {
    self.declaration = declaration
    self.source = source
    self.target = target
    self.signal = signal
    self.rule = rule
    self.allowsAutapses = allowsAutapses
    self.release = release
    self.plasticity = plasticity
    self.weight = weight
    self.delay = delay
    self.ruleDeclaration = ruleDeclaration
    self.weightDeclaration = weightDeclaration
    self.delayDeclaration = delayDeclaration
  }
}

/// Which cells are connected; arguments are over parameters of the target's cell.
public enum ConnectionRule: Sendable {
  case all
  /// The same index; the populations have one size.
  case oneToOne
  /// Every ordered pair with a probability.
  case random(probability: Expression)
  /// Every target has so many sources, drawn without repetition.
  case fixedInDegree(Expression)
  /// Every source has so many targets, drawn without repetition.
  case fixedOutDegree(Expression)
  /// Every ordered pair with the probability `peak·exp(−d²/(2·width²))` or `peak·exp(−d/width)`,
  /// where d is the distance of cells spread evenly, the length of a line, ring or sheet being 1.
  case distance(Geometry, Profile, peak: Expression, width: Expression)
  /// The pairs of a table, counted from 0; weights and delays of its own where it has them.
  case list([(source: Int, target: Int, weight: Double?, delay: Double?)])

  /// How cells are laid out.
  public enum Geometry: String, Sendable, Hashable, CaseIterable {
    case line
    case ring
    /// Cells fill a square, row by row; its edges are joined.
    case sheet
  }

  /// How probability falls with distance.
  public enum Profile: String, Sendable, Hashable, CaseIterable {
    case gaussian
    case exponential
  }
}
