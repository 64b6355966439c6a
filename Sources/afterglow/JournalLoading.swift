import Diagnostics
import Experiments
import Foundation
import Storage

/// Takes up what the journal of a sweep says was begun.
struct JournalLoading {
  var terminal: Terminal

  /// Opens a journal, or ends the command with the reason why not.
  func open(_ path: String) throws -> JournalReader {
    do throws(StorageFailure) { return try JournalReader(path: path) } catch {
      terminal.complain(error.message)
      throw ExitStatus.inputOutput
    }
  }

  /// Ends the command if what the journal was begun with has changed.
  func refuseChanges(_ header: JournalHeader) throws {
    var changes: [String] = []
    if header.version != Version.current {
      changes.append("the program: \(header.version) before, \(Version.current) now")
    }
    // A result that was run again, or an experiment that has gone, is what the journal says it is.
    if header.experimentPath.hasSuffix(".yaml"),
      let file = try? FileLibrary.file(header.experimentPath)
    {
      let settings = header.overrides.compactMap { Setting(argument: $0) }
      let overrides = ExperimentOverrides(
        settings: settings.map { ($0.path, $0.value) }, seed: header.seed)
      let (experiment, diagnostics) = Experiment.read(
        file, library: Workplace().library, overrides: overrides)
      if var experiment, !diagnostics.hasErrors {
        if let samples = header.samples { experiment.sweep?.samples = samples }
        let now = CampaignJournal.header(
          experiment, RunPlan(experiment), overrides: overrides, version: header.version)
        changes += CampaignJournal.changes(from: header, to: now)
      } else {
        changes.append("the experiment `\(header.experimentPath)` has errors now")
      }
    }
    guard !changes.isEmpty else { return }
    terminal.complain(
      "this is not what was begun:\n" + changes.prefix(20).map { "  \($0)" }.joined(separator: "\n")
        + "\nchange it back, go on as begun with --as-begun, or begin anew with `run --overwrite`")
    throw ExitStatus.dataError
  }

  /// The experiment that the journal was begun with.
  func experiment(_ header: JournalHeader) throws -> Experiment {
    let models = header.models.map { SourceFile(path: $0.path, text: $0.text) }
    let tables = header.tables.map { SourceFile(path: $0.path, text: $0.text) }
    guard let main = models.first else {
      terminal.complain("the journal has no model; it is damaged")
      throw ExitStatus.dataError
    }
    let (experiment, diagnostics) = Experiment.read(
      SourceFile(path: header.experimentPath, text: header.experiment),
      library: FileLibrary(mainModel: main, files: Array(models.dropFirst()) + tables))
    guard let experiment, !diagnostics.hasErrors else {
      terminal.show(diagnostics)
      throw ExitStatus.dataError
    }
    return experiment
  }
}
