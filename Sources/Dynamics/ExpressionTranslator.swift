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
