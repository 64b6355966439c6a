import Diagnostics
import Experiments
import Foundation
import Programs
import Simulations
import Storage

/// Where the command finds what it ships with: models, experiments, validations, benchmarks.
struct Workplace {
  /// Folders that hold `Models`, nearest first.
  let roots: [String]

  init() {
    let files = FileManager.default
    let environment = ProcessInfo.processInfo.environment
    var candidates: [String] = []
    if let named = environment["AFTERGLOW_HOME"], !named.isEmpty { candidates.append(named) }
    candidates.append(files.currentDirectoryPath)
    var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    // The executable stands some folders below the package it was built in.
    for _ in 0..<6 {
      candidates.append(folder.path)
      folder.deleteLastPathComponent()
    }
    var seen: Set<String> = []
    roots = candidates.filter { candidate in
      var isFolder: ObjCBool = false
      return files.fileExists(atPath: candidate + "/Models", isDirectory: &isFolder)
        && isFolder.boolValue && seen.insert(candidate).inserted
    }
  }

  /// The folders in which models are looked for by name.
  var modelRoots: [String] { roots.map { $0 + "/Models" } }

  /// Where models and tables are found.
  var library: FileLibrary {
    var library = FileLibrary(modelRoots: modelRoots)
    library.tryReading = { path throws(StorageFailure) in try TrialReading.check(path) }
    return library
  }

  /// A file as it is named, or within the folders of the package, with or without its ending.
  func find(_ name: String, in folder: String, ending: String) -> String {
    let files = FileManager.default
    var candidates = [name]
    if !name.hasSuffix(ending) { candidates.append(name + ending) }
    for root in roots {
      candidates.append("\(root)/\(folder)/\(name)")
      if !name.hasSuffix(ending) { candidates.append("\(root)/\(folder)/\(name)\(ending)") }
    }
    return candidates.first {
      var isFolder: ObjCBool = false
      return files.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
    } ?? name
  }

  /// All files of a kind below a folder of the package, relative to it, sorted.
  func files(in folder: String, ending: String) -> [(name: String, path: String)] {
    guard let root = roots.first else { return [] }
    let base = "\(root)/\(folder)"
    let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted()
      .map { (String($0.dropLast(ending.count)), "\(base)/\($0)") }
  }

  /// What is said of a name that stands for no file.
  func problem(with name: String, in folder: String, ending: String, _ reason: String) -> String {
    let known = files(in: folder, ending: ending).map(\.name)
    let stem = name.hasSuffix(ending) ? String(name.dropLast(ending.count)) : name
    let lasts = known.filter { $0.split(separator: "/").last.map(String.init) == stem }
    let nearest = lasts.first ?? nearestName(to: stem, among: known)
    return "\(name): \(reason)" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
  }

  /// What runs the kernels.
  static func backend(_ choice: BackendChoice) -> Backend {
    switch choice {
    case .interpreter: .interpreter
    case .native:
      .native(KernelToolchain.detect(environment: ProcessInfo.processInfo.environment))
    }
  }
}
