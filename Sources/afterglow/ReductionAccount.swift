import Experiments
import Units

/// What the reductions of runs are told to people as: sentences, numbers, verdicts.
struct ReductionAccount {
  private let experiment: Experiment
  private let plan: RunPlan
  private let digest: RunDigest

  init(_ experiment: Experiment, _ plan: RunPlan, _ digest: RunDigest) {
    self.experiment = experiment
    self.plan = plan
    self.digest = digest
  }

  // MARK: A few runs

  /// The name of an arm and what its first run gave.
  func text(ofArm arm: Int) -> String {
    let name = experiment.arms[arm].name
    if plan.individualCount > 1 { return individualsText(ofArm: arm) }
    let run = arm * plan.individualCount * plan.pointCount
    let lines = lines(ofRun: run) ?? ["  not run, or failed"]
    return ((name.isEmpty ? [] : [name]) + lines).joined(separator: "\n")
  }

  /// What the individuals of an arm gave: the middle and the spread of each reduction, and how many
  /// have which verdict.
  private func individualsText(ofArm arm: Int) -> String {
    let name = experiment.arms[arm].name
    let spreads = digest.spreads(arm: arm, in: plan, reductions: experiment.reductions.count)
    var table = TextTable(["reduction", "mean", "SD", "median", "5 to 95 %", "individuals"])
    for (index, spread) in spreads.enumerated() {
      let isThere = spread.count > 0
      table.add([
        experiment.reductions[index].name, isThere ? shown(spread.mean, index) : "none",
        spread.count > 1 ? shown(spread.standardDeviation, index) : "",
        isThere ? shown(spread.median, index) : "",
        isThere ? "\(shown(spread.lower, index)) to \(shown(spread.upper, index))" : "",
        "\(spread.count)",
      ])
    }
    var lines = name.isEmpty ? [] : [name]
    lines += table.text.split(separator: "\n").map { "  " + $0 }
    if let verdict = experiment.verdict {
      let first = arm * plan.individualCount * plan.pointCount
      let counts = verdict.names.indices.map { index in
        (0..<plan.individualCount).count {
          digest.verdict(of: first + $0 * plan.pointCount) == index
        }
      }
      let parts = zip(verdict.names, counts).map { "\($0): \($1)" }
      lines.append("  Verdicts: " + parts.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }

  /// The sentences or numbers of a finished run, and the verdict on it; `nil` for another.
  func lines(ofRun run: Int) -> [String]? {
    guard let values = digest.reductions(of: run) else { return nil }
    var lines: [String] = []
    if experiment.reductions.isEmpty, experiment.network == nil {
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
    if let verdict = experiment.verdict, let index = digest.verdict(of: run) {
      lines.append("  Verdict: \(verdict.names[index])")
    }
    return lines
  }

  private func shown(_ value: Double, _ reduction: Int) -> String {
    // Such as spikes per burst where there is no burst.
    if value.isNaN { return "none" }
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

  /// What a sweep is told as: its verdicts, and for grids where they change; without verdicts how far
  /// the reductions reach.
  var sweepText: String {
    guard let verdict = experiment.verdict else {
      if experiment.reductions.isEmpty { return "\(plan.count) runs; open the file to see them" }
      return experiment.arms.indices.map(rangesText).joined(separator: "\n\n")
    }
    var lines: [String] = []
    for (arm, treatment) in experiment.arms.enumerated() {
      let runs = runs(ofArm: arm)
      var counts = Array(repeating: 0, count: verdict.names.count)
      for run in runs {
        if let index = digest.verdict(of: run) { counts[index] += 1 }
      }
      let parts = zip(verdict.names, counts).map { "\($0): \($1)" }
      let prefix = treatment.name.isEmpty ? "" : "\(treatment.name): "
      lines.append(prefix + parts.joined(separator: ", "))
      if let boundary = boundary(of: arm, verdict.names[0]) { lines.append(boundary) }
    }
    return lines.joined(separator: "\n\n")
  }

  private func runs(ofArm arm: Int) -> Range<Int> {
    let count = plan.individualCount * plan.pointCount
    return arm * count..<(arm + 1) * count
  }

  /// The smallest, the middle and the largest value of each reduction in the runs of an arm.
  private func rangesText(ofArm arm: Int) -> String {
    let name = experiment.arms[arm].name
    let found = runs(ofArm: arm).compactMap { digest.reductions(of: $0) }
    var table = TextTable(["reduction", "smallest", "median", "largest", "runs"])
    for (index, reduction) in experiment.reductions.enumerated() {
      let values = found.map { $0[index] }.filter(\.isFinite).sorted()
      guard let first = values.first, let last = values.last else {
        table.add([reduction.name, "none", "", "", "0"])
        continue
      }
      table.add([
        reduction.name, shown(first, index), shown(median(ofSorted: values), index),
        shown(last, index), "\(values.count)",
      ])
    }
    let lines = table.text.split(separator: "\n").map { name.isEmpty ? "\($0)" : "  \($0)" }
    return ((name.isEmpty ? [] : [name]) + lines).joined(separator: "\n")
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
          return digest.verdict(of: first + point) == 0
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
