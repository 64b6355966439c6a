import Diagnostics
import Foundation
import ModelLanguage

/// Reads which cells are sampled: a count, a range such as `0..9`, or a list.
extension RecordReader {
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
        let form = problems.selection(entry.value, "`\(entry.key)`", of: "cells")
      else { continue }
      selections[population] = CellSelection(form: form, range: entry.value.range)
    }
    return selections
  }

  private func example(_ circuit: Circuit) -> String {
    circuit.populations.first?.declaration.path ?? "cells"
  }
}

extension ProblemList {
  /// Reads which of some numbered things are meant.
  ///
  /// - Parameters:
  ///   - node: What stands there.
  ///   - name: What it is called in messages.
  ///   - noun: The things, in the plural.
  /// - Returns: Which are meant; `nil`, reported, if that is not what stands there.
  func selection(_ node: YamlNode, _ name: String, of noun: String) -> CellSelection.Form? {
    // No experiment has more of anything.
    let most = 1_000_000_000
    if let elements = node.elements {
      let cells = elements.compactMap {
        integer($0, "one of the \(noun) of \(name)", in: 0...most)
      }
      guard cells.count == elements.count else { return nil }
      guard !cells.isEmpty else {
        error("\(name) has no \(noun)", id: "out-of-range", at: node.range)
        return nil
      }
      return .chosen(Set(cells).sorted())
    }
    guard let text = node.scalar, let dots = text.range(of: "..") else {
      guard let text = node.scalar, Int(text) == nil else {
        return integer(node, name, in: 1...most).map { .first($0) }
      }
      reportForm(name, noun, text, at: node.range)
      return nil
    }
    let low = Int(text[..<dots.lowerBound].filter { $0 != " " })
    let high = Int(text[dots.upperBound...].filter { $0 != " " && $0 != "." })
    guard let low, let high, 0 <= low, low <= high, high <= most else {
      reportForm(name, noun, text, at: node.range)
      return nil
    }
    return .range(low...high)
  }

  private func reportForm(_ name: String, _ noun: String, _ text: String, at range: SourceRange) {
    error(
      "\(name) is a count, a list or a range of \(noun), found `\(shortened(text))`",
      id: "wrong-type", at: range, help: "write a range as `0..9`")
  }
}
