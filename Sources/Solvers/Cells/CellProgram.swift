public import Programs

/// The step of a cell as a program, with the arrays by which a driver steers it.
///
/// Within a step, in this order: what arrived changes states; states advance from the values that
/// they have then; the threshold is tested at the end of the step; a spike changes states.
public struct CellProgram: Sendable {
  /// Complete: hoisted, multiply-adds fused, ready for a backend.
  public let program: LaneProgram
  /// The same for all cells, in the order of the system.
  public let uniform: LaneArray
  /// What follows from `uniform` and the step; see `hoistedValues`.
  public let hoisted: LaneArray
  public let varied: LaneArray
  public let state: LaneArray
  public let randomStream: LaneArray
  public let timeStep: LaneArray
  /// What `observe` computes.
  public let recorded: LaneArray
  /// Values at the end of the last step, before the changes of a spike; `nil` for none.
  public let exposed: LaneArray?
  /// The time and the number of the step for `observe`; empty if it does not need them.
  public let observedClock: LaneArray
  /// What continuous projections add up to, for `observe`; empty if it does not need it.
  public let observedSums: LaneArray
  /// What stands in `CellArrays.replaced`.
  public let watched: [Watched]
  /// What continuous projections add up to before the first step, for `begin`; empty if it does not need it.
  public let firstSums: LaneArray
  private let hoistedStores: [Procedure.Store]

  /// What can go wrong within a step without a trace behind it.
  public enum Watched: Sendable, Hashable {
    /// A state that is replaced, as it was before.
    case state(Int)
    /// An event that would happen for ever, by its place among the events of the system.
    case event(Int)
  }

  /// Joins the equations of a cell and a method.
  public init(_ system: CellSystem, method: CellMethod) {
    var assembly = CellAssembly(system)
    assembly.addStep(method)
    assembly.addBeginning()
    let observation = assembly.addObservation()
    var program = assembly.program
    let hoisted = program.declare("hoisted_uniform", storage: .shared)
    hoistedStores = program.hoist(
      constants: [system.uniform, system.timeStep], into: hoisted, from: program.procedureHandles)
    let prepared = program.declare("hoisted_varied", storage: .persistent)
    let stores = program.hoist(
      constants: [system.uniform, system.timeStep, hoisted, system.varied], into: prepared,
      from: program.procedureHandles)
    let prepare = program.define(Procedure(name: "prepare", stores: stores))
    program.routines[.prepare] = [.call(prepare, [])]
    program.fuse()
    self.program = program
    uniform = system.uniform
    self.hoisted = hoisted
    varied = system.varied
    state = system.state
    randomStream = system.randomStream
    timeStep = system.timeStep
    exposed = assembly.exposed
    watched = assembly.watched
    firstSums = assembly.firstSums
    recorded = observation.recorded
    observedClock = observation.clock
    observedSums = observation.sums
  }

  /// The values of `hoisted` for given values of `uniform` and a step in s.
  public func hoistedValues(uniform values: [Double], timeStep step: Double) -> [Double] {
    program.graph.evaluate(hoistedStores.map(\.value)) { array, element in
      array == timeStep ? step : values[element]
    }
  }
}
