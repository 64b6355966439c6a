public import Units

/// What varies between the runs of an experiment.
public struct Sweep: Sendable {
  /// How the points are placed.
  public enum Design: Sendable, Hashable {
    /// Every combination of the values of each axis.
    case grid
    /// The rows of a table.
    case list
    /// Independent draws.
    case random
    /// One draw in each of as many equal intervals as there are samples.
    case latinHypercube(centred: Bool, generator: LatinHypercube.Generator)
    /// A sequence that fills the space evenly, digitally shifted by the seed.
    case sobol
  }

  public var design: Design
  /// How many points are drawn; for a grid or a list, what their values give.
  public var samples: Int
  public var axes: [SweepAxis]
  /// The table of a list design, as the file names it.
  public var table: String?
}

/// One thing that varies.
public struct SweepAxis: Sendable, Hashable {
  /// What the numbers of an axis set.
  public enum Target: Sendable, Hashable {
    /// Index into the model's parameters.
    case parameter(Int)
    /// A setting of every dose in every arm.
    case dose(DoseSetting)
  }

  /// The settings of doses that may vary.
  public enum DoseSetting: String, Sendable, Hashable, CaseIterable {
    case amount, over, rate, start, every, count
  }

  /// Where the numbers come from.
  public enum Form: Sendable, Hashable {
    /// The values themselves, in SI units.
    case values([Double])
    case distribution(Distribution)
  }

  /// The path as written.
  public var path: String
  public var target: Target
  /// The unit that results are written in.
  public var unit: PhysicalUnit
  public var form: Form
  /// What the file says, for the resolved experiment.
  public var written: PlainValue
}

/// A distribution of a swept quantity, in SI units.
public enum Distribution: Sendable, Hashable {
  case uniform(low: Double, high: Double)
  /// The logarithm is uniform.
  case logUniform(low: Double, high: Double)
  case normal(mean: Double, deviation: Double)
  /// The logarithm is normal: `deviation` is the standard deviation of the natural logarithm.
  case logNormal(median: Double, deviation: Double)

  /// The value below which a part of the distribution lies.
  ///
  /// - Parameter probability: Strictly between 0 and 1.
  /// - Returns: The quantile, in SI units.
  public func quantile(_ probability: Double) -> Double {
    switch self {
    case .uniform(let low, let high): low + probability * (high - low)
    case .logUniform(let low, let high): low * exponential(probability * logarithm(high / low))
    case .normal(let mean, let deviation): mean + deviation * normalQuantile(probability)
    case .logNormal(let median, let deviation):
      median * exponential(deviation * normalQuantile(probability))
    }
  }
}
