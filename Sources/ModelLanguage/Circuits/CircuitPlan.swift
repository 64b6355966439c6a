import Diagnostics

/// A population whose neuron is known.
struct PopulationPlan {
  var syntax: PopulationSyntax
  var documentation: String
  /// The neuron, among the components of the library.
  var cell: Int
  /// The projections that lead to it, in the order of their declarations.
  var incoming: [ProjectionPlan]
  /// The projections from it that have something in its cells, likewise.
  var outgoing: [ProjectionPlan] = []
}

/// A projection whose ends and synapse are known.
struct ProjectionPlan {
  var syntax: ProjectionSyntax
  var documentation: String
  /// Indices into the circuit's populations.
  var source: Int
  var target: Int
  /// The synapse, among the components of the library.
  var synapse: Int?
  /// What the synapse has in the source's cells, among the components of the library.
  var presynapticPart: Int?
  /// Whether the synapse receives a sum at every step rather than spikes.
  var isGraded = false

  /// Whether it names the variable that it carries.
  var namesVariable: Bool { syntax.source.names.count > 1 }
  /// Whether it carries a variable at every step rather than spikes.
  var isContinuous: Bool { namesVariable || isGraded }
}

/// What a projection leads to in the cells of its target.
struct ProjectionPort {
  enum Kind {
    /// Spikes arrive at a symbol.
    case spikes(receiver: Int)
    /// Sums arrive at inputs: of weight times variable, and of weights.
    case continuous(sum: Int, target: Int, total: (sum: Int, target: Int)?)
  }

  /// `nil` where it leads nowhere, which has been reported.
  var kind: Kind?
  /// The scope of the block of the projection.
  var block: Int
  /// The output of the synapse and the input that it is added to, which have to agree.
  var output: (symbol: Int, target: Int)?
}

/// A setting that differs from cell to cell.
struct PendingVariation {
  var symbol: Int
  var value: SettingValueSyntax
  /// The scope of the block that it stands in.
  var block: Int
}
