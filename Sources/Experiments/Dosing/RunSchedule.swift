import ModelLanguage
import Simulations

/// Turns the doses and inputs of one run into the changes that a simulation applies.
struct RunSchedule {
  /// The inputs at the start of the run, in SI units.
  private(set) var inputs: [Double]
  /// Sorted by time, in the order in which changes at one time apply.
  private(set) var changes: [ScheduledChange] = []

  /// A change of an input that an experiment drives.
  struct InputStep {
    var input: Int
    var time: Double
    var value: Double
  }

  /// Makes the schedule of a run.
  ///
  /// - Parameters:
  ///   - history: The doses.
  ///   - steadyStates: The states of each request of the history, in SI units.
  ///   - steps: Values of driven inputs, times not descending for each input.
  ///   - inputs: The inputs where nothing drives them.
  ///   - initialStates: The states that a reset returns to.
  ///   - start: The first time of the run, in s.
  ///   - end: The last time of the run, in s.
  init(
    history: DosingHistory, steadyStates: [[Double]], steps: [InputStep], inputs: [Double],
    initialStates: [Double], start: Double, end: Double
  ) {
    self.inputs = inputs
    var ordered: [(change: ScheduledChange, order: Int)] = []
    for change in history.stateChanges where change.time >= start && change.time <= end {
      for state in initialStates.indices {
        let action: ScheduledChange.Action
        switch change.source {
        case .initial: action = .setState(state, initialStates[state])
        case .steadyState(let index, isAdded: false):
          action = .setState(state, steadyStates[index][state])
        case .steadyState(let index, isAdded: true):
          action = .addToState(state, steadyStates[index][state] - initialStates[state])
        }
        ordered.append((ScheduledChange(time: change.time, action: action), change.order))
      }
    }
    var infusions: [Administration.Infusion] = []
    for (administration, order) in history.administrations {
      infusions += administration.infusions
      for bolus in administration.boluses where bolus.time >= start && bolus.time <= end {
        let action = ScheduledChange.Action.addToState(bolus.state, bolus.amount)
        ordered.append((ScheduledChange(time: bolus.time, action: action), order))
      }
    }
    for input in inputs.indices {
      let pieces = infusions.filter { $0.input == input }
      let driven = steps.filter { $0.input == input }
      if pieces.isEmpty && driven.isEmpty { continue }
      for (time, value) in Self.totals(
        pieces, base: driven, initial: inputs[input], start: start, end: end)
      {
        if time <= start {
          self.inputs[input] = value
        } else {
          ordered.append(
            (ScheduledChange(time: time, action: .setInput(input, value)), .max))
        }
      }
    }
    changes =
      ordered.enumerated().sorted {
        ($0.element.change.time, $0.element.order, $0.offset)
          < ($1.element.change.time, $1.element.order, $1.offset)
      }.map(\.element.change)
  }

  /// The total of overlapping constant rates as a function of time, where it changes.
  ///
  /// Each total is summed anew over the active pieces, in the order in which they began, so that
  /// it is exactly the base again when the last piece has ended.
  static func totals(
    _ pieces: [Administration.Infusion], base: [InputStep], initial: Double, start: Double,
    end: Double
  ) -> [(time: Double, value: Double)] {
    let sorted = pieces.enumerated().sorted {
      ($0.element.start, $0.offset) < ($1.element.start, $1.offset)
    }.map(\.element)
    var times = Set([start])
    for piece in sorted { times.formUnion([piece.start, piece.end]) }
    for step in base { times.insert(step.time) }
    var result: [(time: Double, value: Double)] = []
    var active: [Administration.Infusion] = []
    var nextPiece = 0
    var nextStep = 0
    var level = initial
    for time in times.sorted() where time <= end {
      while nextPiece < sorted.count, sorted[nextPiece].start <= time {
        active.append(sorted[nextPiece])
        nextPiece += 1
      }
      active.removeAll { $0.end <= time }
      while nextStep < base.count, base[nextStep].time <= time {
        level = base[nextStep].value
        nextStep += 1
      }
      if time < start { continue }
      let value = active.reduce(level) { $0 + $1.rate }
      if result.last?.value != value { result.append((time, value)) }
    }
    return result
  }
}
