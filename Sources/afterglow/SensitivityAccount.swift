import Experiments
import Storage

/// Indices as tables and as JSON.
struct SensitivityAccount {
  private let report: SensitivityReport

  init(_ report: SensitivityReport) { self.report = report }

  /// More pairs than this are not printed.
  private static let pairLimit = 20

  // MARK: Text

  /// The tables, to be printed.
  var text: String {
    let settings = report.settings
    let block = report.design == "morris" ? "walks" : "base rows"
    var parts = [
      "\(report.title)\n\(report.design): \(report.samples) \(block), \(report.runs) runs; "
        + "\(percent) intervals from \(settings.resamples) bootstrap samples"
    ]
    for entry in report.entries {
      var text = heading(entry) + "\n"
      switch entry.indices {
      case .sobol(let indices): text += table(indices)
      case .morris(let effects): text += table(effects)
      }
      if entry.indices.isIncomplete {
        text += "\nindices with less than half of their \(block) are not given"
      }
      parts.append(text)
    }
    return parts.joined(separator: "\n\n")
  }

  private var percent: String { "\(shortNumber(report.settings.confidence * 100)) %" }

  private func heading(_ entry: SensitivityReport.Entry) -> String {
    var text = entry.output
    if !entry.unit.isEmpty, entry.unit != "1" { text += " [\(entry.unit)]" }
    if !entry.arm.isEmpty { text += ", \(entry.arm)" }
    if let individual = entry.individual { text += ", individual \(individual)" }
    if entry.missing > 0 {
      text += ": \(entry.missing) run\(entry.missing == 1 ? "" : "s") without a result"
      if case .sobol(let indices) = entry.indices {
        text += ", \(indices.wholeRows) of \(indices.rows) base rows are whole"
      }
    }
    return text
  }

  private func table(_ indices: SobolIndices) -> String {
    guard indices.first.contains(where: { $0 != nil }) || indices.deviation > 0 else {
      return "does not vary"
    }
    var table = TextTable(["parameter", "S1", percent, "ST", percent, "rows"])
    for (index, path) in report.parameters.enumerated() {
      table.add(
        [path] + Self.cells(indices.first[index]) + Self.cells(indices.total[index])
          + ["\(indices.first[index]?.rows ?? 0)"])
    }
    guard !indices.second.isEmpty else { return table.text }
    var pairs = TextTable(["pair", "S2", percent, "rows"])
    let sorted = indices.second.enumerated().sorted {
      let (one, other) = ($0.element.estimate?.value, $1.element.estimate?.value)
      return (-(one ?? -.infinity), $0.offset) < (-(other ?? -.infinity), $1.offset)
    }
    for (_, pair) in sorted.prefix(Self.pairLimit) {
      pairs.add(
        ["\(report.parameters[pair.parameters.0]) × \(report.parameters[pair.parameters.1])"]
          + Self.cells(pair.estimate) + ["\(pair.estimate?.rows ?? 0)"])
    }
    let rest =
      sorted.count > Self.pairLimit
      ? "\nthe largest \(Self.pairLimit) of \(sorted.count) pairs; see --json" : ""
    return table.text + "\n\n" + pairs.text + rest
  }

  private func table(_ effects: MorrisEffects) -> String {
    var table = TextTable(["parameter", "mu*", percent, "mu", percent, "sigma", percent, "walks"])
    let sorted = effects.effects.enumerated().sorted {
      let (one, other) = ($0.element?.muStar.value, $1.element?.muStar.value)
      return (-(one ?? -.infinity), $0.offset) < (-(other ?? -.infinity), $1.offset)
    }
    for (index, effect) in sorted {
      table.add(
        [report.parameters[index]] + Self.cells(effect?.muStar) + Self.cells(effect?.mu)
          + Self.cells(effect?.sigma) + ["\(effect?.muStar.rows ?? 0)"])
    }
    return table.text
  }

  /// A value and its interval.
  private static func cells(_ estimate: SampleEstimate?) -> [String] {
    guard let estimate else { return ["not given", ""] }
    return [
      shortNumber(estimate.value),
      "\(shortNumber(estimate.lower)) to \(shortNumber(estimate.upper))",
    ]
  }

  // MARK: JSON

  /// The same as one object.
  var json: some Encodable { JSON(report) }

  private struct JSON: Encodable {
    struct Estimate: Encodable {
      var value: Double
      var lower: Double
      var upper: Double
      var rows: Int

      init?(_ estimate: SampleEstimate?) {
        guard let estimate, estimate.value.isFinite, estimate.lower.isFinite else { return nil }
        value = estimate.value
        lower = estimate.lower
        upper = estimate.upper
        rows = estimate.rows
      }
    }
    struct Parameter: Encodable {
      var name: String
      var first: Estimate?
      var total: Estimate?
      var mu: Estimate?
      var muStar: Estimate?
      var sigma: Estimate?

      enum CodingKeys: String, CodingKey {
        case name, mu, sigma
        case first = "S1"
        case total = "ST"
        case muStar = "mu_star"
      }
    }
    struct Pair: Encodable {
      var names: [String]
      var second: Estimate?

      enum CodingKeys: String, CodingKey {
        case names
        case second = "S2"
      }
    }
    struct Output: Encodable {
      var output: String
      var unit: String
      var arm: String?
      var individual: Int?
      var missing: Int
      var mean: Double?
      var standardDeviation: Double?
      var parameters: [Parameter]
      var pairs: [Pair]?
    }

    var title: String
    var design: String
    var samples: Int
    var runs: Int
    var confidence: Double
    var resamples: Int
    var outputs: [Output]

    init(_ report: SensitivityReport) {
      title = report.title
      design = report.design
      samples = report.samples
      runs = report.runs
      confidence = report.settings.confidence
      resamples = report.settings.resamples
      outputs = report.entries.map { entry in
        var output = Output(
          output: entry.output, unit: entry.unit, arm: entry.arm.isEmpty ? nil : entry.arm,
          individual: entry.individual, missing: entry.missing,
          parameters: report.parameters.map { Parameter(name: $0) })
        switch entry.indices {
        case .sobol(let indices):
          output.mean = indices.mean
          output.standardDeviation = indices.deviation
          for index in report.parameters.indices {
            output.parameters[index].first = Estimate(indices.first[index])
            output.parameters[index].total = Estimate(indices.total[index])
          }
          if !indices.second.isEmpty {
            output.pairs = indices.second.map { pair in
              Pair(
                names: [pair.parameters.0, pair.parameters.1].map { report.parameters[$0] },
                second: Estimate(pair.estimate))
            }
          }
        case .morris(let effects):
          for index in report.parameters.indices {
            let effect = effects.effects[index]
            output.parameters[index].mu = Estimate(effect?.mu)
            output.parameters[index].muStar = Estimate(effect?.muStar)
            output.parameters[index].sigma = Estimate(effect?.sigma)
          }
        }
        return output
      }
    }
  }
}
