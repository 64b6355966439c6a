import Diagnostics
import Foundation
import Testing

@testable import Experiments

/// Experiments that are wrong, and exactly what is said of them.
@Suite("Wrong experiments")
struct WrongExperimentTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Golden/experiments").path

  static let cases: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: folder))?
    .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted() ?? []

  @Test("there are many")
  func areMany() {
    #expect(Self.cases.count > 60)
  }

  @Test("are told apart in the words that were agreed on", arguments: cases)
  func message(name: String) throws {
    let file = try FileLibrary.file("\(Self.folder)/\(name).yaml")
    let (experiment, diagnostics) = Experiment.read(
      file, library: FileLibrary(modelRoots: [Self.folder]))
    let text = DiagnosticPrinter().text(of: diagnostics)
      .replacing(Self.folder + "/", with: "")
    #expect(!diagnostics.isEmpty)
    #expect((experiment == nil) == diagnostics.hasErrors)
    try expectGolden(text, "\(Self.folder)/\(name).txt")
  }

  @Test("a file that is too large is refused")
  func tooLarge() {
    let file = SourceFile(
      path: "large.yaml", bytes: Array(repeating: UInt8(ascii: "a"), count: (16 << 20) + 1))
    let (experiment, diagnostics) = Experiment.read(file, library: FileLibrary(modelRoots: []))
    #expect(experiment == nil)
    #expect(diagnostics.map(\.id) == ["file-too-large"])
  }

  /// A right experiment with a few bytes changed is either still right or told apart.
  @Test("damaged experiments give diagnostics", arguments: 0..<300)
  func damaged(seed: Int) {
    let generator = Philox(seed: UInt64(seed))
    var bytes = Array(ResolvedExperimentTests.text.utf8)
    for change in 0..<(1 + seed % 5) {
      let bits = generator.bits(index: change, dimension: 0, purpose: .randomDesign)
      let position = Int(bits % UInt64(bytes.count))
      switch (bits >> 32) % 3 {
      case 0: bytes.remove(at: position)
      case 1: bytes[position] = bytes[Int((bits >> 40) % UInt64(bytes.count))]
      default: bytes.insert(bytes[Int((bits >> 40) % UInt64(bytes.count))], at: position)
      }
    }
    let (experiment, diagnostics) = Experiment.read(
      SourceFile(path: "damaged.yaml", bytes: bytes),
      library: FileLibrary(mainModel: drugModel, files: []))
    #expect((experiment == nil) == diagnostics.hasErrors)
  }

  @Test("any bytes at all give diagnostics", arguments: 0..<200)
  func anyBytes(seed: Int) {
    let generator = Philox(seed: UInt64(seed))
    let alphabet = Array("abm:- [{}],\n  'model\"&*!|>#%@`~0.5\t?é".utf8)
    let bytes = (0..<400).map { index in
      let bits = generator.bits(index: index, dimension: 0, purpose: .randomDesign)
      return alphabet[Int(bits % UInt64(alphabet.count))]
    }
    let (experiment, diagnostics) = Experiment.read(
      SourceFile(path: "random.yaml", bytes: bytes), library: FileLibrary(modelRoots: []))
    #expect(experiment == nil)
    #expect(!diagnostics.isEmpty)
  }
}

/// Compares a text with a file; with `UPDATE_GOLDEN=1` writes the file, and fails once.
func expectGolden(
  _ text: String, _ path: String, location: SourceLocation = #_sourceLocation
) throws {
  let expected = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1", expected != text {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    Issue.record("\(path) was rewritten: look at the difference", sourceLocation: location)
    return
  }
  #expect(text == expected, sourceLocation: location)
}
