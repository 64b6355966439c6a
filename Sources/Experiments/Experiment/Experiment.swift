public import Diagnostics
public import ModelLanguage
public import Simulations
public import Units

/// An experiment: a model, what is done to it, and what is kept of it.
///
/// Everything is checked against the model: paths are indices, dimensions fit. Quantities keep
/// the text they were written in, so that the resolved experiment can be written out and read
/// back without rounding.
public struct Experiment: Sendable {
  public var title: String
  public var description: String
  /// The model as the file names it.
  public var modelPath: String
  public var model: Model
  /// How long each run lasts after time 0.
  public var duration: WrittenQuantity
  /// How long each run is simulated before time 0.
  public var leadIn: WrittenQuantity?
  /// The seed of every random number.
  public var seed: UInt64
  /// Values for all arms; an arm's own settings come after them.
  public var parameters: [ParameterSetting]
  /// Inputs driven in all arms; an arm's own replace those of the same name.
  public var inputs: [InputProtocol]
  /// The treatments that are compared; one without a name when the file has no `arms`.
  public var arms: [Arm]
  /// Whether the file has `arms`, so that results have an axis for them.
  public var hasArms: Bool
  /// Events for individuals, or `nil`.
  public var eventTable: EventTable?
  public var recording: Recording?
  /// The runs of which samples and spikes are kept; `nil` for all.
  public var recordedRuns: RecordedRuns?
  public var reductions: [NamedReduction]
  /// The names of what is recorded or reduced and need not have a finite value.
  public var mayLackValue: [String] = []
  public var verdict: Verdict?
  /// What to say of a finished run; empty for a plain list of its reductions.
  public var account: [AccountSentence]
  public var solver: SolverSettings
  public var sweep: Sweep?
  /// The experiment's own file.
  public var source: SourceFile
  /// The tables that it reads, by the path written in the experiment.
  public var tables: [SourceFile]
  /// The circuit that is run, of which `model` holds the names; `nil` for a model.
  public var network: NetworkSubject?
  /// Individuals who differ in parameters, or `nil`.
  public var cohort: Cohort?
}

/// A parameter set to a value.
public struct ParameterSetting: Sendable, Hashable {
  /// Index into the model's parameters.
  public var parameter: Int
  public var value: WrittenQuantity
}

/// One treatment.
public struct Arm: Sendable {
  public var name: String
  public var doses: [Dose]
  public var parameters: [ParameterSetting]
  public var inputs: [InputProtocol]
  /// Whether the events of the experiment's table apply: they do unless the arm has own doses.
  public var usesEventTable: Bool
  /// What populations with recorded spikes replay.
  public var replays: [Replay] = []
}

/// A number that may depend on the parameters of a run.
public struct RunValue: Sendable, Hashable {
  public enum Form: Sendable, Hashable {
    /// In SI units.
    case constant(Double)
    /// Over parameters.
    case expression(Expression)
  }

  public var form: Form
  /// What stands in the file.
  public var text: String
}

/// Values of an input from given times on.
public struct InputProtocol: Sendable, Hashable {
  /// Index into the model's inputs.
  public var input: Int
  /// Times in s, not descending, and the value from each on.
  public var steps: [(time: WrittenQuantity, value: RunValue)]
  /// What it wanders by instead of steps.
  public var noise: NoiseProtocol?
  /// The cells of a population that it drives; `nil` for all that have the input.
  public var cells: IndexSelection?
  /// The shape that the file describes, for the resolved experiment; `nil` for plain steps.
  public var written: PlainValue?

  /// Makes a protocol.
  init(
    input: Int, steps: [(time: WrittenQuantity, value: RunValue)], noise: NoiseProtocol? = nil
  ) {
    self.input = input
    self.steps = steps
    self.noise = noise
  }

  public static func == (first: InputProtocol, second: InputProtocol) -> Bool {
    first.input == second.input && first.noise == second.noise && first.cells == second.cells
      && first.steps.elementsEqual(second.steps) { $0.time == $1.time && $0.value == $1.value }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(input)
    hasher.combine(noise)
    hasher.combine(cells)
    for step in steps {
      hasher.combine(step.time)
      hasher.combine(step.value)
    }
  }
}

/// What is sampled during a run.
public struct Recording: Sendable {
  /// One recorded variable.
  public struct Variable: Sendable, Hashable {
    /// The path in the model.
    public var path: String
    public var expression: Expression
    /// The unit that results are written in.
    public var unit: PhysicalUnit
    public var documentation: String
  }

  /// How exact the numbers in the file are.
  public enum Precision: String, Sendable, Hashable, CaseIterable {
    case single
    case double
  }

  public var variables: [Variable]
  /// Ascending, in s.
  public var times: [Double]
  /// What the file says of the times, for the resolved experiment.
  public var schedule: PlainValue
  public var precision: Precision
  /// The level of deflate, 0 for none.
  public var compression: Int
}

/// A number that is kept of each run.
public struct NamedReduction: Sendable, Hashable {
  public var name: String
  /// What stands in the file.
  public var text: String
  /// What it follows from in the course of a model; for a circuit it is not used.
  public var reduction: Reduction
  /// The unit that results are written in.
  public var unit: PhysicalUnit
  /// What it follows from in a circuit: spikes of a population, or a variable of its cells.
  public var population: PopulationReduction?
  public var variable: VariableReduction?
  /// Or the weights of a projection at the end.
  public var weights: WeightReduction?
}

/// Named conditions over reductions: the first that holds is the verdict on a run.
public struct Verdict: Sendable {
  public struct Case: Sendable {
    public var name: String
    /// What stands in the file.
    public var text: String
    /// Positive where the condition holds; reductions are its parameters.
    public var condition: Expression
  }

  public var cases: [Case]
  /// The verdict when no condition holds.
  public var otherwise: String

  /// All verdicts: the cases in order, then `otherwise`.
  public var names: [String] { cases.map(\.name) + [otherwise] }
}

/// How the equations are solved.
public struct SolverSettings: Sendable {
  public var method: MethodChoice
  public var methodName: String
  public var relativeTolerance: Double
  /// One number of each state's own unit; `nil` for tolerances that follow magnitudes.
  public var absoluteTolerance: Double?
  /// Tolerances of single states, in the state's dimension.
  public var stateTolerances: [(state: Int, value: WrittenQuantity)]
  public var step: WrittenQuantity?
  public var initialStep: WrittenQuantity?
  public var maximumStep: WrittenQuantity?
  public var maximumSteps: Int

  /// What holds when the file says nothing: the method is chosen, 1e-6, a million steps.
  public static let standard = SolverSettings(
    method: .automatic, methodName: "auto", relativeTolerance: 1e-6, absoluteTolerance: nil,
    stateTolerances: [], step: nil, initialStep: nil, maximumStep: nil, maximumSteps: 1_000_000)

  /// The most that the absolute tolerance of a state is when nothing is said, in its own unit.
  public static let standardAbsoluteTolerance = 1e-6
}
