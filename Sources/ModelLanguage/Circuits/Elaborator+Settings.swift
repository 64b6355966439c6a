import Diagnostics

// Settings in the blocks of populations and projections: overrides, wiring, and what differs from
// cell to cell.
extension Elaborator {
  /// Applies settings to an instance.
  ///
  /// - Parameters:
  ///   - settings: The settings, in order.
  ///   - scope: The cell or the synapse.
  ///   - block: The scope in which their expressions are read.
  ///   - owner: What the instance is one of.
  mutating func apply(
    _ settings: [SettingSyntax], to scope: Int, block: Int, owner: String
  ) {
    var given: [String: SourceRange] = [:]
    for setting in settings {
      let name = setting.path.text
      if let first = given[name] {
        diagnostics.report(
          Diagnostic(
            id: "duplicate-name", "`\(name)` is given twice", at: setting.path.range,
            notes: [Diagnostic.Note("the first is", at: first)]))
        continue
      }
      given[name] = setting.path.range
      switch resolve(setting.path, in: scope) {
      case .silent: break
      case .symbol(let id) where isSettable(id): apply(setting, to: id, block: block)
      case .symbol(let id):
        diagnostics.report(
          Diagnostic(
            id: "unknown-input", "`\(name)` of `\(owner)` cannot be set",
            at: setting.path.range,
            notes: [
              Diagnostic.Note(
                "it is \(symbols[id].nounWithArticle), declared", at: symbols[id].name.range)
            ]))
      case .failure: reportUnknownSetting(setting.path, of: owner, in: scope)
      }
    }
  }

  private func isSettable(_ id: Int) -> Bool {
    let symbol = symbols[id]
    guard symbol.role == .driven else { return false }
    return symbol.kind == .parameter || symbol.kind == .state || symbol.isDeclaredInput
  }

  private mutating func reportUnknownSetting(
    _ path: PathSyntax, of owner: String, in scope: Int
  ) {
    var diagnostic = Diagnostic(
      id: "unknown-input",
      "`\(owner)` has no parameter, state or input `\(path.text)`", at: path.range)
    let settable = scopes[scope].order.map(\.text).filter {
      guard case .symbol(let id)? = scopes[scope].members[$0] else { return false }
      return isSettable(id)
    }
    if let near = nearestName(to: path.text, among: settable) {
      diagnostic.help = ["did you mean `\(near)`?"]
    } else if !settable.isEmpty {
      diagnostic.help = [
        "it has " + settable.prefix(12).map { "`\($0)`" }.joined(separator: ", ")
      ]
    }
    diagnostics.report(diagnostic)
  }

  private mutating func apply(_ setting: SettingSyntax, to id: Int, block: Int) {
    let name = setting.path.names[setting.path.names.count - 1]
    if symbols[id].kind == .parameter {
      if setting.provenance == nil { reportMissingSource(name) }
      // What is missing has been reported here, and is not missing in the cell.
      symbols[id].provenance =
        setting.provenance
        ?? ProvenanceSyntax(provenance: .assumed(""), range: setting.path.range)
    } else if symbols[id].isDeclaredInput, let provenance = setting.provenance {
      diagnostics.report(
        Diagnostic(
          id: "unexpected-source", "`\(name.text)` is an input and is wired, not set",
          at: provenance.range, help: ["only a parameter has a source"]))
    }
    let isInput = symbols[id].isDeclaredInput
    switch setting.value {
    case .formula(let syntax) where !usesNumberOfCell(syntax, in: block):
      if isInput { symbols[id].kind = .quantity }
      symbols[id].override(syntax, in: block)
    case .formula, .law:
      guard isInput else {
        pendingVariations.append(
          PendingVariation(symbol: id, value: setting.value, block: block))
        return
      }
      diagnostics.report(
        Diagnostic(
          id: "input-differs", "`\(name.text)` is an input, which cannot differ from cell to cell",
          at: setting.value.range,
          notes: [Diagnostic.Note("it is declared", at: symbols[id].name.range)],
          help: ["a parameter and the start of a state can"]))
    }
  }

  private func usesNumberOfCell(_ syntax: ExpressionSyntax, in block: Int) -> Bool {
    var references: [Int] = []
    collectReferences(of: syntax, in: block, into: &references)
    return references.contains {
      symbols[$0].role == .cellIndex || symbols[$0].role == .cellCount
    }
  }
}
