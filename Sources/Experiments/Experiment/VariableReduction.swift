public import Simulations

/// A number that is kept of a variable of cells: of its mean over the population, as it runs.
///
/// The cells are looked at every millisecond of the window, at least a hundred times, and never
/// between the ends of steps.
public struct VariableReduction: Sendable, Hashable {
  /// The kinds that there are for cells.
  static let kinds: [(name: String, kind: Reduction.Kind)] = [
    ("mean", .mean), ("max", .maximum), ("min", .minimum), ("final", .final), ("at", .at),
  ]

  public var kind: Reduction.Kind
  /// The path of the variable, such as `lhb.V`.
  public var path: String
  /// The window, in s; for `final` and `at`, both are the time.
  public var from: Double
  public var to: Double
}
