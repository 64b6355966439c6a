public import ModelLanguage
public import Programs
public import Solvers

/// Turns the expressions of a model into arithmetic on lanes.
///
/// Each quantity is translated once; whatever reads it shares the node.
public struct EquationBuilder: Sendable {
  /// The equations so far.
  public var system: EquationSystem
  private var translator: ExpressionTranslator

  /// Translates the derivatives and the events of a model.
  ///
  /// - Parameters:
  ///   - model: An elaborated model.
  ///   - extraStates: How many states to leave room for behind those of the model.
  ///   - extraInputs: How many inputs to leave room for behind those of the model.
  public init(_ model: Model, extraStates: Int = 0, extraInputs: Int = 0) {
    let system = EquationSystem(
      stateCount: model.states.count + extraStates, parameterCount: model.parameters.count,
      inputCount: model.inputs.count + extraInputs)
    self.system = system
    translator = ExpressionTranslator(model) { leaf, graph in
      switch leaf {
      case .time: graph.load(system.time)
      case .parameter(let index): graph.load(system.parameters, index)
      case .input(let index): graph.load(system.inputs, index)
      case .state(let index): graph.load(system.state, index)
      }
    }
    self.system.derivatives = model.states.map { node(for: $0.derivative) }
    self.system.events = model.events.map {
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
    translator.node(for: expression, in: &system.program.graph)
  }
}
