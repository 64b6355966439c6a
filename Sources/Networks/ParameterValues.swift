import Dynamics
public import ModelLanguage

/// What is set from outside, by path and in SI units.
public struct NetworkSettings: Sendable {
  /// Values of parameters that replace their defaults.
  public var parameters: [String: Double]
  /// Values of inputs at the start.
  public var inputs: [String: Double]
  /// The cells in which a differing input is driven, ascending, by its path.
  ///
  /// Where a path is missing it is none, and other cells keep the default of the input.
  public var drivenCells: [String: [Int]] = [:]
  /// What the inputs that take recorded spikes get; nothing where a path is missing.
  public var recordedSpikes: [String: RecordedSpikes] = [:]
  /// What every random number comes from, beside its own place.
  public var seed: UInt64

  /// Makes settings.
  public init(parameters: [String: Double] = [:], inputs: [String: Double] = [:], seed: UInt64 = 1)
  {
    self.parameters = parameters
    self.inputs = inputs
    self.seed = seed
  }

  /// How many cells a population has with these settings; not checked.
  public func size(of population: Population) -> Double {
    SharedValues(population, self).value(population.size)
  }
}

/// The values of one population's parameters and inputs that all of its cells share.
struct SharedValues {
  let cell: Model
  let parameters: [Double]
  var inputs: [Double]

  init(_ population: Population, _ settings: NetworkSettings) {
    cell = population.cell
    var overrides: [Int: Double] = [:]
    for (index, parameter) in cell.parameters.enumerated() {
      if let value = settings.parameters[parameter.declaration.path] { overrides[index] = value }
    }
    parameters = cell.parameterValues(overriding: overrides)
    inputs = cell.initialInputs(parameters: parameters)
    for (index, input) in cell.inputs.enumerated() {
      if let value = settings.inputs[input.declaration.path] { inputs[index] = value }
    }
  }

  /// What the kernel shares between cells.
  var uniform: [Double] { parameters + inputs }

  /// The value of an expression, with the number of a cell and how many there are.
  func value(_ expression: Expression, index: Int = 0, count: Int = 1) -> Double {
    var inputs = inputs
    for (position, input) in cell.inputs.enumerated() {
      if case .cellIndex = input.role { inputs[position] = Double(index) }
      if case .cellCount = input.role { inputs[position] = Double(count) }
    }
    return ExpressionEvaluator(timelessIn: cell, parameters: parameters, inputs: inputs)
      .value(of: expression)
  }

  /// Whether an expression differs from cell to cell.
  func dependsOnIndex(_ expression: Expression) -> Bool {
    let roles = cell.inputs.map { input in
      if case .cellIndex = input.role { return true }
      return false
    }
    return expression.references.inputs.contains { roles[$0] }
  }
}

extension ExpressionEvaluator {
  /// An evaluator that knows the quantities of a cell that need no states.
  init(timelessIn cell: Model, parameters: [Double], inputs: [Double]) {
    self.init(parameters: parameters, inputs: inputs)
    for quantity in cell.quantities { quantities.append(value(of: quantity.value)) }
  }
}
