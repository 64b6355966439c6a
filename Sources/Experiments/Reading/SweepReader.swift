import Diagnostics
import ModelLanguage
import Units

/// Reads what varies between runs.
struct SweepReader {
  let scope: ModelScope
  let problems: ProblemList
  /// The doses of all arms.
  let doses: [Dose]
  /// What populations replay, in all arms.
  var replays: [Replay] = []
  /// Reads a file beside the experiment; reports one that cannot be read.
  let readFile: (YamlNode) -> SourceFile?

  /// The designs and the settings that each has beside `design`.
  static let settings: [(design: String, keys: [String])] = [
    ("grid", ["parameters"]),
    ("list", ["file"]),
    ("random", ["samples", "seed", "parameters", "correlation", "covariance"]),
    (
      "latin-hypercube",
      ["samples", "seed", "parameters", "correlation", "covariance", "centred", "generator"]
    ),
    ("sobol", ["samples", "seed", "parameters", "correlation", "covariance"]),
    ("sobol-indices", ["samples", "seed", "parameters", "second_order", "sampling"]),
    ("morris", ["trajectories", "levels", "seed", "parameters"]),
  ]
  static let designs = settings.map(\.design)
  static let keys = [
    "design", "samples", "seed", "parameters", "centred", "generator", "file", "correlation",
    "covariance", "second_order", "sampling", "trajectories", "levels",
  ]

  /// The largest numbers of levels and of trajectories.
  private static let levelLimit = 1000
  private static let trajectoryLimit = 1_000_000

  /// A sweep, and the seed that it sets for itself.
  func sweep(_ node: YamlNode) -> (sweep: Sweep, seed: UInt64?)? {
    guard let table = TableReader(node, name: "`sweep`", keys: Self.keys, problems: problems),
      let designNode = table.required("design", help: "it is one of \(listed(Self.designs))"),
      let name = problems.word(designNode, "`design`", among: Self.designs)
    else { return nil }
    let seed = table["seed"].flatMap { problems.seed($0) }
    rejectUnused(table, design: name)
    if name == "list" { return readList(table).map { ($0, seed) } }
    let design = readDesign(name, table)
    let isDrawn = name != "grid"
    var samples = isDrawn ? readSamples(name, table) : 0
    guard let parameters = table.required("parameters", help: "name what varies"),
      let entries = parameters.entries
    else {
      if let node = table["parameters"] {
        problems.error(
          "`parameters` is a table of paths and ranges, found \(node.kindInWords)",
          id: "wrong-type", at: node.range)
      }
      return nil
    }
    guard !entries.isEmpty else {
      problems.error("the sweep varies nothing", id: "empty-sweep", at: parameters.range)
      return nil
    }
    var related: CorrelationReader.Written?
    if Self.settings.contains(where: { $0.design == name && $0.keys.contains("correlation") }) {
      related = readCorrelation(table)
      // Axes whose deviations should be in the matrix cannot be read without it.
      if related == nil, table.has("covariance") { return nil }
    }
    let reader = SweepAxisReader(
      scope: scope, problems: problems, doses: doses, replays: replays,
      drawnBy: isDrawn ? name : nil,
      deviations: related?.deviations ?? [:])
    let axes = entries.compactMap(reader.axis)
    guard axes.count == entries.count, let design else { return nil }
    let correlation = related.flatMap {
      CorrelationReader(problems: problems).correlation($0, of: axes)
    }
    checkDimensions(design, axes.count, at: parameters.range)
    if case .morris = design { checkEnds(of: axes, entries) }
    if !isDrawn {
      let counts = axes.map { axis in
        if case .values(let values) = axis.form { values.count } else { 1 }
      }
      var product = 1
      for count in counts {
        let (value, overflow) = product.multipliedReportingOverflow(by: count)
        product = overflow ? Int.max : value
      }
      guard product <= SweepPoints.limit else {
        problems.error(
          "the grid has more than \(SweepPoints.limit) points", id: "sweep-too-large",
          at: parameters.range)
        return nil
      }
      samples = product
    }
    guard samples > 0 else { return nil }
    let sweep = Sweep(
      design: design, samples: samples, axes: axes, table: nil, correlation: correlation)
    let (points, overflow) = samples.multipliedReportingOverflow(by: sweep.pointsPerSample)
    guard !overflow, points <= SweepPoints.limit else {
      problems.error(
        "the design has more than \(SweepPoints.limit) points: \(samples) times "
          + "\(sweep.pointsPerSample)", id: "sweep-too-large", at: parameters.range)
      return nil
    }
    return (sweep, seed)
  }

  /// Reports settings that the design has no use for.
  private func rejectUnused(_ table: TableReader, design: String) {
    let known = Self.settings.first { $0.design == design }?.keys ?? []
    for key in Self.keys where key != "design" && !known.contains(key) {
      guard let node = table[key] else { continue }
      let help =
        switch (design, key) {
        case ("sobol-indices", "correlation"), ("sobol-indices", "covariance"),
          ("morris", "correlation"), ("morris", "covariance"):
          "these indices are defined for parameters that vary independently"
        case ("morris", "samples"): "say how many walks under `trajectories`"
        default: "leave it out"
        }
      problems.error(
        "a \(design) design has no `\(key)`", id: "unused-setting", at: node.range, help: help)
    }
  }

