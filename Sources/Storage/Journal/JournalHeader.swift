/// What a journal is the journal of: everything that its runs follow from, and their sizes.
public struct JournalHeader: Codable, Sendable, Equatable {
  /// A text with the path that it was read from.
  public struct Text: Codable, Sendable, Equatable {
    public var path: String
    public var text: String

    /// Makes a text.
    public init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  public var title: String
  /// The version of the program that computes the runs.
  public var version: String
  /// The version of the numerics, which the identities of runs depend on.
  public var numerics: Int
  /// The experiment with every default and override written out, as YAML.
  public var experiment: String
  /// The path that the experiment was read from.
  public var experimentPath: String
  /// The settings of the command line, as they were given.
  public var overrides: [String]
  /// The seed of the command line, if one was given.
  public var seed: UInt64?
  /// How many samples the sweep has been extended to, if it has.
  public var samples: Int?
  /// The result whose runs are taken over, if there is one; empty for the result itself.
  public var earlier: String?
  /// The files of the model, the main one first.
  public var models: [Text]
  public var tables: [Text]
  public var runCount: Int
  public var reductionCount: Int
  public var variableCount: Int
  /// How many samples of each variable a run has.
  public var timeCount: Int
  /// The runs whose samples are kept, ascending; `nil` for all.
  public var sampledRuns: [Int]?

  /// Makes a header.
  public init(
    title: String, version: String, numerics: Int = 0, experiment: String, experimentPath: String,
    overrides: [String],
    seed: UInt64?, models: [Text], tables: [Text], runCount: Int, reductionCount: Int,
    variableCount: Int, timeCount: Int, sampledRuns: [Int]? = nil
  ) {
    self.title = title
    self.version = version
    self.numerics = numerics
    self.experiment = experiment
    self.experimentPath = experimentPath
    self.overrides = overrides
    self.seed = seed
    self.models = models
    self.tables = tables
    self.runCount = runCount
    self.reductionCount = reductionCount
    self.variableCount = variableCount
    self.timeCount = timeCount
    self.sampledRuns = sampledRuns
  }

  var sampled: SampledRuns { SampledRuns(chosen: sampledRuns) }

  /// Whether the sizes are possible; a journal may come from anywhere.
  var isSound: Bool {
    let chosen = sampledRuns ?? []
    return (1...1_000_000_000).contains(runCount) && (0...1_000_000).contains(reductionCount)
      && (0...1_000_000).contains(variableCount) && (0...1 << 31).contains(timeCount)
      && chosen.allSatisfy { (0..<runCount).contains($0) }
      && zip(chosen, chosen.dropFirst()).allSatisfy { $0 < $1 }
  }
}

/// Finished runs as a journal keeps them, numbers in SI units.
public struct JournalEntry: Sendable {
  public var firstRun: Int
  public var records: [RunRecord]
  /// `[reduction][run]`.
  public var reductions: [[Double]]
  /// `[variable][run][time]`, flat in each variable, of the runs whose samples are kept.
  public var samples: [[Double]]
  /// Whether samples are numbers of a result file, in the units and with the precision that they have
  /// there.
  public var samplesAreInUnits = false

  /// Makes an entry of consecutive runs.
  public init(
    firstRun: Int, records: [RunRecord], reductions: [[Double]], samples: [[Double]]
  ) {
    self.firstRun = firstRun
    self.records = records
    self.reductions = reductions
    self.samples = samples
  }

  /// Which runs.
  public var runs: Range<Int> { firstRun..<firstRun + records.count }
}
