import Dynamics
import ModelLanguage
import Solvers

/// How the reductions of a configuration are computed: which become extremes, which additional
/// states, which are read at a time.
struct ReductionPlan: Sendable {
  /// Where the value of a reduction is found when a run is over.
  enum Origin: Sendable {
    case extreme(Int)
    case extremeTime(Int)
    /// The state that integrates it, and what to divide it by.
    case integral(state: Int, divisor: Double)
    /// The observed value at a stop.
    case observed(Int)
    /// A condition that is watched.
    case watch(Int)
  }

  /// A window during which the integrand of an additional state counts.
  struct Gate: Sendable {
    var input: Int
    var from: Double
    var to: Double
  }

  private(set) var origins: [Origin] = []
  private(set) var gates: [Gate] = []
  /// When an observed value is read, with the reduction that it is for.
  private(set) var readings: [(time: Double, reduction: Int)] = []
  private(set) var extremeWindows: [Double] = []
  private(set) var initialExtremes: [Double] = []
  private(set) var watches: [ConditionWatch.Plan] = []
  /// How many states and inputs are added behind those of the model.
  let addedCount: Int

  static func addedCount(_ reductions: [Reduction]) -> Int {
    reductions.count { $0.kind == .mean || $0.kind == .integral }
  }

  init(
    _ reductions: [Reduction], model: Model, into builder: inout EquationBuilder
  ) {
    addedCount = Self.addedCount(reductions)
    builder.system.quadratureCount = addedCount
    var added = 0
    for (index, reduction) in reductions.enumerated() {
      switch reduction.kind {
      case .maximum, .minimum, .timeOfMaximum, .timeOfMinimum:
        let value = builder.node(for: reduction.expression)
        builder.addBends(of: reduction.expression)
        let isMaximum = reduction.kind == .maximum || reduction.kind == .timeOfMaximum
        let place = builder.system.extremes.count
        builder.system.extremes.append(.init(value: value, isMaximum: isMaximum))
        extremeWindows += [reduction.from, reduction.to]
        initialExtremes.append(isMaximum ? -.infinity : .infinity)
        let givesTime = reduction.kind == .timeOfMaximum || reduction.kind == .timeOfMinimum
        origins.append(givesTime ? .extremeTime(place) : .extreme(place))
      case .mean, .integral:
        let gate = builder.input(model.inputs.count + added)
        builder.system.gates.append(gate)
        let solved = builder.solvedNode(for: reduction.expression)
        builder.system.derivatives.append(builder.gated(solved, by: gate))
        gates.append(
          Gate(input: model.inputs.count + added, from: reduction.from, to: reduction.to))
        let divisor = reduction.kind == .mean ? reduction.to - reduction.from : 1
        origins.append(.integral(state: model.states.count + added, divisor: divisor))
        added += 1
      case .final, .at:
        readings.append((reduction.to, index))
        origins.append(.observed(builder.system.observed.count))
        builder.system.observed.append(builder.node(for: reduction.expression))
      case .firstTime, .timeWhile:
        origins.append(.watch(watches.count))
        watches.append(
          ConditionWatch.Plan(
            reduction: index, condition: builder.system.conditions.count, from: reduction.from,
            to: reduction.to, givesDuration: reduction.kind == .timeWhile))
        builder.watch(
          .comparison(.greater, reduction.expression, .number(0)), tellsEnd: true)
      }
    }
  }
}
