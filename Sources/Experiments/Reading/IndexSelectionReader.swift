import Diagnostics
import Foundation

// Reads which of some numbered things are meant: a count, a range such as `0..9`, or a list.
extension ProblemList {
  /// Reads which of some numbered things are meant.
  ///
  /// - Parameters:
  ///   - node: What stands there.
  ///   - name: What it is called in messages.
  ///   - noun: The things, in the plural.
  /// - Returns: Which are meant; `nil`, reported, if that is not what stands there.
  func selection(_ node: YamlNode, _ name: String, of noun: String) -> IndexSelection.Form? {
    // No experiment has more of anything.
    let most = 1_000_000_000
    if let elements = node.elements {
      let indices = elements.compactMap {
        integer($0, "one of the \(noun) of \(name)", in: 0...most)
      }
      guard indices.count == elements.count else { return nil }
      guard !indices.isEmpty else {
        error("\(name) has no \(noun)", id: "out-of-range", at: node.range)
        return nil
      }
      var seen: Set<Int> = []
      for (element, index) in zip(elements, indices) where !seen.insert(index).inserted {
        error("\(index) stands twice in \(name)", id: "duplicate-name", at: element.range)
      }
      guard seen.count == indices.count else { return nil }
      return .chosen(seen.sorted())
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
    if let low, let high, low > high, high >= 0 {
      error(
        "\(name) goes from \(low) down to \(high)", id: "out-of-range", at: node.range,
        help: "write the smaller number first: `\(high)..\(low)`")
      return nil
    }
    guard let low, let high, 0 <= low, high <= most else {
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
