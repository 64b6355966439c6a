public import Programs

/// Equations and a method as one program, with the arrays by which a driver steers it.
public struct SteppedProgram: Sendable {
  /// Complete: hoisted, multiply-adds fused, ready for a backend.
  public let program: LaneProgram
  public let arrays: SteppingArrays
  public let method: Method
  /// The order of the linear systems that a `DenseLinearSolver` has to solve; `nil` if there are
  /// none.
  public let denseOrder: Int?

  /// Joins equations and a method.
  ///
  /// - Parameters:
  ///   - system: The equations.
  ///   - method: How to solve them.
  public init(_ system: EquationSystem, method: Method) {
    var assembly = StepAssembly(system, method: method)
    switch method {
    case .rungeKutta4: assembly.addExplicitStages(.rungeKutta4)
    case .dormandPrince: assembly.addExplicitStages(.dormandPrince)
    case .rodas4: assembly.addRosenbrockStages(.rodas4)
    case .rodas5P: assembly.addRosenbrockStages(.rodas5P)
    case .exponentialEuler: assembly.addExponentialEuler()
    }
    denseOrder =
      (assembly.program.routines[.attempt] ?? []).lazy.compactMap {
        if case .factorDense(_, let order) = $0 { return order }
        return nil
      }.first
    program = assembly.finish()
    arrays = assembly.arrays
    self.method = method
  }
}

/// The persistent and shared arrays of a stepped program.
///
/// Times are in seconds of the run's clock; truth values are 1 and 0. One element each unless said
/// otherwise.
public struct SteppingArrays: Sendable, Hashable {
  /// What stays constant during a run.
  public var parameters: LaneArray
  /// What a driver may change between steps, followed by `prepare` and `begin`.
  public var inputs: LaneArray
  /// The time.
  public var time: LaneArray
  /// The states.
  public var state: LaneArray
  /// The step to try next.
  public var step: LaneArray
  /// The time to land on next, exactly; later than `time`.
  public var stop: LaneArray
  /// The time of the next sample; infinite after the last.
  public var nextSample: LaneArray
  /// 1 where the lane holds a run.
  public var isActive: LaneArray
  /// 1 where `begin` is to start the lane afresh after a change.
  public var isRestarting: LaneArray
  /// 1 where events are not looked for, because the lane is on its way to one already found.
  public var ignoresEvents: LaneArray
  /// How many steps were accepted and rejected.
  public var acceptedSteps: LaneArray
  public var rejectedSteps: LaneArray
  /// Why the lane stopped: an `Attention`.
  public var attention: LaneArray
  /// Where within the attempted step `locate` is to look, from 0 to 1.
  public var fraction: LaneArray
  /// The attempted step, for `locate`.
  public var attemptedStep: LaneArray
  /// The values of the event functions at the current time, one for each event.
  public var eventValues: LaneArray
  /// 1 for the events that have just happened, until the lane starts afresh.
  public var firedEvents: LaneArray
  /// The values of the event functions that `locate` found, one for each event.
  public var locatedEvents: LaneArray
  /// What is sampled, as `observe` and the loop of steps compute it.
  public var recorded: LaneArray
  /// What `observe` computes besides.
  public var observed: LaneArray
  /// The values whose extremes are kept, at the current time.
  public var extremeValues: LaneArray
  /// The extremes so far and their times.
  public var extremes: LaneArray
  public var extremeTimes: LaneArray
  /// The derivative of each state, as `diagnose` computes it.
  public var derivative: LaneArray
  /// Shared: the tolerances, the absolute one for each state; for what follows its magnitude, the
  /// most that it may be.
  public var relativeTolerance: LaneArray
  public var absoluteTolerance: LaneArray
  /// The absolute tolerance of each state as it is now, to be set when a run begins; no elements if
  /// all are given.
  public var tolerance: LaneArray
  /// Shared: which part of its largest magnitude the tolerance of a state is, 0 for a given one.
  public var toleranceRatio: LaneArray
  /// Shared: the first step, or 0 to choose it; for methods of fixed step, the step.
  public var initialStep: LaneArray
  /// Shared: the longest step allowed.
  public var maximumStep: LaneArray
  /// Shared: how many attempts a run may make.
  public var maximumSteps: LaneArray
  /// Shared: from when to when each extreme is kept, two numbers each.
  public var extremeWindows: LaneArray
}
