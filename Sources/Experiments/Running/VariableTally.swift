import Networks
import Simulations

/// The reductions of variables of cells, kept up to date while a run goes on.
///
/// They look at the end of every step: an action potential lasts less than a millisecond.
struct VariableTally {
  private struct Entry {
    let reduction: VariableReduction
    /// Which of the recorded values it is of.
    let recorded: Int
    let first: Int
    let last: Int
    /// The next step to look at; beyond `last` when there is none.
    var next: Int
    var count = 0
    var sum = 0.0
    var least = Double.infinity
    var most = -Double.infinity
  }

  private var entries: [Entry]

  /// Begins.
  ///
  /// - Parameters:
  ///   - reductions: What is asked for.
  ///   - recordedPaths: What the network records.
  ///   - timeStep: The step, in s.
  init(_ reductions: [VariableReduction], recordedPaths: [String], timeStep: Double) {
    entries = reductions.map { reduction in
      // A millionth of a step is rounding.
      let first = Int((reduction.from / timeStep - 1e-6).rounded(.up))
      let last = max(first, Int((reduction.to / timeStep + 1e-6).rounded(.down)))
      guard let recorded = recordedPaths.firstIndex(of: reduction.path) else {
        preconditionFailure("`\(reduction.path)` is reduced and not recorded")
      }
      return Entry(
        reduction: reduction, recorded: recorded, first: first, last: last, next: first)
    }
  }

  private static func place(of path: String, among recordedPaths: [String]) -> Int {
    guard let place = recordedPaths.firstIndex(of: path) else {
      preconditionFailure("a network records all that its reductions need")
    }
    return place
  }

  /// The next step at which to look, or `nil` when all are done.
  var nextLook: Int? {
    entries.lazy.filter { $0.next <= $0.last }.map(\.next).min()
  }

  /// Looks at the cells, if it is time to.
  ///
  /// - Throws: `NetworkFailure` if a variable has no finite value in some cell.
  mutating func look(at live: NetworkRun) throws(NetworkFailure) {
    var means: [Int: Double] = [:]
    for index in entries.indices
    where entries[index].next <= entries[index].last && entries[index].next <= live.step {
      let recorded = entries[index].recorded
      let mean = means[recorded] ?? live.meanRecorded(recorded)
      if !mean.isFinite { try live.checkRecorded(recorded) }
      means[recorded] = mean
      entries[index].next += 1
      entries[index].count += 1
      entries[index].sum += mean
      entries[index].least = min(entries[index].least, mean)
      entries[index].most = max(entries[index].most, mean)
    }
  }

  /// The reductions in SI units, in their order; NaN for those that were not reached.
  var values: [Double] {
    entries.map { entry in
      guard entry.next > entry.last else { return .nan }
      switch entry.reduction.kind {
      case .maximum: return entry.most
      case .minimum: return entry.least
      case .mean, .final, .at: return entry.sum / Double(entry.count)
      case .timeOfMaximum, .timeOfMinimum, .integral, .firstTime, .timeWhile:
        preconditionFailure("\(entry.reduction.kind) is not kept of cells")
      }
    }
  }
}
