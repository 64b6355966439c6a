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
  func tell(
    _ experiment: Experiment, _ plan: RunPlan, _ finished: FinishedCampaign, path: String
  ) throws {
    if isJSON {
      terminal.print(JSONText.of(RunReportJSON(experiment, finished, path: path)))
    } else if !isQuiet {
      terminal.print(RunAccount(experiment, plan, finished, path: path).text)
    }
    let progress = finished.summary.progress
    if finished.summary.wasInterrupted {
      terminal.complain(
        "interrupted: \(finished.summary.notRun) runs were not begun; `\(path)` has the others; go "
          + "on with `afterglow resume \(path)`")
      throw ExitStatus.interrupted
    }
    guard progress.failed > 0 else { return }
    if !isQuiet, !isJSON {
      terminal.print("failed runs are tried again by `afterglow resume \(path) --retry-failed`")
    }
    throw ExitStatus.someFailed
  }
}
