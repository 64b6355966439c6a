public import Programs

/// A condition on time and states whose changes end steps.
///
/// It holds or does not; without a value it does not. Once it holds it counts as holding until it has gone
/// back by more than a rounding, so that a state at rest on its threshold does not cross it again and again.
public struct WatchedCondition: Sendable {
  /// Whether it holds: a truth value.
  public var holds: Node
  /// Whether it clearly does not: a truth value.
  public var hasGoneBack: Node
  /// By how much it holds; its sign need not agree with `holds` in the last digit.
  public var margin: Node
  /// Whether the end of the condition is told too, beside its beginning.
  public var tellsEnd: Bool

  /// Makes a condition.
  public init(holds: Node, hasGoneBack: Node, margin: Node, tellsEnd: Bool = false) {
    self.holds = holds
    self.hasGoneBack = hasGoneBack
    self.margin = margin
    self.tellsEnd = tellsEnd
  }
}

/// Two values of which derivatives or conditions take one side: the step must not pass from one clear side
/// to the other without landing where they meet.
public struct Kink: Sendable, Hashable {
  public var left: Node
  public var right: Node

  /// Makes a kink.
  public init(left: Node, right: Node) {
    self.left = left
    self.right = right
  }
}
