import Dynamics
public import LinearAlgebra
public import ModelLanguage
public import Programs
public import Solvers
import Units

/// A model with a method and what to record, compiled once and shared by all threads.
public final class Ensemble: Sendable {
  public let model: Model
  public let configuration: EnsembleConfiguration
  private let firstNotes: EnsembleNotes
  /// The method that runs begin with.
  let first: SteppedKernel
  /// Its program; the arrays of the other method's have the same handles.
  let stepped: SteppedProgram
  /// The methods of `auto`; `nil` if one was named.
  let alternatives: MethodAlternatives?
  let reductions: ReductionPlan
  /// For each condition, those of the model's events first, whether its end is told.
  let tellsEnd: [Bool]
  let kinkCount: Int
  /// What follows the clock, and the input of the first part that jumps.
  let clock: ClockPlan
  let firstClockInput: Int
  /// For each event, where its assigned values stand among the observed ones.
  let assignments: [[(state: Int, observed: Int)]]
  /// Times that every run lands on, ascending, beside its own schedule.
  let commonStops: [Double]

  /// Translates and compiles.
  ///
  /// - Parameters:
  ///   - model: An elaborated model.
  ///   - configuration: The method, the tolerances, and what to keep.
  ///   - backend: Native code or the interpreter; their results have the same bits.
  /// - Throws: `EnsembleFailure` if the configuration does not fit the model.
  public init(
    model: Model, configuration: EnsembleConfiguration, backend: Backend
  ) throws(EnsembleFailure) {
    try Self.check(configuration, model)
    let choice = MethodSelection.choose(configuration.method, model: model, configuration)
    guard choice.method.isAdaptive || configuration.fixedStep != nil else {
      throw .needsStep(choice.method)
    }
    let added = ReductionPlan.addedCount(configuration.reductions)
    var builder = EquationBuilder(model, extraStates: added, extraInputs: added)
    builder.system.recorded = configuration.recorded.map { builder.node(for: $0) }
    let reductions = ReductionPlan(configuration.reductions, model: model, into: &builder)
    var assignments: [[(state: Int, observed: Int)]] = []
    for event in model.events {
      assignments.append(
        event.assignments.map { assignment in
          builder.system.observed.append(builder.node(for: assignment.value))
          return (assignment.state, builder.system.observed.count - 1)
        })
    }
    builder.addBendsOfConditions()
    builder.system.toleranceGroups = Self.toleranceGroups(configuration, model)
    self.model = model
    self.configuration = configuration
    if configuration.method == .automatic {
      let alternatives = MethodAlternatives(
        builder.system, first: choice.method, backend: backend)
      self.alternatives = alternatives
      first = alternatives.first
    } else {
      alternatives = nil
      first = SteppedKernel(
        SteppedProgram(builder.system, method: choice.method), backend: backend)
    }
    stepped = first.stepped
    firstNotes = EnsembleNotes(choice, first.made, isAutomatic: alternatives != nil)
    self.reductions = reductions
    self.assignments = assignments
    tellsEnd = builder.system.conditions.map(\.tellsEnd)
    kinkCount = builder.system.kinks.count
    let clock = builder.clock(from: configuration.start)
    // A step of fixed length is cut where something jumps, and nowhere else.
    self.clock = choice.method.isAdaptive ? clock : clock.withoutCurves
    firstClockInput = builder.firstClockInput
    var stops: Set<Double> = [configuration.end]
    for gate in reductions.gates { stops.formUnion([gate.from, gate.to]) }
    for reading in reductions.readings { stops.insert(reading.time) }
    for edge in reductions.extremeWindows { stops.insert(edge) }
    for watch in reductions.watches { stops.formUnion([watch.from, watch.to]) }
    commonStops = stops.filter { $0 > configuration.start && $0 <= configuration.end }.sorted()
  }

  var conditionCount: Int { tellsEnd.count }

  /// How it was made; of a method that `auto` has gone over to as well.
  public var notes: EnsembleNotes {
    var notes = firstNotes
    if let other = alternatives?.otherMade { notes.include(other) }
    return notes
  }

