public import ModelLanguage
import Units

/// How a run ended.
public enum RunOutcome: Sendable, Hashable {
  case done(RunStatistics)
  case failed(RunFailure, RunStatistics)

  /// Whether it came to its end.
  public var isDone: Bool {
    if case .done = self { return true }
    return false
  }

  /// What it cost.
  public var statistics: RunStatistics {
    switch self {
    case .done(let statistics), .failed(_, let statistics): statistics
    }
  }
}

/// What a run cost.
public struct RunStatistics: Sendable, Hashable {
  /// How many attempted steps were taken over.
  public var acceptedSteps: Int
  /// How many attempted steps were repeated.
  public var rejectedSteps: Int

  /// Makes statistics.
  public init(acceptedSteps: Int, rejectedSteps: Int) {
    self.acceptedSteps = acceptedSteps
    self.rejectedSteps = rejectedSteps
  }
}

/// Why a run could not go on.
public struct RunFailure: Error, Sendable, Hashable {
  /// What happened.
  public enum Reason: Sendable, Hashable {
    /// A state's derivative is not a finite number.
    case notFinite
    /// The error stayed too large however short the step.
    case stepTooSmall
    /// More attempts than allowed.
    case tooManySteps(Int)
  }

  public var reason: Reason
  /// The last time that was reached, in s.
  public var time: Double
  /// The state that broke, or the one that changes fastest; an index into the model's states.
  public var state: Int
  /// Its value at that time, in SI units.
  public var value: Double

  /// One sentence for people: what broke, where, when, and what to try.
  public func message(in model: Model) -> String {
    let declaration =
      model.states.indices.contains(state) ? model.states[state].declaration : nil
    let name = declaration?.path ?? "a reduction"
    let scale = declaration?.unit.scale ?? 1
    let symbol = declaration?.unit.symbol ?? ""
    let when = "at t = \(Self.short(time)) s"
    let last = "last value \(Self.short(value / scale)) \(symbol)"
    switch reason {
    case .notFinite:
      return "the derivative of `\(name)` is not a finite number \(when) (\(last))"
    case .stepTooSmall:
      return "the step became too small \(when); `\(name)` changes fastest (\(last)): "
        + "look for a singularity there, or loosen the tolerance"
    case .tooManySteps(let count):
      return "more than \(count) steps \(when); `\(name)` changes fastest (\(last)): "
        + "try the method rodas5p, or raise maximum_steps"
    }
  }

  private static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    // Six significant digits without Foundation: round in decimal by scaling.
    var scaled = value.magnitude
    var exponent = 0
    while scaled >= 10 {
      scaled /= 10
      exponent += 1
    }
    while scaled < 1 {
      scaled *= 10
      exponent -= 1
    }
    let rounded = (scaled * 1e5).rounded() / 1e5
    let sign = value < 0 ? "-" : ""
    if (-3...5).contains(exponent) {
      var plain = rounded
      for _ in 0..<abs(exponent) { plain = exponent > 0 ? plain * 10 : plain / 10 }
      return "\(sign)\((plain * 1e8).rounded() / 1e8)"
    }
    return "\(sign)\(rounded)e\(exponent)"
  }
}
