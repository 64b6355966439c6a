import ArgumentParser
import Experiments
import Foundation
import ModelLanguage

/// The models and experiments that ship.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the models and experiments that ship, a line each.",
    discussion: """
      EXAMPLE
        afterglow list
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  private struct Entry: Encodable {
    var name: String
    var summary: String
  }

  private struct Listing: Encodable {
    var models: [Entry]
    var experiments: [Entry]
  }

  func run() throws {
    let workplace = Workplace()
    let terminal = Terminal()
    let models = workplace.files(in: "Models", ending: ".model").map {
      Entry(name: $0.name, summary: Self.firstComment(of: $0.path, marker: "///"))
    }
    let experiments = workplace.files(in: "Experiments", ending: ".yaml").map {
      Entry(name: $0.name, summary: Self.title(of: $0.path))
    }
    guard !models.isEmpty || !experiments.isEmpty else {
      terminal.complain("no models found: set AFTERGLOW_HOME to the folder that holds `Models`")
      throw ExitStatus.inputOutput
    }
    if json {
      terminal.print(JSONText.of(Listing(models: models, experiments: experiments)))
      return
    }
    terminal.print("Models (afterglow show NAME)")
    Self.printTable(models, terminal)
    terminal.print("\nExperiments (afterglow run NAME)")
    Self.printTable(experiments, terminal)
  }

  private static func printTable(_ entries: [Entry], _ terminal: Terminal) {
    let width = entries.map(\.name.count).max() ?? 0
    for entry in entries {
      let padding = String(repeating: " ", count: width - entry.name.count)
      terminal.print("  \(entry.name)\(padding)  \(entry.summary)")
    }
  }

  /// The first sentence of the comment before `model` or `circuit`, or else of that before the
  /// first component or neuron.
  private static func firstComment(of path: String, marker: String) -> String {
    guard let text = text(of: path) else { return "" }
    var block: [String] = []
    var best = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      if trimmed.hasPrefix(marker) {
        block.append(
          trimmed.dropFirst(marker.count).trimmingCharacters(in: .whitespaces))
        continue
      }
      let word = trimmed.prefix { $0 != " " }
      let isTop = word == "model" || word == "circuit"
      let isPart = word == "component" || word == "neuron"
      if isTop || (isPart && best.isEmpty) { best = block.joined(separator: " ") }
      block = []
    }
    return best.split(separator: ". ").first.map(String.init) ?? best
  }

  /// The text of a file without a byte order mark.
  private static func text(of path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
  }

  private static func title(of path: String) -> String {
    guard let text = text(of: path) else { return "" }
    let line = text.split(separator: "\n").first { $0.hasPrefix("title:") }
    return line.map { $0.dropFirst(6).trimmingCharacters(in: .whitespaces) } ?? ""
  }
}
