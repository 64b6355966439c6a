import Experiments
import ModelLanguage
import Networks
import Units

/// What a run of a circuit is told to people as.
struct NetworkAccount {
  private let campaign: NetworkCampaign
  private let finished: FinishedCampaign<NetworkSummary>
  private let path: String

  init(_ campaign: NetworkCampaign, _ finished: FinishedCampaign<NetworkSummary>, path: String) {
    self.campaign = campaign
    self.finished = finished
    self.path = path
  }

  /// The account, to be printed.
  var text: String {
    let experiment = campaign.experiment
    var parts = [experiment.title]
    if campaign.plan.count == experiment.arms.count {
      parts += finished.summary.results.map { text(of: $0.run, $0.result) }
    } else {
      parts.append(reductions.sweepText)
    }
    parts.append(closing)
    parts.append(next)
    return parts.joined(separator: "\n\n")
  }

  private var reductions: ReductionAccount {
    ReductionAccount(campaign.experiment, campaign.plan, finished.summary.digest)
  }

  private func text(of run: Int, _ result: NetworkRunResult) -> String {
    var lines: [String] = []
    let experiment = campaign.experiment
    let arm = experiment.arms[campaign.plan.place(of: run).arm].name
    if !arm.isEmpty { lines.append(arm) }
    if let failure = result.failure {
      lines.append("  failed: \(failure)")
      return lines.joined(separator: "\n")
    }
    let told = reductions.lines(ofRun: run) ?? []
    if experiment.account.isEmpty {
      var table = TextTable(["population", "cells", "spikes", "Hz per cell"])
      for (index, population) in populationNames.enumerated()
      where !(campaign.experiment.network?.circuit.populations[index].isCircuitItself ?? false) {
        let cells = Double(max(1, result.cellCounts[index]))
        let seconds = experiment.duration.value * Double(result.steps) / Double(campaign.stepCount)
        table.add([
          population, "\(result.cellCounts[index])", "\(result.spikeCounts[index])",
          shortNumber(Double(result.spikeCounts[index]) / cells / seconds),
        ])
      }
      lines.append(table.text)
    }
    lines += told
    if result.wasInterrupted { lines.append("  interrupted at step \(result.steps)") }
    lines.append(
      "  \(result.connectionCount) connections built in "
        + "\(ProgressLine.duration(result.buildSeconds)), \(result.steps) steps in "
        + "\(ProgressLine.duration(result.runSeconds))")
    return lines.joined(separator: "\n")
  }

  private var populationNames: [String] {
    campaign.experiment.network?.circuit.populations.map(\.declaration.path) ?? []
  }

  private var closing: String {
    let summary = finished.summary
    var text = "\(summary.progress.done) of \(summary.progress.total) runs done"
    if summary.progress.failed > 0 { text += ", \(summary.progress.failed) failed" }
    text += " in \(ProgressLine.duration(finished.wallSeconds)); wrote \(path)"
    if !written.isEmpty { text += " with \(written.joined(separator: "; "))" }
    if let failure = summary.firstFailure {
      text += "\nfirst failure: run \(failure.run): \(failure.text)"
    }
    return text
  }

  /// What the file has beside the reductions.
  private var written: [String] {
    let experiment = campaign.experiment
    var parts: [String] = []
    if let network = experiment.network, !network.spikes.isEmpty {
      parts.append(
        "the spikes of " + network.spikes.map { populationNames[$0] }.joined(separator: ", "))
    }
    if let recording = experiment.recording, !recording.variables.isEmpty {
      parts.append(
        recording.variables.map(\.path).joined(separator: ", ")
          + " at \(recording.times.count) times")
    }
    return parts
  }

  private var next: String {
    """
    next: afterglow status \(path)
          python3 -c "import xarray; print(xarray.open_dataset('\(path)'))"
    """
  }

  /// What would be run.
  static func preview(_ campaign: NetworkCampaign) -> String {
    let experiment = campaign.experiment
    let circuit = experiment.network?.circuit
    return """
      \(experiment.title)
      circuit \(circuit?.name ?? ""): \
      \(circuit?.populations.count { !$0.isCircuitItself } ?? 0) populations, \
      \(circuit?.projections.count { !$0.isImplicit } ?? 0) projections
      \(campaign.plan.count == 1 ? "1 run" : "\(campaign.plan.count) runs") \
      of \(campaign.stepCount) steps
      """
  }

  /// The result as JSON.
  var report: NetworkReport { NetworkReport(campaign, finished, path: path) }
}

/// What would be run of a circuit, for programs.
struct NetworkPreview: Encodable {
  private let title: String
  private let circuit: String
  private let populations: [String]
  private let projections: [String]
  private let arms: [String]
  private let runs: Int
  private let points: Int
  private let steps: Int
  private let recordedVariables: Int
  private let recordedTimes: Int
  private let reductions: Int

  init(_ campaign: NetworkCampaign) {
    let experiment = campaign.experiment
    guard let subject = experiment.network?.circuit else {
      preconditionFailure("a campaign of a circuit has one")
    }
    title = experiment.title
    circuit = subject.name
    populations = subject.populations.filter { !$0.isCircuitItself }.map(\.declaration.path)
    projections = subject.projections.filter { !$0.isImplicit }.map(\.declaration.path)
    arms = experiment.arms.map(\.name)
    runs = campaign.plan.count
    points = campaign.plan.pointCount
    steps = campaign.stepCount
    recordedVariables = experiment.recording?.variables.count ?? 0
    recordedTimes = experiment.recording?.times.count ?? 0
    reductions = experiment.reductions.count
  }
}

/// The result of running a circuit, for programs.
struct NetworkReport: Encodable {
  struct Run: Encodable {
    var run: Int
    var cells: [String: Int]
    var spikes: [String: Int]
    var connections: Int
    var steps: Int
    var buildSeconds: Double
    var runSeconds: Double
    var reductions: [String: Double]
    var verdict: String?
    var failure: String?
  }

  private var file: String
  private var title: String
  private var runs: Int
  private var done: Int
  private var failed: Int
  private var interrupted: Bool
  private var interpreter: Bool
  private var compileSeconds: Double
  private var wallSeconds: Double
  private var processorSeconds: Double
  /// The first hundred.
  private var results: [Run]

  init(_ campaign: NetworkCampaign, _ finished: FinishedCampaign<NetworkSummary>, path: String) {
    let summary = finished.summary
    let experiment = campaign.experiment
    let names =
      (experiment.network?.circuit.populations ?? []).filter { !$0.isCircuitItself }
      .map(\.declaration.path)
    file = path
    title = experiment.title
    runs = summary.progress.total
    done = summary.progress.done
    failed = summary.progress.failed
    interrupted = summary.wasInterrupted
    interpreter = summary.notes.usesInterpreter
    compileSeconds = summary.notes.compileSeconds
    wallSeconds = finished.wallSeconds
    processorSeconds = finished.processorSeconds
    results = summary.results.map { run, result in
      var values: [String: Double] = [:]
      for (reduction, value) in zip(experiment.reductions, result.reductions) where value.isFinite {
        values[reduction.name] = reduction.unit.value(ofSI: value)
      }
      return Run(
        run: run,
        cells: Dictionary(uniqueKeysWithValues: zip(names, result.cellCounts)),
        spikes: Dictionary(uniqueKeysWithValues: zip(names, result.spikeCounts)),
        connections: result.connectionCount, steps: result.steps,
        buildSeconds: result.buildSeconds, runSeconds: result.runSeconds, reductions: values,
        verdict: result.verdict.flatMap { experiment.verdict?.names[$0] },
        failure: result.failure)
    }
  }
}
