import Diagnostics
import Foundation
import ModelLanguage
import Testing

/// The examples of the language reference and of the README, as a reader would type them.
@Suite("Language reference")
struct LanguageReferenceTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func examples(in path: String) -> [String] {
    let text =
      (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
    return text.components(separatedBy: "```model\n").dropFirst().map {
      $0.components(separatedBy: "\n```")[0]
    }
  }

  @Test(
    "every example is accepted as it stands",
    arguments: ["Documentation/language/README.md", "README.md"])
  func examplesElaborate(path: String) {
    let examples = Self.examples(in: path)
    #expect(!examples.isEmpty)
    for (number, example) in examples.enumerated() {
      let file = SourceFile(path: "example \(number + 1) of \(path)", text: example)
      let (_, diagnostics) = loadModel(file) { _, _ in .failure(.notFound) }
      let text = DiagnosticPrinter().text(of: diagnostics.filter { $0.severity == .error })
      #expect(text.isEmpty, "\(text)")
    }
  }

  @Test("every model that ships is accepted")
  func shippedModels() throws {
    let folder = Self.root.appendingPathComponent("Models")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var count = 0
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "model" else { continue }
      count += 1
      let main = SourceFile(path: file.path, text: try String(contentsOf: file, encoding: .utf8))
      let (_, diagnostics) = loadModel(main) { importing, relative in
        let target = URL(fileURLWithPath: importing).deletingLastPathComponent()
          .appendingPathComponent(relative).standardizedFileURL
        guard let text = try? String(contentsOf: target, encoding: .utf8) else {
          return .failure(.notFound)
        }
        return .success(SourceFile(path: target.path, text: text))
      }
      let errors = diagnostics.filter { $0.severity == .error }
      #expect(errors.isEmpty, "\(DiagnosticPrinter().text(of: errors))")
    }
    #expect(count > 20)
  }
}
