import ModelLanguage
import Solvers

// States that have left the finite numbers: which, and by which equation.
extension PopulationState {
  /// How many numbers `CellLoop.lostValues` takes.
  static func lostValueCount(of part: Network.Part) -> Int {
    part.population.cell.states.count + part.program.watched.count
  }

  /// What to say of a cell of which a kernel has told that a state is not finite.
  ///
  /// - Parameters:
  ///   - cell: The number of the cell.
  ///   - step: The number of the step in which it happened.
  ///   - values: The states after that step, and those of `CellProgram.watched`.
  /// - Returns: Which state or event it was.
  func failure(cell: Int, step: Int, values: [Double]) -> NetworkFailure {
    let model = part.population.cell
    let count = model.states.count
    var states = Array(values[..<count])
    var endless: Int?
    for (watched, value) in zip(part.program.watched, values[count...]) where !value.isFinite {
      switch watched {
      case .state(let state): states[state] = value
      case .event(let event): endless = endless ?? event
      }
    }
    let lost = states.indices.filter { !states[$0].isFinite }
    if lost.isEmpty, let endless {
      let events = model.events.indices.filter { $0 != part.population.spike }
      return .endlessEvent(
        model.events[events[endless]].declaration,
        population: part.population.declaration.path, cell: cell,
        time: StepTimes(step: timeStep).time(after: step + 1))
    }
    guard let state = origin(among: lost) else {
      preconditionFailure("a kernel has told of a lost state, and all states are finite")
    }
    let name = model.states[state].declaration.path
    return .notFinite(
      LostNumber(
        owner: part.population.declaration.path, cell: cell, name: name,
        time: StepTimes(step: timeStep).time(after: step + 1),
        hint: SingularRateHint.text(
          for: model.states[state].derivative, named: name + "'", in: model)
          + (SingularRateHint.isSingular(model.states[state].derivative, in: model)
            ? "" : ", or for a step that is too long")))
  }

  /// Which of the states that were lost in one step the others were lost by: one with a rate that is known to
  /// be 0/0 somewhere, else one that follows from none of the others, else the first.
  private func origin(among lost: [Int]) -> Int? {
    let model = part.population.cell
    let singular = lost.first {
      SingularRateHint.isSingular(model.states[$0].derivative, in: model)
    }
    let others = Set(lost)
    let independent = lost.first { state in
      model.statesBehind(model.states[state].derivative).isDisjoint(
        with: others.subtracting([state]))
    }
    return singular ?? independent ?? lost.first
  }

  /// The first state of any cell that is not finite now, at the beginning or after a change.
  func lostNumber(atStep step: Int) -> LostNumber? {
    let model = part.population.cell
    for (index, state) in model.states.enumerated() {
      let values = values(of: part.program.state, index)
      guard let cell = values.firstIndex(where: { !$0.isFinite }) else { continue }
      let name = state.declaration.path
      let start = SingularRateHint.shortened(model.text(of: state.initialValue))
      return LostNumber(
        owner: part.population.declaration.path, cell: cell, name: name,
        time: StepTimes(step: timeStep).time(after: step),
        hint: step == 0
          ? "look at where it begins, `\(name) = \(start)`" : "look at what an experiment gives it")
    }
    return nil
  }
}

extension Model {
  /// The states that an expression follows from, by way of quantities too.
  fileprivate func statesBehind(_ expression: Expression) -> Set<Int> {
    var states: Set<Int> = []
    var seen: Set<Int> = []
    var pending = [expression]
    while let next = pending.popLast() {
      states.formUnion(next.references.states)
      for quantity in next.references.quantities where seen.insert(quantity).inserted {
        pending.append(quantities[quantity].value)
      }
    }
    return states
  }
}
