import Diagnostics
import ModelLanguage

/// Reads how virtual individuals differ.
struct IndividualsReader {
  let scope: ModelScope
  let problems: ProblemList
  /// How many individuals the event table has; 1 without a table.
  let tableCount: Int

  static let keys = ["count", "parameters", "sampling", "correlation", "covariance"]
  static let samplings = ["random", "latin-hypercube", "sobol"]
  /// More individuals than this are better a sweep.
  static let limit = 100_000

  func cohort(_ node: YamlNode) -> Cohort? {
    guard
      let table = TableReader(node, name: "`individuals`", keys: Self.keys, problems: problems)
    else { return nil }
    var count = 1
    if let node = table["count"]
      ?? (tableCount > 1 ? nil : table.required("count", help: "for example `count: 200`"))
    {
      count = problems.integer(node, "`count`", in: 1...Self.limit / tableCount) ?? 0
    }
    let sampling =
      table["sampling"].map { problems.word($0, "`sampling`", among: Self.samplings) } ?? "random"
    guard let parameters = table.required("parameters", help: "name what differs") else {
      return nil
    }
    guard let entries = parameters.entries, !entries.isEmpty else {
      problems.error(
        "`parameters` is a table of paths and distributions, found \(parameters.kindInWords)",
        id: "wrong-type", at: parameters.range)
      return nil
    }
    table.exclusive(["correlation", "covariance"])
    let correlations = CorrelationReader(problems: problems)
    let related =
      table["covariance"].map(correlations.covariance)
      ?? table["correlation"].map(correlations.correlation) ?? nil
    if related == nil, table.has("covariance") { return nil }
    let reader = SweepAxisReader(
      scope: scope, problems: problems, doses: [], drawnBy: sampling ?? "random",
      deviations: related?.deviations ?? [:], allowsTypical: true)
    let axes = entries.compactMap { entry -> SweepAxis? in
      guard !entry.key.hasPrefix("dose.") else {
        problems.error(
          "individuals differ in parameters, and `\(entry.key)` is none", id: "not-a-parameter",
          at: entry.keyRange, help: "doses differ between `arms`, or in a `sweep`")
        return nil
      }
      return reader.axis(entry)
    }
    guard axes.count == entries.count, count > 0, let sampling else { return nil }
    let correlation = related.flatMap { correlations.correlation($0, of: axes) }
    let design: Sweep.Design =
      switch sampling {
      case "sobol": .sobol
      case "latin-hypercube": .latinHypercube(centred: false, generator: .philox)
      default: .random
      }
    if design == .sobol, axes.count > SobolDirections.dimensionLimit {
      problems.error(
        "a Sobol' design has at most \(SobolDirections.dimensionLimit) parameters, found "
          + "\(axes.count)", id: "too-many-axes", at: parameters.range,
        help: "use `sampling: latin-hypercube`")
      return nil
    }
    return Cohort(
      count: count,
      draws: Sweep(
        design: design, samples: count * tableCount, axes: axes, table: nil,
        correlation: correlation))
  }
}
