import Diagnostics

extension Circuit {
  /// All populations as one model, for looking up what an experiment mentions.
  ///
  /// What the circuit itself declares, which every population has, is in it once. It has names,
  /// units and values; as a system of equations it means nothing, because a population stands in
  /// it as a single cell.
  public var names: Model {
    var combined = Model(name: name, documentation: documentation)
    var parameterPlaces: [String: Int] = [:]
    var inputPlaces: [String: Int] = [:]
    for population in populations {
      let cell = population.cell
      var places = Expression.Places()
      var added: (parameters: [Int], inputs: [Int]) = ([], [])
      for (index, parameter) in cell.parameters.enumerated() {
        let path = parameter.declaration.path
        if let known = parameterPlaces[path] {
          places.parameters.append(known)
        } else {
          parameterPlaces[path] = combined.parameters.count
          places.parameters.append(combined.parameters.count)
          combined.parameters.append(parameter)
          added.parameters.append(index)
        }
      }
      for (index, input) in cell.inputs.enumerated() {
        let path = input.declaration.path
        if let known = inputPlaces[path] {
          places.inputs.append(known)
        } else {
          inputPlaces[path] = combined.inputs.count
          places.inputs.append(combined.inputs.count)
          combined.inputs.append(input)
          added.inputs.append(index)
        }
      }
      places.states = cell.states.indices.map { combined.states.count + $0 }
      places.quantities = cell.quantities.indices.map { combined.quantities.count + $0 }
      for index in added.parameters {
        let place = places.parameters[index]
        combined.parameters[place].defaultValue = combined.parameters[place].defaultValue
          .moved(places)
      }
      for index in added.inputs {
        let place = places.inputs[index]
        combined.inputs[place].defaultValue = combined.inputs[place].defaultValue.moved(places)
      }
      for state in cell.states {
        combined.states.append(
          State(
            declaration: state.declaration, initialValue: state.initialValue.moved(places),
            derivative: state.derivative.moved(places)))
      }
      for quantity in cell.quantities {
        combined.quantities.append(
          DerivedQuantity(
            declaration: quantity.declaration, value: quantity.value.moved(places),
            isOutput: quantity.isOutput))
      }
      for route in cell.routes {
        combined.routes.append(route.moved(places))
      }
      if combined.sources.isEmpty { combined.sources = cell.sources }
    }
    return combined
  }

  /// The population that a path belongs to, and what the path means in its cell.
  ///
  /// - Parameter path: The path of a state, a quantity or an input, such as `lhb.V`.
  /// - Returns: The first population that has it, or `nil`.
  public func variable(_ path: String) -> (population: Int, expression: Expression)? {
    for (number, population) in populations.enumerated() {
      let cell = population.cell
      if let index = cell.states.firstIndex(where: { $0.declaration.path == path }) {
        return (number, .state(index))
      }
      if let index = cell.quantities.firstIndex(where: { $0.declaration.path == path }) {
        return (number, .quantity(index))
      }
      if let index = cell.inputs.firstIndex(where: { $0.declaration.path == path }) {
        return (number, .input(index))
      }
    }
    return nil
  }
}

extension Circuit {
  /// The inputs that take recorded spikes, by population and in the order of declarations.
  public var recordedInputs: [(population: Int, input: Int)] {
    populations.indices.flatMap { population in
      populations[population].cell.inputs.enumerated().compactMap { index, input in
        if case .recorded = input.role { (population, index) } else { nil }
      }
    }
  }
}

extension Expression {
  /// Where the parameters, inputs, states and quantities of one model are in another.
  struct Places {
    var parameters: [Int] = []
    var inputs: [Int] = []
    var states: [Int] = []
    var quantities: [Int] = []
  }

  /// The same expression over another model's names.
  func moved(_ places: Places) -> Expression {
    switch self {
    case .number, .time, .amount: self
    case .parameter(let index): .parameter(places.parameters[index])
    case .input(let index): .input(places.inputs[index])
    case .state(let index): .state(places.states[index])
    case .quantity(let index): .quantity(places.quantities[index])
    case .negate(let inner): .negate(inner.moved(places))
    case .binary(let operation, let left, let right):
      .binary(operation, left.moved(places), right.moved(places))
    case .call(let function, let arguments):
      .call(function, arguments.map { $0.moved(places) })
    case .conditional(let condition, let first, let second):
      .conditional(
        condition.moved(places), then: first.moved(places), otherwise: second.moved(places))
    }
  }
}

extension Route {
  fileprivate func moved(_ places: Expression.Places) -> Route {
    var result = self
    result.targets = targets.map { target in
      Target(
        state: places.states[target.state], rateInput: places.inputs[target.rateInput],
        fraction: target.fraction.moved(places), duration: target.duration?.moved(places),
        lag: target.lag?.moved(places))
    }
    return result
  }
}

extension Expression.Condition {
  fileprivate func moved(_ places: Expression.Places) -> Expression.Condition {
    switch self {
    case .comparison(let comparison, let left, let right):
      .comparison(comparison, left.moved(places), right.moved(places))
    case .not(let inner): .not(inner.moved(places))
    case .and(let left, let right): .and(left.moved(places), right.moved(places))
    case .or(let left, let right): .or(left.moved(places), right.moved(places))
    }
  }
}
