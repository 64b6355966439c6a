import ModelLanguage

/// Where expressions bend or jump with the states: comparisons, `min`, `max`, `abs` and `sign`.
struct KinkSearch {
  private let model: Model
  private let dependence: ClockDependence
  private(set) var pairs: [(left: Expression, right: Expression)] = []
  /// Maximal parts that follow the clock along a curve.
  private(set) var curves: [Expression] = []
  private var seenPairs: Set<[Expression]> = []
  private var seenCurves: Set<Expression> = []
  private var seenQuantities: Set<Int> = []

  init(_ model: Model, _ dependence: ClockDependence) {
    self.model = model
    self.dependence = dependence
  }

  mutating func search(_ expression: Expression) {
    if dependence.followsClock(expression) {
      if dependence.isCurved(expression), seenCurves.insert(expression).inserted {
        curves.append(expression)
      }
      return
    }
    switch expression {
    case .number, .time, .amount, .parameter, .input, .state: break
    case .quantity(let index):
      if seenQuantities.insert(index).inserted { search(model.quantities[index].value) }
    case .negate(let inner): search(inner)
    case .binary(_, let left, let right):
      search(left)
      search(right)
    case .call(let function, let arguments):
      for argument in arguments { search(argument) }
      switch function {
      case .min, .max:
        for (index, argument) in arguments.enumerated() {
          for other in arguments[(index + 1)...] { add(argument, other) }
        }
      case .abs, .sign: if let argument = arguments.first { add(argument, .number(0)) }
      default: break
      }
    case .conditional(let condition, let first, let second):
      search(condition)
      search(first)
      search(second)
    }
  }

  /// Every comparison of a condition, and what bends in them.
  mutating func search(_ condition: Expression.Condition) {
    switch condition {
    case .comparison(_, let left, let right):
      search(left)
      search(right)
      add(left, right)
    case .not(let inner): search(inner)
    case .and(let left, let right), .or(let left, let right):
      search(left)
      search(right)
    }
  }

  /// What bends within a condition whose own changes are watched as they are.
  mutating func searchWithin(_ condition: Expression.Condition) {
    guard case .comparison(_, let left, let right) = condition else { return search(condition) }
    search(left)
    search(right)
  }

  private mutating func add(_ left: Expression, _ right: Expression) {
    guard dependence.dependsOnStates(.binary(.subtract, left, right)),
      seenPairs.insert([left, right]).inserted
    else { return }
    pairs.append((left, right))
  }
}
