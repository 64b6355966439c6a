import Diagnostics
import Foundation
import ModelLanguage

/// Reads which cells are sampled: a count, a range such as `0..9`, or a list.
extension RecordReader {
  /// The largest number of cells of a population.
  private static let most = 100_000_000

  func selections(_ node: YamlNode, of circuit: Circuit) -> [Int: CellSelection] {
    guard let entries = node.entries else {
      problems.error(
        "`cells` is a table of populations and their cells, found \(node.kindInWords)",
        id: "wrong-type", at: node.range, help: "for example `cells: {\(example(circuit)): 20}`")
      return [:]
    }
    var selections: [Int: CellSelection] = [:]
    for entry in entries {
      guard
        let population = PopulationNames(circuit).index(
          of: entry.key, at: entry.keyRange, problems: problems),
        let form = form(entry.value, "`\(entry.key)`")
      else { continue }
      selections[population] = CellSelection(form: form, range: entry.value.range)
    }
    return selections
  }

  private func form(_ node: YamlNode, _ name: String) -> CellSelection.Form? {
    if let elements = node.elements {
      let cells = elements.compactMap {
        problems.integer($0, "a cell of \(name)", in: 0...Self.most)
      }
      guard cells.count == elements.count else { return nil }
      guard !cells.isEmpty else {
        problems.error("\(name) has no cells", id: "out-of-range", at: node.range)
        return nil
      }
      return .chosen(Set(cells).sorted())
    }
    guard let text = node.scalar, let dots = text.range(of: "..") else {
      return problems.integer(node, name, in: 1...Self.most).map { .first($0) }
    }
    let low = Int(text[..<dots.lowerBound].filter { $0 != " " })
    let high = Int(text[dots.upperBound...].filter { $0 != " " && $0 != "." })
    guard let low, let high, 0 <= low, low <= high, high <= Self.most else {
      problems.error(
        "\(name) is a count, a list or a range of cells, found `\(shortened(text))`",
        id: "wrong-type", at: node.range, help: "write a range as `0..9`")
      return nil
    }
    return .chosen(Array(low...high))
  }

  private func example(_ circuit: Circuit) -> String {
    circuit.populations.first?.declaration.path ?? "cells"
  }
}
