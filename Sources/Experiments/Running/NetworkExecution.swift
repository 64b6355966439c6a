import Foundation
import ModelLanguage
import Networks
import Simulations
import Solvers
import Storage

/// One run of a network, from building it to its last step.
struct NetworkExecution {
  let campaign: NetworkCampaign
  let network: Network
  /// For each variable that is sampled, the cells of which it is.
  let sampledCells: [[Int]]
  let run: Int
  let threads: Int
  let output: (any NetworkOutput)?
  let cancellation: CancellationFlag
  /// Called from time to time with the part of the run that is done.
  let progress: (Double) -> Void

  /// How many steps run between two looks at spikes and at the wish to stop.
  private static let longestStretch = 2000
  /// How many samples are kept before they are written.
  private static let samplesPerBlock = 64

  /// What is recorded, on its way to the output.
  private struct Blocks {
    var samples: SampleBlock
    var spikes: SpikeBlock
  }

  /// What tells the run from the others.
  private var description: String {
    campaign.plan.described(run, of: campaign.experiment)
  }

  /// Where samples and spikes go, if those of the run are kept.
  private var recorder: (any NetworkOutput)? {
    campaign.plan.sampled.contains(run) ? output : nil
  }

  /// Carries the run out; what goes wrong in the network is told in the result.
  func carryOut() throws -> NetworkRunResult {
    var result = NetworkRunResult()
    let clock = ContinuousClock()
    var start = clock.now
    let setup = campaign.plan.setup(of: run, steadyStates: [])
    let live: NetworkRun
    do throws(NetworkFailure) {
      live = try NetworkRun(network, settings: settings(setup), threads: threads)
    } catch {
      result.failure = description + error.text
      result.reductions = Array(repeating: .nan, count: campaign.experiment.reductions.count)
      return result
    }
    let populations = network.circuit.populations
    result.cellCounts = populations.indices.map { live.cellCount(of: $0) }
    result.spikeCounts = populations.map { _ in 0 }
    result.connectionCount = zip(network.circuit.projections, live.connectionCounts)
      .reduce(0) { $0 + ($1.0.isImplicit ? 0 : $1.1) }
    result.buildSeconds = Self.seconds(clock.now - start)
    start = clock.now
    let processorStart = Self.processorSeconds()
    var tally = NetworkTally(campaign, cellCounts: result.cellCounts)
    var blocks = Blocks(
      samples: SampleBlock(cells: sampledCells, run: run, limit: Self.samplesPerBlock),
      spikes: SpikeBlock(of: campaign.subject.spikes, among: populations.count, run: run))
    do throws(NetworkFailure) {
      try step(live, setup.schedule, &result, &tally, &blocks)
    } catch {
      result.failure = description + error.text
    }
    blocks.samples.flush(recorder)
    blocks.spikes.flush(recorder)
    if result.failure == nil, !result.wasInterrupted { tellConnections(live, &tally) }
    if let problem = output?.problem { throw problem }
    result.steps = live.step
    result.runSeconds = Self.seconds(clock.now - start)
    result.processorSeconds = Self.processorSeconds() - processorStart
    // What was counted until something was lost is no value of the whole run.
    result.reductions =
      result.failure == nil
      ? tally.values
      : Array(repeating: .nan, count: campaign.experiment.reductions.count)
    if result.failure == nil, !result.wasInterrupted {
      result.verdict = campaign.experiment.verdict?.judge(result.reductions)
    }
    return result
  }

  /// What the network is built with: parameters, and inputs at the start.
  private func settings(_ setup: RunSetup) -> NetworkSettings {
    var settings = campaign.settings(of: run)
    for (index, input) in campaign.experiment.model.inputs.enumerated() {
      switch input.role {
      case .driven, .sum: settings.inputs[input.declaration.path] = setup.inputs[index]
      default: continue
      }
    }
    return settings
  }

  private func step(
    _ live: NetworkRun, _ schedule: [ScheduledChange], _ result: inout NetworkRunResult,
    _ tally: inout NetworkTally, _ blocks: inout Blocks
  ) throws(NetworkFailure) {
    let step = campaign.timeStep
    let end = campaign.stepCount
    let sampleSteps = (campaign.experiment.recording?.times ?? []).map {
      Int(($0 / step).rounded())
    }
    let changes = schedule.map {
      (step: Int(($0.time / step).rounded()), action: $0.action)
    }
    let names = campaign.experiment.model
    var nextSample = 0
    var nextChange = 0
    while true {
      while nextChange < changes.count, changes[nextChange].step <= live.step {
        switch changes[nextChange].action {
        case .setInput(let input, let value):
          try live.setInput(names.inputs[input].declaration.path, to: value)
        case .setState(let state, let value):
          try live.changeState(names.states[state].declaration.path) { _ in value }
        case .addToState(let state, let amount):
          try live.changeState(names.states[state].declaration.path) { $0 + amount }
        }
        nextChange += 1
      }
      // A sample at the time of a change has the values after it.
      while nextSample < sampleSteps.count, sampleSteps[nextSample] <= live.step {
        try blocks.samples.take(live, time: nextSample, recorder)
        nextSample += 1
      }
      try tally.variables.look(at: live)
      if live.step >= end || output?.problem != nil { break }
      if cancellation.isRaised {
        result.wasInterrupted = true
        break
      }
      var next = min(end, live.step + Self.longestStretch)
      if nextSample < sampleSteps.count { next = min(next, sampleSteps[nextSample]) }
      if nextChange < changes.count { next = min(next, changes[nextChange].step) }
      if let look = tally.variables.nextLook { next = min(next, look) }
      do throws(NetworkFailure) { try live.advance(toStep: next) } catch {
        collect(live, &result, &tally, &blocks.spikes)
        throw error
      }
      collect(live, &result, &tally, &blocks.spikes)
      progress(Double(live.step) / Double(end))
    }
  }

  private func collect(
    _ live: NetworkRun, _ result: inout NetworkRunResult, _ tally: inout NetworkTally,
    _ spikes: inout SpikeBlock
  ) {
    for population in result.spikeCounts.indices {
      let train = live.takeSpikes(of: population)
      if train.count == 0 { continue }
      result.spikeCounts[population] += train.count
      tally.spikes.add(train, of: population)
      spikes.take(train, of: population, recorder)
    }
  }

  /// Tells the weights that connections have at the end.
  private func tellConnections(_ live: NetworkRun, _ tally: inout NetworkTally) {
    let recorded = Set(campaign.subject.weights)
    for projection in recorded.union(tally.weights.projections).sorted() {
      var first = 0
      live.forEachStretch(ofConnections: projection) { sources, targets, weights in
        tally.weights.add(weights, of: projection)
        if recorded.contains(projection) {
          recorder?.write(
            .connections(
              projection: projection, first: first, sources: sources, targets: targets,
              weights: weights), run: run)
        }
        first += weights.count
      }
    }
  }

  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func seconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}
