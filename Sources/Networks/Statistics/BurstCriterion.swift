/// What a burst is, by the intervals between the spikes of a cell.
///
/// A burst starts with an interval of at most `startInterval`, goes on as long as intervals are at
/// most `continueInterval`, and counts if it has at least `leastSpikes` spikes. An interval that
/// equals a limit, up to a billionth of it for rounding, is within it.
public struct BurstCriterion: Sendable, Hashable {
  /// The longest first interval, in s.
  public let startInterval: Double
  /// The longest further interval, in s.
  public let continueInterval: Double
  /// The fewest spikes; at least 2.
  public let leastSpikes: Int

  /// States a criterion.
  ///
  /// - Parameters:
  ///   - startInterval: The longest first interval, in s.
  ///   - continueInterval: The longest further interval, in s; not below `startInterval`.
  ///   - leastSpikes: The fewest spikes; at least 2.
  public init(startInterval: Double, continueInterval: Double, leastSpikes: Int) {
    precondition(
      0 < startInterval && startInterval <= continueInterval && leastSpikes >= 2,
      "a burst starts with an interval that may also continue it, and has at least two spikes")
    self.startInterval = startInterval
    self.continueInterval = continueInterval
    self.leastSpikes = leastSpikes
  }

  /// Starts within 20 ms, ends with an interval over 100 ms, at least 2 spikes: the criterion for
  /// recordings from the lateral habenula in vivo.
  ///
  /// - Source: Yang et al. (2018), Nature 554, 317.
  public static let habenulaInVivo = BurstCriterion(
    startInterval: 20e-3, continueInterval: 100e-3, leastSpikes: 2)

  /// Starts within 20 ms, goes on within 50 ms, at least 3 spikes: the criterion with which the
  /// burst-firing model cells of the lateral habenula were mapped.
  public static let modelCells = BurstCriterion(
    startInterval: 20e-3, continueInterval: 50e-3, leastSpikes: 3)

  func starts(with interval: Double) -> Bool { interval <= startInterval * Self.margin }

  func goesOn(with interval: Double) -> Bool { interval <= continueInterval * Self.margin }

  /// The difference of two times of an hour carries 2⁻⁴¹ s of rounding: 2e-11 of 20 ms.
  private static let margin = 1 + 1e-9
}
