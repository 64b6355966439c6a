/// How much the cells of a population spike together: the correlation of their counts in bins.
///
/// The variance of the population's count N = ∑ nᵢ holds the covariances of all pairs, so their mean
/// correlation, each pair weighted by the product of its standard deviations σᵢ, follows without
/// looking at pairs:
///
///     ρ = ∑ᵢ≠ⱼ cov(nᵢ, nⱼ) / ∑ᵢ≠ⱼ σᵢσⱼ = (var N − ∑ σᵢ²) / ((∑ σᵢ)² − ∑ σᵢ²)
///
/// Cells of equal variance weigh the same, which makes ρ the plain mean of the pairs' correlations;
/// cells of constant count weigh nothing. Identical trains give 1, independent ones 0 ± 1/√(T·P)
/// with T bins and P pairs.
///
/// Spikes are taken in any portions, in the order of time up to the width of a bin. The memory is a
/// fixed number of values for each cell, counts are added as integers, and the bits of the result
/// do not depend on the portions.
public struct SynchronyStatistics: Sendable {
  private let bins: TimeBins
  private var cells: [Cell]
  private var counter = BinCounter()
  private var population = CountMoments()

  fileprivate struct Cell {
    /// The last bin with a spike, whose count is not in the moments yet.
    var bin = 0
    var count = 0
    var moments = CountMoments()
  }

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - cellCount: How many cells the population has.
  ///   - window: The time to look at, in s; finite. What no whole bin fills at its end is left out.
  ///   - binWidth: The width of a bin, in s; not below the time step.
  public init(cellCount: Int, window: Range<Double>, binWidth: Double) {
    bins = TimeBins(window, width: binWidth)
    cells = Array(repeating: Cell(), count: cellCount)
  }

  /// Takes the next spikes.
  public mutating func add(_ train: SpikeTrain) {
    for (cell, time) in zip(train.cells, train.times) {
      guard let bin = bins.index(of: time) else { continue }
      while let count = counter.next(before: bin) { population.add(count) }
      counter.add(bin)
      cells[Int(cell)].add(bin)
    }
  }

  /// What has been counted so far, with empty bins to the end of the window.
  public func finish() -> Result {
    var counter = counter
    var population = population
    while let count = counter.next(until: bins.count) { population.add(count) }
    var variances = 0.0
    var deviations = 0.0
    for cell in cells {
      var moments = cell.moments
      moments.add(cell.count)
      let variance = moments.variance(of: bins.count)
      variances += variance
      deviations += variance.squareRoot()
    }
    let variance = population.variance(of: bins.count)
    return Result(
      binWidth: bins.width, binCount: bins.count,
      meanCorrelation: (variance - variances) / (deviations * deviations - variances),
      populationFanoFactor: variance / (Double(population.sum) / Double(bins.count)))
  }

  /// What `SynchronyStatistics` finds; not a number is what silence leaves open.
  public struct Result: Sendable, Hashable {
    /// The width of a bin, in s.
    public let binWidth: Double
    /// How many bins there are.
    public let binCount: Int
    /// The mean correlation of the counts of two cells; of no meaning unless two cells vary.
    public let meanCorrelation: Double
    /// The variance of the population's count over its mean: 1 for independent Poisson processes.
    public let populationFanoFactor: Double
  }
}

extension SynchronyStatistics.Cell {
  fileprivate mutating func add(_ bin: Int) {
    if bin != self.bin {
      moments.add(count)
      count = 0
      self.bin = bin
    }
    count += 1
  }
}
