public import Datasets

/// What a result file holds, before any run is over.
public struct ResultLayout: Sendable {
  /// A recorded or reduced quantity.
  public struct Quantity: Sendable {
    public var name: String
    /// The symbol of the unit in the file.
    public var unit: String
    /// How many SI units one of it is.
    public var scale: Double
    public var longName: String
    /// The axis of cells behind the times, for what is sampled of each cell of a population.
    public var cells: Axis?

    /// Makes a quantity.
    public init(
      name: String, unit: String, scale: Double, longName: String, cells: Axis? = nil
    ) {
      self.name = name
      self.unit = unit
      self.scale = scale
      self.longName = longName
      self.cells = cells
    }
  }

  /// Numbers that belong to positions of the run axes, such as the swept parameters of a sample.
  public struct Coordinate: Sendable {
    public var name: String
    public var axis: String
    public var unit: String
    public var values: Axis.Values

    /// Makes a coordinate.
    public init(name: String, axis: String, unit: String, values: Axis.Values) {
      self.name = name
      self.axis = axis
      self.unit = unit
      self.values = values
    }
  }

  /// How recorded variables are kept.
  public enum Precision: Sendable {
    case single, double
  }

  public var title: String
  /// The axes over which runs are laid out, the slowest first; empty for a single run.
  public var runAxes: [Axis]
  public var coordinates: [Coordinate]
  /// The runs whose samples are kept.
  ///
  /// If they are chosen, what is sampled has an axis of them, named `sampled_run`, instead of the axes
  /// of runs.
  public var sampled = SampledRuns.all
  /// The name of the axis of chosen runs.
  public static let sampledRunAxis = "sampled_run"
  /// The sample times, or `nil` if nothing is sampled.
  public var time: Axis?
  public var variables: [Quantity]
  public var reductions: [Quantity]
  /// The names of the verdicts, empty without any.
  public var verdicts: [String]
  public var precision: Precision
  /// The level of deflate; 0 for none.
  public var compression: Int
  /// Facts about the whole.
  public var attributes: [String: String]
  public var provenance: ResultProvenance
  /// The populations whose spikes are kept, by name.
  public var spikingPopulations: [String] = []
  /// The projections whose connections are kept, with the units of their weights.
  public var weightedProjections: [Quantity] = []
  /// The states of the model, whose last values are kept of failed runs.
  public var states: [Quantity] = []
  /// What is said of all runs along one axis, if anything is.
  public var summary: AxisSummary?
  /// Whether each run has an identity.
  public var hasIdentities = false
  /// Whether runs may change their method, so that the file says by which they went.
  public var hasMethodChanges = false

  /// The names of everything at the top of the file, each as often as something is called so.
  public var names: [String] {
    var names = ["status", "failure_reason", "accepted_steps", "rejected_steps", "provenance"]
    // Only a result with failed runs has them, which nobody knows beforehand.
    names.append("failures")
    if !verdicts.isEmpty { names.append("verdict") }
    if hasIdentities { names.append("run_identity") }
    if hasMethodChanges { names += ["stiff_steps", "method_switches"] }
    if summary != nil { names.append("statistic") }
    if let time {
      names.append(time.name)
      if sampled.chosen != nil { names.append(Self.sampledRunAxis) }
      // Variables of one population share its axis.
      names += Set(variables.compactMap(\.cells).map(\.name)).sorted()
      names += variables.map(\.name)
    }
    if !spikingPopulations.isEmpty || !weightedProjections.isEmpty {
      if runCount > 1 { names.append("runs") }
      if runCount == 1 && !spikingPopulations.isEmpty { names.append("spikes") }
      if runCount == 1 && !weightedProjections.isEmpty { names.append("edges") }
    }
    return names + runAxes.map(\.name) + coordinates.map(\.name) + reductions.map(\.name)
  }

  /// How many runs there are.
  public var runCount: Int { runAxes.reduce(1) { $0 * $1.count } }

  /// Makes a layout.
  public init(
    title: String, runAxes: [Axis], coordinates: [Coordinate], time: Axis?,
    variables: [Quantity], reductions: [Quantity], verdicts: [String], precision: Precision,
    compression: Int, attributes: [String: String], provenance: ResultProvenance
  ) {
    self.title = title
    self.runAxes = runAxes
    self.coordinates = coordinates
    self.time = time
    self.variables = variables
    self.reductions = reductions
    self.verdicts = verdicts
    self.precision = precision
    self.compression = compression
    self.attributes = attributes
    self.provenance = provenance
  }
}

/// What a result follows from, kept beside it so that the file alone reproduces itself.
public struct ResultProvenance: Sendable {
  /// A text with the path that it was read from.
  public struct Text: Sendable {
    public var path: String
    public var text: String

    /// Makes a text.
    public init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  /// The value of a parameter and where it comes from.
  public struct ParameterRow: Sendable {
    public var path: String
    /// In its unit.
    public var value: Double
    public var unit: String
    /// `source`, `assumed`, `derived` or `set`.
    public var kind: String
    /// The text of the source or the assumption.
    public var text: String

    /// Makes a row.
    public init(path: String, value: Double, unit: String, kind: String, text: String) {
      self.path = path
      self.value = value
      self.unit = unit
      self.kind = kind
      self.text = text
    }
  }

  /// The experiment with every default and override written out, as YAML.
  public var experiment: String
  /// The path that the experiment was read from.
  public var experimentPath: String
  /// The files of the model, the main one first, then the tables.
  public var models: [Text]
  public var tables: [Text]
  public var parameters: [ParameterRow]
  /// Facts such as the seed, versions and the machine.
  public var facts: [String: String]

  /// Makes a provenance.
  public init(
    experiment: String, experimentPath: String, models: [Text], tables: [Text],
    parameters: [ParameterRow], facts: [String: String]
  ) {
    self.experiment = experiment
    self.experimentPath = experimentPath
    self.models = models
    self.tables = tables
    self.parameters = parameters
    self.facts = facts
  }
}
