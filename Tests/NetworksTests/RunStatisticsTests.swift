import ModelLanguage
import Networks
import Testing

@Suite("Statistics of a run")
struct RunStatisticsTests {
  static let circuit = """
    neuron Noisy {
      parameter tau = 10 ms    assumed "test"
      parameter drive = 16 mV  assumed "test"
      parameter sigma = 5 mV   assumed "test"
      state V = 0 mV
      noise xi
      V' = if refractory then 0 mV/ms else (drive - V)/tau + sigma*sqrt(2/tau)*xi
      event spike when V > 15 mV refractory 2 ms { V = 0 mV }
    }
    circuit Many { population cells : Noisy[100] { } }
    """

  /// What a run tells, looked at every so many steps.
  static func look(
    every stride: Int, threads: Int
  ) throws -> (
    FiringStatistics.Result, SynchronyStatistics.Result, PowerSpectrum
  ) {
    let step = 1e-4
    let run = try TestCircuits.run(
      TestCircuits.circuit(circuit), step: step, until: 0, threads: threads)
    var firing = FiringStatistics(cellCount: 100, window: 0.1..<1)
    // The bins are as short as they may be.
    var synchrony = SynchronyStatistics(cellCount: 100, window: 0.1..<1, binWidth: step)
    var spectrum = PopulationSpectrum(
      cellCount: 100, window: 0.1..<1, binWidth: step, segmentLength: 1024)
    while run.step < 10000 {
      try run.advance(toStep: min(run.step + stride, 10000))
      let train = run.takeSpikes(of: 0)
      firing.add(train)
      synchrony.add(train)
      spectrum.add(train)
    }
    return (firing.finish(), synchrony.finish(), spectrum.finish())
  }

  @Test("statistics do not depend on threads or on when a run is looked at")
  func looks() throws {
    let reference = try Self.look(every: 10000, threads: 1)
    #expect(reference.0.meanRate > 10)
    for (stride, threads) in [(1, 1), (7, 2), (333, 2)] {
      let result = try Self.look(every: stride, threads: threads)
      #expect(result.0.counts == reference.0.counts)
      #expect(result.0.meanIntervalCV == reference.0.meanIntervalCV)
      #expect(result.1 == reference.1)
      #expect(result.2 == reference.2)
    }
  }
}
