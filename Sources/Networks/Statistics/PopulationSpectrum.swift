/// The power spectrum of the rate of a population, by Welch's method.
///
/// The signal is the mean rate of a cell in bins, N/(M·w) in Hz with N spikes of M cells in a bin of
/// width w. Segments overlap by half, lose their mean, and have the Hann window. Independent Poisson
/// processes of rate r have the density 2r/M at all frequencies; a rate with the modulation
/// a·cos(2πft) has the power a²/2 at f.
///
/// Spikes are taken in any portions, in the order of time up to the width of a bin. The memory is
/// that of a segment, and the bits of the result do not depend on the portions.
///
/// - Source: Welch (1967), IEEE Transactions on Audio and Electroacoustics 15, 70.
public struct PopulationSpectrum: Sendable {
  private let bins: TimeBins
  /// The rate that one spike in a bin makes.
  private let unit: Double
  private var counter = BinCounter()
  private var estimator: WelchEstimator

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - cellCount: How many cells the population has.
  ///   - window: The time to look at, in s; finite.
  ///   - binWidth: The width of a bin, in s; not below the time step. Frequencies reach to half its
  ///     reciprocal.
  ///   - segmentLength: How many bins a segment has, a power of two; the resolution of frequencies
  ///     is the reciprocal of its duration.
  public init(
    cellCount: Int, window: Range<Double>, binWidth: Double = 1e-3, segmentLength: Int = 2048
  ) {
    bins = TimeBins(window, width: binWidth)
    unit = 1 / (Double(cellCount) * binWidth)
    estimator = WelchEstimator(segmentLength: segmentLength, sampleRate: 1 / binWidth)
  }

  /// Takes the next spikes.
  public mutating func add(_ train: SpikeTrain) {
    for time in train.times {
      guard let bin = bins.index(of: time) else { continue }
      while let count = counter.next(before: bin) { estimator.add(unit * Double(count)) }
      counter.add(bin)
    }
  }

  /// The spectrum of what has come so far, with empty bins to the end of the window.
  public func finish() -> PowerSpectrum {
    var (counter, estimator) = (counter, estimator)
    while let count = counter.next(until: bins.count) { estimator.add(unit * Double(count)) }
    return estimator.finish()
  }
}
