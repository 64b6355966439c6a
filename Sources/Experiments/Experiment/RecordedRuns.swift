public import Diagnostics

/// The runs of an experiment whose samples are kept, where it is not all of them.
public struct RecordedRuns: Sendable, Hashable {
  public enum Form: Sendable, Hashable {
    /// By the number that a run has in messages, failures and the file.
    case numbers(IndexSelection)
    /// Every combination of some arms, individuals and points of the sweep; `nil` for all of one kind.
    case combinations(arms: [Int]?, individuals: IndexSelection?, points: IndexSelection?)
  }

  public var form: Form
  /// Where the experiment says so.
  public var range: SourceRange

  /// The runs of a plan.
  ///
  /// - Parameters:
  ///   - arms: How many arms there are.
  ///   - individuals: How many individuals.
  ///   - points: How many points of the sweep.
  /// - Returns: Their numbers, ascending.
  func numbers(arms: Int, individuals: Int, points: Int) -> [Int] {
    switch form {
    case .numbers(let selection): return selection.indices(of: arms * individuals * points)
    case .combinations(let chosenArms, let chosenIndividuals, let chosenPoints):
      let chosenIndividuals =
        chosenIndividuals?.indices(of: individuals) ?? Array(0..<individuals)
      let chosenPoints = chosenPoints?.indices(of: points) ?? Array(0..<points)
      return (chosenArms ?? Array(0..<arms)).flatMap { arm in
        chosenIndividuals.flatMap { individual in
          chosenPoints.map { (arm * individuals + individual) * points + $0 }
        }
      }
    }
  }

  /// For the resolved experiment.
  func written(arms names: [String]) -> PlainValue {
    switch form {
    case .numbers(let selection): return selection.written
    case .combinations(let arms, let individuals, let points):
      var entries: [PlainValue.Entry] = []
      if let arms {
        entries.append(PlainValue.Entry("arms", .list(arms.map { .text(names[$0]) })))
      }
      if let individuals { entries.append(PlainValue.Entry("individuals", individuals.written)) }
      if let points { entries.append(PlainValue.Entry("points", points.written)) }
      return .table(entries)
    }
  }
}
