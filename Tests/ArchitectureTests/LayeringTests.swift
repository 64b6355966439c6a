import Foundation
import Testing

/// The module table of ARCHITECTURE.md, in a form that fails when the code disagrees.
@Suite("Layering")
struct LayeringTests {
  static let allowedImports: [String: Set<String>] = [
    "Units": [],
    "Diagnostics": [],
    "Programs": ["CElementwise"],
    "ModelLanguage": ["Units", "Diagnostics"],
    "Solvers": ["Programs"],
    "Datasets": ["Units"],
    "Dynamics": ["ModelLanguage", "Solvers", "Programs"],
    "LinearAlgebra": ["Programs"],
    "Networks": ["Dynamics", "ModelLanguage", "Solvers", "Programs", "Diagnostics", "Units"],
    "Simulations": [
      "Dynamics", "LinearAlgebra", "ModelLanguage", "Solvers", "Programs", "Units",
    ],
    "Storage": ["Datasets", "CHDF5", "Units"],
    "Experiments": [
      "Simulations", "Networks", "Dynamics", "Solvers", "Programs", "Storage", "Datasets",
      "ModelLanguage", "Units", "Diagnostics", "Yams",
    ],
    "afterglow": [
      "Experiments", "Simulations", "Networks", "Dynamics", "Solvers", "Programs", "Storage",
      "Datasets", "ModelLanguage", "Units", "Diagnostics", "LinearAlgebra", "ArgumentParser",
      "Dispatch",
    ],
  ]
  /// The system's own library under its names, and atomic values.
  static let everywhere: Set<String> = ["Glibc", "Musl", "Darwin", "Synchronization"]
  /// From the fifth layer on; below, Foundation would cost start-up time and portability.
  static let mayUseFoundation: Set<String> = ["Storage", "Experiments", "afterglow"]

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test("a module imports only what the table allows", arguments: allowedImports.keys.sorted())
  func imports(of module: String) throws {
    let folder = Self.root.appendingPathComponent("Sources/\(module)")
    let files = try Self.swiftFiles(under: folder)
    try #require(!files.isEmpty, "no sources found for \(module)")
    var allowed = Self.everywhere.union(Self.allowedImports[module, default: []])
    if Self.mayUseFoundation.contains(module) {
      allowed.formUnion(["Foundation", "FoundationEssentials"])
    }
    for file in files {
      let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: .newlines)
      for (number, line) in zip(1..., lines) {
        guard let match = line.firstMatch(of: /^\s*(?:[@\w()]+\s+)*?import\s+(?:\w+\s+)?(\w+)/)
        else { continue }
        let imported = String(match.output.1)
        #expect(
          allowed.contains(imported),
          "\(file.lastPathComponent):\(number): \(module) may not import \(imported)")
      }
    }
  }

  @Test("every module of the package has a row in the table")
  func rows() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appendingPathComponent("Sources").path)
    let swift = folders.filter { !$0.hasPrefix("C") && !$0.hasPrefix(".") }
    #expect(Set(swift) == Set(Self.allowedImports.keys))
  }

  static func swiftFiles(under folder: URL) throws -> [URL] {
    let enumerator = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    var files: [URL] = []
    while let file = enumerator?.nextObject() as? URL {
      if file.pathExtension == "swift" { files.append(file) }
    }
    return files.sorted { $0.path < $1.path }
  }
}
