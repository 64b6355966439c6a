import Diagnostics
import ModelLanguage

/// Reads which cells of each population are sampled.
extension RecordReader {
  func selections(_ node: YamlNode, of circuit: Circuit) -> [Int: IndexSelection] {
    guard let entries = node.entries else {
      problems.error(
        "`cells` is a table of populations and their cells, found \(node.kindInWords)",
        id: "wrong-type", at: node.range, help: "for example `cells: {\(example(circuit)): 20}`")
      return [:]
    }
    var selections: [Int: IndexSelection] = [:]
    for entry in entries {
      guard
        let population = PopulationNames(circuit).index(
          of: entry.key, at: entry.keyRange, problems: problems),
        let form = problems.selection(entry.value, "`\(entry.key)`", of: "cells")
      else { continue }
      selections[population] = IndexSelection(form: form, range: entry.value.range)
    }
    return selections
  }

  private func example(_ circuit: Circuit) -> String {
    circuit.populations.first?.declaration.path ?? "cells"
  }
}
