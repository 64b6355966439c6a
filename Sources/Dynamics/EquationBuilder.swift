public import ModelLanguage
public import Programs
public import Solvers

/// Turns the expressions of a model into arithmetic on lanes.
///
/// Each quantity is translated once; whatever reads it shares the node. In what is solved and watched, the
/// parts that jump with the clock alone are inputs behind those of the model and of whoever asked for more:
/// `clock` says what they are.
public struct EquationBuilder: Sendable {
  /// The equations so far.
  public var system: EquationSystem
  private let model: Model
  private let givenInputCount: Int
  private var plain: ExpressionTranslator
  private var switched: ExpressionTranslator
  private var bends: KinkSearch
  private var conditionBends: KinkSearch

  /// Translates the derivatives and the events of a model.
  ///
  /// - Parameters:
  ///   - model: An elaborated model.
  ///   - extraStates: How many states to leave room for behind those of the model.
  ///   - extraInputs: How many inputs to leave room for behind those of the model.
  public init(_ model: Model, extraStates: Int = 0, extraInputs: Int = 0) {
    let givenInputCount = model.inputs.count + extraInputs
    let system = EquationSystem(
      stateCount: model.states.count + extraStates, parameterCount: model.parameters.count,
      inputCount: givenInputCount)
    self.system = system
    self.model = model
    self.givenInputCount = givenInputCount
    plain = ExpressionTranslator(model) { leaf, graph in
      switch leaf {
      case .time: graph.load(system.time)
      case .parameter(let index): graph.load(system.parameters, index)
      case .input(let index): graph.load(system.inputs, index)
      case .state(let index): graph.load(system.state, index)
      }
    }
    let switches = ClockSwitches(model)
    switched = plain.switching(switches) { place, graph in
      graph.load(system.inputs, givenInputCount + place)
    }
    bends = KinkSearch(model, switches.dependence)
    conditionBends = KinkSearch(model, switches.dependence)
    self.system.derivatives = model.states.map { solvedNode(for: $0.derivative) }
    for event in model.events { watch(event.condition, tellsEnd: false) }
  }

  /// What follows the clock, once everything has been added.
  ///
  /// - Parameter start: Where the runs begin, in s.
  /// - Returns: The plan of its inputs.
  public func clock(from start: Double) -> ClockPlan {
    var curves = bends.curves
    for curve in conditionBends.curves where !curves.contains(curve) { curves.append(curve) }
    return ClockPlan(
      model: model, start: start, jumps: switched.switchExpressions, curves: curves)
  }

  /// The first input of those that follow the clock.
  public var firstClockInput: Int { givenInputCount }

  /// The node of an input, those beyond the model's included.
  public mutating func input(_ index: Int) -> Node {
    system.program.graph.load(system.inputs, index)
  }

  /// A value where a gate is not 0, and else 0, whatever the value is there.
  public mutating func gated(_ value: Node, by gate: Node) -> Node {
    let zero = system.program.graph.constant(0)
    let isOpen = system.program.graph.compare(.notEqual, gate, zero)
    return system.program.graph.select(isOpen, value, zero)
  }

  /// Translates an expression over the model's names, as it is at a time.
  public mutating func node(for expression: Expression) -> Node {
    plain.node(for: expression, in: &system.program.graph)
  }

  /// Translates what is solved with the equations.
  public mutating func solvedNode(for expression: Expression) -> Node {
    defer { addSwitches() }
    addBends(of: expression)
    return switched.node(for: expression, in: &system.program.graph)
  }

  /// Lets steps follow an expression closely enough for its extremes.
  public mutating func addBends(of expression: Expression) {
    let known = bends.pairs.count
    bends.search(expression)
    for pair in bends.pairs[known...] {
      let left = switched.node(for: pair.left, in: &system.program.graph)
      let right = switched.node(for: pair.right, in: &system.program.graph)
      system.kinks.append(Kink(left: left, right: right))
    }
    addSwitches()
  }

  /// Adds a condition whose changes the driver is told of.
  ///
  /// - Parameters:
  ///   - condition: Without `==` and `!=`.
  ///   - tellsEnd: Whether the driver is told of its end as well as its beginning.
  public mutating func watch(_ condition: Expression.Condition, tellsEnd: Bool) {
    defer { addSwitches() }
    system.conditions.append(
      switched.watched(condition, tellsEnd: tellsEnd, in: &system.program.graph))
    conditionBends.searchWithin(condition)
  }

  /// Adds where watched conditions bend, behind all conditions.
  public mutating func addBendsOfConditions() {
    for pair in conditionBends.pairs {
      let condition = Expression.Condition.comparison(.greaterOrEqual, pair.left, pair.right)
      system.conditions.append(
        switched.watched(condition, tellsEnd: true, in: &system.program.graph))
    }
    addSwitches()
  }

  private mutating func addSwitches() {
    system.program.setCount(
      givenInputCount + switched.switchExpressions.count, of: system.inputs)
  }
}
