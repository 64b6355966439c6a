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
  /// How the program asks for another method; `nil` if it does not.
  public let switching: SwitchingArrays?
  /// What goes along with a run that another method goes on with, in an order that all programs of
  /// one system share.
  public let arraysOfRun: [LaneArray]
  /// About how much arithmetic an attempted step takes, in multiplications; see `LaneProgram.work`.
  public var workPerStep: Double { program.work(of: [.attempt, .judge, .commit]) }

  /// Where within a step conditions are looked at beside its ends, as fractions of it.
  public static let conditionFractions = [1.0 / 1024, 0.5, 1023.0 / 1024]

  /// Joins equations and a method.
  ///
  /// - Parameters:
  ///   - system: The equations.
  ///   - method: How to solve them.
  ///   - mayChange: Whether the program asks for another method where that would do better.
  public init(_ system: EquationSystem, method: Method, mayChange: Bool = false) {
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
    program = assembly.finish(mayChange: mayChange)
    switching = assembly.switching
    arraysOfRun = assembly.arraysOfRun
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
  /// 1 where changes of conditions are not looked for, because the lane is on its way to one already found.
  public var ignoresConditions: LaneArray
  /// How many steps were accepted and rejected.
  public var acceptedSteps: LaneArray
  public var rejectedSteps: LaneArray
  /// Why the lane stopped: an `Attention`.
  public var attention: LaneArray
  /// Where within the attempted step `locate` is to look, from 0 to 1.
  public var fraction: LaneArray
  /// The attempted step, for `locate`.
  public var attemptedStep: LaneArray
  /// 1 for each condition that counts as holding; the driver sets it, and the kernel takes it back.
  public var holding: LaneArray
  /// By how much each condition holds at the current time.
  ///
  /// 0 or more where it does, less where it does not, NaN where it has no value. As `begin` and `observe` compute it, and at the end of each accepted step.
  public var margins: LaneArray
  /// 1 for each condition that clearly does not hold at the current time, likewise.
  public var goneBack: LaneArray
  /// The margins and `goneBack` that `locate` found.
  public var locatedMargins: LaneArray
  public var locatedGoneBack: LaneArray
  /// On which side of each kink the current time is: −1, 1, or 0 within the tolerance of it.
  public var kinkSides: LaneArray
  /// The differences of the two values of each kink, as `locate` and `observe` compute them.
  public var locatedKinks: LaneArray
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
  /// Shared: steps that are shorter follow integrals no closer than the states ask for.
  public var shortestQuadratureStep: LaneArray
  /// Shared: from when to when each extreme is kept, two numbers each.
  public var extremeWindows: LaneArray
}
