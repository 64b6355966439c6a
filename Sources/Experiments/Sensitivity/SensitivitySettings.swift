/// How indices are estimated from finished runs.
public struct SensitivitySettings: Sendable, Hashable {
  /// The part of bootstrap samples that an interval holds.
  public var confidence: Double
  /// How many bootstrap samples are drawn.
  public var resamples: Int
  /// What the bootstrap samples follow from.
  public var seed: UInt64
  /// An index is not given when less than this part of its rows is whole: what is left may be
  /// another population than what was asked about.
  public var leastPart: Double

  /// Makes settings.
  public init(
    confidence: Double = 0.95, resamples: Int = 1000, seed: UInt64 = 0, leastPart: Double = 0.5
  ) {
    self.confidence = confidence
    self.resamples = resamples
    self.seed = seed
    self.leastPart = leastPart
  }

  /// Whether so many whole rows are enough.
  func isEnough(_ rows: Int, of all: Int) -> Bool {
    rows >= 2 && Double(rows) >= leastPart * Double(all)
  }
}
