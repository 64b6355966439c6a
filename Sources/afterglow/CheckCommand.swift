import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import ModelLanguage

/// Parses and checks without running.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Checks models and experiments without running them.",
    discussion: """
      Names, units and structure are checked; several errors are shown at once.

      EXAMPLE
        afterglow check Models/pharmacology/ketamine.model Experiments/reset.yaml
      """)

  @Argument(help: "Files ending in .model, .yaml or .yml.")
  var files: [String]

  @OptionGroup var overrides: OverrideOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Say nothing when all is well.")
  var quiet = false

  func run() throws {
    let workplace = Workplace()
    let terminal = Terminal(isQuiet: quiet || json)
    var all: [Diagnostic] = []
    var isReadable = true
    for name in files {
      let isModel = name.hasSuffix(".model")
      let path =
        isModel
        ? workplace.find(name, in: "Models", ending: ".model")
        : workplace.find(name, in: "Experiments", ending: ".yaml")
      do throws(FileProblem) {
        let file = try FileLibrary.file(path)
        all += diagnostics(of: file, workplace)
      } catch {
        terminal.complain(
          workplace.problem(
            with: name, in: isModel ? "Models" : "Experiments",
            ending: isModel ? ".model" : ".yaml", error.reason))
        isReadable = false
      }
    }
    if json {
      terminal.print(DiagnosticReport(all).json)
    } else {
      terminal.show(all)
    }
    if !isReadable { throw ExitStatus.inputOutput }
    if all.hasErrors { throw ExitStatus.dataError }
    terminal.say(files.count == 1 ? "\(files[0]): no errors" : "\(files.count) files: no errors")
  }

  private func diagnostics(of file: SourceFile, _ workplace: Workplace) -> [Diagnostic] {
    if file.path.hasSuffix(".model") {
      return workplace.library.load(file).diagnostics
    }
    return Experiment.read(
      file, library: workplace.library, overrides: overrides.overrides
    ).diagnostics
  }
}

/// Diagnostics as one JSON object.
struct DiagnosticReport: Encodable {
  private struct Entry: Encodable {
    var file: String
    var line: Int
    var column: Int
    var severity: String
    var id: String
    var message: String
    var notes: [String]
    var help: [String]
    var fix: String?
  }

  private var diagnostics: [Entry]

  init(_ diagnostics: [Diagnostic]) {
    self.diagnostics = diagnostics.map { diagnostic in
      let position = diagnostic.range.position
      return Entry(
        file: diagnostic.range.file.path, line: position.line, column: position.column,
        severity: diagnostic.severity.rawValue, id: diagnostic.id, message: diagnostic.message,
        notes: diagnostic.notes.map(\.text), help: diagnostic.help, fix: diagnostic.fix?.summary)
    }
  }

  /// The report as text.
  var json: String { JSONText.of(self) }
}

/// JSON with sorted keys.
enum JSONText {
  /// A value as JSON, on one line or laid out over several.
  static func of(_ value: some Encodable, isLine: Bool = false) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if !isLine { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    // Every number has a text, so that nothing is left that could not be encoded.
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("a value of the type \(type(of: value)) cannot be written as JSON")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
