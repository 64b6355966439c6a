import Foundation
import ModelLanguage
import Networks
import Simulations
import Solvers

/// One run of a network, from building it to its last step.
struct NetworkExecution {
  let campaign: NetworkCampaign
  let network: Network
  let run: Int
  let threads: Int
  let output: NetworkFileOutput?
  let cancellation: CancellationFlag

  /// How many steps run between two looks at spikes and at the wish to stop.
  private static let longestStretch = 2000
  /// How many samples are kept before they are written.
  private static let samplesPerBlock = 64

  /// Carries the run out; what goes wrong in the network is told in the result.
  func carryOut() throws -> NetworkRunResult {
    var result = NetworkRunResult()
    let clock = ContinuousClock()
    var start = clock.now
    let live: NetworkRun
    do throws(NetworkFailure) {
      live = try NetworkRun(network, settings: campaign.settings(of: run), threads: threads)
    } catch {
      result.failure = error.message
      result.reductions = Array(repeating: .nan, count: campaign.experiment.reductions.count)
      return result
    }
    let populations = network.circuit.populations
    result.cellCounts = populations.indices.map { live.cellCount(of: $0) }
    result.spikeCounts = populations.map { _ in 0 }
    result.connectionCount = live.connectionCounts.reduce(0, +)
    result.buildSeconds = Self.seconds(clock.now - start)
    start = clock.now
    let processorStart = Self.processorSeconds()
    var tally = SpikeTally(
      campaign.experiment.reductions.compactMap(\.population), cellCounts: result.cellCounts,
      timeStep: campaign.timeStep)
    do throws(NetworkFailure) {
      try step(live, &result, &tally)
    } catch {
      result.failure = error.message
    }
    if let problem = output?.problem { throw problem }
    result.steps = live.step
    result.runSeconds = Self.seconds(clock.now - start)
    result.processorSeconds = Self.processorSeconds() - processorStart
    result.reductions = tally.values
    return result
  }

  private func step(
    _ live: NetworkRun, _ result: inout NetworkRunResult, _ tally: inout SpikeTally
  ) throws(NetworkFailure) {
    let step = campaign.timeStep
    let end = campaign.stepCount
    let sampleSteps = (campaign.experiment.recording?.times ?? []).map {
      Int(($0 / step).rounded())
    }
    let changes = campaign.plan.setup(of: run, steadyStates: []).schedule.map {
      (step: Int(($0.time / step).rounded()), action: $0.action)
    }
    let names = campaign.experiment.model
    var nextSample = 0
    var nextChange = 0
    var block = SampleBlock(campaign: campaign, run: run, limit: Self.samplesPerBlock)
    while true {
      // A sample at the time of a change has the values before it.
      while nextSample < sampleSteps.count, sampleSteps[nextSample] <= live.step {
        block.take(live, time: nextSample, output)
        nextSample += 1
      }
      while nextChange < changes.count, changes[nextChange].step <= live.step {
        if case .setInput(let input, let value) = changes[nextChange].action {
          live.setInput(names.inputs[input].declaration.path, to: value)
        }
        nextChange += 1
      }
      if live.step >= end || output?.problem != nil { break }
      if cancellation.isRaised {
        result.wasInterrupted = true
        break
      }
      var next = min(end, live.step + Self.longestStretch)
      if nextSample < sampleSteps.count { next = min(next, sampleSteps[nextSample]) }
      if nextChange < changes.count { next = min(next, changes[nextChange].step) }
      try live.advance(toStep: next)
      collect(live, &result, &tally)
    }
    block.flush(output)
    try live.checkFiniteness()
  }

  private func collect(
    _ live: NetworkRun, _ result: inout NetworkRunResult, _ tally: inout SpikeTally
  ) {
    for population in result.spikeCounts.indices {
      let train = live.takeSpikes(of: population)
      if train.count == 0 { continue }
      result.spikeCounts[population] += train.count
      tally.add(train, of: population)
      if campaign.subject.spikes.contains(population) {
        output?.append(train, of: population, run: run)
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

/// Samples on their way to the file.
private struct SampleBlock {
  let campaign: NetworkCampaign
  let run: Int
  let limit: Int
  private var values: [[Double]]
  private var cells: [Int]
  private var firstTime = 0
  private var count = 0

  init(campaign: NetworkCampaign, run: Int, limit: Int) {
    self.campaign = campaign
    self.run = run
    self.limit = limit
    let variables = campaign.experiment.recording?.variables.count ?? 0
    values = Array(repeating: [], count: variables)
    cells = Array(repeating: 0, count: variables)
  }

  mutating func take(_ live: NetworkRun, time: Int, _ output: NetworkFileOutput?) {
    if count == 0 { firstTime = time }
    for variable in values.indices {
      var sample = live.recorded(variable)
      if let most = output?.sampledCells(of: variable), sample.count > most {
        sample.removeLast(sample.count - most)
      }
      cells[variable] = sample.count
      values[variable] += sample
    }
    count += 1
    if count == limit { flush(output) }
  }

  mutating func flush(_ output: NetworkFileOutput?) {
    guard count > 0 else { return }
    for variable in values.indices {
      output?.write(
        variable, run: run, firstTime: firstTime, values[variable], cells: cells[variable])
      values[variable].removeAll(keepingCapacity: true)
    }
    count = 0
  }
}
