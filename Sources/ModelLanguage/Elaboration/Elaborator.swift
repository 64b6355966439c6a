import Diagnostics
import Units

/// Makes a model of a component: expands its instances, resolves its names, proves its dimensions.
///
/// The order of the work: expand instances; parameters in the order of their dependencies; states'
/// initial values; inputs; quantities in the order of their dependencies; then everything that
/// refers to them: derivatives, schemes, events, routes.
struct Elaborator {
  /// More named values than this are an accident or an attack.
  static let largestSymbolCount = 100_000
  /// More instances than this, likewise.
  static let largestInstanceCount = 10_000
  /// More nodes than this in all expressions together, likewise.
  static let largestExpressionSize = 1_000_000
  /// How deep an elaborated expression may be: later readers of it are recursive.
  static let deepestExpression = 1000
  /// How deep instances may nest.
  static let deepestInstance = 64

  let library: ModelLibrary
  /// Whether the top is what will run, rather than a component checked by itself.
  let isMain: Bool
  var diagnostics = DiagnosticCollection()
  var scopes: [Scope] = []
  var symbols: [Symbol] = []
  /// The symbols that some expression refers to.
  var usedSymbols: Set<Int> = []
  /// Symbols by kind, in the order of declarations with instances expanded in place.
  var declaredOrder: [Int] = []
  /// Symbols whose value needs itself, which has been reported.
  var loopMembers: Set<Int> = []
  /// Functions that call themselves, which has been reported.
  var recursiveFunctions: Set<SourceRange> = []
  /// The scope of the expression at hand, for notes that point to declarations.
  var currentScope: Int?
  var recursion = 0
  var totalSize = 0
  var isTooLarge = false
  /// The components that have been instantiated.
  var reached: Set<Int> = []

  var model: Model
  /// The defaults of the parameters, once they are known to be numbers.
  var defaultParameters: [Double]?
  /// The dimensions-checked derivative of each state, by the state's index.
  var derivatives: [TypedExpression?] = []

  /// The population whose cell is elaborated.
  let population: PopulationPlan?
  /// Whether the top is a circuit.
  let isCircuit: Bool
  /// How many symbols the populations before this one have.
  let earlierSymbols: Int
  /// What a population of the model would need: constructs that have no meaning outside of one.
  var cellConstructs: [(word: String, range: SourceRange)] = []
  /// The input that is 1 within the refractory time of the last spike.
  var refractoryInput: Int?
  var spike: Int?
  var receivers: [Receiver] = []
  /// The receiver of a symbol that something arrives at.
  var receiverOfSymbol: [Int: Int] = [:]
  /// Settings that differ from cell to cell, before they are elaborated.
  var pendingVariations: [PendingVariation] = []
  var variations: [Variation] = []
  /// The parameters that differ from cell to cell.
  var variedParameters: Set<Int> = []
  /// The number of cells, once it is elaborated.
  var populationSize: Expression?
  /// Quantities that depend on noise.
  var noisyQuantities: Set<Int> = []
  /// What the projections to the population lead to, in their order.
  var ports: [ProjectionPort] = []
  /// The scopes of what projections from the population have in its cells, by their names.
  var presynapticScopes: [String: Int] = [:]
  /// What a circuit itself works out while it runs, for the cells of a population.
  let circuitValues: CircuitValues
  /// What a circuit takes over the cells of its populations.
  var reductions: [PopulationReduction] = []
  /// The types of `reductions` by their keys, once the populations are known.
  let reductionTypes: [String: CircuitValues.Value]

  /// Elaborates a model, or a component by itself.
  init(library: ModelLibrary, top: Int, isMain: Bool) {
    self.init(library: library, top: top, isMain: isMain, population: nil)
  }

