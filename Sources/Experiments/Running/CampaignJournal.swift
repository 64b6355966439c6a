import Diagnostics
import Foundation
import ModelLanguage
import Simulations
public import Storage

/// The journal of a campaign: beside the result file, until all runs are done.
public enum CampaignJournal {
  /// Where the journal of a result is.
  public static func path(ofResult path: String) -> String { path + ".journal" }

  /// What the runs of an experiment follow from.
  ///
  /// - Parameters:
  ///   - experiment: What is run.
  ///   - plan: Its runs.
  ///   - overrides: What the experiment was read with.
  ///   - version: The version of the program.
  /// - Returns: The header of a journal of it.
  public static func header(
    _ experiment: Experiment, _ plan: RunPlan, overrides: ExperimentOverrides, version: String
  ) -> JournalHeader {
    // What a circuit records comes in parts that say their own sizes.
    let recording = experiment.network == nil ? experiment.recording : nil
    return JournalHeader(
      title: experiment.title, version: version, numerics: Numerics.version,
      experiment: experiment.resolved.yaml(), experimentPath: experiment.source.path,
      overrides: overrides.settings.map { "\($0.path)=\($0.value)" }, seed: overrides.seed,
      models: experiment.model.sources.map { JournalHeader.Text(path: $0.path, text: $0.text) },
      tables: experiment.tables.map { JournalHeader.Text(path: $0.path, text: $0.text) },
      runCount: plan.count, reductionCount: experiment.reductions.count,
      variableCount: recording?.variables.count ?? 0, timeCount: recording?.times.count ?? 0,
      sampledRuns: recording == nil ? nil : plan.sampled.chosen)
  }

  /// What differs between what a journal is of and what would be run now, in words.
  ///
  /// - Parameters:
  ///   - old: The journal's header.
  ///   - new: The header that a journal begun now would have.
  /// - Returns: One line for each difference; empty if there is none.
  public static func changes(from old: JournalHeader, to new: JournalHeader) -> [String] {
    var lines: [String] = []
    if old.version != new.version {
      lines.append("the program: \(old.version) before, \(new.version) now")
    }
    if old.numerics != new.numerics {
      lines.append("the numerics: version \(old.numerics) before, \(new.numerics) now")
    }
    lines += lineChanges(old.experiment, new.experiment).map { "the experiment: \($0)" }
    for (what, before, now) in [
      ("the model", old.models, new.models), ("the table", old.tables, new.tables),
    ] {
      for text in before {
        guard let other = now.first(where: { $0.path == text.path }) else {
          lines.append("\(what) `\(text.path)` is not used any more")
          continue
        }
        lines += lineChanges(text.text, other.text).map { "\(what) `\(text.path)`: \($0)" }
      }
      for text in now where !before.contains(where: { $0.path == text.path }) {
        lines.append("\(what) `\(text.path)` was not used before")
      }
    }
    return lines
  }

  /// The first lines that differ, in words.
  private static func lineChanges(_ old: String, _ new: String) -> [String] {
    guard old != new else { return [] }
    func lines(_ text: String) -> [String] {
      text.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    let (before, now) = (lines(old), lines(new))
    let start = zip(before, now).prefix { $0 == $1 }.count
    let end = zip(before.dropFirst(start).reversed(), now.dropFirst(start).reversed())
      .prefix { $0 == $1 }.count
    func part(_ lines: [String]) -> String {
      let middle = lines[start..<max(start, lines.count - end)]
      guard let first = middle.first else { return "nothing" }
      let more = middle.count > 1 ? " and \(middle.count - 1) more lines" : ""
      return "`\(first.prefix(80))`\(more)"
    }
    return ["line \(start + 1): \(part(before)) before, \(part(now)) now"]
  }
}
