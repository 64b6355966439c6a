import Diagnostics

extension Elaborator {
  /// Elaborates what differs from cell to cell.
  mutating func elaborateVariations() {
    findVariedParameters()
    for pending in pendingVariations {
      let symbol = symbols[pending.symbol]
      let target = LawTarget(
        name: "`\(symbol.name.text)`", dimensions: symbol.dimensions, unit: symbol.unit)
      guard let law = law(pending.value, of: target, in: pending.block) else { continue }
      var declaration = declaration(of: pending.symbol)
      declaration.range = pending.value.range
      variations.append(
        Variation(
          target: symbol.kind == .parameter
            ? .parameter(symbol.index) : .initialState(symbol.index),
          law: law, declaration: declaration))
    }
  }

  /// Collects the parameters that differ from cell to cell: those with a law, and those whose
  /// defaults depend on them.
  private mutating func findVariedParameters() {
    for pending in pendingVariations where symbols[pending.symbol].kind == .parameter {
      variedParameters.insert(symbols[pending.symbol].index)
    }
    guard !variedParameters.isEmpty else { return }
    var users: [Int: [Int]] = [:]
    for (index, parameter) in model.parameters.enumerated() {
      for used in parameter.defaultValue.references.parameters {
        users[used, default: []].append(index)
      }
    }
    var open = variedParameters.sorted()
    while let next = open.popLast() {
      for user in users[next] ?? [] where variedParameters.insert(user).inserted {
        open.append(user)
      }
    }
  }

  /// Reports an expression that would differ from cell to cell where one value is needed.
  mutating func checkUnvaried(_ expression: Expression, _ what: String, at range: SourceRange) {
    guard
      let culprit = expression.references.parameters.first(where: {
        variedParameters.contains($0)
      })
    else { return }
    diagnostics.report(
      Diagnostic(
        id: "varies-by-cell",
        "\(what) cannot depend on `\(model.parameters[culprit].declaration.path)`, which differs "
          + "from cell to cell", at: range))
  }

  /// Reports a distribution that would differ from cell to cell.
  mutating func checkNoIndex(_ expression: Expression, _ what: String, at range: SourceRange) {
    let usesIndex = expression.references.inputs.contains {
      if case .cellIndex = model.inputs[$0].role { true } else { false }
    }
    guard usesIndex else { return }
    diagnostics.report(
      Diagnostic(
        id: "varies-by-cell", "\(what) cannot depend on `index`, which differs from cell to cell",
        at: range,
        help: ["a distribution is the same for all; a formula without one may use `index`"]))
  }
}
