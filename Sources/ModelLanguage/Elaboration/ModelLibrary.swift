public import Diagnostics

/// Finds the file that an import means.
///
/// The importing file's path and the path in its `import` are given; what comes back is the file,
/// or why there is none. The language itself reads no files.
public typealias ImportResolver = (_ importing: String, _ relative: String) -> Result<
  SourceFile, ImportFailure
>

/// Why an import has no file.
public enum ImportFailure: Error, Sendable, Hashable {
  /// There is no such file.
  case notFound
  /// The path leads out of the directories that models may come from.
  case outsideRoots
  /// The file is there and could not be read, with the reason.
  case unreadable(String)
}

/// A component and the file that it stands in.
struct LibraryComponent {
  var syntax: ComponentSyntax
  var file: Int
  /// What a synapse has in its source cell, among the components of the library; nothing sees it
  /// by a name.
  var presynapticPart: Int?
}

/// A file with what it declares and what it can see.
struct LibraryFile {
  var syntax: FileSyntax
  /// Its own components, in order.
  var components: [Int] = []
  /// Components by name, its own and those of the files that it imports itself.
  var visibleComponents: [String: Int] = [:]
  /// Functions by name, likewise.
  var visibleFunctions: [String: LibraryFunction] = [:]
}

/// A function and where it stands.
struct LibraryFunction {
  var syntax: FunctionSyntax
  var file: Int
}

/// A file and all that it imports, read and parsed.
struct ModelLibrary {
  /// More files than this are an accident or an attack.
  private static let largestFileCount = 1000

  /// The main file first, then the others in the order in which they are imported.
  private(set) var files: [LibraryFile] = []
  private(set) var components: [LibraryComponent] = []
  private(set) var diagnostics: [Diagnostic] = []
  /// Whether every file was found and every statement understood.
  private(set) var isComplete = true
  /// Tables of connections, by the places where the main file names them.
  private(set) var tables: [SourceRange: SourceFile] = [:]
  private var importedFiles: [[(file: Int, range: SourceRange)]] = []
  private var numbers: [String: Int] = [:]

  init(main: SourceFile, resolver: ImportResolver) {
    var next = add(main)
    while next < files.count {
      followImports(of: next, resolver)
      next += 1
    }
    readTables(resolver)
    reportCircularImports()
    for number in files.indices { collectVisible(in: number) }
    connectImports()
  }

  private mutating func add(_ file: SourceFile) -> Int {
    let (syntax, found) = parse(file)
    diagnostics += found
    if !syntax.isComplete { isComplete = false }
    numbers[file.path] = files.count
    files.append(LibraryFile(syntax: syntax))
    importedFiles.append([])
    return files.count - 1
  }

  private mutating func followImports(of number: Int, _ resolver: ImportResolver) {
    let importing = files[number].syntax.file
    for imported in files[number].syntax.imports {
      if let file = resolve(imported, from: importing, resolver) {
        let target = numbers[file.path] ?? add(file)
        importedFiles[number].append((target, imported.range))
      } else {
        isComplete = false
      }
    }
  }

  private mutating func resolve(
    _ imported: ImportSyntax, from importing: SourceFile, _ resolver: ImportResolver
  ) -> SourceFile? {
    func failure(_ id: String, _ message: String, help: [String] = []) -> Diagnostic {
      Diagnostic(id: id, message, at: imported.range, help: help)
    }
    if imported.path.hasPrefix("/") || imported.path.utf8.contains(UInt8(ascii: "\\"))
      || imported.path.utf8.contains(0)
    {
      diagnostics.append(
        failure(
          "import-outside", "a path is relative to this file, with `/` between names"))
      return nil
    }
    guard files.count < Self.largestFileCount else {
      diagnostics.append(
        failure("model-too-large", "a model is made of at most \(Self.largestFileCount) files"))
      return nil
    }
    switch resolver(importing.path, imported.path) {
    case .success(let file): return file
    case .failure(.notFound):
      diagnostics.append(failure("import-not-found", "there is no file `\(imported.path)`"))
    case .failure(.outsideRoots):
      diagnostics.append(
        failure(
          "import-outside", "`\(imported.path)` is outside the directories that models come from"))
    case .failure(.unreadable(let reason)):
      diagnostics.append(
        failure("import-unreadable", "`\(imported.path)` cannot be read: \(reason)"))
    }
    return nil
  }

  // MARK: Circular imports

