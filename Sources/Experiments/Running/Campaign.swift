public import Programs
public import Simulations
public import Storage
import Synchronization

/// How the runs of an experiment are carried out; nothing here changes a result.
public struct CampaignOptions: Sendable {
  public var threads: Int
  public var backend: Backend
  /// Whether the first failed run stops all others.
  public var stopsAtFirstFailure: Bool
  /// How many runs a thread takes at once, or `nil` for a fitting number.
  public var chunk: Int?

  /// Makes options.
  public init(
    threads: Int, backend: Backend, stopsAtFirstFailure: Bool = false,
    chunk: Int? = nil
  ) {
    self.threads = max(1, threads)
    self.backend = backend
    self.stopsAtFirstFailure = stopsAtFirstFailure
    self.chunk = chunk
  }
}

/// How far a campaign is.
public struct CampaignProgress: Sendable {
  public var total: Int
  public var done = 0
  public var failed = 0
  /// How many of these were finished by an earlier process.
  public var earlier = 0
  /// How much of a single run is done, from 0 to 1, where that is known.
  public var part = 0.0
  /// When the first run began, if that is known: what was prepared before says nothing of the runs.
  public var began: ContinuousClock.Instant?

  /// None of so many runs.
  public init(total: Int) { self.total = total }

  /// Runs per second, and the seconds that the rest will take, after some seconds of running.
  ///
  /// The rest costs what the finished runs have cost on average: since runs are begun all over the
  /// campaign, they stand for the others even if those at one end are the expensive ones.
  public func estimate(after seconds: Double) -> (rate: Double, remaining: Double)? {
    let finished = max(Double(done + failed - earlier), total == 1 ? part : 0)
    guard finished > 0, seconds > 0 else { return nil }
    let rate = finished / seconds
    return (rate, (Double(total - earlier) - finished) / rate)
  }
}

/// How a campaign ended.
public struct CampaignSummary: CampaignEnd {
  public var progress: CampaignProgress
  public var notes: EnsembleNotes
  /// Whether it was stopped before all runs were begun.
  public var wasInterrupted: Bool
  /// The failed run with the lowest index, and why it failed.
  public var firstFailure: (run: Int, text: String)?

  public var warning: String? { notes.warning }
  public var usesInterpreter: Bool { notes.usesInterpreter }

  /// How many runs were not begun.
  public var notRun: Int { progress.total - progress.done - progress.failed }
}

/// All runs of an experiment, carried out on several threads.
///
/// The results do not depend on the number of threads, on the size of chunks or on the order in
/// which runs end: a run is a function of its index alone.
public struct Campaign: JournaledCampaign {
  public let experiment: Experiment
  public let plan: RunPlan
  private let options: CampaignOptions

  /// Prepares the runs of an experiment.
  public init(_ experiment: Experiment, options: CampaignOptions) {
    self.experiment = experiment
    self.options = options
    plan = RunPlan(experiment)
  }

  public func makeFile(
    path: String, mayReplace: Bool, facts: [String: String]
  ) throws(StorageFailure) -> ResultFileOutput {
    try ResultFileOutput(
      path: path, experiment: experiment, plan: plan, mayReplace: mayReplace, facts: facts)
  }

  public func output(_ file: ResultFileOutput) -> any RunOutput { file }

  public func output(
    _ journal: JournalWriter, _ header: JournalHeader, _ file: ResultFileOutput?
  ) -> any RunOutput {
    JournaledOutput(journal, header, file)
  }

  public func takeWaiting(from output: any RunOutput) -> [JournalEntry] {
    (output as? JournaledOutput)?.takeWaiting() ?? []
  }

  /// Carries out some runs, each as it is among all of them.
  ///
  /// - Parameters:
  ///   - chosen: Which runs, by index.
  ///   - output: Where results go, one run at a time, with its index among all.
  /// - Returns: How it ended.
  /// - Throws: What compiling the model or the output throws.
  @discardableResult
  public func run(only chosen: [Int], into output: any RunOutput) throws -> CampaignSummary {
    try run(
      chosen.map { $0..<$0 + 1 }, from: CampaignProgress(total: chosen.count), into: output,
      cancellation: CancellationFlag(), progress: { _ in })
  }

  public func run(
    _ ranges: [Range<Int>], from start: CampaignProgress, into output: any RunOutput,
    cancellation: CancellationFlag, progress: @escaping @Sendable (CampaignProgress) -> Void
  ) throws -> CampaignSummary {
    let count = ranges.reduce(0) { $0 + $1.count }
    let ensemble = try Ensemble(
      model: experiment.model, configuration: plan.configuration, backend: options.backend)
    let steadyStates = try solveSteadyStates(
      count == plan.count ? nil : ranges.flatMap { Array($0) }, cancellation: cancellation)
    let ledger = Ledger(
      output: output, experiment: experiment, plan: plan,
      start: start, progress: progress,
      preparationFailure: { run in
        if case .failure(let failure)? = steadyStates[run] { return failure.text }
        return nil
      })
    let threads = max(1, min(options.threads, count))
    let recordedCount =
      plan.sampled.chosen?.isEmpty == true
      ? 0 : plan.configuration.sampleTimes.count * plan.configuration.recorded.count
    let chunk =
      options.chunk
      ?? ChunkQueue.chunkSize(count: count, threads: threads, recorded: recordedCount)
    let queue = ChunkQueue(ranges, chunk: chunk, cancellation: cancellation)
    let plan = plan
    let stopsAtFirstFailure = options.stopsAtFirstFailure
    ledger.begin()
    try onThreads(threads) {
      do {
        try ensemble.makeWorker(chunk: chunk).run(
          nextChunk: { queue.take() },
          setup: { run in
            switch steadyStates[run] {
            case .success(let states)?: plan.setup(of: run, steadyStates: states)
            case nil: plan.setup(of: run, steadyStates: [])
            // The run cannot start; states that are not numbers end it at once.
            case .failure?: plan.impossibleSetup(of: run)
            }
          },
          deliver: { chunk in
            let failed = try ledger.add(chunk)
            queue.finish(chunk.runs.count)
            if failed > 0 && stopsAtFirstFailure { queue.stop() }
          })
      } catch {
        // The other threads stop as well: what they would compute cannot be kept.
        queue.stop()
        throw error
      }
    }
    let summary = ledger.summary(notes: ensemble.notes)
    try output.end(summary.progress)
    return summary
  }

  /// The steady states of the runs that need them, by run; of all runs if none are chosen.
  private func solveSteadyStates(
    _ chosen: [Int]?, cancellation: CancellationFlag
  ) throws -> [Int: Result<[[Double]], SteadyStateSolver.Failure>] {
    let tasks = plan.steadyStateTasks(chosen)
    if tasks.isEmpty { return [:] }
    let solver = SteadyStateSolver(
      model: experiment.model, configuration: plan.configuration, backend: options.backend,
      threads: options.threads, cancellation: cancellation)
    var results: [Int: Result<[[Double]], SteadyStateSolver.Failure>] = [:]
    for (task, result) in zip(tasks, try solver.solve(tasks)) {
      switch (results[task.run] ?? .success([]), result) {
      case (.success(let states), .success(let state)):
        results[task.run] = .success(states + [state])
      case (.failure, _): break
      case (_, .failure(let failure)): results[task.run] = .failure(failure)
      }
    }
    return results
  }
}
