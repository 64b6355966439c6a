import Diagnostics
import Foundation
import Solvers
import Testing

@testable import Experiments

/// An experiment of the net, solved by one method.
///
/// Those in `every-method` are run by each method that there is for their subject; the others are
/// run as they stand. `shipped` has a shortened copy of every experiment that is shipped.
struct NetCase: Sendable, CustomTestStringConvertible {
  static let root = LanguageReferenceTests.root
  static let folder = root.appendingPathComponent("Tests/Golden/net").path
  private static let library = FileLibrary(
    modelRoots: [root.appendingPathComponent("Models").path])

  /// The path within the folder of the net, without the ending.
  var path: String
  /// What takes the place of the method that the file names; `nil` to run it as it stands.
  var method: String?

  var name: String { method.map { "\(path) \($0)" } ?? path }
  var testDescription: String { name }

  /// All cases, by name.
  static let all: [NetCase] = {
    let whole = ["shipped", "one-method"].flatMap(files).map { NetCase(path: $0, method: nil) }
    let divided = files(in: "every-method").flatMap { path in
      methods(of: path).map { NetCase(path: path, method: $0) }
    }
    return (whole + divided).sorted { $0.name < $1.name }
  }()

  static func files(in name: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + name)) ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(name)/\($0.dropLast(5))" }
  }

  /// The methods for a file, told by the one that it is written with.
  private static func methods(of path: String) -> [String] {
    let text = (try? String(contentsOfFile: "\(folder)/\(path).yaml", encoding: .utf8)) ?? ""
    let isModel = text.contains("method: \(Method.rungeKutta4.rawValue)")
    return isModel ? Method.allCases.map(\.rawValue) : CellMethod.allCases.map(\.rawValue)
  }

  /// Reads the experiment.
  func experiment() throws -> Experiment {
    var file = try FileLibrary.file("\(Self.folder)/\(path).yaml")
    if let method {
      let text = file.text.replacing(/method: [a-z0-9-]+/, with: "method: \(method)")
      file = SourceFile(path: file.path, text: text)
    }
    let (found, diagnostics) = Experiment.read(file, library: Self.library)
    return try #require(
      diagnostics.hasErrors ? nil : found, "\(DiagnosticPrinter().text(of: diagnostics))")
  }
}
