import Diagnostics
import Units

extension Elaborator {
  /// The change that one turn of a reaction makes to each state.
  private func changes(_ sides: Sides) -> [Int: Int] {
    var result: [Int: Int] = [:]
    for (state, count) in sides.left { result[state, default: 0] -= count }
    for (state, count) in sides.right { result[state, default: 0] += count }
    return result
  }

  /// Checks a sum that is to be conserved against every reaction and the initial values.
  mutating func check(
    _ conserved: SchemeSyntax.Conserved, _ scheme: SchemeSyntax, _ sides: [Sides], path: String,
    in scope: Int
  ) {
    var weights: [(state: Int, weight: Int)] = []
    for term in conserved.terms {
      switch resolve(term.path, in: scope) {
      case .symbol(let id) where symbols[id].kind == .state && symbols[id].scope == scope:
        weights.append((id, term.count))
      case .symbol(let id):
        diagnostics.report(
          Diagnostic(
            id: "unknown-state",
            "`\(term.path.text)` is \(symbols[id].nounWithArticle), and states of this component "
              + "are conserved", at: term.path.range))
        return
      case .silent: return
      case .failure(let diagnostic):
        diagnostics.report(diagnostic)
        return
      }
    }
    for (reaction, sides) in zip(scheme.reactions, sides) {
      let changes = changes(sides)
      let balance = weights.reduce(0) { $0 + $1.weight * (changes[$1.state] ?? 0) }
      guard balance == 0 else {
        diagnostics.report(
          Diagnostic(
            id: "not-conserved", "this reaction changes a sum that is to be conserved",
            at: reaction.range,
            notes: [
              Diagnostic.Note(
                "it adds \(balance) to `\(conserved.range.text)`", at: conserved.range)
            ]))
        return
      }
    }
    guard let first = weights.first else { return }
    let total = number(conserved.total, context(scope, .constant("a conserved total")))
    require(
      (conserved.total, total), symbols[first.state].dimensions, symbols[first.state].unit,
      message: { "the sum of these states is in \($1), and this is in \($0)" })
    checkInitialSum(conserved, weights, total)
    addConservation(weights, path: path, range: conserved.range)
  }

  private mutating func checkInitialSum(
    _ conserved: SchemeSyntax.Conserved, _ weights: [(state: Int, weight: Int)],
    _ total: TypedExpression
  ) {
    guard let parameters = defaultParameters, !diagnostics.all.hasErrors else { return }
    let values = ExpressionValues(parameters: parameters)
    let expected = total.expression.value(in: values)
    var sum = 0.0
    var size = expected.magnitude
    for (state, weight) in weights {
      let initial = model.states[symbols[state].index].initialValue.value(in: values)
      sum += Double(weight) * initial
      size = max(size, initial.magnitude)
    }
    // Decimal fractions such as 0.1 are rounded, so a sum of a few is exact to some 1e-16 of it.
    guard !((sum - expected).magnitude <= 1e-9 * size) else { return }
    let unit = symbols[weights[0].state].unit ?? .one
    diagnostics.report(
      Diagnostic(
        id: "not-conserved",
        "the initial values add up to \(unit.text(ofSI: sum)), not to "
          + unit.text(ofSI: expected), at: conserved.range))
  }

  /// Finds the sums that are conserved because each reaction has one state on each side.
  mutating func addImplicitConservations(
    _ scheme: SchemeSyntax, _ sides: [Sides], path: String
  ) {
    let isChain = sides.allSatisfy {
      $0.left.count == 1 && $0.right.count == 1 && $0.left[0].count == 1 && $0.right[0].count == 1
    }
    guard isChain, !sides.isEmpty else { return }
    var group: [Int: Int] = [:]
    var members: [[Int]] = []
    for side in sides {
      let (left, right) = (side.left[0].state, side.right[0].state)
      for state in [left, right] where group[state] == nil {
        group[state] = members.count
        members.append([state])
      }
      guard let one = group[left], let two = group[right], one != two else { continue }
      for state in members[two] { group[state] = one }
      members[one] += members[two]
      members[two] = []
    }
    let groups = members.filter { !$0.isEmpty }
    for (number, states) in groups.enumerated() {
      let weights = states.sorted { symbols[$0].index < symbols[$1].index }.map { ($0, 1) }
      addConservation(
        weights, path: groups.count == 1 ? "\(path).total" : "\(path).total\(number + 1)",
        range: scheme.name?.range ?? scheme.range)
    }
  }

  private mutating func addConservation(
    _ weights: [(state: Int, weight: Int)], path: String, range: SourceRange
  ) {
    let names = weights.map { state, weight in
      (weight == 1 ? "" : "\(weight) ") + symbols[state].name.text
    }
    model.conservations.append(
      Conservation(
        terms: weights.map { (symbols[$0.state].index, Double($0.weight)) },
        declaration: Declaration(
          path: path, unit: symbols[weights[0].state].unit ?? .one,
          documentation: names.joined(separator: " + "), range: range)))
  }
}
