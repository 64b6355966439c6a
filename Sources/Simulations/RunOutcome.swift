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
  /// How many of the accepted steps the stiff method of `auto` took; 0 for a named method.
  public var stiffSteps: Int
  /// How often `auto` changed the method.
  public var switches: Int

  /// Makes statistics.
  public init(acceptedSteps: Int, rejectedSteps: Int, stiffSteps: Int = 0, switches: Int = 0) {
    self.acceptedSteps = acceptedSteps
    self.rejectedSteps = rejectedSteps
    self.stiffSteps = stiffSteps
    self.switches = switches
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
    /// An event, by index, happens again and again without time passing.
    case endlessEvent(Int)
    /// The delay of an event, by index, in s: negative, infinite or not a number.
    case impossibleDelay(Int, Double)
    /// What the run was to give has no value, or an infinite one, at some time in s or as a whole.
    case noValue(of: Result, at: Double?)
  }

  /// Something that a run gives, by its index in the configuration.
  public enum Result: Sendable, Hashable {
    case recorded(Int)
    case reduction(Int)
  }

  public var reason: Reason
  /// The last time that was reached, in s.
  public var time: Double
  /// The state that broke, or the one that changes fastest; an index into the model's states.
  public var state: Int
  /// Its value at that time, in SI units.
  public var value: Double
  /// All states at that time in SI units: the last good ones.
  public var states: [Double] = []

  /// One sentence for people: what broke, where, when, by which equation, and what to try.
  ///
  /// - Parameters:
  ///   - model: The model that was run.
  ///   - recorded: The names of what is recorded.
  ///   - reductions: The names of the reductions.
  /// - Returns: The sentence, without a full stop.
  public func message(
    in model: Model, recorded: [String] = [], reductions: [String] = []
  ) -> String {
    if case .noValue(let result, let time) = reason {
      return Self.message(noValueOf: result, at: time, recorded, reductions)
    }
    let when = "at t = \(decimalText(time, significantDigits: 6)) s"
    guard model.states.indices.contains(state) else {
      return message(withoutState: when, in: model)
    }
    let broken = model.states[state]
    let name = broken.declaration.path
    let last = broken.declaration.unit.text(ofSI: value, significantDigits: 6)
    let equation = "`\(name)' = \(Self.shortened(model.text(of: broken.derivative)))`"
    switch reason {
    case .notFinite where !value.isFinite:
      let start = Self.shortened(model.text(of: broken.initialValue))
      return "`\(name)` is not a finite number \(when): look at where it begins, "
        + "`\(name) = \(start)`, and at what sets it"
    case .notFinite:
      return "the derivative of `\(name)` is not a finite number \(when) (last value \(last)): "
        + "look for a division by zero or a logarithm in \(equation)"
    case .stepTooSmall:
      return "the step became too small \(when); `\(name)` changes fastest (last value \(last)): "
        + "look for a singularity in \(equation), or loosen the tolerance"
    case .tooManySteps(let count):
      return "more than \(count) steps \(when); `\(name)` changes fastest (last value \(last)), "
        + "by \(equation): try the method rodas5p, or raise maximum_steps"
    case .endlessEvent, .impossibleDelay, .noValue:
      return message(withoutState: when, in: model)
    }
  }

  private func message(withoutState when: String, in model: Model) -> String {
    switch reason {
    case .endlessEvent(let event):
      "the event `\(model.events[event].declaration.path)` happens again and again \(when) "
        + "without time passing: leave a distance between its threshold and where it puts the states"
    case .impossibleDelay(let event, let delay):
      "the event `\(model.events[event].declaration.path)` would take effect "
        + "\(decimalText(delay, significantDigits: 6)) s after its condition: a delay is 0 or more"
    case .tooManySteps(let count): "more than \(count) steps \(when): raise maximum_steps"
    case .stepTooSmall: "the step became too small \(when)"
    case .notFinite: "something is not a finite number \(when)"
    case .noValue: "a result is not a finite number \(when)"
    }
  }

  private static func message(
    noValueOf result: Result, at time: Double?, _ recorded: [String], _ reductions: [String]
  ) -> String {
    let (names, index, kind) =
      switch result {
      case .recorded(let index): (recorded, index, "recorded variable")
      case .reduction(let index): (reductions, index, "reduction")
      }
    let name = names.indices.contains(index) ? "`\(names[index])`" : "number \(index + 1)"
    let when = time.map { " at t = \(decimalText($0, significantDigits: 6)) s" } ?? ""
    return
      "the \(kind) \(name) has no finite value\(when): look for a logarithm, a root or a quotient in "
      + "it, or say `may_lack_value: [\(names.indices.contains(index) ? names[index] : "NAME")]` in the experiment"
  }

  /// An expression that fits into a sentence.
  private static func shortened(_ text: String) -> String {
    text.count <= 120 ? text : text.prefix(119) + "…"
  }
}
