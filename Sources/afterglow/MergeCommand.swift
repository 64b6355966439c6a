import ArgumentParser
import Experiments
import Foundation
import Storage

/// Puts the parts of a sweep together.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Puts the parts of a sweep together into one result.",
    discussion: """
      Each part that was run with --shard has left a journal beside the result. The file has the \
      values that one process would have written. The journals are kept; delete them when the \
      result is safe.

      EXAMPLE
        afterglow run Experiments/dose_response.yaml -o all.h5 --shard 1/2
        afterglow run Experiments/dose_response.yaml -o all.h5 --shard 2/2
        afterglow merge all.h5
      """)

  @Argument(help: "The result file.")
  var file: String

  @Argument(help: "Journals of parts from elsewhere; those beside the result if none are given.")
  var journals: [String] = []

  @Flag(help: "Replace the result file if it exists.")
  var overwrite = false

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  @Flag(help: "Print one JSON object instead of the account.")
  var json = false

  func run() throws {
    let terminal = Terminal(isQuiet: quiet || json)
    let places = journals.isEmpty ? Shard.journals(besideResult: file) : journals
    guard let first = places.first else {
      terminal.complain("there are no parts of `\(file)` beside it; name their journals")
      throw ExitStatus.inputOutput
    }
    let loading = JournalLoading(terminal: terminal)
    let header = try loading.open(first).header
    let experiment = try loading.experiment(header)
    let campaign = experiment.campaign(
      CampaignOptions(threads: 1, backend: Workplace.backend(.native)))
    var finished: FinishedRuns?
    for place in places {
      let journal = try loading.open(place)
      let changes = CampaignJournal.changes(from: header, to: journal.header)
      guard changes.isEmpty, journal.header.runCount == campaign.plan.count else {
        terminal.complain(
          "`\(place)` is a part of another sweep than `\(first)`:\n"
            + changes.prefix(20).map { "  \($0)" }.joined(separator: "\n"))
        throw ExitStatus.dataError
      }
      if finished == nil { finished = FinishedRuns(journal) } else { finished?.take(journal) }
    }
    guard var finished else { return }
    let others = finished.forgetOthers(than: campaign.plan)
    guard others == 0 else {
      terminal.complain(
        "\(others) runs of the parts follow from something else than this program makes of them, such "
          + "as an earlier version of the numerics: run their parts again")
      throw ExitStatus.dataError
    }
    let earlier = Extension(terminal).earlier(header, ofResult: file)
    var all = finished
    if let earlier { all.take(earlier, of: campaign.plan) }
    guard all.leftCount == 0 else {
      terminal.complain(
        "\(all.leftCount) of \(campaign.plan.count) runs are missing: the parts "
          + "\(places.joined(separator: ", ")) do not make a whole, or one of them is unfinished; "
          + "go on with it by `afterglow resume \(file) --shard i/n`")
      throw ExitStatus.dataError
    }
    try merge(campaign, places, finished, earlier, terminal)
  }

  private func merge(
    _ campaign: some AccountedCampaign, _ places: [String], _ finished: FinishedRuns,
    _ earlier: EarlierResult?, _ terminal: Terminal
  ) throws {
    let runner = CampaignRunner(terminal: terminal, showsProgress: false)
    let result = try runner.merge(
      campaign, places, finished, earlier: earlier, path: file, mayReplace: overwrite)
    try FinishedReport(terminal: terminal, isQuiet: quiet, isJSON: json)
      .tell(campaign, result, path: file)
  }
}
