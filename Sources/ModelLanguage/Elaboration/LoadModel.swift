public import Diagnostics

/// Reads a model: parses a file and what it imports, checks everything, and elaborates its top.
///
/// The top is the component after the keyword `model`, or the only component of the file. Other
/// components of the file are checked by themselves, so that what is wrong in them shows.
///
/// Names and units are checked only if every statement was understood and every file found:
/// what is missing would otherwise be reported again wherever it is used.
///
/// - Parameters:
///   - main: The file.
///   - resolver: Finds the files that are imported.
/// - Returns: The model unless something is wrong, and everything to tell its author, file by file
///   and from top to bottom.
public func loadModel(
  _ main: SourceFile, resolver: ImportResolver
) -> (model: Model?, diagnostics: [Diagnostic]) {
  let library = ModelLibrary(main: main, resolver: resolver)
  var found = DiagnosticCollection()
  for diagnostic in library.diagnostics { found.report(diagnostic) }
  guard library.isComplete else { return (nil, sorted(found.all, by: library)) }
  let top = topComponent(of: library)
  if top == nil { reportNothingToRun(in: library, to: &found) }
  let model = elaborate(library, top: top, reportingTo: &found)
  let diagnostics = sorted(found.all, by: library)
  return (diagnostics.hasErrors ? nil : model, diagnostics)
}

/// Checks a file and what it imports, whether or not there is a model in it to run.
///
/// - Parameters:
///   - main: The file.
///   - resolver: Finds the files that are imported.
/// - Returns: Everything to tell the author, file by file and from top to bottom.
public func checkModel(_ main: SourceFile, resolver: ImportResolver) -> [Diagnostic] {
  loadModel(main, resolver: resolver).diagnostics.filter {
    $0.id != "nothing-to-run" || $0.severity == .error
  }
}

private func topComponent(of library: ModelLibrary) -> Int? {
  let components = library.files[0].components
  return components.first { library.components[$0].syntax.isModel }
    ?? (components.count == 1 ? components.first : nil)
}

/// A file of components only is complete by itself; there is just nothing to run.
private func reportNothingToRun(
  in library: ModelLibrary, to found: inout DiagnosticCollection
) {
  let file = library.files[0]
  let isLibrary = !file.syntax.items.isEmpty
  found.report(
    Diagnostic(
      isLibrary ? .warning : .error, id: "nothing-to-run",
      isLibrary
        ? "this file has no `model` to run, and not exactly one component"
        : "this file declares no model",
      at: SourceRange(file: file.syntax.file, lowerBound: 0, upperBound: 0),
      help: [
        isLibrary ? "write `model` before the one to run" : "a model begins with `model NAME {`"
      ]))
}

/// Elaborates the top, and by itself every other component of the main file.
private func elaborate(
  _ library: ModelLibrary, top: Int?, reportingTo found: inout DiagnosticCollection
) -> Model? {
  var reached: Set<Int> = []
  var model: Model?
  if let top {
    let elaborator = Elaborator(library: library, top: top, isMain: true)
    for diagnostic in elaborator.diagnostics.all { found.report(diagnostic) }
    reached = elaborator.reached
    model = elaborator.model
  }
  for component in library.files[0].components where !reached.contains(component) {
    let elaborator = Elaborator(library: library, top: component, isMain: false)
    for diagnostic in elaborator.diagnostics.all { found.report(diagnostic) }
    reached.formUnion(elaborator.reached)
  }
  return model
}

/// Diagnostics in the order of files and places, and of those as many as anyone reads.
private func sorted(_ diagnostics: [Diagnostic], by library: ModelLibrary) -> [Diagnostic] {
  var rank: [String: Int] = [:]
  for (number, file) in library.files.enumerated() { rank[file.syntax.file.path] = number }
  func key(_ diagnostic: Diagnostic) -> (Int, Int, Int) {
    let range = diagnostic.range
    return (rank[range.file.path] ?? library.files.count, range.lowerBound, range.upperBound)
  }
  return Array(diagnostics.sorted { key($0) < key($1) }.prefix(200))
}
