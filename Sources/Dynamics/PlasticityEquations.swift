public import ModelLanguage
public import Programs

/// How spikes change the weights of a projection, as arithmetic on lanes: a connection in each.
public struct PlasticityEquations: Sendable {
  /// What one kind of spike does: the routine `observe` replaces the weight.
  public struct Rule: Sendable {
    /// Complete: multiply-adds fused, ready for a backend.
    public let program: LaneProgram
    /// The weight in SI units; one element.
    public let weight: LaneArray
    /// `PlasticityEquations.sourceValues` of the connection's source.
    public let source: LaneArray
    /// `PlasticityEquations.targetValues` of its target.
    public let target: LaneArray
    /// The parameters of the target's cell.
    public let uniform: LaneArray
  }

  public let afterPresynapticSpike: Rule?
  public let afterPostsynapticSpike: Rule?
  /// What of a connection's source the rules need, over its cell.
  public let sourceValues: [Expression]
  /// What of its target they need, over its cell.
  public let targetValues: [Expression]

  /// Translates the rules of a projection.
  ///
  /// - Parameters:
  ///   - plasticity: The rules.
  ///   - target: The population that it leads to.
  public init(_ plasticity: Plasticity, target: Population) {
    let cell = target.cell
    let varied = Set(CellEquations(target).variedParameters)
    let given = Set([plasticity.weight] + plasticity.sources.map(\.input))
    var leaves: [Expression] = []
    var isVisited: Set<Int> = []
    func visit(_ expression: Expression) {
      let found = expression.references
      for leaf in found.states.map(Expression.state)
        + found.inputs.filter({ !given.contains($0) }).map(Expression.input)
        + found.parameters.filter(varied.contains).map(Expression.parameter)
        + (found.usesTime ? [Expression.time] : [])
      where !leaves.contains(leaf) {
        leaves.append(leaf)
      }
      for quantity in found.quantities where isVisited.insert(quantity).inserted {
        visit(cell.quantities[quantity].value)
      }
    }
    for rule in [plasticity.afterPresynapticSpike, plasticity.afterPostsynapticSpike] {
      if let rule { visit(rule) }
    }
    targetValues = leaves
    sourceValues = plasticity.sources.map(\.value)
    afterPresynapticSpike = plasticity.afterPresynapticSpike.map {
      Self.rule($0, plasticity, cell, leaves)
    }
    afterPostsynapticSpike = plasticity.afterPostsynapticSpike.map {
      Self.rule($0, plasticity, cell, leaves)
    }
  }

  private static func rule(
    _ expression: Expression, _ plasticity: Plasticity, _ cell: Model, _ leaves: [Expression]
  ) -> Rule {
    var program = LaneProgram()
    let weight = program.declare("weight", count: 1, storage: .persistent)
    let source = program.declare("source", count: plasticity.sources.count, storage: .persistent)
    let target = program.declare("target", count: leaves.count, storage: .persistent)
    let uniform = program.declare("uniform", count: cell.parameters.count, storage: .shared)
    let places = Dictionary(
      uniqueKeysWithValues: leaves.enumerated().map { ($0.element, $0.offset) })
    let sources = Dictionary(
      uniqueKeysWithValues: plasticity.sources.enumerated().map { ($0.element.input, $0.offset) })
    let weightInput = plasticity.weight
    @Sendable func place(_ leaf: Expression) -> Int {
      guard let place = places[leaf] else {
        preconditionFailure("a rule of plasticity reads what its target does not expose: \(leaf)")
      }
      return place
    }
    var translator = ExpressionTranslator(cell) { leaf, graph in
      switch leaf {
      case .input(weightInput): return graph.load(weight, 0)
      case .input(let index):
        if let place = sources[index] { return graph.load(source, place) }
        return graph.load(target, place(.input(index)))
      case .parameter(let index):
        return places[.parameter(index)].map { graph.load(target, $0) }
          ?? graph.load(uniform, index)
      case .state(let index): return graph.load(target, place(.state(index)))
      case .time: return graph.load(target, place(.time))
      }
    }
    let value = translator.node(for: expression, in: &program.graph)
    let procedure = program.define(
      Procedure(name: "change", stores: [.init(weight, 0, value)]))
    program.routines[.observe] = [.call(procedure, [])]
    program.fuse()
    return Rule(
      program: program, weight: weight, source: source, target: target, uniform: uniform)
  }
}
