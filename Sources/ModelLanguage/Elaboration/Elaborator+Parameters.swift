import Diagnostics
import Units

extension Elaborator {
  /// Elaborates the parameters, each after those that its default uses.
  mutating func elaborateParameters() {
    let order = declared(.parameter)
    for (index, id) in order.enumerated() { symbols[id].index = index }
    var values = [TypedExpression](repeating: .unknown, count: order.count)
    // What is declared is known beforehand, so that a loop does not hide it.
    for id in order {
      symbols[id].unit = symbols[id].unitSyntax?.unit
      symbols[id].dimensions = symbols[id].unit?.dimensions
    }
    let dependencies = dependencyOrder(.parameter)
    for id in dependencies {
      let value = define(id, .constant("a parameter")) ?? .unknown
      values[symbols[id].index] = value
      checkProvenance(of: id, value)
    }
    for id in order {
      let symbol = symbols[id]
      model.parameters.append(
        Parameter(
          declaration: declaration(of: id), defaultValue: values[symbol.index].expression,
          allowed: allowedRange(of: id),
          provenance: symbol.provenance?.provenance ?? .derived))
    }
    checkDefaults(in: dependencies)
  }

  private mutating func checkProvenance(of id: Int, _ value: TypedExpression) {
    let symbol = symbols[id]
    guard let provenance = symbol.provenance else {
      // A missing source of an override was reported where it is overridden.
      if symbol.definition?.scope == symbol.scope { reportMissingSource(symbol.name) }
      return
    }
    guard case .derived = provenance.provenance, let definition = symbol.definition else { return }
    var references: [Int] = []
    collectReferences(of: definition.syntax, in: definition.scope, into: &references)
    if references.isEmpty, value.dimensions != nil {
      diagnostics.report(
        Diagnostic(
          id: "not-derived", "`\(symbol.name.text)` follows from no other parameter",
          at: provenance.range,
          help: ["say where the number comes from: `source \"…\"` or `assumed \"…\"`"]))
    }
  }

  private mutating func allowedRange(of id: Int) -> ClosedRange<Double>? {
    let symbol = symbols[id]
    guard let low = symbol.parameter?.low, let high = symbol.parameter?.high else { return nil }
    currentScope = symbol.scope
    let ends = [low, high].map { syntax in
      Operand(syntax, number(syntax, context(symbol.scope, .literal("a range"))))
    }
    for end in ends {
      let fits = require(
        end, symbol.dimensions, symbol.unit,
        message: { "the range of `\(symbol.name.text)` is in \($0), and the value in \($1)" })
      if !fits { return nil }
      if end.value.dimensions != nil, end.value.constant == nil {
        diagnostics.report(
          Diagnostic(
            id: "not-constant", "a range is made of numbers alone", at: end.syntax.range))
      }
    }
    guard let lowest = ends[0].value.constant, let highest = ends[1].value.constant else {
      return nil
    }
    guard lowest <= highest else {
      diagnostics.report(
        Diagnostic(
          id: "empty-range", "this range is empty: its lower end is above the upper one",
          at: low.range.joined(with: high.range)))
      return nil
    }
    return lowest...highest
  }

  /// Checks that defaults are numbers, and that they lie in their ranges.
  private mutating func checkDefaults(in dependencies: [Int]) {
    guard !diagnostics.all.hasErrors, !library.diagnostics.hasErrors else { return }
    var values = [Double](repeating: .nan, count: model.parameters.count)
    for id in dependencies {
      let symbol = symbols[id]
      let parameter = model.parameters[symbol.index]
      let value = parameter.defaultValue.value(in: ExpressionValues(parameters: values))
      values[symbol.index] = value
      guard let range = symbol.definition?.syntax.range else { continue }
      let unit = parameter.declaration.unit
      if !value.isFinite {
        diagnostics.report(
          Diagnostic(
            id: "not-finite", "the value of `\(symbol.name.text)` is not a finite number",
            at: range))
      } else if let allowed = parameter.allowed, !allowed.contains(value) {
        diagnostics.report(
          Diagnostic(
            id: "out-of-range",
            "`\(symbol.path)` is \(unit.text(ofSI: value)), outside its range "
              + "\(unit.text(ofSI: allowed.lowerBound)) ... \(unit.text(ofSI: allowed.upperBound))",
            at: range,
            notes: symbol.parameter?.low.map { [Diagnostic.Note("the range is", at: $0.range)] }
              ?? []))
      }
    }
    defaultParameters = values
  }
}
