import Storage

/// What a reduction, or a variable at one time, is like over individuals.
public struct IndividualSpread: Sendable, Hashable {
  public var mean: Double
  /// With n - 1; NaN for fewer than two individuals.
  public var standardDeviation: Double
  public var median: Double
  /// The values below which 25 and 75 % of the individuals are.
  public var lowerQuartile: Double
  public var upperQuartile: Double
  /// The values below which 5 and 95 % of the individuals are.
  public var lower: Double
  public var upper: Double
  /// How many individuals have a value.
  public var count: Int

  /// The spread of the values of some individuals; everything is NaN for none.
  init(_ values: [Double]) {
    count = values.count
    mean = values.isEmpty ? .nan : values.reduce(0, +) / Double(count)
    let mean = mean
    standardDeviation =
      count < 2
      ? .nan
      : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
    let sorted = values.sorted()
    median = percentile(0.5, of: sorted)
    lowerQuartile = percentile(0.25, of: sorted)
    upperQuartile = percentile(0.75, of: sorted)
    lower = percentile(0.05, of: sorted)
    upper = percentile(0.95, of: sorted)
  }

  /// What a result file says of individuals.
  static let summary = AxisSummary(
    axis: "individual", noun: "individuals",
    statistics: [
      "mean", "standard_deviation", "median", "percentile_5", "percentile_25", "percentile_75",
      "percentile_95",
    ],
    longName: "statistics across individuals; percentiles interpolate between neighbours",
    compute: { values in
      let spread = IndividualSpread(values)
      return [
        spread.mean, spread.standardDeviation, spread.median, spread.lower, spread.lowerQuartile,
        spread.upperQuartile, spread.upper,
      ]
    })
}

extension RunDigest {
  /// The spread of each reduction over the individuals of an arm, at one point of a sweep, in SI
  /// units.
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
      IndividualSpread(found.map { $0[reduction] }.filter(\.isFinite))
    }
  }
}