  /// Elaborates the cell of a population with what its circuit declares.
  ///
  /// - Parameters:
  ///   - library: Where the circuit and all that it is made of are found.
  ///   - top: The circuit.
  ///   - isMain: Whether the top is what will run.
  ///   - population: The population; `nil` for what the top itself declares.
  ///   - earlier: What was elaborated before, which counts against the limits.
  ///   - circuitValues: What the circuit itself works out while it runs.
  ///   - reductionTypes: The types of what it takes over cells, where they are known.
  init(
    library: ModelLibrary, top: Int, isMain: Bool, population: PopulationPlan?,
    after earlier: (symbols: Int, size: Int) = (0, 0),
    circuitValues: CircuitValues = CircuitValues(),
    reductionTypes: [String: CircuitValues.Value] = [:]
  ) {
    self.library = library
    self.isMain = isMain
    self.population = population
    self.circuitValues = circuitValues
    self.reductionTypes = reductionTypes
    earlierSymbols = earlier.symbols
    totalSize = earlier.size
    isCircuit = library.components[top].syntax.kind == .circuit
    let component = library.components[population?.cell ?? top].syntax
    model = Model(
      name: component.name.text, documentation: component.documentation,
      sources: library.sources)
    expandInstances(top: top)
    guard !isTooLarge else { return }
    if let population { connect(population) }
    takeCircuitValues()
    orderDeclarations()
    elaborateParameters()
    elaborateStates()
    elaborateInputs()
    elaborateQuantities()
    if let population { checkOutputs(of: population) }
    elaborateDerivatives()
    elaborateSchemes()
    elaborateRoutes()
    elaborateReceivers()
    elaborateEvents()
    elaborateSpikeChanges()
    finishStates()
    checkNoise()
    elaborateVariations()
    checkFunctions()
    reportUnusedInputs()
  }

  /// Knows the names of a finished model and elaborates nothing by itself.
  init(library: ModelLibrary, namesOf model: Model) {
    self.library = library
    isMain = false
    population = nil
    isCircuit = false
    earlierSymbols = 0
    circuitValues = CircuitValues()
    reductionTypes = [:]
    self.model = model
    scopes.append(Scope(path: "", component: 0, file: 0, depth: 0))
    for (index, parameter) in model.parameters.enumerated() {
      addName(parameter.declaration, .parameter, index)
    }
    for (index, input) in model.inputs.enumerated() {
      addName(input.declaration, .input, index)
    }
    for (index, state) in model.states.enumerated() {
      addName(state.declaration, .state, index)
    }
    for (index, quantity) in model.quantities.enumerated() {
      addName(quantity.declaration, .quantity, index, isOutput: quantity.isOutput)
    }
  }

  /// The context of an expression that stands in a scope.
  func context(
    _ scope: Int, _ use: ExpressionContext.Use, _ moment: ExpressionContext.Moment = .always
  ) -> ExpressionContext {
    ExpressionContext(scope: scope, file: scopes[scope].file, use: use, moment: moment)
  }

  /// Counts the nodes of a finished expression against the limit.
  mutating func count(_ expression: TypedExpression, at range: SourceRange) {
    totalSize += expression.size
    if totalSize > Self.largestExpressionSize { reportTooLarge(at: range) }
  }

  mutating func reportTooLarge(at range: SourceRange) {
    guard !isTooLarge else { return }
    isTooLarge = true
    diagnostics.report(
      Diagnostic(
        id: "model-too-large", "the model grows too large here", at: range,
        notes: [
          Diagnostic.Note(
            "a model has at most \(Self.largestInstanceCount) instances, \(Self.largestSymbolCount) "
              + "named values and \(Self.largestExpressionSize) operations")
        ]))
  }
}

/// Diagnostics without repetitions: an error in a component is reported once for all its instances.
struct DiagnosticCollection {
  private struct Key: Hashable {
    var id: String
    var range: SourceRange
  }

  private(set) var all: [Diagnostic] = []
  private var seen: Set<Key> = []

  mutating func report(_ diagnostic: Diagnostic) {
    if seen.insert(Key(id: diagnostic.id, range: diagnostic.range)).inserted {
      all.append(diagnostic)
    }
  }
}
