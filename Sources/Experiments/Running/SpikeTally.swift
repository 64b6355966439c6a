import Networks

/// The reductions of a run's spikes, kept up to date while it goes on.
///
/// Reductions that follow from the same statistics of the same window share them.
struct SpikeTally {
  private struct Source: Hashable {
    var population: Int
    var from: Double
    var to: Double
    var family: Family
  }

  private let reductions: [PopulationReduction]
  private var sources: [Source] = []
  private var statistics: [any SpikeStatistics] = []
  private let cellCounts: [Int]

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - reductions: What is asked for.
  ///   - cellCounts: How many cells each population has.
  ///   - timeStep: The step of the run, in s.
  init(_ reductions: [PopulationReduction], cellCounts: [Int], timeStep: Double) {
    self.reductions = reductions
    self.cellCounts = cellCounts
    // Spikes stand at the ends of steps, so that a window leaves out its start and has its end.
    let margin = 1e-6 * timeStep
    for reduction in reductions {
      let source = Self.source(of: reduction)
      guard !sources.contains(source) else { continue }
      sources.append(source)
      statistics.append(
        source.family.statistics(
          cellCount: cellCounts[source.population],
          window: source.from + margin..<source.to + margin,
          timeStep: timeStep))
    }
  }

  /// Takes the next spikes of a population.
  mutating func add(_ train: SpikeTrain, of population: Int) {
    for index in sources.indices where sources[index].population == population {
      statistics[index].add(train)
    }
  }

  /// The reductions in SI units, in their order.
  var values: [Double] { reductions.map(value(of:)) }

  private func value(of reduction: PopulationReduction) -> Double {
    guard let place = sources.firstIndex(of: Self.source(of: reduction)) else {
      preconditionFailure("a reduction of spikes has no statistics: \(reduction.kind)")
    }
    func found<Statistics>(_ type: Statistics.Type) -> Statistics {
      guard let found = statistics[place] as? Statistics else {
        preconditionFailure("\(reduction.kind) does not follow from \(type)")
      }
      return found
    }
    var firing: FiringStatistics.Result { found(FiringStatistics.self).finish() }
    var intervals: IntervalDistribution.Result { found(IntervalDistribution.self).finish() }
    var bursts: BurstStatistics.Result { found(BurstStatistics.self).finish() }
    var spectrum: PowerSpectrum { found(PopulationSpectrum.self).finish() }
    switch reduction.kind {
    case .rate: return firing.meanRate
    case .count: return Double(firing.spikeCount)
    case .active:
      return Double(firing.activeCellCount) / Double(cellCounts[reduction.population])
    case .intervalVariation: return firing.meanIntervalCV
    case .localVariation: return firing.meanLocalVariation
    case .meanInterval: return intervals.mean
    case .interval5: return intervals.percentile(0.05)
    case .interval25: return intervals.percentile(0.25)
    case .interval50: return intervals.median
    case .interval75: return intervals.percentile(0.75)
    case .interval95: return intervals.percentile(0.95)
    case .silent: return Self.modes(bursts).fraction(of: .silent)
    case .tonic: return Self.modes(bursts).fraction(of: .tonic)
    case .bursting: return Self.modes(bursts).fraction(of: .bursting)
    case .burstRate: return bursts.burstRate
    case .burstFraction:
      let bursts = bursts
      return bursts.spikeCount == 0 ? 0 : bursts.burstFraction
    case .spikesPerBurst: return bursts.spikesPerBurst
    case .intraBurstRate: return bursts.frequencyWithin
    case .burstDuration: return bursts.burstDuration
    case .synchrony: return found(SynchronyStatistics.self).finish().meanCorrelation
    case .pause: return found(PauseStatistics.self).finish().meanPause
    case .deltaPower: return spectrum.power(in: .delta)
    case .thetaPower: return spectrum.power(in: .theta)
    case .gammaPower: return spectrum.power(in: .gamma)
    case .peakFrequency: return spectrum.peakFrequency(in: .all)
    }
  }

  private static func source(of reduction: PopulationReduction) -> Source {
    Source(
      population: reduction.population, from: reduction.from, to: reduction.to,
      family: Family(reduction.kind))
  }

  /// Below this rate in Hz a cell is silent: once in ten seconds.
  private static let silentRate = 0.1
  /// More spikes than this in a burst on average are tonic firing with gaps.
  private static let mostSpikesPerBurst = 12.0

  private static func modes(_ bursts: BurstStatistics.Result) -> FiringModes {
    bursts.modes(
      // A billionth is rounding.
      leastSpikes: Int((silentRate * bursts.duration - 1e-9).rounded(.up)),
      mostSpikesPerBurst: mostSpikesPerBurst)
  }
}

/// Statistics that take spikes in any portions.
private protocol SpikeStatistics: Sendable {
  mutating func add(_ train: SpikeTrain)
}

extension FiringStatistics: SpikeStatistics {}
extension BurstStatistics: SpikeStatistics {}
extension IntervalDistribution: SpikeStatistics {}
extension SynchronyStatistics: SpikeStatistics {}
extension PopulationSpectrum: SpikeStatistics {}
extension PauseStatistics: SpikeStatistics {}

/// Which statistics a reduction follows from.
private enum Family: Hashable {
  case firing, intervals, bursts, synchrony, spectrum, pauses

  init(_ kind: PopulationReduction.Kind) {
    switch kind {
    case .rate, .count, .active, .intervalVariation, .localVariation: self = .firing
    case .meanInterval, .interval5, .interval25, .interval50, .interval75, .interval95:
      self = .intervals
    case .silent, .tonic, .bursting, .burstRate, .burstFraction, .spikesPerBurst, .intraBurstRate,
      .burstDuration:
      self = .bursts
    case .synchrony: self = .synchrony
    case .pause: self = .pauses
    case .deltaPower, .thetaPower, .gammaPower, .peakFrequency: self = .spectrum
    }
  }

  /// A whole number of steps, near a width: else bins would hold different numbers of steps, which
  /// all cells share.
  private static func binWidth(_ wanted: Double, _ timeStep: Double) -> Double {
    timeStep * max(1, (wanted / timeStep).rounded())
  }

  func statistics(
    cellCount: Int, window: Range<Double>, timeStep: Double
  ) -> any SpikeStatistics {
    switch self {
    case .firing: return FiringStatistics(cellCount: cellCount, window: window)
    case .intervals:
      return IntervalDistribution(cellCount: cellCount, window: window, timeStep: timeStep)
    case .bursts:
      return BurstStatistics(cellCount: cellCount, window: window, criterion: .modelCells)
    case .pauses:
      // Intervals before the moment count from the beginning of the run.
      return PauseStatistics(
        cellCount: cellCount, moment: window.lowerBound, window: 0..<window.upperBound)
    case .synchrony:
      return SynchronyStatistics(
        cellCount: cellCount, window: window, binWidth: Self.binWidth(5e-3, timeStep))
    case .spectrum:
      let width = Self.binWidth(1e-3, timeStep)
      // Two seconds resolve half a hertz; shorter windows are one segment.
      var length = 2048
      while length > 16, Double(length) * width > window.upperBound - window.lowerBound {
        length /= 2
      }
      return PopulationSpectrum(
        cellCount: cellCount, window: window, binWidth: width, segmentLength: length)
    }
  }
}
