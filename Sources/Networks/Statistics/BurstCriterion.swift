/// What counts as a burst of a cell.
public struct BurstCriterion: Sendable, Hashable {
  /// The longest interval with which a burst begins, in s.
  public var firstInterval: Double
  /// The longest interval with which it goes on, in s.
  public var laterInterval: Double
  /// The fewest spikes of a burst.
  public var fewestSpikes: Int

  /// Makes a criterion.
  public init(firstInterval: Double, laterInterval: Double, fewestSpikes: Int) {
    self.firstInterval = firstInterval
    self.laterInterval = laterInterval
    self.fewestSpikes = fewestSpikes
  }

  /// An interval of at most 20 ms begins a burst, one above 50 ms ends it, and it has three spikes.
  public static let threeSpikes = BurstCriterion(
    firstInterval: 20e-3, laterInterval: 50e-3, fewestSpikes: 3)
  /// An interval of at most 20 ms begins a burst, one above 100 ms ends it: the criterion for
  /// recordings of the lateral habenula in vivo, as recalled from Yang and others (2018), Nature
  /// 554, 317.
  public static let inVivo = BurstCriterion(
    firstInterval: 20e-3, laterInterval: 100e-3, fewestSpikes: 2)
}
