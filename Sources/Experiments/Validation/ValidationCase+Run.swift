extension ValidationCase {
  /// Repeats the measurement.
  ///
  /// - Throws: What compiling the model throws.
  public func run(options: CampaignOptions) throws -> ValidationRow {
    var row = ValidationRow(
      id: id, title: title, source: source, kind: kind, published: published,
      accepted: accepted, unit: unit, value: .nan, verdict: .broken, reason: nil)
    let failure: String?
    let values: [Double]
    if let campaign = NetworkCampaign(experiment, options: options) {
      let summary = try campaign.run(into: nil)
      failure = summary.firstFailure?.text
      values = measures.map { summary.results[$0.arm].result.reductions[$0.reduction] }
    } else {
      let results = CollectedRuns(experiment)
      failure = try Campaign(experiment, options: options).run(into: results).firstFailure?.text
      values = measures.map { results.reductions[$0.reduction][$0.arm] }
    }
    if let failure {
      row.reason = failure
      return row
    }
    row.value = evaluate(value, parameters: values)
    row.verdict = accepted.contains(row.value) ? .pass : .fail
    return row
  }
}
