public import ModelLanguage
import Programs

/// Evaluates expressions on single numbers, with the functions of the kernels.
///
/// For what is needed before a run: defaults of parameters, initial values, bioavailabilities.
public struct ExpressionEvaluator: Sendable {
  /// The values of the model's parameters, inputs, states and quantities, as far as they are known.
  public var parameters: [Double]
  public var inputs: [Double]
  public var states: [Double]
  public var quantities: [Double]
  /// The time, in s.
  public var time: Double
  /// The dose, in SI units.
  public var amount: Double

  /// Makes an evaluator; what is not given is not a number.
  public init(
    parameters: [Double] = [], inputs: [Double] = [], states: [Double] = [],
    quantities: [Double] = [], time: Double = .nan, amount: Double = .nan
  ) {
    self.parameters = parameters
    self.inputs = inputs
    self.states = states
    self.quantities = quantities
    self.time = time
    self.amount = amount
  }

  /// The value of an expression in SI units; NaN where it needs what is not known.
  public func value(of expression: Expression) -> Double {
    switch expression {
    case .number(let number): return number
    case .time: return time
    case .amount: return amount
    case .parameter(let index): return element(index, of: parameters)
    case .input(let index): return element(index, of: inputs)
    case .state(let index): return element(index, of: states)
    case .quantity(let index): return element(index, of: quantities)
    case .negate(let inner): return -value(of: inner)
    case .binary(let operation, let left, let right):
      let x = value(of: left)
      let y = value(of: right)
      switch operation {
      case .add: return x + y
      case .subtract: return x - y
      case .multiply: return x * y
      case .divide: return x / y
      case .power: return ElementaryFunctions.power(x, y)
      }
    case .call(let function, let arguments):
      return call(function, arguments.map { value(of: $0) })
    case .conditional(let condition, let first, let second):
      return holds(condition) ? value(of: first) : value(of: second)
    }
  }

  /// Whether a condition is true.
  public func holds(_ condition: Expression.Condition) -> Bool {
    switch condition {
    case .comparison(let comparison, let left, let right):
      let x = value(of: left)
      let y = value(of: right)
      switch comparison {
      case .less: return x < y
      case .lessOrEqual: return x <= y
      case .greater: return x > y
      case .greaterOrEqual: return x >= y
      case .equal: return x == y
      case .notEqual: return x != y
      }
    case .not(let inner): return !holds(inner)
    case .and(let left, let right): return holds(left) && holds(right)
    case .or(let left, let right): return holds(left) || holds(right)
    }
  }

  private func element(_ index: Int, of values: [Double]) -> Double {
    values.indices.contains(index) ? values[index] : .nan
  }

  private func call(
    _ function: Expression.ElementaryFunction, _ arguments: [Double]
  ) -> Double {
    guard let first = arguments.first else {
      preconditionFailure("`\(function.rawValue)` is called without a number")
    }
    switch ExpressionTranslator.operation(function) {
    case .unary(let operation): return ElementaryFunctions.evaluate(operation, first)
    case .fold(.minimum):
      return arguments.dropFirst().reduce(first) { ElementaryFunctions.evaluate(.minimum, $0, $1) }
    case .fold(.maximum):
      return arguments.dropFirst().reduce(first) { ElementaryFunctions.evaluate(.maximum, $0, $1) }
    }
  }
}

extension Model {
  /// The value of every parameter in SI units; derived defaults follow what is overridden.
  ///
  /// - Parameter overrides: Values in SI units by index of the parameter.
  /// - Returns: One value for each parameter.
  public func parameterValues(overriding overrides: [Int: Double] = [:]) -> [Double] {
    var evaluator = ExpressionEvaluator(
      parameters: Array(repeating: .nan, count: parameters.count))
    var isKnown = Array(repeating: false, count: parameters.count)
    for (index, value) in overrides where parameters.indices.contains(index) {
      evaluator.parameters[index] = value
      isKnown[index] = true
    }
    // Dependencies have no cycles; an explicit stack keeps long chains from using up the other one.
    for start in parameters.indices where !isKnown[start] {
      var stack = [start]
      while let index = stack.last {
        let expression = parameters[index].defaultValue
        let missing = expression.parameterReferences.filter { !isKnown[$0] && $0 != index }
        if missing.isEmpty || stack.count > parameters.count {
          evaluator.parameters[index] = evaluator.value(of: expression)
          isKnown[index] = true
          stack.removeLast()
        } else {
          stack.append(contentsOf: missing.sorted())
        }
      }
    }
    return evaluator.parameters
  }

  /// The value of every input before it is first changed, in SI units.
  public func initialInputs(parameters: [Double]) -> [Double] {
    let evaluator = ExpressionEvaluator(parameters: parameters)
    return inputs.map { evaluator.value(of: $0.defaultValue) }
  }

  /// The value of every state at the start, in SI units.
  public func initialStates(parameters: [Double]) -> [Double] {
    let evaluator = ExpressionEvaluator(parameters: parameters)
    return states.map { evaluator.value(of: $0.initialValue) }
  }
}

extension Expression {
  /// The parameters that it mentions.
  var parameterReferences: Set<Int> {
    switch self {
    case .number, .time, .amount, .input, .state, .quantity: []
    case .parameter(let index): [index]
    case .negate(let inner): inner.parameterReferences
    case .binary(_, let left, let right):
      left.parameterReferences.union(right.parameterReferences)
    case .call(_, let arguments):
      arguments.reduce(into: Set<Int>()) { $0.formUnion($1.parameterReferences) }
    case .conditional(let condition, let first, let second):
      condition.parameterReferences.union(first.parameterReferences)
        .union(second.parameterReferences)
    }
  }
}

extension Expression.Condition {
  fileprivate var parameterReferences: Set<Int> {
    switch self {
    case .comparison(_, let left, let right):
      left.parameterReferences.union(right.parameterReferences)
    case .not(let inner): inner.parameterReferences
    case .and(let left, let right), .or(let left, let right):
      left.parameterReferences.union(right.parameterReferences)
    }
  }
}
