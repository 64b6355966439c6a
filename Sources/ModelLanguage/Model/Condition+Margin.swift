extension Expression.Condition {
  /// By how much a condition holds: positive where it does, negative where it does not.
  ///
  /// It is continuous where the compared numbers are, so that its zeros tell when the condition changes;
  /// `and` is the smaller margin, `or` the larger. `nil` for `==` and `!=`, which have none.
  public var margin: Expression? {
    switch self {
    case .comparison(let comparison, let left, let right):
      switch comparison {
      case .greater, .greaterOrEqual: return .binary(.subtract, left, right)
      case .less, .lessOrEqual: return .binary(.subtract, right, left)
      case .equal, .notEqual: return nil
      }
    case .not(let condition): return condition.margin.map { .negate($0) }
    case .and(let left, let right): return Self.combined(.min, left, right)
    case .or(let left, let right): return Self.combined(.max, left, right)
    }
  }

  /// Whether the condition can hold where its margin is zero.
  var holdsAtZeroMargin: Bool { canHoldAtZero(negated: false) }

  private func canHoldAtZero(negated: Bool) -> Bool {
    switch self {
    case .comparison(let comparison, _, _):
      switch comparison {
      case .greater, .less: negated
      case .greaterOrEqual, .lessOrEqual: !negated
      case .equal, .notEqual: true
      }
    case .not(let condition): condition.canHoldAtZero(negated: !negated)
    case .and(let left, let right), .or(let left, let right):
      left.canHoldAtZero(negated: negated) || right.canHoldAtZero(negated: negated)
    }
  }

  private static func combined(
    _ function: Expression.ElementaryFunction, _ left: Self, _ right: Self
  ) -> Expression? {
    guard let left = left.margin, let right = right.margin else { return nil }
    return .call(function, [left, right])
  }
}
