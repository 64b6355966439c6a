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
    /// A sequence that fills the space evenly, scrambled by the seed.
    case sobol
    /// Blocks of points that differ in chosen parameters, from which Sobol' indices are estimated.
    case sobolIndices(secondOrder: Bool, sampling: BaseSampling)
    /// Walks that change one parameter at a time, for screening.
    case morris(levels: Int)

    /// The name in experiment files.
    public var name: String {
      switch self {
      case .grid: "grid"
      case .list: "list"
      case .random: "random"
      case .latinHypercube: "latin-hypercube"
      case .sobol: "sobol"
      case .sobolIndices: "sobol-indices"
      case .morris: "morris"
      }
    }
  }

  /// Where the base rows of a design for Sobol' indices come from.
  public enum BaseSampling: String, Sendable, Hashable, CaseIterable {
    case sobol, random
  }

  public var design: Design
  /// How many points are drawn, or for a design made of blocks how many blocks; for a grid or a
  /// list, what their values give.
  public var samples: Int
  public var axes: [SweepAxis]
  /// The table of a list design, as the file names it.
  public var table: String?
  /// Axes that vary together.
  public var correlation: Correlation?

  /// The largest number of points.
  public static let pointLimit = SweepPoints.limit

  /// How many points the design makes of each sample.
  public var pointsPerSample: Int {
    switch design {
    case .grid, .list, .random, .latinHypercube, .sobol: 1
    case .sobolIndices(let secondOrder, _):
      SaltelliDesign(parameters: axes.count, secondOrder: secondOrder).blockSize
    case .morris: axes.count + 1
    }
  }
}

/// One thing that varies.
public struct SweepAxis: Sendable, Hashable {
  /// What the numbers of an axis set.
  public enum Target: Sendable, Hashable {
    /// Index into the model's parameters.
    case parameter(Int)
    /// A setting of every dose in every arm.
    case dose(DoseSetting)
    /// Which recording an input replays, by the path of the input; recordings count from 0.
    case replay(String)

    /// Whether it takes whole numbers only.
    var isWhole: Bool {
      switch self {
      case .parameter: false
      case .dose(let setting): setting == .count
      case .replay: true
      }
    }
  }

  /// The settings of doses that may vary.
  public enum DoseSetting: String, Sendable, Hashable, CaseIterable {
    case amount, over, rate, start, every, count

    /// What the setting may be, in SI units.
    var allowed: ClosedRange<Double> {
      switch self {
      case .amount, .start: 0...(.infinity)
      case .rate, .over, .every: Double.leastNonzeroMagnitude...(.infinity)
      case .count: 0...Double(DoseReader.countLimit)
      }
    }
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
  /// Whether the numbers multiply the typical value of the parameter instead of replacing it.
  public var isRelative = false
}
