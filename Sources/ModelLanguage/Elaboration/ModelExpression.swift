public import Diagnostics
public import Units

/// The names of an elaborated model, made ready once for any number of expressions.
public struct ModelNames {
  fileprivate let elaborator: Elaborator
  /// The names at the top, and what each is.
  fileprivate let nouns: [String: String]

  /// Enters every name of a model.
  public init(_ model: Model) {
    elaborator = Elaborator(namesOf: model)
    nouns = elaborator.nounsOfTop
  }
}

/// An expression over the names of an elaborated model, as an experiment writes it.
public struct ModelExpression: Sendable {
  public var value: Expression
  /// The unit in which an author would write it.
  public var unit: PhysicalUnit

  /// Reads a number; its diagnostics point into the given text.
  ///
  /// - Parameters:
  ///   - text: The expression.
  ///   - names: What it may use, by the paths.
  ///   - range: Where the text stands in its own file.
  /// - Returns: The expression unless something is wrong, and everything to tell its author.
  public static func number(
    _ text: String, in names: ModelNames, at range: SourceRange
  ) -> (expression: ModelExpression?, diagnostics: [Diagnostic]) {
    read(text, in: names, at: range) { elaborator, syntax, context in
      let value = elaborator.number(syntax, context)
      let unit = value.unit ?? value.dimensions.map { PhysicalUnit(familiarFor: $0) }
      return ModelExpression(value: value.expression, unit: unit ?? .one)
    }
  }

  /// Reads a condition; its diagnostics point into the given text.
  public static func condition(
    _ text: String, in names: ModelNames, at range: SourceRange
  ) -> (condition: Expression.Condition?, diagnostics: [Diagnostic]) {
    read(text, in: names, at: range) { elaborator, syntax, context in
      elaborator.condition(syntax, context).0
    }
  }

  /// What has two readings in a number with a unit: a factor of the unit that is also a name.
  ///
  /// - Parameters:
  ///   - text: A number with a unit.
  ///   - names: The names.
  ///   - range: Where the text stands in its own file.
  /// - Returns: What to tell the author, or `nil` where there is one reading.
  public static func unitOrName(
    _ text: String, in names: ModelNames, at range: SourceRange
  ) -> Diagnostic? {
    read(text, in: names, at: range, purpose: .number) { _, _, _ in () }.1
      .first { $0.id == "unit-or-name" }
  }

  private static func read<Result>(
    _ text: String, in names: ModelNames, at range: SourceRange, purpose: Parser.Purpose = .formula,
    _ elaborate: (inout Elaborator, ExpressionSyntax, ExpressionContext) -> Result
  ) -> (Result?, [Diagnostic]) {
    let file = SourceFile(path: range.file.path, text: text)
    var lexer = Lexer(file)
    lexer.run()
    var parser = Parser(file: file, tokens: lexer.tokens, documentation: lexer.documentation)
    parser.namesInScope = names.nouns
    parser.purpose = purpose
    var result: Result?
    var diagnostics: [Diagnostic] = lexer.diagnostics
    do throws(ParseFailure) {
      let syntax = try parser.parseExpression()
      guard parser.token.kind == .end else {
        throw parser.unexpected(expected: "the end of the expression")
      }
      var elaborator = names.elaborator
      let value = elaborate(&elaborator, syntax, elaborator.context(0, .dynamic))
      diagnostics += elaborator.diagnostics.all
      result = value
    } catch {}
    diagnostics += parser.diagnostics
    let placed = diagnostics.map { moved($0, from: file, to: range) }
    return (placed.hasErrors ? nil : result, placed)
  }

  /// Moves a diagnostic from the text by itself to where the text stands.
  private static func moved(
    _ diagnostic: Diagnostic, from file: SourceFile, to range: SourceRange
  ) -> Diagnostic {
    func move(_ old: SourceRange) -> SourceRange {
      guard old.file == file else { return old }
      let low = min(range.lowerBound + old.lowerBound, range.upperBound)
      let high = min(range.lowerBound + old.upperBound, range.upperBound)
      return SourceRange(file: range.file, lowerBound: low, upperBound: max(low, high))
    }
    var result = diagnostic
    result.range = move(diagnostic.range)
    result.labels = diagnostic.labels.map { Diagnostic.Label(move($0.range), $0.text) }
    result.notes = diagnostic.notes.map { note in
      Diagnostic.Note(note.text, at: note.range.map(move))
    }
    result.fix = diagnostic.fix.map { Diagnostic.Fix(move($0.range), $0.replacement) }
    return result
  }
}

extension Elaborator {
  /// The names at the top, and what each is.
  fileprivate var nounsOfTop: [String: String] {
    guard let top = scopes.first else { return [:] }
    return top.members.mapValues { member in
      switch member {
      case .symbol(let id): symbols[id].noun
      case .instance: "instance"
      case .function: "function"
      case .population: "population"
      case .other: "name"
      }
    }
  }

  /// An elaborator whose names are the paths of a finished model.
  init(namesOf model: Model) {
    let source = SourceFile(path: "", text: "model \(model.name) { }")
    self.init(
      library: ModelLibrary(main: source) { _, _ in .failure(.notFound) }, namesOf: model)
  }

  mutating func addName(
    _ declaration: Declaration, _ kind: Symbol.Kind, _ index: Int, isOutput: Bool = false
  ) {
    var scope = 0
    let parts = declaration.path.split(separator: ".").map(String.init)
    for part in parts.dropLast() {
      if case .instance(let child)? = scopes[scope].members[part] {
        scope = child
        continue
      }
      scopes.append(
        Scope(
          path: scopes[scope].path + part + ".", component: 0, file: 0, parent: scope,
          depth: scopes[scope].depth + 1))
      scopes[scope].members[part] = .instance(scopes.count - 1)
      scopes[scope].order.append(NameSyntax(text: part, range: declaration.range))
      scopes[scope].contents.append(.instance(scopes.count - 1))
      scope = scopes.count - 1
    }
    guard let last = parts.last, scopes[scope].members[last] == nil else { return }
    let name = NameSyntax(text: last, range: declaration.range)
    var symbol = Symbol(
      kind: kind, path: declaration.path, name: name, scope: scope,
      documentation: declaration.documentation)
    symbol.unit = declaration.unit
    symbol.dimensions = declaration.unit.dimensions
    symbol.index = index
    symbol.isOutput = isOutput
    scopes[scope].members[last] = .symbol(symbols.count)
    scopes[scope].order.append(name)
    scopes[scope].contents.append(.symbol(symbols.count))
    symbols.append(symbol)
  }
}
