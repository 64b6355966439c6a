import ModelLanguage

/// What the expressions of a model depend on, quantities looked through.
struct ClockDependence: Sendable {
  private struct Uses {
    var time = false
    var states = false
    /// More than a constant plus a constant times the time.
    var isCurved = false
  }

  private var quantities: [Uses] = []

  init(_ model: Model) {
    for quantity in model.quantities {
      let uses = uses(of: quantity.value)
      quantities.append(uses)
    }
  }

  /// Whether it changes with time and with nothing that is solved for.
  func followsClock(_ expression: Expression) -> Bool {
    let uses = uses(of: expression)
    return uses.time && !uses.states
  }

  /// Whether both sides together change with time and with nothing that is solved for.
  func followsClock(_ left: Expression, _ right: Expression) -> Bool {
    followsClock(.binary(.subtract, left, right))
  }

  /// Whether it follows the clock otherwise than along a straight line.
  func isCurved(_ expression: Expression) -> Bool {
    let uses = uses(of: expression)
    return uses.time && !uses.states && uses.isCurved
  }

  func dependsOnStates(_ expression: Expression) -> Bool { uses(of: expression).states }

  private func uses(of expression: Expression) -> Uses {
    switch expression {
    case .number, .parameter, .amount, .input: return Uses()
    case .time: return Uses(time: true)
    case .state: return Uses(states: true)
    case .quantity(let index): return quantities[index]
    case .negate(let inner): return uses(of: inner)
    case .binary(let operation, let left, let right):
      let (left, right) = (uses(of: left), uses(of: right))
      let isStraight: Bool =
        switch operation {
        case .add, .subtract: true
        case .multiply: !(left.time && right.time)
        case .divide: !right.time
        case .power: !left.time && !right.time
        }
      return Self.union([left, right], isCurved: !isStraight)
    case .call(_, let arguments):
      let parts = arguments.map { uses(of: $0) }
      return Self.union(parts, isCurved: parts.contains { $0.time })
    case .conditional(let condition, let first, let second):
      let parts = [uses(of: condition), uses(of: first), uses(of: second)]
      return Self.union(parts, isCurved: parts[0].time)
    }
  }

  private func uses(of condition: Expression.Condition) -> Uses {
    switch condition {
    case .comparison(_, let left, let right):
      return Self.union([uses(of: left), uses(of: right)], isCurved: false)
    case .not(let inner): return uses(of: inner)
    case .and(let left, let right), .or(let left, let right):
      return Self.union([uses(of: left), uses(of: right)], isCurved: false)
    }
  }

  private static func union(_ parts: [Uses], isCurved: Bool) -> Uses {
    Uses(
      time: parts.contains { $0.time }, states: parts.contains { $0.states },
      isCurved: isCurved || parts.contains { $0.isCurved })
  }
}
