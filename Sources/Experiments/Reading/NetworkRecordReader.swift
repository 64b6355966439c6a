import Diagnostics
import ModelLanguage

/// Reads what is kept of a circuit: spikes, and variables of cells.
extension RecordReader {
  /// The settings of `record` for a circuit.
  static let networkKeys = ["spikes", "weights", "cells"] + keys

  /// Reads `record`; spikes and counts of cells go into the circuit's settings.
  ///
  /// - Returns: What is sampled, or `nil` if only spikes are kept.
  func recording(_ node: YamlNode, network: inout NetworkSubject?) -> Recording? {
    guard let circuit = network?.circuit,
      let table = TableReader(node, name: "`record`", keys: Self.networkKeys, problems: problems)
    else { return nil }
    if let spikes = table["spikes"] { network?.spikes = populations(spikes, of: circuit) }
    if let weights = table["weights"] { network?.weights = projections(weights, of: circuit) }
    if let cells = table["cells"] { network?.cells = selections(cells, of: circuit) }
    guard table.has("variables") || table.has("every") || table.has("times") else { return nil }
    let variables = table.required("variables").map(readVariables) ?? []
    guard let (times, schedule) = readTimes(table) else { return nil }
    for (index, variable) in variables.enumerated()
    where circuit.variable(variable.path) == nil {
      problems.error(
        "`\(variable.path)` is not a variable of cells", id: "not-a-variable",
        at: table["variables"]?.elements?[index].range ?? node.range)
    }
    let precision = table["precision"].flatMap {
      problems.word($0, "`precision`", among: Recording.Precision.allCases.map(\.rawValue))
    }.flatMap(Recording.Precision.init)
    let compression = table["compression"].flatMap {
      problems.integer($0, "`compression`", in: 0...9)
    }
    return Recording(
      variables: variables, times: times, schedule: schedule, precision: precision ?? .single,
      compression: compression ?? 0)
  }

  private func populations(_ node: YamlNode, of circuit: Circuit) -> [Int] {
    if node.scalar == "all" {
      return circuit.populations.indices.filter { circuit.populations[$0].spike != nil }
    }
    guard let elements = node.elements else {
      problems.error(
        "`spikes` is a list of populations, or `all`, found \(node.kindInWords)",
        id: "wrong-type", at: node.range)
      return []
    }
    return elements.compactMap { element in
      guard let name = problems.text(element, "a population"),
        let index = population(name, at: element.range, of: circuit)
      else { return nil }
      guard circuit.populations[index].spike != nil else {
        problems.error(
          "the cells of `\(name)` do not spike", id: "no-spikes", at: element.range)
        return nil
      }
      return index
    }
  }

  private func projections(_ node: YamlNode, of circuit: Circuit) -> [Int] {
    let names = ProjectionNames(circuit)
    if node.scalar == "all" { return names.all }
    guard let elements = node.elements else {
      problems.error(
        "`weights` is a list of projections, or `all`, found \(node.kindInWords)",
        id: "wrong-type", at: node.range)
      return []
    }
    var seen: Set<Int> = []
    return elements.compactMap { element in
      guard let name = problems.text(element, "a projection"),
        let index = names.index(of: name, at: element.range, problems: problems)
      else { return nil }
      guard seen.insert(index).inserted else {
        problems.error(
          "`\(name)` is recorded twice", id: "duplicate-name", at: element.range)
        return nil
      }
      return index
    }
  }

  private func population(_ name: String, at range: SourceRange, of circuit: Circuit) -> Int? {
    PopulationNames(circuit).index(of: name, at: range, problems: problems)
  }
}

/// The names of a circuit's populations.
struct PopulationNames {
  private let names: [String]

  init(_ circuit: Circuit) { names = circuit.populations.map(\.declaration.path) }

  /// The population of a name; reports an unknown one.
  func index(of name: String, at range: SourceRange, problems: ProblemList) -> Int? {
    if let index = names.firstIndex(of: name) { return index }
    let nearest = problems.nearest(to: name, among: names)
    problems.error(
      "the circuit has no population `\(shortened(name))`", id: "unknown-population", at: range,
      help: nearest.map { "did you mean `\($0)`?" } ?? "the populations are \(listed(names))")
    return nil
  }
}

/// The names of the projections of spikes that a circuit has.
struct ProjectionNames {
  private let circuit: Circuit

  init(_ circuit: Circuit) { self.circuit = circuit }

  /// The projections of spikes, by index.
  var all: [Int] {
    circuit.projections.indices.filter {
      guard case .spikes = circuit.projections[$0].signal else { return false }
      return !circuit.projections[$0].isImplicit
    }
  }

  /// The projection of a name; reports one that is unknown or has no spikes.
  func index(of name: String, at range: SourceRange, problems: ProblemList) -> Int? {
    func path(_ index: Int) -> String { circuit.projections[index].declaration.path }
    if let index = all.first(where: { path($0) == name }) { return index }
    let isContinuous = circuit.projections.contains {
      !$0.isImplicit && $0.declaration.path == name
    }
    guard !isContinuous else {
      problems.error(
        "no spikes run along `\(shortened(name))`, so that its weights are not kept",
        id: "no-spikes", at: range)
      return nil
    }
    let names = all.map(path)
    let nearest = problems.nearest(to: name, among: names)
    problems.error(
      "the circuit has no projection `\(shortened(name))`", id: "unknown-projection", at: range,
      help: nearest.map { "did you mean `\($0)`?" }
        ?? (names.isEmpty
          ? "it has no projections of spikes" : "its projections of spikes are \(listed(names))"))
    return nil
  }
}
