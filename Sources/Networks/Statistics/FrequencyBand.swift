/// The frequencies from a lower one, which belongs to them, to an upper one, which does not.
public struct FrequencyBand: Sendable, Hashable {
  /// In Hz.
  public let lower: Double
  /// In Hz.
  public let upper: Double

  /// Makes a band from frequencies in Hz.
  public init(_ range: Range<Double>) {
    precondition(range.lowerBound >= 0, "a frequency is not negative")
    lower = range.lowerBound
    upper = range.upperBound
  }

  /// 0.5 to 4 Hz.
  public static let delta = FrequencyBand(0.5..<4)
  /// 4 to 10 Hz, as in rodents.
  public static let theta = FrequencyBand(4..<10)
  /// 30 to 80 Hz.
  public static let gamma = FrequencyBand(30..<80)
  /// All but the mean.
  public static let all = FrequencyBand(0..<Double.infinity)
}
