public import Diagnostics

/// What a file has for running: a model, or a circuit of populations.
public enum LoadedModel: Sendable {
  case model(Model)
  case circuit(Circuit)
}

/// Reads a model or a circuit: parses a file and what it imports, checks everything, and
/// elaborates its top.
///
/// The top is what follows the keyword `model` or `circuit`, or the only component or neuron of the
/// file. Other components of the file are checked by themselves, so that what is wrong in them
/// shows.
///
/// Names and units are checked only if every statement was understood and every file found:
/// what is missing would otherwise be reported again wherever it is used.
///
/// - Parameters:
///   - main: The file.
///   - resolver: Finds the files that are imported, and the tables of connections.
/// - Returns: The model or the circuit unless something is wrong, and everything to tell its
///   author, file by file and from top to bottom.
public func load(
  _ main: SourceFile, resolver: ImportResolver
) -> (loaded: LoadedModel?, diagnostics: [Diagnostic]) {
  let library = ModelLibrary(main: main, resolver: resolver)
  var found = DiagnosticCollection()
  for diagnostic in library.diagnostics { found.report(diagnostic) }
  guard library.isComplete else { return (nil, sorted(found.all, by: library)) }
  let top = topComponent(of: library)
  if top == nil { reportNothingToRun(in: library, to: &found) }
  let loaded = elaborate(library, top: top, reportingTo: &found)
  let diagnostics = sorted(found.all, by: library)
  return (diagnostics.hasErrors ? nil : loaded, diagnostics)
}

/// Reads a model as ``load(_:resolver:)`` does, where a circuit is of no use.
///
/// - Parameters:
///   - main: The file.
///   - resolver: Finds the files that are imported, and the tables of connections.
/// - Returns: The model, unless something is wrong or the file has a circuit, and everything to
///   tell its author.
public func loadModel(
  _ main: SourceFile, resolver: ImportResolver
) -> (model: Model?, diagnostics: [Diagnostic]) {
  let (loaded, diagnostics) = load(main, resolver: resolver)
  if case .model(let model)? = loaded { return (model, diagnostics) }
  return (nil, diagnostics)
}

/// Checks a file and what it imports, whether or not there is something in it to run.
///
/// - Parameters:
///   - main: The file.
///   - resolver: Finds the files that are imported.
/// - Returns: Everything to tell the author, file by file and from top to bottom.
public func checkModel(_ main: SourceFile, resolver: ImportResolver) -> [Diagnostic] {
  load(main, resolver: resolver).diagnostics.filter {
    $0.id != "nothing-to-run" || $0.severity == .error
  }
}

private func topComponent(of library: ModelLibrary) -> Int? {
  let components = library.files[0].components
  func kind(_ component: Int) -> ComponentSyntax.Kind { library.components[component].syntax.kind }
  if let top = components.first(where: { kind($0) == .model || kind($0) == .circuit }) {
    return top
  }
  guard components.count == 1, let only = components.first, kind(only) != .synapse else {
    return nil
  }
  // What a neuron is given by its population cannot be left out where it runs by itself.
  let needsWiring = library.components[only].syntax.declarations.contains {
    if case .input(let input) = $0.kind { input.defaultValue == nil } else { false }
  }
  return kind(only) == .neuron && needsWiring ? nil : only
}

/// A file of components only is complete by itself; there is just nothing to run.
private func reportNothingToRun(
  in library: ModelLibrary, to found: inout DiagnosticCollection
) {
  let file = library.files[0]
  let isLibrary = !file.syntax.items.isEmpty
  let start = SourceRange(file: file.syntax.file, lowerBound: 0, upperBound: 0)
  guard isLibrary else {
    found.report(
      Diagnostic(
        id: "nothing-to-run", "this file declares no model", at: start,
        help: ["a model begins with `model NAME {`"]))
    return
  }
  found.report(
    Diagnostic(
      .warning, id: "nothing-to-run",
      "this file has no `model` or `circuit` to run, and not exactly one component", at: start,
      help: ["write `model` before the one to run"]))
}

/// Elaborates the top, and by itself every other component of the main file.
private func elaborate(
  _ library: ModelLibrary, top: Int?, reportingTo found: inout DiagnosticCollection
) -> LoadedModel? {
  var reached: Set<Int> = []
  var loaded: LoadedModel?
  if let top, library.components[top].syntax.kind == .circuit {
    let elaboration = CircuitElaboration(library: library, top: top)
    for diagnostic in elaboration.diagnostics.all { found.report(diagnostic) }
    reached = elaboration.reached
    loaded = .circuit(elaboration.circuit)
  } else if let top {
    let elaborator = Elaborator(library: library, top: top, isMain: true)
    for diagnostic in elaborator.diagnostics.all { found.report(diagnostic) }
    reached = elaborator.reached
    if elaborator.cellConstructs.isEmpty {
      loaded = .model(elaborator.model)
    } else if !elaborator.diagnostics.all.hasErrors || library.components[top].syntax.kind == .model
    {
      report(elaborator.cellConstructs[0], in: library.components[top].syntax, to: &found)
    }
  }
  let components = library.files[0].components.flatMap { component in
    [component] + [library.components[component].presynapticPart].compactMap { $0 }
  }
  for component in components where !reached.contains(component) {
    let elaborator = Elaborator(library: library, top: component, isMain: false)
    for diagnostic in elaborator.diagnostics.all { found.report(diagnostic) }
    reached.formUnion(elaborator.reached)
  }
  return loaded
}

/// Reports what has a meaning in a population alone: an error in a `model`, and elsewhere a sign
/// that the file is there to be imported.
private func report(
  _ construct: (word: String, range: SourceRange), in top: ComponentSyntax,
  to found: inout DiagnosticCollection
) {
  let isModel = top.kind == .model
  found.report(
    Diagnostic(
      isModel ? .error : .warning,
      id: isModel ? "needs-population" : "nothing-to-run",
      "`\(top.name.text)` has \(construct.word), and so runs only in a population",
      at: construct.range, help: ["`circuit NAME { population cells : CELL[1] { … } }`"]))
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
