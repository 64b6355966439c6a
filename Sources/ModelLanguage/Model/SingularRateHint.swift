/// What to say of a rate that has no finite value.
///
/// Rates of ion channels are printed as x/(1 − exp(−x)), which is 0/0 where x is 0 although its limit
/// is 1 there: `linoid` and `exprel` have the limit.
public enum SingularRateHint {
  /// Where to look, and what to write instead if a quotient of that shape is found.
  ///
  /// - Parameters:
  ///   - expression: What has no finite value.
  ///   - name: What to call it, such as `m'`.
  ///   - model: The model whose indices are in the expression; the quantities that it refers to are
  ///     looked through as well.
  /// - Returns: The end of a sentence, to follow a colon.
  public static func text(for expression: Expression, named name: String, in model: Model) -> String
  {
    for (path, part) in [(name, expression)] + quantities(behind: expression, in: model) {
      guard let quotient = part.singularQuotient else { continue }
      return
        "in `\(path)`, `\(shortened(model.text(of: quotient)))` is 0/0 where its exponent is 0: write "
        + "it with `linoid(x)`, which is x/(exp(x) - 1) and 1 at 0, or with its inverse `exprel(x)`"
    }
    return
      "look for a division by zero, a root or logarithm of a negative number, or something that "
      + "grows without bounds in `\(name) = \(shortened(model.text(of: expression)))`"
  }

  /// Whether such a quotient is found in an expression or in the quantities that it follows from.
  public static func isSingular(_ expression: Expression, in model: Model) -> Bool {
    ([expression] + quantities(behind: expression, in: model).map(\.value))
      .contains { $0.singularQuotient != nil }
  }

  /// An expression's text that fits into a sentence.
  public static func shortened(_ text: String) -> String {
    text.count <= 120 ? text : text.prefix(119) + "…"
  }

  /// The quantities that an expression follows from, nearest first.
  private static func quantities(
    behind expression: Expression, in model: Model
  ) -> [(path: String, value: Expression)] {
    var found: [Int] = []
    var pending = expression.references.quantities
    while let index = pending.popLast() {
      guard !found.contains(index) else { continue }
      found.append(index)
      pending += model.quantities[index].value.references.quantities
    }
    return found.sorted(by: >).map {
      (model.quantities[$0].declaration.path, model.quantities[$0].value)
    }
  }
}

extension Expression {
  /// The first quotient within it whose denominator is 1 − eˣ or the like; `nil` if there is none.
  var singularQuotient: Expression? {
    if case .binary(.divide, _, let denominator) = self, denominator.vanishesWithExponent {
      return self
    }
    return children.lazy.compactMap(\.singularQuotient).first
  }

  /// Whether it is 0 where an exponent within it is 0: `1 - exp(x)`, `expm1(x)`, a multiple of them.
  private var vanishesWithExponent: Bool {
    switch self {
    case .negate(let inner): inner.vanishesWithExponent
    case .call(.expm1, _), .call(.sinh, _), .call(.tanh, _): true
    case .binary(.subtract, let left, let right):
      (left.isOne && right.isExponential) || (left.isExponential && right.isOne)
    case .binary(.add, let left, let right):
      (left.isMinusOne && right.isExponential) || (left.isExponential && right.isMinusOne)
        || (left.isOne && right.isNegatedExponential) || (left.isNegatedExponential && right.isOne)
    case .binary(.multiply, let left, let right):
      left.vanishesWithExponent || right.vanishesWithExponent
    case .binary(.divide, let left, _): left.vanishesWithExponent
    default: false
    }
  }

  private var isOne: Bool { self == .number(1) }

  private var isMinusOne: Bool { self == .number(-1) || self == .negate(.number(1)) }

  private var isExponential: Bool {
    if case .call(.exp, _) = self { true } else { false }
  }

  private var isNegatedExponential: Bool {
    if case .negate(let inner) = self { inner.isExponential } else { false }
  }

  /// The parts that it is directly made of, those of conditions left out.
  private var children: [Expression] {
    switch self {
    case .number, .time, .amount, .parameter, .input, .state, .quantity: []
    case .negate(let inner): [inner]
    case .binary(_, let left, let right): [left, right]
    case .call(_, let arguments): arguments
    case .conditional(_, let first, let second): [first, second]
    }
  }
}
