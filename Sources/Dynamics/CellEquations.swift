public import ModelLanguage
import Programs
public import Solvers

/// The cells of a population as arithmetic on lanes.
public struct CellEquations: Sendable {
  /// The equations, without a method.
  public private(set) var system: CellSystem
  /// The parameters that differ between cells, ascending; their order in `CellSystem.varied`.
  public let variedParameters: [Int]
  /// The inputs whose values differ between cells, ascending; in `CellSystem.varied` they are behind the
  /// parameters.
  public let differingInputs: [Int]
  /// The inputs of the cell that hold what arrives, in the order of `CellSystem.arrivals`.
  public let arrivalInputs: [Int]
  /// The inputs of the cell that are sums, in the order of `CellSystem.sums`.
  public let sumInputs: [Int]
  /// For each input of the cell, its place among those that are filled in the same way: of what
  /// arrives in `CellSystem.arrivals`, of a sum in `CellSystem.sums`.
  public let inputPlaces: [Int]
  /// Whether the cells draw random numbers while they run.
  public let isRandom: Bool
  private var translator: ExpressionTranslator

  /// Translates a population.
  ///
  /// In `CellSystem.uniform` the parameters of the cell come first and its inputs behind them.
  ///
  /// - Parameters:
  ///   - population: The population.
  ///   - differingInputs: The paths of inputs that have a value of their own in each cell.
  ///   - changedStates: The paths of states that an experiment changes between steps.
  public init(
    _ population: Population, differingInputs: Set<String> = [], changedStates: Set<String> = []
  ) {
    let cell = population.cell
    let variedParameters = Self.variedParameters(of: population)
    self.variedParameters = variedParameters
    let differing = cell.inputs.indices.filter {
      differingInputs.contains(cell.inputs[$0].declaration.path)
    }
    self.differingInputs = differing
    let differingPlace = Dictionary(
      uniqueKeysWithValues: differing.enumerated().map {
        ($0.element, variedParameters.count + $0.offset)
      })
    let place = Dictionary(
      uniqueKeysWithValues: variedParameters.enumerated().map { ($0.element, $0.offset) })
    let roles = Roles(cell)
    arrivalInputs = roles.arrivals
    sumInputs = roles.sums
    inputPlaces = roles.places
    isRandom = !roles.noises.isEmpty || !roles.poissons.isEmpty
    var counts = CellSystem.Counts()
    counts.uniform = cell.parameters.count + cell.inputs.count
    counts.inputs = cell.inputs.count
    counts.varied = variedParameters.count + differing.count
    counts.states = cell.states.count
    counts.arrivals = roles.arrivals.count
    counts.sums = roles.sums.count
    counts.noises = roles.noises.count
    var system = CellSystem(counts)
    system.changedStates = Set(
      cell.states.indices.filter { changedStates.contains(cell.states[$0].declaration.path) })
    let bare = system
    // The inputs come first: some stand for more than a number from outside.
    var plain = ExpressionTranslator(cell) { [place, differingPlace] leaf, graph in
      switch leaf {
      case .time: graph.load(bare.clock, 0)
      case .parameter(let index):
        place[index].map { graph.load(bare.varied, $0) } ?? graph.load(bare.uniform, index)
      case .input(let index):
        differingPlace[index].map { graph.load(bare.varied, $0) }
          ?? graph.load(bare.uniform, cell.parameters.count + index)
      case .state(let index): graph.load(bare.state, index)
      }
    }
    var inputs: [Node] = []
    let variedSet = Set(variedParameters)
    for (index, input) in cell.inputs.enumerated() {
      let own = differingPlace[index]
      let outside =
        own.map { system.program.graph.load(system.varied, $0) }
        ?? system.program.graph.load(system.uniform, cell.parameters.count + index)
      // Where an input differs anyway, its defaults are among its values.
      let isVaried = own == nil && input.defaultValue.depends(onParameters: variedSet)
      switch input.role {
      case .driven, .cellIndex, .cellCount, .connection:
        inputs.append(
          isVaried ? plain.node(for: input.defaultValue, in: &system.program.graph) : outside)
      case .sum:
        let own =
          isVaried ? plain.node(for: input.defaultValue, in: &system.program.graph) : outside
        let sum = system.program.graph.load(system.sums, roles.places[index])
        inputs.append(system.program.graph.add(own, sum))
      case .arrivals, .recorded:
        inputs.append(system.program.graph.load(system.arrivals, roles.places[index]))
      case .rate:
        let arrived = system.program.graph.load(system.arrivals, roles.places[index])
        let step = system.program.graph.load(system.timeStep)
        inputs.append(system.program.graph.divide(arrived, step))
      case .poisson(let rate):
        let node = plain.node(for: rate, in: &system.program.graph)
        inputs.append(system.poissonArrivals(rate: node, stream: 1024 + roles.places[index]))
      case .whiteNoise:
        inputs.append(system.program.graph.load(system.noises, roles.places[index]))
      case .refractory:
        inputs.append(system.program.graph.load(system.refractory))
      }
    }
    translator = ExpressionTranslator(cell) { [place, inputs] leaf, graph in
      switch leaf {
      case .time: graph.load(bare.clock, 0)
      case .parameter(let index):
        place[index].map { graph.load(bare.varied, $0) } ?? graph.load(bare.uniform, index)
      case .input(let index): inputs[index]
      case .state(let index): graph.load(bare.state, index)
      }
    }
    self.system = system
    for state in cell.states { self.system.derivatives.append(node(for: state.derivative)) }
    for receiver in population.receivers {
      let assignments = receiver.assignments.map { ($0.state, node(for: $0.value)) }
      self.system.receivers.append(
        .init(arrival: inputs[receiver.input], assignments: assignments))
    }
    for (index, event) in cell.events.enumerated() {
      if index == population.spike { addSpike(event) } else { addEvent(event) }
    }
  }