  /// Walks the imports depth first and reports those that lead back to a file on the way.
  private mutating func reportCircularImports() {
    var isDone = [Bool](repeating: false, count: files.count)
    for start in files.indices where !isDone[start] {
      var path: [(file: Int, next: Int)] = [(start, 0)]
      while let (file, next) = path.last {
        guard next < importedFiles[file].count else {
          isDone[file] = true
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let (target, range) = importedFiles[file][next]
        if let position = path.firstIndex(where: { $0.file == target }) {
          let loop = (path[position...].map(\.file) + [target]).map {
            "`\(files[$0].syntax.file.path)`"
          }
          diagnostics.append(
            Diagnostic(
              id: "circular-import", "this import leads back to the file itself", at: range,
              notes: [Diagnostic.Note(loop.joined(separator: " imports "))]))
        } else if !isDone[target] {
          path.append((target, 0))
        }
      }
    }
  }

  // MARK: Names

  private mutating func collectVisible(in number: Int) {
    let syntax = files[number].syntax
    var firstRange: [String: SourceRange] = [:]
    for item in syntax.items {
      switch item {
      case .component(let component):
        guard declare(component.name, seen: &firstRange) else { continue }
        files[number].visibleComponents[component.name.text] = components.count
        files[number].components.append(components.count)
        components.append(LibraryComponent(syntax: component, file: number))
        if component.kind == .synapse, let part = component.presynapticPart {
          components[components.count - 1].presynapticPart = components.count
          components.append(LibraryComponent(syntax: part, file: number))
        }
      case .function(let function, _):
        guard declare(function.name, seen: &firstRange) else { continue }
        files[number].visibleFunctions[function.name.text] = LibraryFunction(
          syntax: function, file: number)
      case .imported: continue
      }
    }
    reportSecondModel(in: syntax)
  }

  /// Makes what the imported files declare visible, once all files have been collected.
  private mutating func connectImports() {
    let own = files
    for number in files.indices {
      for (target, range) in importedFiles[number] where target != number {
        for component in own[target].components {
          let name = components[component].syntax.name
          if let other = files[number].visibleComponents[name.text], other != component {
            reportImportedTwice(name, other: components[other].syntax.name, at: range)
          } else {
            files[number].visibleComponents[name.text] = component
          }
        }
        for function in own[target].syntax.functions {
          let name = function.name
          if let other = files[number].visibleFunctions[name.text],
            other.syntax.name.range != name.range
          {
            reportImportedTwice(name, other: other.syntax.name, at: range)
          } else {
            files[number].visibleFunctions[name.text] = LibraryFunction(
              syntax: function, file: target)
          }
        }
      }
    }
  }

  private mutating func reportImportedTwice(
    _ name: NameSyntax, other: NameSyntax, at range: SourceRange
  ) {
    diagnostics.append(
      Diagnostic(
        id: "duplicate-name", "this import brings a second `\(name.text)`", at: range,
        notes: [
          Diagnostic.Note("one is declared", at: other.range),
          Diagnostic.Note("the other is declared", at: name.range),
        ]))
  }

  private mutating func declare(
    _ name: NameSyntax, seen: inout [String: SourceRange]
  ) -> Bool {
    if let first = seen[name.text] {
      diagnostics.append(
        Diagnostic(
          id: "duplicate-name", "`\(name.text)` is declared twice", at: name.range,
          notes: [Diagnostic.Note("it is first declared", at: first)]))
      return false
    }
    seen[name.text] = name.range
    return true
  }

  private mutating func reportSecondModel(in syntax: FileSyntax) {
    let models = syntax.components.filter { $0.kind == .model || $0.kind == .circuit }
    for second in models.dropFirst() {
      diagnostics.append(
        Diagnostic(
          id: "second-model", "a file has at most one `model` or `circuit`", at: second.name.range,
          notes: [
            Diagnostic.Note("the first is `\(models[0].name.text)`", at: models[0].name.range)
          ],
          help: second.kind == .model ? ["the others can be a `component`"] : []))
    }
  }
}

// Tables of connections: found like imports, and kept unread.
extension ModelLibrary {
  /// All tables of a circuit together, in bytes.
  private static let largestTableSize = 1 << 26

  private mutating func readTables(_ resolver: ImportResolver) {
    let main = files[0].syntax
    var read: [String: SourceFile] = [:]
    var size = 0
    for circuit in main.components where circuit.kind == .circuit {
      for declaration in circuit.declarations {
        guard case .projection(let projection) = declaration.kind,
          let rule = projection.rule, rule.name.text == "list",
          case .string(let path, let range)? = rule.arguments.first
        else { continue }
        if let known = read[path] {
          tables[range] = known
          continue
        }
        let place = ImportSyntax(path: path, range: range)
        guard let file = resolve(place, from: main.file, resolver) else { continue }
        size += file.bytes.count
        if file.bytes.count > ConnectionListReader.largestSize || size > Self.largestTableSize {
          diagnostics.append(
            Diagnostic(
              id: "list-too-large",
              "`\(path)` has \(file.bytes.count) bytes, and a list of connections may have "
                + "\(ConnectionListReader.largestSize)", at: range,
              notes: [
                Diagnostic.Note("all lists together may have \(Self.largestTableSize) bytes")
              ]))
          continue
        }
        read[path] = file
        tables[range] = file
      }
    }
  }

  /// The text of everything that was read: files, then tables, each once.
  var sources: [SourceFile] {
    var seen: Set<String> = []
    let tables = tables.sorted { $0.key.lowerBound < $1.key.lowerBound }.map(\.value)
    return (files.map(\.syntax.file) + tables).filter { seen.insert($0.path).inserted }
  }
}
