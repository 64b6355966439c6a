import Diagnostics
import ModelLanguage
import Units

/// Reads what varies between runs.
struct SweepReader {
  let scope: ModelScope
  let problems: ProblemList
  /// The doses of all arms.
  let doses: [Dose]
  /// Reads a file beside the experiment; reports one that cannot be read.
  let readFile: (YamlNode) -> SourceFile?

  static let keys = [
    "design", "samples", "seed", "parameters", "centred", "generator", "file",
  ]
  static let designs = ["grid", "list", "random", "latin-hypercube", "sobol"]

  /// A sweep, and the seed that it sets for itself.
  func sweep(_ node: YamlNode) -> (sweep: Sweep, seed: UInt64?)? {
    guard let table = TableReader(node, name: "`sweep`", keys: Self.keys, problems: problems),
      let designNode = table.required("design", help: "it is one of \(listed(Self.designs))"),
      let name = problems.word(designNode, "`design`", among: Self.designs)
    else { return nil }
    let seed = table["seed"].flatMap { problems.integer($0, "`seed`", in: 0...Int.max) }
    rejectUnused(table, design: name)
    if name == "list" { return readList(table).map { ($0, seed.map(UInt64.init)) } }
    let design = readDesign(name, table)
    let isDrawn = name != "grid"
    var samples = 0
    if isDrawn, let node = table.required("samples", help: "for example `samples: 1000`") {
      samples = problems.integer(node, "`samples`", in: 1...SweepPoints.limit) ?? 0
    }
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
    let reader = SweepAxisReader(scope: scope, problems: problems, doses: doses)
    let axes = entries.compactMap { reader.axis($0, isGrid: !isDrawn) }
    guard axes.count == entries.count, let design else { return nil }
    if name == "sobol", axes.count > SobolDirections.dimensionLimit {
      problems.error(
        "a Sobol' design has at most \(SobolDirections.dimensionLimit) parameters, found "
          + "\(axes.count)", id: "too-many-axes", at: parameters.range,
        help: "use `design: latin-hypercube`")
      return nil
    }
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
    let sweep = Sweep(design: design, samples: samples, axes: axes, table: nil)
    return (sweep, seed.map(UInt64.init))
  }

  /// Reports settings that the design has no use for.
  private func rejectUnused(_ table: TableReader, design: String) {
    let unused =
      switch design {
      case "grid": ["samples", "seed", "centred", "generator", "file"]
      case "list": ["samples", "seed", "centred", "generator", "parameters"]
      case "latin-hypercube": ["file"]
      default: ["centred", "generator", "file"]
      }
    for key in unused {
      guard let node = table[key] else { continue }
      problems.error(
        "a \(design) design has no `\(key)`", id: "unused-setting", at: node.range,
        help: "leave it out")
    }
  }

  private func readDesign(_ name: String, _ table: TableReader) -> Sweep.Design? {
    switch name {
    case "grid": return .grid
    case "random": return .random
    case "sobol": return .sobol
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

  /// A design whose points are the rows of a table with a header of `path [unit]`.
  private func readList(_ table: TableReader) -> Sweep? {
    guard let node = table.required("file", help: "name a CSV file"), let name = node.scalar,
      let file = readFile(node), let rows = CommaSeparatedTable(file, problems: problems)
    else { return nil }
    let reader = SweepAxisReader(scope: scope, problems: problems, doses: doses)
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
