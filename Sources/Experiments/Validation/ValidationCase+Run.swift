extension ValidationCase {
  /// Repeats the measurement.
  ///
  /// - Throws: What compiling the model throws.
  public func run(options: CampaignOptions) throws -> ValidationRow {
    let results = CollectedRuns(experiment)
    let summary = try Campaign(experiment, options: options).run(into: results)
    var row = ValidationRow(
      id: id, title: title, source: source, kind: kind, published: published,
      accepted: accepted, unit: unit, value: .nan, verdict: .broken, reason: nil)
    if let failure = summary.firstFailure {
      row.reason = failure.text
      return row
    }
    let values = measures.map { results.reductions[$0.reduction][$0.arm] }
    row.value = evaluate(value, parameters: values)
    row.verdict = accepted.contains(row.value) ? .pass : .fail
    return row
  }
}
