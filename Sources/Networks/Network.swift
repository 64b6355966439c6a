import Dynamics
public import ModelLanguage
public import Programs
public import Solvers

/// How a circuit is simulated and what is kept of it.
public struct NetworkConfiguration: Sendable {
  /// Something recorded of the cells of one population.
  public struct Recorded: Sendable {
    /// Index into the circuit's populations.
    public var population: Int
    public var expression: Expression

    /// Makes an entry.
    public init(population: Int, expression: Expression) {
      self.population = population
      self.expression = expression
    }
  }

  public var method: CellMethod
  /// The step in s.
  public var timeStep: Double
  public var recorded: [Recorded]
  /// The paths of driven inputs that can have another value in each cell; which cells a run drives is in
  /// its settings.
  public var differingInputs: Set<String>
  /// The paths of states that `NetworkRun.changeState` may change.
  public var changedStates: Set<String>

  /// Makes a configuration.
  public init(
    method: CellMethod = .exponentialEuler, timeStep: Double, recorded: [Recorded] = [],
    differingInputs: Set<String> = [], changedStates: Set<String> = []
  ) {
    self.method = method
    self.timeStep = timeStep
    self.recorded = recorded
    self.differingInputs = differingInputs
    self.changedStates = changedStates
  }
}

/// A circuit with a method, compiled once and shared by all runs and threads.
///
/// Sizes, parameters, connections and seeds belong to a `NetworkRun`; none of them is in a kernel.
public final class Network: Sendable {
  /// One population, ready to run.
  struct Part: Sendable {
    let population: Population
    let equations: CellEquations
    let program: CellProgram
    let kernel: any LaneKernel
    /// Where the values of the configuration's entries for this population are.
    let recorded: [RecordedPlace]
    /// For each projection of continuous signals from here, where its value stands.
    let signals: [Int: Int]
    /// For each projection that multiplies its weights at a spike, which of the told values by.
    let releases: [Int: Int]

    /// Where the value of a projection of continuous signals from here stands.
    func signal(of projection: Int) -> Int {
      guard let place = signals[projection] else {
        preconditionFailure("projection \(projection) has no signal among those recorded for it")
      }
      return place
    }
  }

  /// Where a recorded value is: a state stands ready, anything else has to be computed.
  enum RecordedPlace: Sendable {
    case state(Int)
    case observed(Int)
  }

  public let circuit: Circuit
  public let configuration: NetworkConfiguration
  /// How the kernels were made.
  public let notes: NetworkNotes
  let parts: [Part]
  /// The rules of projections whose weights change, by their numbers.
  let plasticities: [Int: PlasticityKernels]

  /// Translates and compiles every population.
  ///
  /// - Parameters:
  ///   - circuit: An elaborated circuit.
  ///   - configuration: The method, the step, and what to record.
  ///   - backend: Native code or the interpreter; their results have the same bits.
  public init(_ circuit: Circuit, _ configuration: NetworkConfiguration, backend: Backend) {
    self.circuit = circuit
    self.configuration = configuration
    var parts: [Part] = []
    var notes = NetworkNotes()
    var allEquations = circuit.populations.map {
      CellEquations(
        $0, differingInputs: configuration.differingInputs,
        changedStates: configuration.changedStates)
    }
    plasticities = Self.plasticities(of: circuit, &allEquations, backend, &notes)
    for (index, population) in circuit.populations.enumerated() {
      var equations = allEquations[index]
      var count = 0
      var recorded: [RecordedPlace] = []
      for entry in configuration.recorded where entry.population == index {
        if case .state(let state) = entry.expression {
          recorded.append(.state(state))
        } else {
          equations.record(entry.expression)
          recorded.append(.observed(count))
          count += 1
        }
      }
      var signals: [Int: Int] = [:]
      for (number, projection) in circuit.projections.enumerated()
      where projection.source == index {
        guard case .continuous(let source, _, _) = projection.signal else { continue }
        equations.record(source)
        signals[number] = count
        count += 1
      }
      var releases: [Int: Int] = [:]
      for (number, projection) in circuit.projections.enumerated()
      where projection.source == index {
        guard let release = projection.release else { continue }
        releases[number] = releases.count
        equations.tell(release)
      }
      let program = CellProgram(equations.system, method: configuration.method)
      let made = KernelMaker.make(program.program, backend: backend)
      notes.include(made)
      parts.append(
        Part(
          population: population, equations: equations, program: program, kernel: made.kernel,
          recorded: recorded, signals: signals, releases: releases))
    }
    self.parts = parts
    self.notes = notes
  }

  /// Compiles the rules by which weights change, and has cells expose what these need.
  private static func plasticities(
    of circuit: Circuit, _ equations: inout [CellEquations], _ backend: Backend,
    _ notes: inout NetworkNotes
  ) -> [Int: PlasticityKernels] {
    var result: [Int: PlasticityKernels] = [:]
    for (number, projection) in circuit.projections.enumerated() {
      guard let plasticity = projection.plasticity else { continue }
      let rules = PlasticityEquations(
        plasticity, target: circuit.populations[projection.target])
      func made(_ rule: PlasticityEquations.Rule?) -> PlasticityKernels.Rule? {
        guard let rule else { return nil }
        let made = KernelMaker.make(rule.program, backend: backend)
        notes.include(made)
        return PlasticityKernels.Rule(equations: rule, kernel: made.kernel)
      }
      result[number] = PlasticityKernels(
        presynaptic: made(rules.afterPresynapticSpike),
        postsynaptic: made(rules.afterPostsynapticSpike),
        sourceValues: rules.sourceValues.map { equations[projection.source].expose($0) },
        targetValues: rules.targetValues.map { equations[projection.target].expose($0) })
    }
    return result
  }

  /// The text of a population's step, for people.
  public func printedProgram(of population: Int, toolchain: KernelToolchain?) -> String {
    let program = parts[population].program.program
    if let toolchain { return NativeKernel.source(of: program, toolchain: toolchain) }
    return program.description
  }
}

/// How the kernels of a network were made.
public struct NetworkNotes: Sendable {
  public var usesInterpreter = false
  /// Whether all had been compiled before.
  public var cameFromCache = true
  /// How long making them took, in s.
  public var compileSeconds = 0.0
  /// What the user should know, such as a missing compiler.
  public var warning: String?

  mutating func include(_ made: KernelMaker.Made) {
    usesInterpreter = usesInterpreter || made.usesInterpreter
    cameFromCache = cameFromCache && made.cameFromCache
    compileSeconds += made.seconds
    warning = warning ?? made.warning
  }
}
