import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Simulations
import Storage

/// Runs an experiment.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs an experiment: one simulation or a sweep.",
    discussion: """
      Writes one HDF5 file and prints a short account. A result file can be run again: it holds \
      its own experiment and models.

      EXAMPLES
        afterglow run Experiments/reset.yaml -o reset.h5
        afterglow run reset --set dose.amount="0.2 mg/kg" -o low.h5
        afterglow run Experiments/dose_response.yaml -j 2
        afterglow run reset.h5 -o again.h5
        afterglow run wider_grid.yaml --extend grid.h5
      """)

  @Argument(help: "An experiment (.yaml), or a result (.h5) to run again.")
  var experiment: String

  @OptionGroup var result: ResultOptions
  @OptionGroup var overrides: OverrideOptions
  @OptionGroup var simulation: SimulationOptions

  @OptionGroup var shard: ShardOptions

  @Option(
    help: ArgumentHelp(
      "A finished result whose runs are kept where they are the same, such as a smaller design.",
      valueName: "file"))
  var extend: String?

  @Flag(help: "Stop at the first run that fails.")
  var failFast = false

  @Flag(help: "Say what would be run, and stop.")
  var dryRun = false

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @Flag(help: "Print one JSON object instead of the account.")
  var json = false

  func run() throws {
    let terminal = Terminal(isQuiet: quiet || json)
    let experiment = try ExperimentLoading(terminal).load(experiment, overrides.overrides)
    let options = CampaignOptions(
      threads: simulation.threadCount, backend: Workplace.backend(simulation.backend),
      stopsAtFirstFailure: failFast)
    try run(experiment.campaign(options), terminal)
  }

  private func run(_ campaign: some AccountedCampaign, _ terminal: Terminal) throws {
    if dryRun {
      terminal.print(campaign.preview(asJSON: json))
      return
    }
    let path = result.path(for: experiment)
    let runner = CampaignRunner(terminal: terminal, showsProgress: !quiet && !json)
    var header = runner.header(of: campaign, overrides.overrides)
    let earlier = try extend.map { try Extension(terminal).result($0, for: campaign) }
    header.earlier = extend
    if let shard = try shard.shard {
      let progress = try runner.run(
        campaign, shard: shard, path: path, going: nil, header: header, earlier: earlier)
      try ShardReport(terminal: terminal, isQuiet: quiet, isJSON: json).tell(
        shard, progress, path: path)
      return
    }
    refuseToForget(path, terminal)
    let finished = try runner.run(
      campaign, path: path, mayReplace: result.overwrite, header: header, earlier: earlier)
    try FinishedReport(terminal: terminal, isQuiet: quiet, isJSON: json)
      .tell(campaign, finished, path: path)
  }

  /// Ends the command if an earlier sweep to the same file has been left unfinished.
  private func refuseToForget(_ path: String, _ terminal: Terminal) {
    let journal = CampaignJournal.path(ofResult: path)
    guard !result.overwrite, let reader = try? JournalReader(path: journal) else { return }
    var finished = FinishedRuns(reader)
    if (try? TrialReading.check(path, .state)) != nil,
      let result = try? ResultFileReader(path: path)
    {
      finished.take(result)
    }
    terminal.complain(
      JournalWriter.isInUse(journal)
        ? "another process is running into `\(path)`"
        : "`\(path)` has been begun: \(finished.doneCount) of \(reader.header.runCount) runs are "
          + "done; go on with `afterglow resume \(path)`, or begin anew with --overwrite")
    Foundation.exit(ExitStatus.inputOutput.rawValue)
  }
}

/// Reads an experiment and says what is wrong with it.
struct ExperimentLoading {
  private let terminal: Terminal
  private let workplace = Workplace()

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Reads an experiment, or ends the command with the reason why not.
  func load(_ name: String, _ overrides: ExperimentOverrides) throws -> Experiment {
    let (file, library) = try source(of: name)
    let (experiment, diagnostics) = Experiment.read(file, library: library, overrides: overrides)
    terminal.show(diagnostics)
    guard let experiment, !diagnostics.hasErrors else { throw ExitStatus.dataError }
    return experiment
  }

  /// Reads the experiment that a result file keeps.
  func load(result path: String) throws -> Experiment {
    let (file, library) = try kept(in: path)
    // What there was to warn of was said when it ran.
    let (experiment, diagnostics) = Experiment.read(file, library: library)
    guard let experiment, !diagnostics.hasErrors else {
      terminal.show(diagnostics)
      throw ExitStatus.dataError
    }
    return experiment
  }

  private func source(of name: String) throws -> (SourceFile, FileLibrary) {
    if name.hasSuffix(".h5") { return try kept(in: name) }
    do throws(FileProblem) {
      let path = workplace.find(name, in: "Experiments", ending: ".yaml")
      return (try FileLibrary.file(path), workplace.library)
    } catch {
      terminal.complain(
        workplace.problem(with: name, in: "Experiments", ending: ".yaml", error.reason))
      throw ExitStatus.inputOutput
    }
  }

  private func kept(in name: String) throws -> (SourceFile, FileLibrary) {
    do throws(StorageFailure) {
      try TrialReading.check(name)
      let kept = try ResultFileReader(path: name).provenance()
      let models = kept.models.map { SourceFile(path: $0.path, text: $0.text) }
      let tables = kept.tables.map { SourceFile(path: $0.path, text: $0.text) }
      guard let main = models.first else {
        throw StorageFailure.notResult(path: name, missing: "model")
      }
      return (
        SourceFile(path: kept.experimentPath, text: kept.experiment),
        FileLibrary(mainModel: main, files: Array(models.dropFirst()) + tables)
      )
    } catch {
      terminal.complain(error.message)
      throw ExitStatus.inputOutput
    }
  }
}