  /// A worker with lanes of its own, for one thread.
  ///
  /// - Parameter chunk: The largest number of runs that it gets at once; that of the first chunk if
  ///   not given.
  /// - Returns: A worker.
  /// - Throws: `LinearAlgebraFailure` if the model is so large that it needs LAPACKE, and that is
  ///   not installed.
  public func makeWorker(chunk: Int = 0) throws(LinearAlgebraFailure) -> EnsembleWorker {
    try EnsembleWorker(self, chunk: chunk)
  }

  /// The text of a phase, for people.
  public static func printedProgram(
    model: Model, configuration: EnsembleConfiguration, method: Method,
    toolchain: KernelToolchain?
  ) -> String {
    var builder = EquationBuilder(model)
    builder.system.recorded = configuration.recorded.map { builder.node(for: $0) }
    builder.system.toleranceGroups = Self.toleranceGroups(configuration, model)
    let stepped = SteppedProgram(builder.system, method: method)
    if let toolchain { return NativeKernel.source(of: stepped.program, toolchain: toolchain) }
    return stepped.program.description
  }

  /// The states whose tolerance follows their magnitude, by dimension.
  private static func toleranceGroups(
    _ configuration: EnsembleConfiguration, _ model: Model
  ) -> [[Int]] {
    var groups: [(dimensions: Dimensions, states: [Int])] = []
    for state in configuration.magnitudeTolerances {
      let dimensions = model.states[state].declaration.unit.dimensions
      if let place = groups.firstIndex(where: { $0.dimensions == dimensions }) {
        groups[place].states.append(state)
      } else {
        groups.append((dimensions, [state]))
      }
    }
    return groups.map(\.states)
  }

  private static func check(
    _ configuration: EnsembleConfiguration, _ model: Model
  ) throws(EnsembleFailure) {
    guard configuration.end > configuration.start else { throw .emptyDuration }
    guard configuration.absoluteTolerances.count == model.states.count else {
      throw .toleranceCount(configuration.absoluteTolerances.count, states: model.states.count)
    }
    let times = configuration.sampleTimes
    guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }),
      times.first ?? configuration.start >= configuration.start,
      times.last ?? configuration.end <= configuration.end
    else { throw .sampleTimes }
    for reduction in configuration.reductions {
      guard reduction.from >= configuration.start, reduction.to <= configuration.end,
        reduction.from <= reduction.to
      else { throw .reductionWindow(reduction) }
    }
  }
}

/// Why an ensemble cannot be made.
public enum EnsembleFailure: Error, Sendable, Hashable {
  case emptyDuration
  case toleranceCount(Int, states: Int)
  /// Sample times are not ascending, or outside the run.
  case sampleTimes
  /// A window is reversed or outside the run.
  case reductionWindow(Reduction)
  /// A method of fixed step was chosen without a step.
  case needsStep(Method)
}

/// How an ensemble was made.
public struct EnsembleNotes: Sendable {
  /// The method that solves the equations, or the one that `auto` begins with.
  public var method: Method
  /// Whether runs may go over to another method on the way.
  public var isAutomatic: Bool
  /// Why this method, in one sentence.
  public var reason: String
  public var usesInterpreter: Bool
  /// Whether the kernel had been compiled before.
  public var cameFromCache: Bool
  /// How long making the kernel took, in s.
  public var compileSeconds: Double
  /// What the user should know, such as a missing compiler.
  public var warning: String?

  init(
    _ choice: (method: Method, reason: String), _ made: KernelMaker.Made, isAutomatic: Bool
  ) {
    method = choice.method
    reason = choice.reason
    self.isAutomatic = isAutomatic
    usesInterpreter = made.usesInterpreter
    cameFromCache = made.cameFromCache
    compileSeconds = made.seconds
    warning = made.warning
  }

  /// Takes in how a further kernel was made.
  mutating func include(_ made: KernelMaker.Made) {
    usesInterpreter = usesInterpreter || made.usesInterpreter
    cameFromCache = cameFromCache && made.cameFromCache
    compileSeconds += made.seconds
    warning = warning ?? made.warning
  }
}
