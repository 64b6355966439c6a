import ModelLanguage
import Programs

/// Turns expressions over a model's names into arithmetic, given what the names stand for.
///
/// Each quantity is translated once; whatever reads it shares the node.
struct ExpressionTranslator: Sendable {
  /// A name that is not put together from others.
  enum Leaf {
    case time
    case parameter(Int)
    case input(Int)
    case state(Int)
  }

  private let model: Model
  private let leaf: @Sendable (Leaf, inout ExpressionGraph) -> Node
  private var quantityNodes: [Node?]
  /// What jumps with the clock and is an input instead; `nil` where everything is as it is at a time.
  private var switches: ClockSwitches?
  private var switchInput: @Sendable (Int, inout ExpressionGraph) -> Node = { _, _ in
    preconditionFailure("a translator without switches has no inputs for them")
  }

  /// Makes a translator.
  ///
  /// - Parameters:
  ///   - model: Whose names expressions use.
  ///   - leaf: The node of a name.
  init(_ model: Model, leaf: @escaping @Sendable (Leaf, inout ExpressionGraph) -> Node) {
    self.model = model
    self.leaf = leaf
    quantityNodes = Array(repeating: nil, count: model.quantities.count)
  }

  /// The same, with inputs for what jumps with the clock alone.
  ///
  /// - Parameters:
  ///   - switches: Where they are kept.
  ///   - input: The node of the input for a place in them.
  /// - Returns: A translator of its own.
  func switching(
    _ switches: ClockSwitches, input: @escaping @Sendable (Int, inout ExpressionGraph) -> Node
  ) -> ExpressionTranslator {
    var result = self
    result.switches = switches
    result.switchInput = input
    return result
  }

  /// What jumps with the clock alone, in the order of the inputs.
  var switchExpressions: [Expression] { switches?.expressions ?? [] }

  /// The truth of a comparison that follows the clock alone, by its input; `nil` for others.
  mutating func switchNode(
    _ comparison: Expression.Condition.Comparison, _ left: Expression, _ right: Expression,
    in graph: inout ExpressionGraph
  ) -> Node? {
    guard let dependence = switches?.dependence, dependence.followsClock(left, right),
      let place = switches?.place(of: comparison, left, right)
    else { return nil }
    return graph.compare(.notEqual, switchInput(place, &graph), graph.constant(0))
  }

  /// What jumps or bends with the clock alone, by inputs; `nil` for other calls.
  private mutating func switchedCall(
    _ function: Expression.ElementaryFunction, _ arguments: [Expression],
    in graph: inout ExpressionGraph
  ) -> Node? {
    guard let dependence = switches?.dependence,
      dependence.followsClock(.call(function, arguments)), let first = arguments.first
    else { return nil }
    switch function {
    case .floor, .ceil, .sign:
      guard let place = switches?.place(of: .call(function, arguments)) else { return nil }
      return switchInput(place, &graph)
    case .abs:
      guard let isAbove = switchNode(.greaterOrEqual, first, .number(0), in: &graph) else {
        return nil
      }
      let value = node(for: first, in: &graph)
      return graph.select(isAbove, value, graph.negate(value))
    case .min, .max:
      var result = first
      var chosen = node(for: first, in: &graph)
      for argument in arguments.dropFirst() {
        let other = node(for: argument, in: &graph)
        let comparison: Expression.Condition.Comparison = function == .min ? .less : .greater
        if let takesOther = switchNode(comparison, argument, result, in: &graph) {
          chosen = graph.select(takesOther, other, chosen)
        } else {
          chosen = function == .min ? graph.minimum(chosen, other) : graph.maximum(chosen, other)
        }
        result = .call(function, [result, argument])
      }
      return chosen
    default: return nil
    }
  }