  /// What has to rise through 0 for an event.
  private mutating func risingFunction(of event: Event) -> Node {
    let function = node(for: event.function)
    return event.direction == .falling ? system.program.graph.negate(function) : function
  }

  private mutating func addEvent(_ event: Event) {
    let function = risingFunction(of: event)
    let assignments = event.assignments.map { ($0.state, node(for: $0.value)) }
    system.events.append(CellSystem.Event(function: function, assignments: assignments))
  }

  private mutating func addSpike(_ event: Event) {
    let function = risingFunction(of: event)
    let refractoryTime = event.refractoryTime.map { node(for: $0) }
    let assignments = event.assignments.map { ($0.state, node(for: $0.value)) }
    system.spike = CellSystem.Spike(
      function: function, needsCrossing: event.needsCrossing, refractoryTime: refractoryTime,
      assignments: assignments)
  }

  /// Adds something to record; its place in `CellProgram.recorded` is the order of calls.
  public mutating func record(_ expression: Expression) {
    system.recorded.append(node(for: expression))
  }

  /// Adds something that is told of every spike; its place in `CellLoop.releases` is the order of
  /// calls.
  public mutating func tell(_ expression: Expression) {
    system.releases.append(node(for: expression))
  }

  /// Adds something that other cells see of this one at its spikes and at theirs.
  ///
  /// - Returns: Its place in `CellProgram.exposed`.
  public mutating func expose(_ expression: Expression) -> Int {
    let node = node(for: expression)
    if let known = system.exposed.firstIndex(of: node) { return known }
    system.exposed.append(node)
    return system.exposed.count - 1
  }

  private mutating func node(for expression: Expression) -> Node {
    translator.node(for: expression, in: &system.program.graph)
  }

  /// The inputs of a cell by their roles.
  private struct Roles {
    var arrivals: [Int] = []
    var sums: [Int] = []
    var noises: [Int] = []
    var poissons: [Int] = []
    private var others: [Int] = []
    /// For each input, its place in the list that it is in.
    var places: [Int] = []

    init(_ cell: Model) {
      for (index, input) in cell.inputs.enumerated() {
        switch input.role {
        case .arrivals, .recorded, .rate: Self.add(index, to: &arrivals, &places)
        case .sum: Self.add(index, to: &sums, &places)
        case .whiteNoise: Self.add(index, to: &noises, &places)
        case .poisson: Self.add(index, to: &poissons, &places)
        case .driven, .refractory, .cellIndex, .cellCount, .connection:
          Self.add(index, to: &others, &places)
        }
      }
    }

    private static func add(_ index: Int, to list: inout [Int], _ places: inout [Int]) {
      places.append(list.count)
      list.append(index)
    }
  }

  /// Whether the default of an input of a population's cells differs between them.
  ///
  /// - Parameters:
  ///   - path: The path of the input.
  ///   - population: The population.
  /// - Returns: `false` also where the cells have no such input.
  public static func hasVariedDefault(_ path: String, in population: Population) -> Bool {
    let varied = Set(variedParameters(of: population))
    return population.cell.inputs.contains {
      $0.declaration.path == path && $0.defaultValue.depends(onParameters: varied)
    }
  }

  /// The parameters that a variation sets, and those whose defaults follow from them.
  private static func variedParameters(of population: Population) -> [Int] {
    var varied: Set<Int> = []
    for variation in population.variations {
      if case .parameter(let index) = variation.target { varied.insert(index) }
    }
    // Defaults have no cycles, so as many rounds as there are parameters suffice.
    var hasGrown = !varied.isEmpty
    while hasGrown {
      hasGrown = false
      for (index, parameter) in population.cell.parameters.enumerated()
      where !varied.contains(index) && parameter.defaultValue.depends(onParameters: varied) {
        varied.insert(index)
        hasGrown = true
      }
    }
    return varied.sorted()
  }
}

extension Expression {
  /// Whether it mentions one of some parameters.
  func depends(onParameters indices: Set<Int>) -> Bool {
    !parameterReferences.isDisjoint(with: indices)
  }
}
