import ModelLanguage
import Programs
import Solvers

extension ExpressionTranslator {
  /// A condition as what holds, what has gone back, and by how much.
  ///
  /// - Precondition: There is no `==` and no `!=` in it, whose truth has no margin.
  mutating func watched(
    _ condition: Expression.Condition, tellsEnd: Bool, in graph: inout ExpressionGraph
  ) -> WatchedCondition {
    let (holds, hasGoneBack, margin) = parts(condition, isNegated: false, in: &graph)
    return WatchedCondition(
      holds: holds, hasGoneBack: hasGoneBack, margin: margin, tellsEnd: tellsEnd)
  }

  private mutating func parts(
    _ condition: Expression.Condition, isNegated: Bool, in graph: inout ExpressionGraph
  ) -> (holds: Node, hasGoneBack: Node, margin: Node) {
    switch condition {
    case .comparison(let comparison, let left, let right):
      return parts(
        isNegated ? Self.negated(comparison) : comparison, left, right, in: &graph)
    case .not(let inner): return parts(inner, isNegated: !isNegated, in: &graph)
    case .and(let left, let right):
      return combined(left, right, both: !isNegated, isNegated, in: &graph)
    case .or(let left, let right):
      return combined(left, right, both: isNegated, isNegated, in: &graph)
    }
  }

  private mutating func combined(
    _ left: Expression.Condition, _ right: Expression.Condition, both: Bool, _ isNegated: Bool,
    in graph: inout ExpressionGraph
  ) -> (holds: Node, hasGoneBack: Node, margin: Node) {
    let a = parts(left, isNegated: isNegated, in: &graph)
    let b = parts(right, isNegated: isNegated, in: &graph)
    return both
      ? (
        graph.both(a.holds, b.holds), graph.either(a.hasGoneBack, b.hasGoneBack),
        graph.minimum(a.margin, b.margin)
      )
      : (
        graph.either(a.holds, b.holds), graph.both(a.hasGoneBack, b.hasGoneBack),
        graph.maximum(a.margin, b.margin)
      )
  }

  private mutating func parts(
    _ comparison: Expression.Condition.Comparison, _ left: Expression, _ right: Expression,
    in graph: inout ExpressionGraph
  ) -> (holds: Node, hasGoneBack: Node, margin: Node) {
    if let isOn = switchNode(comparison, left, right, in: &graph) {
      let one = graph.constant(1)
      return (isOn, graph.not(isOn), graph.select(isOn, one, graph.constant(-1)))
    }
    let a = node(for: left, in: &graph)
    let b = node(for: right, in: &graph)
    let holds = graph.compare(Self.comparison(comparison), a, b)
    let isAbove =
      switch comparison {
      case .greater, .greaterOrEqual: true
      case .less, .lessOrEqual: false
      case .equal, .notEqual:
        preconditionFailure("a watched condition has no `==` and no `!=`")
      }
    let margin = isAbove ? graph.subtract(a, b) : graph.subtract(b, a)
    // What is within the rounding of sums of this size has not gone back.
    let size = graph.add(graph.unary(.absolute, a), graph.unary(.absolute, b))
    let rounding = graph.multiply(graph.constant(-0x1p-44), size)
    let staysNear = graph.compare(.greaterOrEqual, margin, rounding)
    return (holds, graph.both(graph.not(staysNear), graph.not(holds)), margin)
  }

  private static func negated(
    _ comparison: Expression.Condition.Comparison
  ) -> Expression.Condition.Comparison {
    switch comparison {
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    case .equal: .notEqual
    case .notEqual: .equal
    }
  }
}
