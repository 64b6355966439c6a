import Experiments
import Networks
import Storage

/// What is known when all runs of a circuit are over.
struct FinishedNetworks {
  var summary: NetworkSummary
  var wallSeconds: Double
  var processorSeconds: Double
}

/// Carries out the runs of a circuit into a file, with progress and interruption.
struct NetworkRunner {
  var terminal: Terminal
  var showsProgress: Bool
  /// Whether a log is kept beside the result.
  var keepsLog = true

  /// Runs, or ends the command with the reason why not.
  func run(
    _ campaign: NetworkCampaign, path: String, mayReplace: Bool
  ) throws -> FinishedNetworks {
    let clock = ContinuousClock()
    let start = clock.now
    let processorStart = CampaignRunner.processorSeconds()
    let interruption = Interruption()
    let progress = ProgressLine(isShown: showsProgress)
    do {
      let output = try NetworkFileOutput(
        path: path, campaign: campaign, mayReplace: mayReplace, facts: CampaignRunner.facts)
      let summary: NetworkSummary
      do {
        summary = try campaign.run(into: output, cancellation: interruption.flag) {
          progress.update($0)
        }
        progress.finish()
        try output.commit(summary: summary, wallSeconds: ProgressLine.seconds(clock.now - start))
      } catch {
        output.abandon()
        throw error
      }
      if keepsLog {
        RunLog.add(
          path, summary.progress, usesInterpreter: summary.notes.usesInterpreter,
          seconds: ProgressLine.seconds(clock.now - start))
      }
      if let warning = summary.notes.warning { terminal.warn(warning) }
      return FinishedNetworks(
        summary: summary, wallSeconds: ProgressLine.seconds(clock.now - start),
        processorSeconds: CampaignRunner.processorSeconds() - processorStart)
    } catch let failure as StorageFailure {
      terminal.complain(failure.message)
      throw ExitStatus.inputOutput
    }
  }
}
