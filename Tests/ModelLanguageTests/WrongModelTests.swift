import Diagnostics
import Foundation
import ModelLanguage
import Testing

/// Models that are wrong, and exactly what is said of them.
@Suite("Wrong models")
struct WrongModelTests {
  static let folder = ModelFolder(
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Golden/diagnostics").path)

  static let cases = folder.modelNames

  @Test("there are many")
  func areMany() {
    #expect(Self.cases.count >= 45)
  }

  @Test("are told apart in the words that were agreed on", arguments: cases)
  func message(name: String) throws {
    let file = try #require(Self.folder.file("\(name).model"))
    let (loaded, diagnostics) = load(file, resolver: Self.folder.resolver)
    #expect(!diagnostics.isEmpty)
    let isLibrary = diagnostics.contains { $0.id == "nothing-to-run" }
    #expect((loaded == nil) == (diagnostics.hasErrors || isLibrary))
    try expectGolden(
      DiagnosticPrinter().text(of: diagnostics), "\(Self.folder.path)/\(name).txt")
  }

  @Test("a diagnostic is the same in colour, apart from the colour")
  func color() throws {
    let file = try #require(Self.folder.file("add_voltage_and_current.model"))
    let diagnostics = load(file, resolver: Self.folder.resolver).diagnostics
    let colored = DiagnosticPrinter(style: .colored).text(of: diagnostics)
    #expect(colored.contains("\u{1B}[1;31m"))
    #expect(
      colored.replacing(/\u{1B}\[[0-9;]*m/, with: "") == DiagnosticPrinter().text(of: diagnostics))
  }
}

/// A folder of model files, in which imports are looked up.
struct ModelFolder: Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  /// The names of the models directly in the folder, without their ending.
  var modelNames: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
      .filter { $0.hasSuffix(".model") }.map { String($0.dropLast(6)) }.sorted()
  }

  /// A file by its path in the folder, which is also what it is called.
  func file(_ name: String) -> SourceFile? {
    FileManager.default.contents(atPath: "\(path)/\(name)").map {
      SourceFile(path: name, bytes: Array($0))
    }
  }

  /// Finds imports in the folder, and none outside.
  func resolver(importing: String, relative: String) -> Result<SourceFile, ImportFailure> {
    var parts = importing.split(separator: "/").dropLast().map(String.init)
    for part in relative.split(separator: "/") {
      if part == ".." {
        guard parts.popLast() != nil else { return .failure(.outsideRoots) }
      } else if part != "." {
        parts.append(String(part))
      }
    }
    return file(parts.joined(separator: "/")).map { .success($0) } ?? .failure(.notFound)
  }
}

/// Expects a text to be that of a file, which `UPDATE_GOLDEN=1` rewrites, and then fails once.
func expectGolden(
  _ text: String, _ path: String, location: SourceLocation = #_sourceLocation
) throws {
  #expect(text.utf8.count { $0 == 10 } <= 200, sourceLocation: location)
  let expected = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1", expected != text {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    Issue.record("\(path) was rewritten: look at the difference", sourceLocation: location)
    return
  }
  #expect(text == expected, sourceLocation: location)
}
