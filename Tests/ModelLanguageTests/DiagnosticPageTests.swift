import Foundation
import Testing

/// The page of diagnostics, the source and the wrong models name the same ids.
@Suite("Page of diagnostics")
struct DiagnosticPageTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Those whose example is too large to keep or needs a file system; `HostileTextTests` has them.
  static let withoutExample: Set<String> = [
    "file-too-large", "import-unreadable", "list-too-large", "model-too-large", "too-many-errors",
  ]

  private func documented() throws -> Set<String> {
    let page = Self.root.appendingPathComponent("Documentation/language/diagnostics.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    return Set(text.matches(of: /\n\| `([a-z0-9-]+)`/).map { String($0.output.1) })
  }

  private func inSource() throws -> Set<String> {
    let folder = Self.root.appendingPathComponent("Sources/ModelLanguage")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var found: Set<String> = []
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /(?:id: |failure\(\s*|\.id = )"([a-z0-9]+(?:-[a-z0-9]+)+)"/) {
        found.insert(String(match.output.1))
      }
      for match in text.matches(of: /id: \w+ \? "([a-z-]+)" : "([a-z-]+)"/) {
        found.formUnion([String(match.output.1), String(match.output.2)])
      }
    }
    return found
  }

  @Test("every id is explained, and nothing else is")
  func page() throws {
    #expect(try documented() == inSource())
  }

  @Test("every id has a wrong model that shows it")
  func examples() throws {
    let folder = WrongModelTests.folder.path
    var shown: Set<String> = []
    for name in WrongModelTests.cases {
      let text = try String(contentsOfFile: "\(folder)/\(name).txt", encoding: .utf8)
      shown.formUnion(text.matches(of: /\ \[([a-z0-9-]+)\]\n/).map { String($0.output.1) })
    }
    #expect(try documented().subtracting(shown) == Self.withoutExample)
  }
}
