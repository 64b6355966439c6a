import Dynamics

/// The timelines that a worker has at hand: runs with the same values share one.
final class ClockTimelines {
  private let ensemble: Ensemble
  private var known: [[UInt64]: ClockTimeline] = [:]
  /// A sweep over what the clock depends on must not keep a timeline for each run.
  private static let mostKnown = 64

  init(_ ensemble: Ensemble) { self.ensemble = ensemble }

  func timeline(parameters: [Double], inputs: [Double]) -> ClockTimeline {
    let clock = ensemble.clock
    let key =
      clock.parameters.map { parameters[$0].bitPattern }
      + clock.inputs.map { inputs[$0].bitPattern }
    if let timeline = known[key] { return timeline }
    if known.count >= Self.mostKnown { known.removeAll() }
    let timeline = ClockTimeline(
      clock, parameters: parameters, inputs: inputs, end: ensemble.configuration.end)
    known[key] = timeline
    return timeline
  }
}
