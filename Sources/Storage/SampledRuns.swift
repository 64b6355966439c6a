/// The runs of a result whose samples are kept.
public struct SampledRuns: Sendable, Equatable {
  /// Ascending; `nil` if those of all runs are kept.
  public let chosen: [Int]?

  /// The samples of all runs are kept.
  public static let all = SampledRuns(chosen: nil)

  /// Those of the chosen runs are kept, or of all.
  ///
  /// - Parameter chosen: Flat indices of runs, ascending, each once; `nil` for all.
  public init(chosen: [Int]?) { self.chosen = chosen }

  /// Whether the samples of a run are kept.
  public func contains(_ run: Int) -> Bool { !places(of: run..<run + 1).isEmpty }

  /// Where the samples of consecutive runs stand among all that are kept.
  public func places(of runs: Range<Int>) -> Range<Int> {
    guard let chosen else { return runs }
    func position(_ run: Int) -> Int {
      var (low, high) = (0, chosen.count)
      while low < high {
        let middle = (low + high) / 2
        if chosen[middle] < run { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return position(runs.lowerBound)..<position(runs.upperBound)
  }
}
