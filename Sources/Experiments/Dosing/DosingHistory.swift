import ModelLanguage
import Simulations
import Units

/// The doses of one run, worked out for its parameters, before they become a schedule.
struct DosingHistory {
  /// A change of all states at once, at a reset or a steady-state dose.
  struct StateChange {
    enum Source {
      /// The model's initial values.
      case initial
      /// A steady state, by its place in `steadyStates`.
      case steadyState(Int, isAdded: Bool)
    }

    var time: Double
    var source: Source
    /// How many administrations come before it at the same time.
    var order: Int
  }

  private(set) var administrations: [(administration: Administration, order: Int)] = []
  private(set) var stateChanges: [StateChange] = []
  private(set) var steadyStates: [SteadyStateRequest] = []
  private let model: Model
  private let parameters: [Double]
  private var order = 0

  /// Works out a history.
  ///
  /// - Parameters:
  ///   - events: In the order in which they are given, times not descending.
  ///   - model: The model that receives the doses.
  ///   - parameters: The parameters of the run, in SI units.
  init(_ events: [DosingEvent], model: Model, parameters: [Double]) {
    self.model = model
    self.parameters = parameters
    for event in events { apply(event) }
  }

  /// A history of one administration.
  init(_ administration: Administration, model: Model) {
    self.model = model
    parameters = []
    administrations = [(administration, 0)]
  }

  private mutating func apply(_ event: DosingEvent) {
    if event.action != .dose {
      cancel(from: event.time)
      change(at: event.time, .initial)
      if event.action == .reset { return }
    }
    if event.steadyState != .none { beginSteadyState(event) }
    // A constant infusion at steady state ends with the record that names it.
    if event.steadyState != .none && event.interval == 0 { return }
    for repetition in 0...event.additional {
      let time = decimalSteps(repetition, of: event.interval, from: event.time)
      add(Administration(event, at: time, model: model, parameters: parameters))
    }
  }

  private mutating func add(_ administration: Administration) {
    administrations.append((administration, order))
    order += 1
  }

  private mutating func change(at time: Double, _ source: StateChange.Source) {
    stateChanges.append(StateChange(time: time, source: source, order: order))
    order += 1
  }

  private mutating func cancel(from time: Double) {
    for index in administrations.indices {
      administrations[index].administration.cancel(from: time)
    }
  }

  private mutating func beginSteadyState(_ event: DosingEvent) {
    if event.steadyState == .replacing { cancel(from: event.time) }
    let request = SteadyStateRequest(event, model: model, parameters: parameters)
    let index = steadyStates.firstIndex(of: request) ?? steadyStates.count
    if index == steadyStates.count { steadyStates.append(request) }
    change(
      at: event.time, .steadyState(index, isAdded: event.steadyState == .adding))
    for remainder in request.remainders(at: event.time) { add(remainder) }
  }
}
