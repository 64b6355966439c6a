/// A number that is kept of the weights of a projection at the end of a run.
public struct WeightReduction: Sendable, Hashable {
  /// What the number is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case mean = "weight_mean"
    /// The standard deviation, with n.
    case deviation = "weight_deviation"
    case least = "weight_min"
    case most = "weight_max"
  }

  public var kind: Kind
  /// Index into the circuit's projections.
  public var projection: Int
}
