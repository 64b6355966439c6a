public import Simulations
import Solvers

/// How the steps of all runs of `auto` are shared between its methods.
public struct MethodUse: Sendable, Hashable {
  /// The accepted steps of all runs, and those of them that the stiff method took.
  public var acceptedSteps: Int
  public var stiffSteps: Int
  /// How often runs changed their method.
  public var switches: Int

  /// Makes a count.
  public init(acceptedSteps: Int, stiffSteps: Int, switches: Int) {
    self.acceptedSteps = acceptedSteps
    self.stiffSteps = stiffSteps
    self.switches = switches
  }

  /// The accepted steps of each method by its name, those of the explicit one first.
  public var steps: [(method: String, count: Int)] {
    [
      (Method.dormandPrince.rawValue, acceptedSteps - stiffSteps),
      (Method.rodas5P.rawValue, stiffSteps),
    ]
  }

  /// What solved the equations, in a few words.
  public func text(_ notes: EnsembleNotes) -> String {
    guard notes.isAutomatic else { return notes.method.rawValue }
    let used = steps.filter { $0.count > 0 }
    switch used.count {
    case 0: return "auto"
    case 1: return "auto: \(used[0].method) for all steps"
    default:
      let shares = percentages(used.map(\.count))
      return "auto: "
        + zip(used, shares).map { "\($0.method) for \($1)" }.joined(separator: " and ")
        + " of steps"
    }
  }

  /// Whole percentages that add up to 100; what is less than one is said to be.
  private func percentages(_ counts: [Int]) -> [String] {
    let total = Double(counts.reduce(0, +))
    return counts.map { count in
      let share = (100 * Double(count) / total).rounded()
      if share < 1 { return "less than 1 %" }
      if share > 99, count < Int(total) { return "more than 99 %" }
      return "\(Int(share)) %"
    }
  }
}
