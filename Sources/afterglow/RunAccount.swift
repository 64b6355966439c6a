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
    var parts = [experiment.title]
    if plan.count > experiment.arms.count * plan.individualCount {
      parts.append(sweepText)
    } else {
      parts += armTexts
    }
    parts.append(closing)
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

  // MARK: A few runs

  private var armTexts: [String] {
    experiment.arms.indices.map { arm in
      let name = experiment.arms[arm].name
      let run = arm * plan.individualCount * plan.pointCount
      var lines: [String] = []
      if !name.isEmpty { lines.append(name) }
      guard let values = finished.digest.reductions(of: run) else {
        return (lines + ["  not run, or failed"]).joined(separator: "\n")
      }
      if experiment.reductions.isEmpty {
        lines.append("  recorded, nothing reduced: open the file to see it")
      } else if experiment.account.isEmpty {
        let width = experiment.reductions.map(\.name.count).max() ?? 0
        for (index, reduction) in experiment.reductions.enumerated() {
          let padding = String(repeating: " ", count: width - reduction.name.count)
          lines.append("  \(reduction.name)\(padding)  \(shown(values[index], index))")
        }
      } else {
        for sentence in experiment.account {
          lines.append("  " + sentence.text { shown(values[$0], $0) })
        }
      }
      if let verdict = experiment.verdict, let index = finished.digest.verdict(of: run) {
        lines.append("  Verdict: \(verdict.names[index])")
      }
      return lines.joined(separator: "\n")
    }
  }

  private func shown(_ value: Double, _ reduction: Int) -> String {
    let unit = experiment.reductions[reduction].unit
    if unit.dimensions == PhysicalUnit.second.dimensions { return Self.time(value) }
    let number = shortNumber(unit.value(ofSI: value))
    return unit.symbol == "1" || unit.symbol.isEmpty ? number : "\(number) \(unit.symbol)"
  }

  /// A time in the unit in which it has few digits.
  private static func time(_ seconds: Double) -> String {
    let units: [(limit: Double, scale: Double, symbol: String)] = [
      (1, 1e-3, "ms"), (120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h"),
    ]
    guard seconds != 0 else { return "0 s" }
    let chosen = units.first { abs(seconds) < $0.limit } ?? (.infinity, 86400, "d")
    return "\(shortNumber(seconds / chosen.scale)) \(chosen.symbol)"
  }

  // MARK: Sweeps

  private var sweepText: String {
    guard let verdict = experiment.verdict else {
      return "\(plan.count) runs; open the file to see them"
    }
    var lines: [String] = []
    for (arm, treatment) in experiment.arms.enumerated() {
      let runs =
        arm * plan.individualCount * plan.pointCount..<(arm + 1) * plan.individualCount
        * plan.pointCount
      var counts = Array(repeating: 0, count: verdict.names.count)
      for run in runs {
        if let index = finished.digest.verdict(of: run) { counts[index] += 1 }
      }
      let parts = zip(verdict.names, counts).map { "\($0): \($1)" }
      let prefix = treatment.name.isEmpty ? "" : "\(treatment.name): "
      lines.append(prefix + parts.joined(separator: ", "))
      if let boundary = boundary(of: arm, verdict.names[0]) { lines.append(boundary) }
    }
    return lines.joined(separator: "\n\n")
  }

  /// For a grid: the smallest value of the first axis with the first verdict, over the others.
  private func boundary(of arm: Int, _ name: String) -> String? {
    guard let sweep = experiment.sweep, sweep.design == .grid, plan.sweepShape.count >= 2,
      plan.sweepShape.count <= 3, plan.individualCount == 1
    else { return nil }
    let shape = plan.sweepShape
    let axes = sweep.axes
    let values = axes.indices.map { axis in Self.distinct(plan.values(onAxis: axis)) }
    let first = arm * plan.pointCount
    func label(_ axis: Int, _ index: Int) -> String {
      let unit = axes[axis].unit
      let number = shortNumber(unit.value(ofSI: values[axis][index]))
      return unit.symbol == "1" ? number : "\(number) \(unit.symbol)"
    }
    let rowAxis = shape.count - 1
    let columnAxis = shape.count == 3 ? 1 : -1
    let columns = columnAxis < 0 ? 1 : shape[1]
    var headings = [axes[rowAxis].path]
    if columnAxis >= 0 {
      headings += (0..<columns).map { label(1, $0) }
    } else {
      headings.append("smallest \(axes[0].path)")
    }
    var table = TextTable(headings)
    for row in 0..<shape[rowAxis] {
      var cells = [label(rowAxis, row)]
      for column in 0..<columns {
        let smallest = (0..<shape[0]).first { index in
          let point =
            columnAxis < 0
            ? index * shape[1] + row : (index * shape[1] + column) * shape[2] + row
          return finished.digest.verdict(of: first + point) == 0
        }
        cells.append(smallest.map { label(0, $0) } ?? "none")
      }
      table.add(cells)
    }
    let over = columnAxis < 0 ? "" : ", by \(axes[1].path) (columns)"
    return "smallest \(axes[0].path) with the verdict `\(name)`\(over):\n" + table.text
  }

  private static func distinct(_ values: [Double]) -> [Double] {
    var seen: Set<Double> = []
    return values.filter { seen.insert($0).inserted }
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
    recordedMegabytes =
      Double(plan.count) * Double(recordedTimes) * Double(recordedVariables) * 8e-6
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
        "records \(count(recordedVariables, "variable")) at \(count(recordedTimes, "time")): "
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
    var reductions: [String: Double]
    var verdict: String?
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
  private var units: [String: String]
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
    units = [:]
    for reduction in experiment.reductions { units[reduction.name] = reduction.unit.symbol }
    arms = []
    let plan = RunPlan(experiment)
    guard plan.count == experiment.arms.count else { return }
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
