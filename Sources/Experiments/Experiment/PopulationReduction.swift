/// A number that is kept of the spikes of one population.
public struct PopulationReduction: Sendable, Hashable {
  /// What the number is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Spikes per cell and second.
    case rate
    /// How many spikes.
    case count
    /// The fraction of the cells that spike at all.
    case active
    /// The coefficient of variation of intervals, the mean over cells with at least three spikes.
    case intervalVariation = "interval_cv"
    /// The local variation of intervals, which slow changes of the rate leave alone.
    case localVariation = "local_variation"
    /// The mean interval between spikes of one cell, over all intervals of the population.
    case meanInterval = "interval_mean"
    /// The interval that 5, 25, 50, 75 or 95 % of all intervals do not exceed.
    case interval5 = "interval_percentile_5"
    case interval25 = "interval_percentile_25"
    case interval50 = "interval_median"
    case interval75 = "interval_percentile_75"
    case interval95 = "interval_percentile_95"
    /// The fraction of the cells that fire less than once in ten seconds.
    case silent
    /// The fraction of the cells that fire and are not bursting.
    case tonic
    /// The fraction of the cells with at least half of their spikes in bursts.
    case bursting
    /// Bursts per cell and second.
    case burstRate = "burst_rate"
    /// The fraction of the spikes that lie in bursts.
    case burstFraction = "burst_fraction"
    case spikesPerBurst = "spikes_per_burst"
    /// Intervals in bursts over their length.
    case intraBurstRate = "intra_burst_rate"
    case burstDuration = "burst_duration"
    /// The mean correlation of the counts of two cells in bins of 5 ms.
    case synchrony
    /// The power of the population's rate between 0.5 and 4 Hz.
    case deltaPower = "delta_power"
    /// Between 4 and 10 Hz.
    case thetaPower = "theta_power"
    /// Between 30 and 80 Hz.
    case gammaPower = "gamma_power"
    /// The frequency at which the population's rate has most power.
    case peakFrequency = "peak_frequency"
    /// From the beginning of the window to a cell's next spike, less its mean interval before.
    case pause

    /// The unit in which results are written.
    var unit: String {
      switch self {
      case .rate, .burstRate, .intraBurstRate, .peakFrequency: "Hz"
      case .deltaPower, .thetaPower, .gammaPower: "Hz^2"
      case .burstDuration, .pause, .meanInterval, .interval5, .interval25, .interval50, .interval75,
        .interval95:
        "ms"
      case .count, .active, .intervalVariation, .localVariation, .silent, .tonic, .bursting,
        .burstFraction, .spikesPerBurst, .synchrony:
        "1"
      }
    }
  }

  public var kind: Kind
  /// Index into the circuit's populations.
  public var population: Int
  /// The window, in s.
  public var from: Double
  public var to: Double
}
