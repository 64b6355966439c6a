import Experiments
import Foundation
import Storage

/// Takes up the runs of a finished result for a larger one.
struct Extension {
  private let terminal: Terminal

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// The experiment of a result with more samples, or ends the command with the reason why not.
  func experiment(ofResult path: String, samples: Int) throws -> Experiment {
    let earlier = try ExperimentLoading(terminal).load(result: path)
    guard let sweep = earlier.sweep else {
      terminal.complain(
        "`\(path)` is no sweep; `design: sobol` or `design: random` in the experiment makes one")
      throw ExitStatus.dataError
    }
    var larger = sweep
    larger.samples = samples
    let (points, overflow) = samples.multipliedReportingOverflow(by: sweep.pointsPerSample)
    guard !overflow, (1...Sweep.pointLimit).contains(points) else {
      terminal.complain(
        "--samples makes from 1 to \(Sweep.pointLimit) points, at \(sweep.pointsPerSample) for each; "
          + "not \(samples)")
      throw ExitStatus.dataError
    }
    do throws(SweepExtensionFailure) { _ = try larger.pointsKept(of: sweep) } catch {
      terminal.complain("`\(path)` cannot be extended: \(error.message)")
      throw ExitStatus.dataError
    }
    if sweep.design == .sobol, samples.nonzeroBitCount != 1 {
      terminal.warn(
        "\(samples) samples of a Sobol' sequence are uneven: it is balanced at powers of two")
    }
    var result = earlier
    result.sweep = larger
    return result
  }

  /// A result that has runs of a campaign, or ends the command with the reason why it has none.
  func result(_ path: String, for campaign: some JournaledCampaign) throws -> EarlierResult {
    let earlier: EarlierResult
    do throws(StorageFailure) {
      try TrialReading.check(path)
      earlier = try EarlierResult(path: path)
    } catch {
      terminal.complain(error.message)
      throw ExitStatus.inputOutput
    }
    var finished = FinishedRuns(campaign.plan)
    let count = finished.take(earlier, of: campaign.plan)
    guard count > 0 else {
      terminal.complain("no run of `\(path)` is one of these: " + reason(path, campaign.experiment))
      throw ExitStatus.dataError
    }
    terminal.say("keeps \(count) of \(campaign.plan.count) runs, which `\(path)` has")
    return earlier
  }

  /// Why no run of a result is one of an experiment.
  private func reason(_ path: String, _ experiment: Experiment) -> String {
    guard let old = try? ExperimentLoading(terminal).load(result: path) else {
      return "its experiment cannot be read"
    }
    if let sweep = experiment.sweep, let earlier = old.sweep, sweep.axes == earlier.axes {
      do throws(SweepExtensionFailure) { _ = try sweep.pointsKept(of: earlier) } catch {
        return error.message
      }
    }
    func header(_ experiment: Experiment) -> JournalHeader {
      CampaignJournal.header(
        experiment, RunPlan(experiment), overrides: ExperimentOverrides(),
        version: Version.current)
    }
    let changes = CampaignJournal.changes(from: header(old), to: header(experiment))
    return changes.isEmpty
      ? "all of its runs failed, or it was computed by another version of the numerics"
      : "what they follow from has changed\n"
        + changes.prefix(20).map { "  \($0)" }.joined(separator: "\n")
  }

  /// What a process that came to its end has left beside its journal: it has runs that were done before
  /// the journal was begun.
  private func beside(_ path: String) -> EarlierResult? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do throws(StorageFailure) {
      try TrialReading.check(path)
      return try EarlierResult(path: path)
    } catch {
      return nil
    }
  }

  /// The result whose runs a journal relies on.
  ///
  /// If it is gone, its runs are done again: they are the same.
  func earlier(_ header: JournalHeader, ofResult path: String) -> EarlierResult? {
    guard let named = header.earlier else { return beside(path) }
    let place = named.isEmpty ? path : named
    do throws(StorageFailure) {
      try TrialReading.check(place)
      return try EarlierResult(path: place)
    } catch {
      terminal.warn("the runs of `\(place)` are done again: \(error.message)")
      return nil
    }
  }
}
