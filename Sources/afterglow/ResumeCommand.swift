import ArgumentParser
import Experiments
import Foundation
import Storage

/// Goes on with a sweep that was interrupted.
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Does what is left of an interrupted sweep.",
    discussion: """
      While a sweep runs, its finished runs are kept in a journal beside the result file. Whatever \
      ended it, `resume` takes them over, does what is left, and gives the values of a sweep that \
      was never interrupted. If the experiment or a model has changed since, it refuses and says \
      what has changed.

      With --samples a finished sweep grows: its runs are kept, the further ones are done, and the \
      file is that of a sweep that had so many samples from the beginning.

      EXAMPLES
        afterglow resume dose_response.h5
        afterglow resume dose_response.h5 --retry-failed
        afterglow resume exposure.h5 --samples 8192
      """)

  @Argument(help: "The result file of the sweep.")
  var file: String

  @Flag(help: "Try the runs that failed once more.")
  var retryFailed = false

  @Option(
    help: ArgumentHelp(
      "Extend a finished sweep to so many samples (trajectories of a morris design).",
      valueName: "count"))
  var samples: Int?

  @Flag(help: "Go on as begun even if files have changed since.")
  var asBegun = false

  @OptionGroup var shard: ShardOptions
  @OptionGroup var simulation: SimulationOptions

  @Flag(help: "Stop at the first run that fails.")
  var failFast = false

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @Flag(help: "Print one JSON object instead of the account.")
  var json = false

  func run() throws {
    let terminal = Terminal(isQuiet: quiet || json)
    let place =
      try shard.shard?.journalPath(ofResult: file) ?? CampaignJournal.path(ofResult: file)
    if let samples, try !isExtended(to: samples, place, terminal) {
      try extend(to: samples, terminal)
      return
    }
    guard FileManager.default.fileExists(atPath: place) else {
      try tellThereIsNothing(terminal)
      return
    }
    let loading = JournalLoading(terminal: terminal)
    let journal = try loading.open(place)
    if !asBegun { try loading.refuseChanges(journal.header) }
    let experiment = try loading.experiment(journal.header)
    let campaign = experiment.campaign(
      CampaignOptions(
        threads: simulation.threadCount, backend: Workplace.backend(simulation.backend),
        stopsAtFirstFailure: failFast))
    try goOn(campaign, journal, terminal)
  }

  private func goOn(
    _ campaign: some AccountedCampaign, _ journal: JournalReader, _ terminal: Terminal
  ) throws {
    let place = journal.path
    let header = CampaignJournal.header(
      campaign.experiment, campaign.plan, overrides: ExperimentOverrides(), version: Version.current
    )
    guard header.runCount == journal.header.runCount,
      header.reductionCount == journal.header.reductionCount,
      header.variableCount == journal.header.variableCount,
      header.timeCount == journal.header.timeCount,
      header.sampledRuns == journal.header.sampledRuns
    else {
      terminal.complain("`\(place)` does not fit the experiment that it names; it is damaged")
      throw ExitStatus.dataError
    }
    var finished = FinishedRuns(journal)
    let others = finished.forgetOthers(than: campaign.plan)
    if others > 0 {
      terminal.warn(
        "\(others) finished runs follow from something else, such as an earlier version of the "
          + "numerics, and are done again")
    }
    if retryFailed { finished.forgetFailures() }
    let runner = CampaignRunner(terminal: terminal, showsProgress: !quiet && !json)
    let earlier = Extension(terminal).earlier(journal.header, ofResult: file)
    if let shard = try shard.shard {
      let progress = try runner.run(
        campaign, shard: shard, path: file, going: (journal.soundLength, finished),
        header: journal.header, earlier: earlier)
      try ShardReport(terminal: terminal, isQuiet: quiet, isJSON: json).tell(
        shard, progress, path: file)
      return
    }
    let result = try runner.resume(
      campaign, path: file, soundLength: journal.soundLength, finished: finished,
      earlier: earlier)
    try FinishedReport(terminal: terminal, isQuiet: quiet, isJSON: json)
      .tell(campaign, result, path: file)
  }

  /// Whether the journal is already that of the larger sweep, which was interrupted.
  ///
  /// Ends the command if it is that of another one that is not finished.
  private func isExtended(to samples: Int, _ place: String, _ terminal: Terminal) throws -> Bool {
    if try shard.shard != nil {
      throw ValidationError("--samples extends a whole sweep, not a part of one")
    }
    guard FileManager.default.fileExists(atPath: place) else { return false }
    let journal = try JournalLoading(terminal: terminal).open(place)
    if journal.header.samples == samples { return true }
    let left = FinishedRuns(journal).leftCount
    guard left == 0 else {
      terminal.complain(
        "\(left) runs of `\(file)` are left: do them first, by `afterglow resume \(file)`")
      throw ExitStatus.dataError
    }
    return false
  }

  /// Does the further runs of a larger sweep.
  private func extend(to samples: Int, _ terminal: Terminal) throws {
    let experiment = try Extension(terminal).experiment(ofResult: file, samples: samples)
    let campaign = experiment.campaign(
      CampaignOptions(
        threads: simulation.threadCount, backend: Workplace.backend(simulation.backend),
        stopsAtFirstFailure: failFast))
    try extend(campaign, to: samples, terminal)
  }

  private func extend(
    _ campaign: some AccountedCampaign, to samples: Int, _ terminal: Terminal
  ) throws {
    let runner = CampaignRunner(terminal: terminal, showsProgress: !quiet && !json)
    var header = runner.header(of: campaign, ExperimentOverrides())
    header.samples = samples
    header.earlier = ""
    let result = try runner.run(
      campaign, path: file, mayReplace: true, header: header,
      earlier: try Extension(terminal).result(file, for: campaign))
    try FinishedReport(terminal: terminal, isQuiet: quiet, isJSON: json)
      .tell(campaign, result, path: file)
  }

  private func tellThereIsNothing(_ terminal: Terminal) throws {
    do throws(StorageFailure) {
      let counts = try ResultFileReader(path: file).status()
      if counts.done == counts.total {
        terminal.print("all \(counts.total) runs of `\(file)` are done")
        return
      }
      terminal.complain(
        "`\(file)` has no journal beside it, so that the \(counts.total - counts.done) runs that are "
          + "not done cannot be added to it: run the experiment again")
    } catch {
      terminal.complain(error.message)
    }
    throw ExitStatus.inputOutput
  }
}
