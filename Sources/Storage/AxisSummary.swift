/// What a result says of all runs along one axis together, such as of all individuals.
public struct AxisSummary: Sendable {
  /// The axis of runs.
  public var axis: String
  /// What the things along it are called in the file, such as `individuals`.
  public var noun: String
  /// The names of the statistics.
  public var statistics: [String]
  /// How the statistics are worked out, in words.
  public var longName: String
  /// The statistics of some numbers, in the order of the names; NaN for one that they do not have.
  public var compute: @Sendable ([Double]) -> [Double]

  /// Makes a summary.
  public init(
    axis: String, noun: String, statistics: [String], longName: String,
    compute: @escaping @Sendable ([Double]) -> [Double]
  ) {
    self.axis = axis
    self.noun = noun
    self.statistics = statistics
    self.longName = longName
    self.compute = compute
  }
}