  /// How many samples, base rows or walks there are; 0 when the file does not say.
  private func readSamples(_ design: String, _ table: TableReader) -> Int {
    if design == "morris" {
      return table.required("trajectories", help: "for example `trajectories: 20`").flatMap {
        problems.integer($0, "`trajectories`", in: 2...Self.trajectoryLimit)
      } ?? 0
    }
    guard
      let node = table.required(
        "samples",
        help: design.hasPrefix("sobol")
          ? "for example `samples: 1024`" : "for example `samples: 1000`")
    else { return 0 }
    let least = design == "sobol-indices" ? 2 : 1
    let samples = problems.integer(node, "`samples`", in: least...SweepPoints.limit) ?? 0
    let isSobol =
      design == "sobol" || design == "sobol-indices" && table["sampling"]?.scalar != "random"
    if isSobol, samples > 0, samples.nonzeroBitCount != 1 {
      let power = 1 << (Int.bitWidth - 1 - samples.leadingZeroBitCount)
      problems.warning(
        "\(samples) samples of a Sobol' sequence are uneven: it is balanced at powers of two",
        id: "unbalanced-samples", at: node.range,
        help: "write \(power) or \(2 * power)")
    }
    return samples
  }

  private func readDesign(_ name: String, _ table: TableReader) -> Sweep.Design? {
    switch name {
    case "grid": return .grid
    case "random": return .random
    case "sobol": return .sobol
    case "sobol-indices":
      let secondOrder =
        table["second_order"].map { problems.boolean($0, "`second_order`") } ?? true
      let words = Sweep.BaseSampling.allCases.map(\.rawValue)
      let sampling =
        table["sampling"].map { problems.word($0, "`sampling`", among: words) } ?? "sobol"
      guard let secondOrder, let chosen = sampling.flatMap(Sweep.BaseSampling.init) else {
        return nil
      }
      return .sobolIndices(secondOrder: secondOrder, sampling: chosen)
    case "morris":
      guard let node = table["levels"] else { return .morris(levels: 4) }
      guard let levels = problems.integer(node, "`levels`", in: 2...Self.levelLimit) else {
        return nil
      }
      guard levels.isMultiple(of: 2) else {
        problems.error(
          "`levels` is an even number, found \(levels)", id: "out-of-range", at: node.range,
          help: "a walk steps across half of the levels: write \(levels - 1) or \(levels + 1)")
        return nil
      }
      return .morris(levels: levels)
    default:
      let centred = table["centred"].map { problems.boolean($0, "`centred`") } ?? false
      let generator =
        table["generator"].map {
          problems.word(
            $0, "`generator`", among: LatinHypercube.Generator.allCases.map(\.rawValue))
        } ?? LatinHypercube.Generator.philox.rawValue
      guard let centred, let generator,
        let chosen = LatinHypercube.Generator(rawValue: generator)
      else { return nil }
      return .latinHypercube(centred: centred, generator: chosen)
    }
  }

  private func readCorrelation(_ table: TableReader) -> CorrelationReader.Written? {
    table.exclusive(["correlation", "covariance"])
    let reader = CorrelationReader(problems: problems)
    if let node = table["covariance"] { return reader.covariance(node) }
    return table["correlation"].flatMap(reader.correlation)
  }

  /// Reports more axes than the Sobol' sequence has dimensions.
  private func checkDimensions(_ design: Sweep.Design, _ count: Int, at range: SourceRange) {
    let limit = SobolDirections.dimensionLimit
    switch design {
    case .sobol where count > limit:
      problems.error(
        "a Sobol' design has at most \(limit) parameters, found \(count)", id: "too-many-axes",
        at: range, help: "use `design: latin-hypercube`")
    case .sobolIndices(_, .sobol) where 2 * count > limit:
      problems.error(
        "a design for Sobol' indices has at most \(limit / 2) parameters, found \(count)",
        id: "too-many-axes", at: range,
        help: "write `sampling: random`, or find those that matter with `design: morris` first")
    default: return
    }
  }

  /// Reports distributions without ends, which walks between the ends cannot use.
  private func checkEnds(of axes: [SweepAxis], _ entries: [YamlNode.Entry]) {
    for (axis, entry) in zip(axes, entries) {
      guard case .distribution(let distribution) = axis.form, !distribution.reachesItsEnds else {
        continue
      }
      problems.error(
        "a morris design steps to the ends of each range, and `\(axis.path)` has none",
        id: "unbounded-range", at: entry.value.range,
        help: "cut it off with `truncated: [low, high]`, or write `[low, high]`")
    }
  }

  /// A design whose points are the rows of a table with a header of `path [unit]`.
  private func readList(_ table: TableReader) -> Sweep? {
    guard let node = table.required("file", help: "name a CSV file"), let name = node.scalar,
      let file = readFile(node), let rows = CommaSeparatedTable(file, problems: problems)
    else { return nil }
    let reader = SweepAxisReader(
      scope: scope, problems: problems, doses: doses, replays: replays, drawnBy: "list")
    var axes: [SweepAxis] = []
    for (column, cell) in rows.header.enumerated() {
      guard
        let axis = reader.column(
          cell, values: rows.rows.map { $0.cells[column] })
      else { continue }
      if axes.contains(where: { $0.path == axis.path }) {
        problems.error(
          "the column `\(axis.path)` is there twice", id: "duplicate-name", at: cell.range)
      }
      axes.append(axis)
    }
    guard axes.count == rows.header.count else { return nil }
    return Sweep(design: .list, samples: rows.rows.count, axes: axes, table: name)
  }
}
