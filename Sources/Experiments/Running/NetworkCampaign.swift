import Foundation
import ModelLanguage
public import Networks
import Programs
import Simulations
import Solvers
import Synchronization

/// All runs of an experiment with a circuit.
///
/// One run uses all threads; several runs have a thread each. The results depend on neither.
public struct NetworkCampaign: Sendable {
  public let experiment: Experiment
  public let plan: RunPlan
  let subject: NetworkSubject
  private let options: CampaignOptions

  /// Prepares the runs; `nil` if the experiment has no circuit.
  public init?(_ experiment: Experiment, options: CampaignOptions) {
    guard let subject = experiment.network else { return nil }
    self.experiment = experiment
    self.subject = subject
    self.options = options
    plan = RunPlan(experiment)
  }

  /// The step in s.
  var timeStep: Double { subject.step?.value ?? .nan }

  /// How many steps a run has.
  public var stepCount: Int { Int((experiment.duration.value / timeStep).rounded()) }

  /// What one run sets.
  func settings(of run: Int) -> NetworkSettings {
    let place = plan.place(of: run)
    let setup = plan.setup(of: run, steadyStates: [])
    let names = experiment.model
    var chosen = Set(
      (experiment.parameters + experiment.arms[place.arm].parameters).map(\.parameter))
    for axis in experiment.sweep?.axes ?? [] {
      if case .parameter(let index) = axis.target { chosen.insert(index) }
    }
    var settings = NetworkSettings(
      // Arms of one point share their seed, so that they differ by their treatment alone.
      seed: experiment.seed ^ (UInt64(place.point) &* 0x9E37_79B9_7F4A_7C15))
    for index in chosen {
      settings.parameters[names.parameters[index].declaration.path] = setup.parameters[index]
    }
    for (index, input) in names.inputs.enumerated() {
      if case .driven = input.role { settings.inputs[input.declaration.path] = setup.inputs[index] }
    }
    return settings
  }

  /// Carries out all runs.
  ///
  /// - Parameters:
  ///   - output: Where results go.
  ///   - cancellation: Stops the runs in flight when raised.
  ///   - progress: Called from time to time with the part that is done, by one thread at a time.
  /// - Returns: How it ended.
  /// - Throws: What the output throws. A run that fails is no error: it is counted.
  public func run(
    into output: NetworkFileOutput?, cancellation: CancellationFlag = CancellationFlag(),
    progress: @escaping @Sendable (CampaignProgress) -> Void = { _ in }
  ) throws -> NetworkSummary {
    let recorded = (experiment.recording?.variables ?? []).compactMap { variable in
      subject.circuit.variable(variable.path).map {
        NetworkConfiguration.Recorded(population: $0.population, expression: $0.expression)
      }
    }
    let network = Network(
      subject.circuit,
      NetworkConfiguration(method: subject.method, timeStep: timeStep, recorded: recorded),
      backend: options.backend)
    let state = Mutex(
      NetworkSummary(progress: CampaignProgress(total: plan.count), notes: network.notes))
    let threads = max(1, min(options.threads, plan.count))
    let queue = ChunkQueue(count: plan.count, chunk: 1, cancellation: cancellation)
    let campaign = self
    try onThreads(threads) {
      while let run = queue.take()?.first {
        let execution = NetworkExecution(
          campaign: campaign, network: network, run: run,
          threads: campaign.plan.count == 1 ? campaign.options.threads : 1, output: output,
          cancellation: cancellation)
        let result: NetworkRunResult
        do { result = try execution.carryOut() } catch {
          queue.stop()
          throw error
        }
        try state.withLock { summary in
          try output?.finish(result, run: run)
          if summary.results.count < 100 { summary.results.append((run, result)) }
          if result.failure == nil {
            if !result.wasInterrupted { summary.progress.done += 1 }
          } else {
            summary.progress.failed += 1
            if summary.firstFailure == nil || run < (summary.firstFailure?.run ?? 0) {
              summary.firstFailure = (run, result.failure ?? "")
            }
            if campaign.options.stopsAtFirstFailure { queue.stop() }
          }
          progress(summary.progress)
        }
      }
    }
    var summary = state.withLock { $0 }
    summary.wasInterrupted = cancellation.isRaised
    summary.results.sort { $0.run < $1.run }
    return summary
  }
}

/// How a campaign of networks ended.
public struct NetworkSummary: Sendable {
  public var progress: CampaignProgress
  public var notes: NetworkNotes
  public var wasInterrupted = false
  /// The failed run with the lowest index, and why it failed.
  public var firstFailure: (run: Int, text: String)?
  /// The first hundred results, by run.
  public var results: [(run: Int, result: NetworkRunResult)] = []

  init(progress: CampaignProgress, notes: NetworkNotes) {
    self.progress = progress
    self.notes = notes
  }
}

/// What came of one run of a network.
public struct NetworkRunResult: Sendable {
  /// By population.
  public var cellCounts: [Int] = []
  public var spikeCounts: [Int] = []
  /// How many connections there are in all.
  public var connectionCount = 0
  public var steps = 0
  /// Building the network, and stepping it, in s of wall time.
  public var buildSeconds = 0.0
  public var runSeconds = 0.0
  /// Stepping it, in s of processor time of the whole process.
  public var processorSeconds = 0.0
  /// The reductions of the experiment in SI units.
  public var reductions: [Double] = []
  /// Why it failed, or `nil`.
  public var failure: String?
  public var wasInterrupted = false
}
