public import ModelLanguage
public import Solvers

/// How a model is simulated and what is kept of it.
public struct EnsembleConfiguration: Sendable {
  public var method: MethodChoice
  /// The relative tolerance of adaptive methods.
  public var relativeTolerance: Double
  /// The absolute tolerance for each state of the model, in SI units; for those of
  /// `magnitudeTolerances` the most that it may be.
  public var absoluteTolerances: [Double]
  /// Which states have an absolute tolerance that is a part of the largest magnitude which the state
  /// has had in its run, indices of the model's states, ascending.
  public var magnitudeTolerances: [Int]
  /// The step of methods with a fixed step, in s.
  public var fixedStep: Double?
  /// The first step of adaptive methods, in s; `nil` to choose it.
  public var initialStep: Double?
  /// The longest step, in s; `nil` for no limit.
  public var maximumStep: Double?
  /// How many attempted steps a run may make.
  public var maximumSteps: Int
  /// When runs begin and end, in s; a beginning before zero is a lead-in.
  public var start: Double
  public var end: Double
  /// When to sample, in s, ascending, from `start` to `end`.
  public var sampleTimes: [Double]
  /// What to sample.
  public var recorded: [Expression]
  /// What to keep of each run as one number.
  public var reductions: [Reduction]
  /// Which of them may lack a value without the run having failed, by index.
  public var mayLackValue = MayLackValue()

  /// What is recorded or reduced and need not have a finite value, by index.
  public struct MayLackValue: Sendable, Hashable {
    public var recorded: Set<Int> = []
    public var reductions: Set<Int> = []

    /// Nothing.
    public init() {}
  }

  /// Makes a configuration; what is not given has its usual value.
  public init(
    method: MethodChoice = .automatic, relativeTolerance: Double = 1e-6,
    absoluteTolerances: [Double], magnitudeTolerances: [Int] = [], fixedStep: Double? = nil,
    initialStep: Double? = nil,
    maximumStep: Double? = nil, maximumSteps: Int = 10_000_000, start: Double, end: Double,
    sampleTimes: [Double], recorded: [Expression], reductions: [Reduction] = []
  ) {
    self.method = method
    self.relativeTolerance = relativeTolerance
    self.absoluteTolerances = absoluteTolerances
    self.magnitudeTolerances = magnitudeTolerances
    self.fixedStep = fixedStep
    self.initialStep = initialStep
    self.maximumStep = maximumStep
    self.maximumSteps = maximumSteps
    self.start = start
    self.end = end
    self.sampleTimes = sampleTimes
    self.recorded = recorded
    self.reductions = reductions
  }
}

extension EnsembleConfiguration {
  /// What part of its largest magnitude the absolute tolerance of a state is: ten times the relative
  /// tolerance, at most 1e-5, so that a state which falls to a thousandth of its peak keeps two digits.
  var toleranceRatio: Double { min(1e-5, 10 * relativeTolerance) }

  /// The absolute tolerance of a state of which the largest magnitude is known.
  public func absoluteTolerance(ofState state: Int, reaching magnitude: Double) -> Double {
    guard magnitudeTolerances.contains(state) else { return absoluteTolerances[state] }
    return min(absoluteTolerances[state], toleranceRatio * magnitude)
  }
}

/// Which method solves the equations.
public enum MethodChoice: Sendable, Hashable {
  /// Chosen by the stiffness of the model; see `EnsembleNotes.reason`.
  case automatic
  case named(Method)

  /// Reads a name, `auto` or one of `Method`; `nil` for another.
  public init?(parsing name: String) {
    if name == "auto" {
      self = .automatic
    } else if let method = Method(rawValue: name) {
      self = .named(method)
    } else {
      return nil
    }
  }

  /// Every name that can be read.
  public static var names: [String] { ["auto"] + Method.allCases.map(\.rawValue) }
}

/// One number kept of each run.
public struct Reduction: Sendable, Hashable {
  /// How the number follows from the course of an expression.
  ///
  /// Extremes are taken over the ends of the accepted steps; steps end exactly at every dose,
  /// protocol change and window edge. Integrals are solved with the equations.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case maximum, minimum, timeOfMaximum, timeOfMinimum, mean, integral, final, at
    /// When the expression is first positive, and for how long it is in all; steps end where it
    /// changes its sign.
    case firstTime, timeWhile
  }

  public var kind: Kind
  public var expression: Expression
  /// The window, in s; for `at`, both are the time.
  public var from: Double
  public var to: Double

  /// Makes a reduction.
  public init(kind: Kind, expression: Expression, from: Double, to: Double) {
    self.kind = kind
    self.expression = expression
    self.from = from
    self.to = to
  }
}
