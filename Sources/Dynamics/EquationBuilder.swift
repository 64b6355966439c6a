public import ModelLanguage
public import Programs
public import Solvers

/// Turns the expressions of a model into arithmetic on lanes.
///
/// Each quantity is translated once; whatever reads it shares the node.
public struct EquationBuilder: Sendable {
  /// The equations so far.
  public var system: EquationSystem
  private let model: Model
  private var quantityNodes: [Node?]

  /// Translates the derivatives and the events of a model.
  ///
  /// - Parameters:
  ///   - model: An elaborated model.
  ///   - extraStates: How many states to leave room for behind those of the model.
  ///   - extraInputs: How many inputs to leave room for behind those of the model.
  public init(_ model: Model, extraStates: Int = 0, extraInputs: Int = 0) {
    self.model = model
    system = EquationSystem(
      stateCount: model.states.count + extraStates, parameterCount: model.parameters.count,
      inputCount: model.inputs.count + extraInputs)
    quantityNodes = Array(repeating: nil, count: model.quantities.count)
    system.derivatives = model.states.map { node(for: $0.derivative) }
    system.events = model.events.map {
      .init(value: node(for: $0.function), isRising: $0.direction == .rising)
    }
  }

  /// The node of an input, those beyond the model's included.
  public mutating func input(_ index: Int) -> Node {
    system.program.graph.load(system.inputs, index)
  }

  /// The product of two nodes.
  public mutating func product(_ a: Node, _ b: Node) -> Node {
    system.program.graph.multiply(a, b)
  }

  /// Translates an expression over the model's names.
  public mutating func node(for expression: Expression) -> Node {
    switch expression {
    case .number(let value): return system.program.graph.constant(value)
    case .time: return system.program.graph.load(system.time)
    case .amount: return system.program.graph.constant(.nan)
    case .parameter(let index): return system.program.graph.load(system.parameters, index)
    case .input(let index): return system.program.graph.load(system.inputs, index)
    case .state(let index): return system.program.graph.load(system.state, index)
    case .quantity(let index):
      if let known = quantityNodes[index] { return known }
      let translated = node(for: model.quantities[index].value)
      quantityNodes[index] = translated
      return translated
    case .negate(let inner):
      let a = node(for: inner)
      return system.program.graph.negate(a)
    case .binary(let operation, let left, let right):
      let a = node(for: left)
      let b = node(for: right)
      switch operation {
      case .add: return system.program.graph.add(a, b)
      case .subtract: return system.program.graph.subtract(a, b)
      case .multiply: return system.program.graph.multiply(a, b)
      case .divide: return system.program.graph.divide(a, b)
      case .power: return system.program.graph.power(a, b)
      }
    case .call(let function, let arguments):
      let nodes = arguments.map { node(for: $0) }
      return call(function, nodes)
    case .conditional(let condition, let first, let second):
      let truth = node(for: condition)
      let a = node(for: first)
      let b = node(for: second)
      return system.program.graph.select(truth, a, b)
    }
  }

  private mutating func node(for condition: Expression.Condition) -> Node {
    switch condition {
    case .comparison(let comparison, let left, let right):
      let a = node(for: left)
      let b = node(for: right)
      return system.program.graph.compare(Self.comparison(comparison), a, b)
    case .not(let inner):
      let a = node(for: inner)
      return system.program.graph.not(a)
    case .and(let left, let right):
      let a = node(for: left)
      let b = node(for: right)
      return system.program.graph.both(a, b)
    case .or(let left, let right):
      let a = node(for: left)
      let b = node(for: right)
      return system.program.graph.either(a, b)
    }
  }

  private mutating func call(_ function: Expression.ElementaryFunction, _ nodes: [Node]) -> Node {
    guard let first = nodes.first else { return system.program.graph.constant(.nan) }
    switch function {
    case .min, .max:
      return nodes.dropFirst().reduce(first) { result, next in
        function == .min
          ? system.program.graph.minimum(result, next)
          : system.program.graph.maximum(result, next)
      }
    default:
      return system.program.graph.unary(Self.unary(function), first)
    }
  }

  static func unary(_ function: Expression.ElementaryFunction) -> UnaryOperation {
    switch function {
    case .exp: .exp
    case .expm1: .expm1
    case .log: .log
    case .log2: .log2
    case .log10: .log10
    case .log1p: .log1p
    case .sqrt: .squareRoot
    case .cbrt: .cubeRoot
    case .abs: .absolute
    case .sin: .sin
    case .cos: .cos
    case .tan: .tan
    case .asin: .asin
    case .acos: .acos
    case .atan: .atan
    case .sinh: .sinh
    case .cosh: .cosh
    case .tanh: .tanh
    case .exprel: .exprel
    case .linoid: .linoid
    case .floor: .floor
    case .ceil: .ceiling
    case .sign: .sign
    // Two numbers at least; `call` takes them before this is asked.
    case .min, .max: .absolute
    }
  }

  private static func comparison(_ comparison: Expression.Condition.Comparison) -> Comparison {
    switch comparison {
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .equal: .equal
    case .notEqual: .notEqual
    }
  }
}
