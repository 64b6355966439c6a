import Diagnostics
import ModelLanguage
import Networks
import Units

/// Reads what populations replay: for each input that takes recorded spikes, a file or several.
struct ReplayReader {
  let circuit: Circuit
  let problems: ProblemList
  /// The end of the run in s, or `nil` when it is not known.
  let duration: Double?
  let grid: StepGrid?
  /// Finds a table by its path, population and run.
  let readFile: (String, String?, Int?, SourceRange) -> (table: SourceFile, population: String?)?

  /// The largest number of recordings of one input.
  private static let largestCount = 10_000
  static let keys = ["file", "files", "population", "run", "unit"]

  /// The paths of the inputs that take recorded spikes.
  private var paths: [String] {
    circuit.recordedInputs.map {
      circuit.populations[$0.population].cell.inputs[$0.input].declaration.path
    }
  }

  func replays(_ node: YamlNode) -> [Replay] {
    if node.isEmpty { return [] }
    guard let entries = node.entries else {
      problems.error(
        "`replay` is a table of inputs and files, found \(node.kindInWords)", id: "wrong-type",
        at: node.range, help: "for example `replay: {\(paths.first ?? "cells.spikes"): spikes.csv}`"
      )
      return []
    }
    return entries.compactMap { entry in
      guard paths.contains(entry.key) else {
        reportUnknown(entry)
        return nil
      }
      return replay(entry)
    }
  }

  private func reportUnknown(_ entry: YamlNode.Entry) {
    let nearest = problems.nearest(to: entry.key, among: paths)
    problems.error(
      "`\(shortened(entry.key))` takes no recorded spikes", id: "unknown-input",
      at: entry.keyRange,
      help: nearest.map { "did you mean `\($0)`?" }
        ?? (paths.isEmpty
          ? "a neuron takes them by `recorded NAME`, and the circuit has none"
          : "the circuit has \(listed(paths))"))
  }

  private func replay(_ entry: YamlNode.Entry) -> Replay? {
    let name = "the replay of `\(entry.key)`"
    var nodes = [entry.value]
    var table: TableReader?
    if entry.value.entries != nil {
      table = TableReader(entry.value, name: name, keys: Self.keys, problems: problems)
      guard let table else { return nil }
      table.exclusive(["file", "files"])
      if let files = table["files"] {
        guard let elements = files.elements, !elements.isEmpty,
          elements.count <= Self.largestCount
        else {
          problems.error(
            "`files` is a list of files, found \(files.kindInWords)", id: "wrong-type",
            at: files.range, help: "for example `files: [first.csv, second.csv]`")
          return nil
        }
        nodes = elements
      } else {
        guard let file = table.required("file", help: "name a CSV or a SONATA file") else {
          return nil
        }
        nodes = [file]
      }
    } else if entry.value.elements != nil {
      problems.error(
        "\(name) is a file or a table of settings, found a list", id: "wrong-type",
        at: entry.value.range, help: "write `{files: […]}`, and choose among them in `sweep`")
      return nil
    }
    let population = table?["population"].map { problems.text($0, "`population`") }
    let run = table?["run"].map { problems.integer($0, "`run`", in: 0...Int.max) }
    let unitText = table?["unit"].map { problems.text($0, "`unit`") }
    // What is there has to be right.
    if case .some(nil) = population { return nil }
    if case .some(nil) = run { return nil }
    if case .some(nil) = unitText { return nil }
    var unit: PhysicalUnit?
    if let text = unitText ?? nil, let range = table?["unit"]?.range {
      do throws(UnitParsingError) { unit = try PhysicalUnit(parsing: text) } catch {
        problems.error(error.message, id: "unknown-unit", at: range)
        return nil
      }
    }
    var names: [String] = []
    var recordings: [Replay.Recording] = []
    var found: String?
    for node in nodes {
      guard let path = problems.text(node, "`file`"),
        let file = readFile(path, population ?? nil, run ?? nil, node.range),
        let duration, let step = grid?.step.value
      else { return nil }
      names.append(path)
      found = file.population ?? found
      let reader = RecordedSpikesReader(
        unit: unit, duration: duration, timeStep: step, problems: problems)
      guard let recording = reader.recording(file.table) else { return nil }
      recordings.append(recording)
    }
    var settings =
      names.count == 1
      ? [PlainValue.Entry("file", .text(names[0]))]
      : [PlainValue.Entry("files", .list(names.map { .text($0) }))]
    if let found { settings.append(PlainValue.Entry("population", .text(found))) }
    if let run = run ?? nil { settings.append(PlainValue.Entry("run", .integer(run))) }
    if let text = unitText ?? nil { settings.append(PlainValue.Entry("unit", .text(text))) }
    return Replay(
      path: entry.key, recordings: recordings, range: entry.keyRange, written: .table(settings))
  }
}
