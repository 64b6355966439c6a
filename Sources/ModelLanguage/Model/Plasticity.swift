/// How spikes change the weight of each connection of a projection.
///
/// The expressions are over the target's cell, with an input that stands for the weight and others
/// that stand for values of the source's cell. All values are those at the end of the step in which
/// the spike happens, before what any spike in it changes.
public struct Plasticity: Sendable {
  /// The input of the target's cell that stands for the weight.
  public var weight: Int
  /// The inputs of the target's cell that stand for values of the source, over the source's cell.
  public var sources: [(input: Int, value: Expression)]
  /// The weight after a spike of the source; `nil` if it does not change.
  public var afterPresynapticSpike: Expression?
  /// The weight after a spike of the target; `nil` if it does not change.
  public var afterPostsynapticSpike: Expression?

  /// Makes a rule.
  public init(
    weight: Int, sources: [(input: Int, value: Expression)], afterPresynapticSpike: Expression?,
    afterPostsynapticSpike: Expression?
  ) {
    self.weight = weight
    self.sources = sources
    self.afterPresynapticSpike = afterPresynapticSpike
    self.afterPostsynapticSpike = afterPostsynapticSpike
  }
}
