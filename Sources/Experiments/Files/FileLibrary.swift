public import Diagnostics
import Foundation
public import ModelLanguage
public import Storage

/// Where the models and tables of experiments come from: folders on disk, or texts that a result
/// file kept.
public struct FileLibrary: Sendable {
  private enum Place: Sendable {
    case disk(modelRoots: [String])
    case stored(mainModel: SourceFile, files: [String: SourceFile])
  }

  private let place: Place
  /// Called before an HDF5 file is read, to refuse one that the library for it would not survive.
  public var tryReading: @Sendable (String) throws(StorageFailure) -> Void = { _ in }

  /// The largest size of an experiment, and that of a table, in bytes.
  static let textLimit = 16 << 20
  static let tableLimit = 256 << 20

  /// Finds files beside an experiment and in folders of models.
  ///
  /// - Parameter modelRoots: Folders whose models can be named by their path within them.
  public init(modelRoots: [String]) {
    place = .disk(modelRoots: modelRoots.map(normalized))
  }

  /// Finds files among kept texts.
  ///
  /// - Parameters:
  ///   - mainModel: The file of the experiment's model.
  ///   - files: The files that it imports, and the experiment's tables, by their paths.
  public init(mainModel: SourceFile, files: [SourceFile]) {
    place = .stored(
      mainModel: mainModel,
      files: Dictionary(
        (files + [mainModel]).map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first }))
  }

  /// Reads a file such as an experiment from disk.
  ///
  /// - Throws: `FileProblem` when it is missing, no regular file, too large or unreadable.
  public static func file(_ path: String) throws(FileProblem) -> SourceFile {
    try read(path, limit: textLimit)
  }

  /// Reads a model or a circuit by itself.
  ///
  /// - Parameter main: Its file; imports and tables may come from its folder and the library's
  ///   folders.
  /// - Returns: The model or circuit unless something is wrong, and everything to tell its author.
  public func load(_ main: SourceFile) -> (loaded: LoadedModel?, diagnostics: [Diagnostic]) {
    var roots = [directory(of: main.path)]
    if case .disk(let modelRoots) = place { roots += modelRoots }
    return ModelLanguage.load(main) { importing, relative in
      resolve(relative, from: importing, roots: roots)
    }
  }

  /// Reads a model by itself, where a circuit is of no use.
  ///
  /// - Parameter main: Its file; imports may come from its folder and the library's folders.
  /// - Returns: The model unless something is wrong, and everything to tell its author.
  public func loadModel(_ main: SourceFile) -> (model: Model?, diagnostics: [Diagnostic]) {
    let (loaded, diagnostics) = load(main)
    if case .model(let model)? = loaded { return (model, diagnostics) }
    return (nil, diagnostics)
  }

  /// What an experiment names as its model; reports one that is missing or has errors.
  func subject(
    _ path: String, from experiment: String, at range: SourceRange, problems: ProblemList
  ) -> LoadedModel? {
    let main: SourceFile
    var roots: [String] = []
    switch place {
    case .stored(let file, _): main = file
    case .disk(let modelRoots):
      let folder = directory(of: experiment)
      let name = Self.isModel(path) ? path : path + ".model"
      let candidates = ([folder] + modelRoots).map { joined($0, name) }
      guard let found = candidates.first(where: isRegularFile) else {
        let known = modelNames(in: modelRoots)
        let suggestion =
          problems.nearest(to: path, among: known)
          ?? known.first { $0.hasSuffix("/" + path) }
        problems.error(
          "there is no model `\(shortened(path))`", id: "model-not-found", at: range,
          help: suggestion.map { "did you mean `\($0)`?" }
            ?? "a file that ends with `.model` is looked for beside the experiment and in the library "
            + "of models")
        return nil
      }
      do throws(FileProblem) { main = try Self.read(found, limit: largestFileSize) } catch {
        problems.error(
          "the model `\(shortened(path))` cannot be read: \(error.reason)",
          id: "model-unreadable", at: range)
        return nil
      }
      roots = modelRoots + [folder, directory(of: found)]
    }
    let (loaded, diagnostics) = ModelLanguage.load(main) { importing, relative in
      resolve(relative, from: importing, roots: roots)
    }
    for diagnostic in diagnostics { problems.add(diagnostic) }
    return diagnostics.hasErrors ? nil : loaded
  }

  /// A table that an experiment names; reports one that cannot be read.
  func table(
    _ path: String, from experiment: String, at range: SourceRange, problems: ProblemList
  ) -> SourceFile? {
    let full = joined(directory(of: experiment), path)
    if case .stored(_, let files) = place {
      if let file = files[full] ?? files[path] { return file }
      problems.error("the table `\(path)` was not kept", id: "table-not-found", at: range)
      return nil
    }
    do throws(FileProblem) { return try Self.read(full, limit: Self.tableLimit) } catch {
      problems.error(
        "the table `\(shortened(path))` cannot be read: \(error.reason)", id: "table-not-found",
        at: range, help: "its path is relative to the experiment")
      return nil
    }
  }

  /// Recorded spikes that an experiment names, as a table; reports what cannot be read.
  ///
  /// An HDF5 file becomes a table of the population that is meant, which is what a result keeps.
  ///
  /// - Returns: The table, and the population that it is of where the file has populations.
  func spikes(
    _ path: String, population: String?, run: Int?, from experiment: String,
    at range: SourceRange, problems: ProblemList
  ) -> (table: SourceFile, population: String?)? {
    let full = joined(directory(of: experiment), path)
    func keptPath(_ population: String) -> String {
      full + "#" + (run.map { "runs/\($0)/" } ?? "") + "spikes/" + population
    }
    if case .stored(_, let files) = place {
      if let population, let file = files[keptPath(population)] { return (file, population) }
      return table(path, from: experiment, at: range, problems: problems).map { ($0, nil) }
    }
    guard isRegularFile(full), SpikeFile.mayBe(full) else {
      if population != nil || run != nil, isRegularFile(full) {
        problems.error(
          "`\(shortened(path))` is no HDF5 file, and has neither populations nor runs",
          id: "unused-setting", at: range, help: "leave `population` and `run` out")
        return nil
      }
      return table(path, from: experiment, at: range, problems: problems).map { ($0, nil) }
    }
    do throws(StorageFailure) {
      try tryReading(full)
      let file = try SpikeFile(path: full, population: population, run: run)
      var text = "time [\(file.timeUnit)],cell\n"
      for (time, cell) in zip(file.times, file.cells) { text += "\(time),\(cell)\n" }
      return (SourceFile(path: keptPath(file.population), text: text), file.population)
    } catch {
      var reason = error.message
      if case .noSpikes(_, let why) = error { reason = why }
      problems.error(
        "the spikes of `\(shortened(path))` cannot be read: \(reason)", id: "table-not-found",
        at: range, help: "name them with `file`, `population` and, of several, `run`")
      return nil
    }
  }

  private func resolve(
    _ relative: String, from importing: String, roots: [String]
  ) -> Result<SourceFile, ImportFailure> {
    let path = joined(directory(of: importing), relative)
    switch place {
    case .stored(_, let files):
      return files[path].map { .success($0) } ?? .failure(.notFound)
    case .disk:
      guard isInside(path, roots) else { return .failure(.outsideRoots) }
      guard isRegularFile(path) else { return .failure(.notFound) }
      guard Self.isModel(path) || path.hasSuffix(".csv") else {
        return .failure(
          .unreadable(
            "a model is in a file that ends with `.model`, a table of connections in one that ends "
              + "with `.csv`"))
      }
      do throws(FileProblem) {
        return .success(
          try Self.read(path, limit: Self.isModel(path) ? largestFileSize : Self.tableLimit))
      } catch {
        return .failure(.unreadable(error.reason))
      }
    }
  }

  /// Whether it is a model by its name: what is in other files is nobody's business.
  private static func isModel(_ path: String) -> Bool { path.hasSuffix(".model") }

  private static func read(_ path: String, limit: Int) throws(FileProblem) -> SourceFile {
    guard FileManager.default.fileExists(atPath: path) else {
      throw FileProblem(path: path, reason: "there is no such file")
    }
    guard isRegularFile(path) else {
      throw FileProblem(path: path, reason: "it is no regular file")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw FileProblem(path: path, reason: "it cannot be opened")
    }
    defer { try? handle.close() }
    do {
      let data = try handle.read(upToCount: limit + 1) ?? Data()
      guard data.count <= limit else {
        throw FileProblem(path: path, reason: "it is larger than \(limit >> 20) MB")
      }
      return SourceFile(path: path, bytes: [UInt8](data))
    } catch let problem as FileProblem {
      throw problem
    } catch {
      throw FileProblem(path: path, reason: "reading it failed")
    }
  }

  /// The models in some folders, as an experiment would name them, sorted.
  private func modelNames(in roots: [String]) -> [String] {
    roots.flatMap { root in
      guard let paths = FileManager.default.enumerator(atPath: root) else { return [String]() }
      return paths.prefix(10_000).compactMap { $0 as? String }
        .filter { $0.hasSuffix(".model") }.map { String($0.dropLast(6)) }
    }.sorted()
  }
}

/// Why a file cannot be read.
public struct FileProblem: Error, Sendable, Hashable {
  public var path: String
  public var reason: String
}