  /// Translates an expression over the model's names.
  mutating func node(for expression: Expression, in graph: inout ExpressionGraph) -> Node {
    switch expression {
    case .number(let value): return graph.constant(value)
    case .time: return leaf(.time, &graph)
    case .amount: return graph.constant(.nan)
    case .parameter(let index): return leaf(.parameter(index), &graph)
    case .input(let index): return leaf(.input(index), &graph)
    case .state(let index): return leaf(.state(index), &graph)
    case .quantity(let index):
      if let known = quantityNodes[index] { return known }
      let translated = node(for: model.quantities[index].value, in: &graph)
      quantityNodes[index] = translated
      return translated
    case .negate(let inner):
      let a = node(for: inner, in: &graph)
      return graph.negate(a)
    case .binary(let operation, let left, let right):
      let a = node(for: left, in: &graph)
      let b = node(for: right, in: &graph)
      switch operation {
      case .add: return graph.add(a, b)
      case .subtract: return graph.subtract(a, b)
      case .multiply: return graph.multiply(a, b)
      case .divide: return graph.divide(a, b)
      case .power: return graph.power(a, b)
      }
    case .call(let function, let arguments):
      if let switched = switchedCall(function, arguments, in: &graph) { return switched }
      var nodes: [Node] = []
      for argument in arguments { nodes.append(node(for: argument, in: &graph)) }
      return call(function, nodes, in: &graph)
    case .conditional(let condition, let first, let second):
      let truth = node(for: condition, in: &graph)
      let a = node(for: first, in: &graph)
      let b = node(for: second, in: &graph)
      return graph.select(truth, a, b)
    }
  }

  private mutating func node(
    for condition: Expression.Condition, in graph: inout ExpressionGraph
  ) -> Node {
    switch condition {
    case .comparison(let comparison, let left, let right):
      if let isOn = switchNode(comparison, left, right, in: &graph) { return isOn }
      let a = node(for: left, in: &graph)
      let b = node(for: right, in: &graph)
      return graph.compare(Self.comparison(comparison), a, b)
    case .not(let inner):
      let a = node(for: inner, in: &graph)
      return graph.not(a)
    case .and(let left, let right):
      let a = node(for: left, in: &graph)
      let b = node(for: right, in: &graph)
      return graph.both(a, b)
    case .or(let left, let right):
      let a = node(for: left, in: &graph)
      let b = node(for: right, in: &graph)
      return graph.either(a, b)
    }
  }

  private func call(
    _ function: Expression.ElementaryFunction, _ nodes: [Node], in graph: inout ExpressionGraph
  ) -> Node {
    guard let first = nodes.first else {
      preconditionFailure("`\(function.rawValue)` is called without a number")
    }
    switch Self.operation(function) {
    case .unary(let operation): return graph.unary(operation, first)
    case .fold(let operation):
      return nodes.dropFirst().reduce(first) { result, next in
        switch operation {
        case .minimum: graph.minimum(result, next)
        case .maximum: graph.maximum(result, next)
        }
      }
    }
  }

  /// How a function of the language is computed.
  enum FunctionOperation {
    /// Of one number.
    case unary(UnaryOperation)
    /// Of any count of numbers, two at a time.
    case fold(Fold)

    enum Fold {
      case minimum
      case maximum
    }
  }

  static func operation(_ function: Expression.ElementaryFunction) -> FunctionOperation {
    switch function {
    case .min: .fold(.minimum)
    case .max: .fold(.maximum)
    case .exp: .unary(.exp)
    case .expm1: .unary(.expm1)
    case .log: .unary(.log)
    case .log2: .unary(.log2)
    case .log10: .unary(.log10)
    case .log1p: .unary(.log1p)
    case .sqrt: .unary(.squareRoot)
    case .cbrt: .unary(.cubeRoot)
    case .abs: .unary(.absolute)
    case .sin: .unary(.sin)
    case .cos: .unary(.cos)
    case .tan: .unary(.tan)
    case .asin: .unary(.asin)
    case .acos: .unary(.acos)
    case .atan: .unary(.atan)
    case .sinh: .unary(.sinh)
    case .cosh: .unary(.cosh)
    case .tanh: .unary(.tanh)
    case .exprel: .unary(.exprel)
    case .linoid: .unary(.linoid)
    case .floor: .unary(.floor)
    case .ceil: .unary(.ceiling)
    case .sign: .unary(.sign)
    }
  }

  static func comparison(_ comparison: Expression.Condition.Comparison) -> Comparison {
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
