public import Diagnostics

/// Reads a model: parses a file and what it imports, checks everything, and elaborates its top.
///
/// The top is the component after the keyword `model`, or the only component of the file. Other
/// components of the file are checked by themselves, so that what is wrong in them shows.
///
/// - Parameters:
///   - main: The file.
///   - resolver: Finds the files that are imported.
/// - Returns: The model unless something is wrong, and everything to tell its author.
public func loadModel(
  _ main: SourceFile, resolver: ImportResolver
) -> (model: Model?, diagnostics: [Diagnostic]) {
  let library = ModelLibrary(main: main, resolver: resolver)
  var diagnostics = library.diagnostics
  guard let file = library.files.first, !diagnostics.hasErrors else {
    return (nil, diagnostics)
  }
  let own = file.components
  let models = own.filter { library.components[$0].syntax.isModel }
  let top = models.first ?? (own.count == 1 ? own.first : nil)
  guard let top else {
    // A file of components only is complete by itself; there is just nothing to run.
    var reached: Set<Int> = []
    for component in own where !reached.contains(component) {
      let elaborator = Elaborator(library: library, top: component, isMain: false)
      reached.formUnion(elaborator.reached)
      diagnostics += elaborator.diagnostics.all
    }
    if !diagnostics.hasErrors {
      diagnostics.append(
        Diagnostic(
          own.isEmpty ? .error : .warning, id: "nothing-to-run",
          own.isEmpty
            ? "this file declares no component"
            : "this file has several components and no `model` to run",
          at: SourceRange(file: main, lowerBound: 0, upperBound: 0)))
    }
    return (nil, diagnostics)
  }
  let elaborator = Elaborator(library: library, top: top, isMain: true)
  diagnostics += elaborator.diagnostics.all
  for component in own where !elaborator.reached.contains(component) {
    diagnostics +=
      Elaborator(library: library, top: component, isMain: false).diagnostics.all
  }
  return (diagnostics.hasErrors ? nil : elaborator.model, diagnostics)
}
