import Experiments
import Foundation
import ModelLanguage
import Simulations
import Solvers
import Units

/// What a run is told to people as: its sentences, its numbers by arm, its verdicts.
struct RunAccount {
  private let experiment: Experiment
  private let plan: RunPlan
  private let finished: FinishedCampaign
  private let path: String

  init(_ experiment: Experiment, _ plan: RunPlan, _ finished: FinishedCampaign, path: String) {
    self.experiment = experiment
    self.plan = plan
    self.finished = finished
    self.path = path
  }

  /// The account, to be printed.
  var text: String {
    let reductions = ReductionAccount(experiment, plan, finished.digest)
    var parts = [experiment.title]
    if plan.count > experiment.arms.count * plan.individualCount {
      parts.append(reductions.sweepText)
    } else {
      parts += experiment.arms.indices.map(reductions.text)
    }
    parts.append(closing)
    switch experiment.sweep?.design {
    case .sobolIndices, .morris:
      parts.append("`afterglow sensitivity \(path)` says what the results depend on")
    default: break
    }
    return parts.joined(separator: "\n\n")
  }

  private var closing: String {
    let summary = finished.summary
    var text = "\(summary.progress.done) of \(summary.progress.total) runs done"
    if summary.progress.failed > 0 { text += ", \(summary.progress.failed) failed" }
    let notes = summary.notes
    text += " in \(ProgressLine.duration(finished.wallSeconds)) with \(notes.method.rawValue)"
    text += " (\(notes.reason)); wrote \(path)"
    if let failure = summary.firstFailure {
      text += "\nfirst failure: run \(failure.run): \(failure.text)"
    }
    return text
  }
}

/// What a dry run says.
struct RunPreview {
  let text: String

  init(_ experiment: Experiment, _ plan: RunPlan) {
    var lines = [experiment.title]
    let model = experiment.model
    lines.append(
      "model \(model.name): \(model.states.count) states, \(model.parameters.count) parameters")
    lines.append(
      "\(plan.count) runs: \(plan.armCount) arms × \(plan.individualCount) individuals × "
        + "\(plan.pointCount) points")
    for arm in experiment.arms where !arm.name.isEmpty {
      lines.append("  \(arm.name): \(arm.doses.count) dose entries")
    }
    if let recording = experiment.recording {
      let bytes = plan.count * recording.times.count * recording.variables.count * 8
      lines.append(
        "records \(recording.variables.count) variables at \(recording.times.count) times: "
          + "\(shortNumber(Double(bytes) / 1e6)) MB")
    }
    lines.append("keeps \(experiment.reductions.count) reductions of each run")
    text = lines.joined(separator: "\n")
  }
}

/// The result of a run as JSON.
struct RunReportJSON: Encodable {
  private struct Arm: Encodable {
    var name: String
    var reductions: [String: Double]?
    /// Over individuals, where there are several.
    var individuals: [String: Spread]?
    var verdict: String?
  }

  private struct Spread: Encodable {
    var median: Double
    var lower: Double
    var upper: Double
    var count: Int
  }

  private var file: String
  private var title: String
  private var runs: Int
  private var done: Int
  private var failed: Int
  private var interrupted: Bool
  private var method: String
  private var methodReason: String
  private var interpreter: Bool
  private var wallSeconds: Double
  private var processorSeconds: Double
  private var firstFailure: String?
  private var arms: [Arm]

  init(_ experiment: Experiment, _ finished: FinishedCampaign, path: String) {
    let summary = finished.summary
    file = path
    title = experiment.title
    runs = summary.progress.total
    done = summary.progress.done
    failed = summary.progress.failed
    interrupted = summary.wasInterrupted
    method = summary.notes.method.rawValue
    methodReason = summary.notes.reason
    interpreter = summary.notes.usesInterpreter
    wallSeconds = finished.wallSeconds
    processorSeconds = finished.processorSeconds
    firstFailure = summary.firstFailure?.text
    arms = []
    let plan = RunPlan(experiment)
    guard plan.pointCount == 1 else { return }
    guard plan.individualCount == 1 else {
      arms = experiment.arms.indices.map { arm in
        var spreads: [String: Spread] = [:]
        let found = finished.digest.spreads(
          arm: arm, in: plan, reductions: experiment.reductions.count)
        for (reduction, spread) in zip(experiment.reductions, found) where spread.count > 0 {
          spreads[reduction.name] = Spread(
            median: reduction.unit.value(ofSI: spread.median),
            lower: reduction.unit.value(ofSI: spread.lower),
            upper: reduction.unit.value(ofSI: spread.upper), count: spread.count)
        }
        return Arm(name: experiment.arms[arm].name, individuals: spreads)
      }
      return
    }
    arms = experiment.arms.indices.map { arm in
      var values: [String: Double] = [:]
      if let found = finished.digest.reductions(of: arm) {
        for (index, reduction) in experiment.reductions.enumerated() {
          values[reduction.name] = reduction.unit.value(ofSI: found[index])
        }
      }
      let verdict = finished.digest.verdict(of: arm).flatMap { experiment.verdict?.names[$0] }
      return Arm(name: experiment.arms[arm].name, reductions: values, verdict: verdict)
    }
  }
}
