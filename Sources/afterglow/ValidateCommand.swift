import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Simulations

/// Published measurements beside what the models give.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Compares the models with published measurements, a row each.",
    discussion: """
      A row that was used to choose a constant counts as calibration, not as validation. A row that \
      fails is shown as failing, and the exit code is 1.

      EXAMPLES
        afterglow validate
        afterglow validate T1 T3
        afterglow validate circuits --json
      """)

  @Argument(help: "Rows by id, or files of rows; all if not given.")
  var names: [String] = []

  @OptionGroup var simulation: SimulationOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  private struct Entry: Encodable {
    var id: String
    var title: String
    var source: String
    var kind: String
    var published: String
    var accept: [String]
    var value: String
    var verdict: String
    var reason: String?
  }

  func run() throws {
    let terminal = Terminal(isQuiet: json)
    let rows = try chosenCases(terminal).map { validation in
      try validation.run(
        options: CampaignOptions(
          threads: simulation.threadCount, backend: Workplace.backend(simulation.backend)))
    }
    if json {
      terminal.print(JSONText.of(["rows": rows.map(Self.entry)]))
    } else {
      show(rows, terminal)
    }
    if rows.contains(where: { $0.verdict != .pass }) { throw ExitStatus.someFailed }
  }

  private func chosenCases(_ terminal: Terminal) throws -> [ValidationCase] {
    let workplace = Workplace()
    let files = workplace.files(in: "Validation", ending: ".yaml")
    guard !files.isEmpty else {
      terminal.complain("no validations found: set AFTERGLOW_HOME to the folder of `Validation`")
      throw ExitStatus.inputOutput
    }
    var chosen: [ValidationCase] = []
    var known: [String] = []
    var found: Set<String> = []
    for (name, path) in files {
      let file: SourceFile
      do throws(FileProblem) { file = try FileLibrary.file(path) } catch {
        terminal.complain("\(error.path): \(error.reason)")
        throw ExitStatus.inputOutput
      }
      let (cases, diagnostics) = ValidationCase.read(file, library: workplace.library)
      terminal.show(diagnostics)
      if diagnostics.hasErrors { throw ExitStatus.dataError }
      known.append(name)
      known += cases.map(\.id)
      let takesAll = names.isEmpty || names.contains(name)
      if takesAll { found.insert(name) }
      for row in cases where takesAll || names.contains(row.id) {
        chosen.append(row)
        found.insert(row.id)
      }
    }
    for name in names where !found.contains(name) {
      let nearest = nearestName(to: name, among: known)
      terminal.complain(
        "there is no validation `\(name)`" + (nearest.map { "; did you mean `\($0)`?" } ?? ""))
      throw ExitCode.validationFailure
    }
    return chosen
  }

  private static func entry(_ row: ValidationRow) -> Entry {
    let shown = row.shown
    return Entry(
      id: row.id, title: row.title, source: row.source, kind: row.kind.rawValue,
      published: row.published, accept: [shown.low, shown.high], value: shown.value,
      verdict: row.verdict.rawValue, reason: row.reason)
  }

  private func show(_ rows: [ValidationRow], _ terminal: Terminal) {
    var table = TextTable(["id", "what", "published", "accepted", "ours", "kind", "verdict"])
    for row in rows {
      let shown = row.shown
      table.add([
        row.id, row.title, row.published, "\(shown.low) … \(shown.high)", shown.value,
        row.kind.rawValue, row.verdict == .pass ? "pass" : row.verdict.rawValue.uppercased(),
      ])
    }
    terminal.print(table.text)
    for row in rows where row.reason != nil {
      terminal.print("\(row.id): \(row.reason ?? "")")
    }
    let validations = rows.filter { $0.kind == .validation }
    let calibrations = rows.filter { $0.kind == .calibration }
    terminal.print(
      "\n\(validations.count { $0.verdict == .pass }) of \(validations.count) validations and "
        + "\(calibrations.count { $0.verdict == .pass }) of \(calibrations.count) calibrations pass"
    )
  }
}
