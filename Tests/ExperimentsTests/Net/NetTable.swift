import Foundation
import Simulations

@testable import Experiments

/// The recorded hashes of all cases.
///
/// At the top stands by hand why bits have changed: for each mend a line that begins with the
/// version of the numerics it made. Below, each case has the hash of what its runs follow from, that
/// of the whole file and a line for each array, which says since which version it has these values.
struct NetTable {
  /// The values of one array.
  struct Line: Equatable {
    var name: String
    /// Its type, shape and unit.
    var form: String
    /// The version of the numerics since which the values are these.
    var since: Int
    var hash: String

    /// Texts say why runs failed; they are no numbers that a version stands for.
    var hasNumbers: Bool { !form.hasPrefix("text") }
  }

  /// What is recorded of one case.
  struct Section: Equatable {
    var name: String
    /// Over what the runs follow from, the version of the numerics left out.
    var runs: String
    /// How many runs ended in which way.
    var ends: String
    var file: String
    var lines: [Line]
  }

  /// What a table's text is not.
  struct Unreadable: Error { var line: String }

  /// Why bits have changed, line by line, and what else is said at the top.
  var head: [String]
  /// The version of the numerics that recorded the table last.
  var version: Int
  var sections: [Section]

  private static let mark = "recorded by version "

  init(_ text: String) throws {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let end = lines.firstIndex { $0.hasPrefix(Self.mark) } ?? lines.endIndex
    head = Array(lines[..<end])
    guard end < lines.endIndex, let version = Int(lines[end].dropFirst(Self.mark.count)) else {
      throw Unreadable(line: "\(Self.mark)…")
    }
    self.version = version
    lines.removeFirst(end + 1)
    sections = try lines.split(separator: "").map { try Self.section(Array($0)) }
  }

  private static func section(_ lines: [String]) throws -> Section {
    func entry(_ place: Int, _ key: String) throws -> String {
      guard place < lines.count, lines[place].hasPrefix("  \(key) ") else {
        throw Unreadable(line: lines[0] + ": " + key)
      }
      return lines[place].dropFirst(key.count + 2).trimmingCharacters(in: .whitespaces)
    }
    return Section(
      name: lines[0], runs: try entry(1, "runs"), ends: try entry(2, "ends"),
      file: try entry(3, "file"),
      lines: try lines.dropFirst(4).map { line in
        let words = line.split(separator: " ").map(String.init)
        guard words.count >= 5, let since = Int(words[words.count - 2]) else {
          throw Unreadable(line: line)
        }
        return Line(
          name: words[0], form: words[1..<words.count - 2].joined(separator: " "), since: since,
          hash: words[words.count - 1])
      })
  }

  var text: String {
    let parts = sections.sorted { $0.name < $1.name }.map(\.text)
    return head.map { $0 + "\n" }.joined() + "\(Self.mark)\(version)\n\n"
      + parts.joined(separator: "\n")
  }

  /// The versions for which the top says why bits changed.
  var explained: Set<Int> {
    Set(
      head.compactMap { line in
        let words = line.split(separator: " ", maxSplits: 1)
        return words.count == 2 ? Int(words[0]) : nil
      })
  }

  /// What a case should be recorded as, and which numbers are others without another version.
  ///
  /// The same runs may give other numbers only if the version is another one: finished runs are
  /// taken over where what they follow from and the version agree.
  ///
  /// - Parameters:
  ///   - found: What the case gives now.
  ///   - current: The version of the numerics now.
  /// - Returns: The section with its versions, and the names of arrays that may not have changed.
  func comparison(of found: Section, by current: Int) -> (section: Section, unannounced: [String]) {
    let old = sections.first { $0.name == found.name }
    var section = found
    var unannounced: [String] = []
    for (place, line) in found.lines.enumerated() {
      guard let before = old?.lines.first(where: { $0.name == line.name }) else { continue }
      if before.hash == line.hash {
        section.lines[place].since = before.since
      } else if line.hasNumbers, old?.runs == found.runs, version == current {
        unannounced.append(line.name)
      }
    }
    return (section, unannounced)
  }
}

extension NetTable.Section {
  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  var text: String {
    var result = "\(name)\n  runs \(runs)\n  ends \(ends)\n  file \(file)\n"
    for line in lines {
      result +=
        "  " + Self.padded(line.name, 38) + Self.padded(line.form, 30) + "\(line.since) "
        + line.hash + "\n"
    }
    return result
  }
}
