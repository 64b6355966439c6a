import Foundation
import ModelLanguage
public import Networks
import Programs
import Simulations
import Solvers
public import Storage
import Synchronization

/// All runs of an experiment with a circuit.
///
/// One run uses all threads; several runs have a thread each. The results depend on neither.
public struct NetworkCampaign: JournaledCampaign {
  public let experiment: Experiment
  public let plan: RunPlan
  let subject: NetworkSubject
  private let options: CampaignOptions
  /// The paths of inputs that have a value of their own in each cell.
  private(set) var differingInputs: Set<String> = []

  /// Prepares the runs; `nil` if the experiment has no circuit.
  public init?(_ experiment: Experiment, options: CampaignOptions) {
    guard let subject = experiment.network else { return nil }
    self.experiment = experiment
    self.subject = subject
    self.options = options
    plan = RunPlan(experiment)
    differingInputs = findDifferingInputs()
  }

  /// The step in s.
  var timeStep: Double { subject.writtenStep.value }

  /// How many steps a run has.
  public var stepCount: Int { Int((experiment.duration.value / timeStep).rounded()) }

  /// The parameters that one run sets, and its seed.
  func settings(of run: Int) -> NetworkSettings {
    let place = plan.place(of: run)
    let values = plan.parameters(of: run)
    let names = experiment.model
    var chosen = Set(
      (experiment.parameters + experiment.arms[place.arm].parameters).map(\.parameter))
    for axis in experiment.sweep?.axes ?? [] {
      if case .parameter(let index) = axis.target { chosen.insert(index) }
    }
    var settings = NetworkSettings(seed: plan.seed(of: run))
    for index in chosen {
      settings.parameters[names.parameters[index].declaration.path] = values[index]
    }
    for replay in experiment.arms[place.arm].replays {
      let choice = plan.recording(of: replay.path, run: run)
      settings.recordedSpikes[replay.path] = replay.recordings[choice].spikes
    }
    drive(experiment.arms[place.arm].inputs, &settings)
    return settings
  }

  /// The paths of the states that doses change.
  private var dosedStates: Set<String> {
    let names = experiment.model
    return Set(names.routes.flatMap(\.targets).map { names.states[$0.state].declaration.path })
  }

  /// The paths of what is recorded: the variables that are sampled, and behind them those that are
  /// only reduced.
  var recordedPaths: [String] {
    var paths = (experiment.recording?.variables ?? []).map(\.path)
    for reduction in experiment.reductions {
      if let path = reduction.variable?.path, !paths.contains(path) { paths.append(path) }
    }
    return paths
  }

  public func makeFile(
    path: String, mayReplace: Bool, facts: [String: String]
  ) throws(StorageFailure) -> NetworkFileOutput {
    try NetworkFileOutput(path: path, campaign: self, mayReplace: mayReplace, facts: facts)
  }

  public func output(_ file: NetworkFileOutput) -> (any NetworkOutput)? { file }

  public func output(
    _ journal: JournalWriter, _ header: JournalHeader, _ file: NetworkFileOutput?
  ) -> (any NetworkOutput)? {
    JournaledNetworkOutput(journal, file, plan, keepsRuns: plan.count > 1 || file == nil)
  }

  public func run(
    _ ranges: [Range<Int>], from start: CampaignProgress, into output: (any NetworkOutput)?,
    cancellation: CancellationFlag, progress: @escaping @Sendable (CampaignProgress) -> Void
  ) throws -> NetworkSummary {
    let count = ranges.reduce(0) { $0 + $1.count }
    let recorded = recordedPaths.compactMap { path in
      subject.circuit.variable(path).map {
        NetworkConfiguration.Recorded(population: $0.population, expression: $0.expression)
      }
    }
    let network = Network(
      subject.circuit,
      NetworkConfiguration(
        method: subject.method, timeStep: timeStep, recorded: recorded,
        differingInputs: differingInputs, changedStates: dosedStates),
      backend: options.backend)
    let restored =
      output?.restored
      ?? RestoredNetworks(
        digest: RunDigest(runCount: plan.count, reductionCount: experiment.reductions.count))
    let state = Mutex(
      NetworkSummary(
        progress: start, notes: network.notes, results: restored.results.map { ($0.key, $0.value) },
        digest: restored.digest))
    let threads = max(1, min(options.threads, count))
    let queue = ChunkQueue(ranges, chunk: 1, cancellation: cancellation)
    let campaign = self
    let cells = sampledCells
    let share = count == 1 ? ranges.lazy.joined().first.map(threads(ofSingle:)) ?? 1 : 1
    try onThreads(threads) {
      while let run = queue.take()?.first {
        let execution = NetworkExecution(
          campaign: campaign, network: network, sampledCells: cells, run: run, threads: share,
          output: output, cancellation: cancellation
        ) { part in
          // Of several runs, those that are over say enough.
          guard campaign.plan.count == 1 else { return }
          state.withLock { summary in
            summary.progress.part = part
            progress(summary.progress)
          }
        }
        let result: NetworkRunResult
        do { result = try execution.carryOut() } catch {
          queue.stop()
          throw error
        }
        try state.withLock { summary in
          try output?.finish(result, run: run)
          if run < 100 { summary.results.append((run, result)) }
          guard let failure = result.failure else {
            if !result.wasInterrupted {
              summary.progress.done += 1
              summary.digest.keep(
                run: run, reductions: result.reductions, verdict: result.verdict)
            }
            progress(summary.progress)
            return
          }
          summary.progress.failed += 1
          if run < summary.firstFailure?.run ?? .max { summary.firstFailure = (run, failure) }
          if campaign.options.stopsAtFirstFailure { queue.stop() }
          progress(summary.progress)
        }
      }
    }
    var summary = state.withLock { $0 }
    summary.wasInterrupted =
      summary.progress.done + summary.progress.failed < summary.progress.total
    summary.results.sort { $0.run < $1.run }
    return summary
  }
}

extension NetworkCampaign {
  /// Fewer cells than this for each thread are done before threads have met.
  private static let cellsPerThread = 256.0

  /// How many threads one run takes: those that are offered, unless it is small.
  private func threads(ofSingle run: Int) -> Int {
    let settings = settings(of: run)
    let cells = subject.circuit.populations.reduce(0.0) { $0 + settings.size(of: $1) }
    guard cells.isFinite, cells < Self.cellsPerThread * Double(options.threads) else {
      return options.threads
    }
    return max(1, Int(cells / Self.cellsPerThread))
  }
}

/// How a campaign of networks ended.
public struct NetworkSummary: CampaignEnd {
  public var progress: CampaignProgress
  public var notes: NetworkNotes
  /// Whether it was stopped before all runs were over.
  public var wasInterrupted = false
  /// The failed run with the lowest index, and why it failed.
  public var firstFailure: (run: Int, text: String)?
  /// The results of the first hundred runs, those of them that have been begun.
  public var results: [(run: Int, result: NetworkRunResult)] = []
  /// The reductions and verdicts of all runs.
  public var digest: RunDigest

  public var warning: String? { notes.warning }
  public var usesInterpreter: Bool { notes.usesInterpreter }

  init(
    progress: CampaignProgress, notes: NetworkNotes,
    results: [(run: Int, result: NetworkRunResult)], digest: RunDigest
  ) {
    self.progress = progress
    self.notes = notes
    self.results = results
    self.digest = digest
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
  /// The index of the verdict, or `nil`.
  public var verdict: Int?
  /// Why it failed, or `nil`.
  public var failure: String?
  public var wasInterrupted = false
}
