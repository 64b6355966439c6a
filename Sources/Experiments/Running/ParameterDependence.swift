import ModelLanguage

extension Expression {
  /// Calls a function with the index of each parameter that occurs.
  func forEachParameter(_ visit: (Int) -> Void) {
    switch self {
    case .parameter(let index): visit(index)
    case .number, .time, .amount, .input, .state, .quantity: break
    case .negate(let operand): operand.forEachParameter(visit)
    case .binary(_, let left, let right):
      left.forEachParameter(visit)
      right.forEachParameter(visit)
    case .call(_, let arguments): for argument in arguments { argument.forEachParameter(visit) }
    case .conditional(let condition, let then, let otherwise):
      condition.forEachParameter(visit)
      then.forEachParameter(visit)
      otherwise.forEachParameter(visit)
    }
  }

  /// Whether one of some parameters occurs.
  func depends(on parameters: Set<Int>) -> Bool {
    var found = false
    forEachParameter { if parameters.contains($0) { found = true } }
    return found
  }
}

extension Expression.Condition {
  func forEachParameter(_ visit: (Int) -> Void) {
    switch self {
    case .comparison(_, let left, let right):
      left.forEachParameter(visit)
      right.forEachParameter(visit)
    case .not(let inner): inner.forEachParameter(visit)
    case .and(let left, let right), .or(let left, let right):
      left.forEachParameter(visit)
      right.forEachParameter(visit)
    }
  }
}

extension Expression {
  /// Whether only parameters, numbers and the dose occur.
  var dependsOnParametersOnly: Bool {
    switch self {
    case .parameter, .number, .amount: true
    case .time, .input, .state, .quantity: false
    case .negate(let operand): operand.dependsOnParametersOnly
    case .binary(_, let left, let right):
      left.dependsOnParametersOnly && right.dependsOnParametersOnly
    case .call(_, let arguments): arguments.allSatisfy(\.dependsOnParametersOnly)
    case .conditional(let condition, let then, let otherwise):
      condition.dependsOnParametersOnly && then.dependsOnParametersOnly
        && otherwise.dependsOnParametersOnly
    }
  }
}

extension Expression.Condition {
  var dependsOnParametersOnly: Bool {
    switch self {
    case .comparison(_, let left, let right):
      left.dependsOnParametersOnly && right.dependsOnParametersOnly
    case .not(let inner): inner.dependsOnParametersOnly
    case .and(let left, let right), .or(let left, let right):
      left.dependsOnParametersOnly && right.dependsOnParametersOnly
    }
  }
}
