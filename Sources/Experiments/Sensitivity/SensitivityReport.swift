public import Storage

/// Why there are no indices.
public struct SensitivityFailure: Error, Sendable, Hashable {
  public var message: String
}

/// The indices of the outputs of a finished experiment.
public struct SensitivityReport: Sendable {
  /// The indices of one output.
  public enum Indices: Sendable {
    case sobol(SobolIndices)
    case morris(MorrisEffects)

    /// Whether an index is missing because too many runs failed.
    public var isIncomplete: Bool {
      switch self {
      case .sobol(let indices):
        // Without any variance there is nothing to divide up, whatever failed.
        indices.deviation > 0
          && (indices.first.contains { $0 == nil } || indices.total.contains { $0 == nil }
            || indices.second.contains { $0.estimate == nil })
      case .morris(let effects): effects.effects.contains { $0 == nil }
      }
    }
  }

  /// One output, in one arm and for one individual.
  public struct Entry: Sendable {
    public var output: String
    /// The unit of the output.
    public var unit: String
    /// The name of the arm; empty without arms.
    public var arm: String
    /// The index of the individual, or `nil` if there is one only.
    public var individual: Int?
    /// How many of the runs gave no number.
    public var missing: Int
    public var indices: Indices
  }

  public var title: String
  /// The design's name.
  public var design: String
  /// The paths of the parameters, in the order of all indices.
  public var parameters: [String]
  /// How many base rows or walks there are.
  public var samples: Int
  /// How many runs there are in each arm, for each individual.
  public var runs: Int
  public var settings: SensitivitySettings
  public var entries: [Entry]

  /// Estimates the indices of some outputs.
  ///
  /// - Parameters:
  ///   - experiment: What was run.
  ///   - result: Its results.
  ///   - names: The outputs, or none for all reductions.
  ///   - settings: How intervals are made.
  /// - Throws: `SensitivityFailure` if the design gives no indices or an output is not there;
  ///   `StorageFailure` if the file is damaged.
  public init(
    _ experiment: Experiment, result: ResultFileReader, outputs names: [String] = [],
    settings: SensitivitySettings = SensitivitySettings()
  ) throws {
    guard let sweep = experiment.sweep else {
      throw SensitivityFailure(
        message: "nothing varies between these runs; a sweep with `design: sobol-indices` or "
          + "`design: morris` gives indices")
    }
    let plan = RunPlan(experiment)
    let estimate: ([Double]) -> Indices
    switch sweep.design {
    case .sobolIndices(let secondOrder, _):
      let design = SaltelliDesign(parameters: sweep.axes.count, secondOrder: secondOrder)
      estimate = { .sobol(SobolIndices($0, design: design, settings: settings)) }
    case .morris(let levels):
      let design = MorrisDesign(
        parameters: sweep.axes.count, trajectories: sweep.samples, levels: levels,
        seed: experiment.seed)
      estimate = { .morris(MorrisEffects($0, design: design, settings: settings)) }
    default:
      throw SensitivityFailure(
        message: "these runs have a \(sweep.design.name) design; indices need "
          + "`design: sobol-indices` or `design: morris`")
    }
    title = experiment.title
    design = sweep.design.name
    parameters = sweep.axes.map(\.path)
    samples = sweep.samples
    runs = plan.pointCount
    self.settings = settings
    entries = []
    let statuses = try result.numbers("status")
    for name in names.isEmpty ? experiment.reductions.map(\.name) : names {
      let values = try Self.values(of: name, in: result, experiment, statuses)
      let unit = result.description(of: name).unit
      for (arm, treatment) in experiment.arms.enumerated() {
        for individual in 0..<plan.individualCount {
          let start = (arm * plan.individualCount + individual) * plan.pointCount
          let part = Array(values[start..<start + plan.pointCount])
          entries.append(
            Entry(
              output: name, unit: unit, arm: treatment.name,
              individual: plan.individualCount > 1 ? individual : nil,
              missing: part.count { !$0.isFinite }, indices: estimate(part)))
        }
      }
    }
    guard !entries.isEmpty else {
      throw SensitivityFailure(message: "the experiment has no reductions to give indices of")
    }
  }

  /// A number for each run, in the order of runs; NaN for one that is not done.
  private static func values(
    of name: String, in result: ResultFileReader, _ experiment: Experiment, _ statuses: [Double]
  ) throws -> [Double] {
    guard experiment.reductions.contains(where: { $0.name == name }) else {
      throw SensitivityFailure(
        message: "there is no reduction `\(name)`; there are "
          + listed(experiment.reductions.map(\.name)))
    }
    let values = try result.numbers(name)
    guard values.count == statuses.count else {
      throw SensitivityFailure(message: "`\(name)` is not one number for each run")
    }
    return zip(values, statuses).map { value, status in
      status == Double(RunRecord.Status.done.rawValue) ? value : .nan
    }
  }
}
