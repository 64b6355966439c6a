/// Virtual individuals who differ in parameters: between-subject variability.
///
/// They are drawn once for an experiment and are the same in all arms and at all points of a sweep.
public struct Cohort: Sendable {
  /// How many individuals there are, for each one of the event table if there is a table.
  public var count: Int
  /// What their parameters are drawn from; `samples` is the number of all individuals.
  public var draws: Sweep

  /// What the values of individuals follow from: another stream than that of a sweep.
  private static func seed(_ seed: UInt64) -> UInt64 {
    Philox(seed: seed).bits(index: 0, dimension: 0, purpose: .individuals)
  }

  /// The drawn values, one row for each individual.
  func points(seed: UInt64) -> SweepPoints { SweepPoints(draws, seed: Self.seed(seed)) }

  /// The parameters that are varied, as indices into the model's.
  var parameters: [(parameter: Int, isRelative: Bool)] {
    draws.axes.compactMap { axis in
      if case .parameter(let index) = axis.target { return (index, axis.isRelative) }
      return nil
    }
  }
}
