/// What a reduction is like over individuals.
public struct IndividualSpread: Sendable, Hashable {
  /// In SI units.
  public var median: Double
  /// The values below which 5 and 95 % of the individuals are, in SI units.
  public var lower: Double
  public var upper: Double
  /// How many individuals have a value.
  public var count: Int
}

extension RunDigest {
  /// The spread of each reduction over the individuals of an arm, at one point of a sweep.
  ///
  /// Individuals whose run failed are left out, and `count` says so.
  public func spreads(
    arm: Int, point: Int = 0, in plan: RunPlan, reductions: Int
  )
    -> [IndividualSpread]
  {
    let found = (0..<plan.individualCount).compactMap { individual in
      self.reductions(
        of: (arm * plan.individualCount + individual) * plan.pointCount + point)
    }
    return (0..<reductions).map { reduction in
      let sorted = found.map { $0[reduction] }.filter(\.isFinite).sorted()
      return IndividualSpread(
        median: percentile(0.5, of: sorted), lower: percentile(0.05, of: sorted),
        upper: percentile(0.95, of: sorted), count: sorted.count)
    }
  }
}
