import ArgumentParser
import Experiments

/// What is said at the end of a campaign, and the exit status that follows from it.
struct FinishedReport {
  var terminal: Terminal
  var isQuiet: Bool
  var isJSON: Bool

  /// Tells how it went.
  ///
  /// - Throws: The exit status, unless all runs are done.
  func tell<Runs: AccountedCampaign>(
    _ campaign: Runs, _ finished: FinishedCampaign<Runs.Summary>, path: String
  ) throws {
    if isJSON || !isQuiet {
      terminal.print(campaign.account(of: finished, path: path, asJSON: isJSON))
    }
    let progress = finished.summary.progress
    let left = progress.total - progress.done - progress.failed
    if left > 0 {
      terminal.complain(
        "interrupted: \(left) of \(progress.total) runs are not done; `\(path)` has what was done "
          + "until then; go on with `afterglow resume \(path)`")
      throw ExitStatus.interrupted
    }
    guard progress.failed > 0 else { return }
    if !isQuiet, !isJSON {
      terminal.print("failed runs are tried again by `afterglow resume \(path) --retry-failed`")
    }
    throw ExitStatus.someFailed
  }
}
