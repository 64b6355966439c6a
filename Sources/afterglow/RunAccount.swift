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
  private let finished: FinishedCampaign<CampaignSummary>
  private let path: String

  init(
    _ experiment: Experiment, _ plan: RunPlan, _ finished: FinishedCampaign<CampaignSummary>,
    path: String
  ) {
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
    let missing = missingValues
    if !missing.isEmpty { parts.append(missing.joined(separator: "\n")) }
    parts.append(closing)
    switch experiment.sweep?.design {
    case .sobolIndices, .morris:
      parts.append("`afterglow sensitivity \(path)` says what the results depend on")
    default: break
    }
    return parts.joined(separator: "\n\n")
  }

  /// What has no value although the runs are done, and how often: only what may lack one.
  private var missingValues: [String] {
    let done = finished.summary.progress.done
    let times = experiment.recording?.times.count ?? 0
    let variables = (experiment.recording?.variables ?? []).enumerated().compactMap {
      index, variable -> String? in
      guard let count = finished.digest.missingSamples[index], count > 0 else { return nil }
      return "`\(variable.path)` has no value at \(count) of \(plan.sampledCount * times) samples"
    }
    let reductions = experiment.reductions.enumerated().compactMap {
      index, reduction -> String? in
      guard experiment.mayLackValue.contains(reduction.name) else { return nil }
      let count = finished.digest.missingCount(ofReduction: index)
      return count > 0 ? "`\(reduction.name)` has no value in \(count) of \(done) runs" : nil
    }
    return variables + reductions
  }

  private var closing: String {
    let summary = finished.summary
    var text = "\(summary.progress.done) of \(summary.progress.total) runs done"
    if summary.progress.failed > 0 { text += ", \(summary.progress.failed) failed" }
    let notes = summary.notes
    let use = finished.digest.methodUse
    text += " in \(ProgressLine.duration(finished.wallSeconds)) with \(use.text(notes))"
    if notes.isAutomatic {
      text += ", \(use.switches) \(use.switches == 1 ? "switch" : "switches")"
    }
    text += " (\(notes.reason)); wrote \(path)"
    if let failure = summary.firstFailure {
      text += "\nfirst failure: run \(failure.run): \(failure.text)"
    }
    return text
  }
}

/// What a dry run says.
struct RunPreview: Encodable {
  private struct Arm: Encodable {
    var name: String
    var doses: Int
  }

  private var title: String
  private var model: String
  private var states: Int
  private var parameters: Int
  private var runs: Int
  private var individuals: Int
  private var points: Int
  private var arms: [Arm]
  private var recordedVariables: Int
  private var recordedTimes: Int
  private var recordedRuns: Int
  private var recordedMegabytes: Double
  private var reductions: Int

  init(_ experiment: Experiment, _ plan: RunPlan) {
    title = experiment.title
    model = experiment.model.name
    states = experiment.model.states.count
    parameters = experiment.model.parameters.count
    runs = plan.count
    individuals = plan.individualCount
    points = plan.pointCount
    arms = experiment.arms.map { Arm(name: $0.name, doses: $0.doses.count) }
    recordedVariables = experiment.recording?.variables.count ?? 0
    recordedTimes = experiment.recording?.times.count ?? 0
    recordedRuns = plan.sampledCount
    recordedMegabytes =
      Double(plan.sampledCount) * Double(recordedTimes) * Double(recordedVariables) * 8e-6
    reductions = experiment.reductions.count
  }

  /// The preview, to be printed.
  var text: String {
    var lines = [title]
    lines.append("model \(model): \(count(states, "state")), \(count(parameters, "parameter"))")
    lines.append(
      "\(count(runs, "run")): \(count(arms.count, "arm")) × \(count(individuals, "individual")) × "
        + count(points, "point"))
    for arm in arms where !arm.name.isEmpty {
      lines.append(
        "  \(arm.name): \(arm.doses == 1 ? "1 dose entry" : "\(arm.doses) dose entries")")
    }
    if recordedVariables > 0 {
      lines.append(
        "records \(count(recordedVariables, "variable")) at \(count(recordedTimes, "time"))"
          + (recordedRuns < runs ? " of \(count(recordedRuns, "run")): " : ": ")
          + "\(shortNumber(recordedMegabytes)) MB")
    }
    lines.append("keeps \(count(reductions, "reduction")) of each run")
    return lines.joined(separator: "\n")
  }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
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
    var mean: Double
    /// Of a single individual there is none.
    var standardDeviation: Double?
    var median: Double
    var lowerQuartile: Double
    var upperQuartile: Double
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
  /// Of `auto`: the accepted steps of each method, and how often runs changed it.
  private var methodSteps: [String: Int]?
  private var methodSwitches: Int?
  private var interpreter: Bool
  private var wallSeconds: Double
  private var processorSeconds: Double
  private var firstFailure: String?
  private var units: [String: String]
  private var arms: [Arm]

  init(_ experiment: Experiment, _ finished: FinishedCampaign<CampaignSummary>, path: String) {
    let summary = finished.summary
    file = path
    title = experiment.title
    runs = summary.progress.total
    done = summary.progress.done
    failed = summary.progress.failed
    interrupted = summary.wasInterrupted
    let use = finished.digest.methodUse
    method = use.text(summary.notes)
    methodReason = summary.notes.reason
    if summary.notes.isAutomatic {
      methodSteps = Dictionary(uniqueKeysWithValues: use.steps.map { ($0.method, $0.count) })
      methodSwitches = use.switches
    }
    interpreter = summary.notes.usesInterpreter
    wallSeconds = finished.wallSeconds
    processorSeconds = finished.processorSeconds
    firstFailure = summary.firstFailure?.text
    units = [:]
    for reduction in experiment.reductions { units[reduction.name] = reduction.unit.symbol }
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
            mean: reduction.unit.value(ofSI: spread.mean),
            standardDeviation: spread.count > 1
              ? reduction.unit.value(ofSI: spread.standardDeviation) : nil,
            median: reduction.unit.value(ofSI: spread.median),
            lowerQuartile: reduction.unit.value(ofSI: spread.lowerQuartile),
            upperQuartile: reduction.unit.value(ofSI: spread.upperQuartile),
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
