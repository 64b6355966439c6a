import ModelLanguage
import Programs

/// The values of a model's clock-driven expressions over stretches of time, in one run.
struct ClockExpression: Sendable {
  let model: Model
  let parameters: [Double]
  let inputs: [Double]

  /// What an expression can be from one time to another, in SI units.
  ///
  /// - Precondition: It depends on no state.
  func enclosure(of expression: Expression, over time: Enclosure) -> Enclosure {
    switch expression {
    case .number(let value): return Enclosure(value)
    case .time: return time
    case .amount: return .everything
    case .parameter(let index): return Enclosure(parameters[index])
    case .input(let index): return Enclosure(inputs[index])
    case .state: preconditionFailure("what follows the clock depends on no state")
    case .quantity(let index): return enclosure(of: model.quantities[index].value, over: time)
    case .negate(let inner): return -enclosure(of: inner, over: time)
    case .binary(let operation, let left, let right):
      let x = enclosure(of: left, over: time)
      let y = enclosure(of: right, over: time)
      switch operation {
      case .add: return x + y
      case .subtract: return x - y
      case .multiply: return x * y
      case .divide: return x / y
      case .power: return x.power(y)
      }
    case .call(let function, let arguments):
      let values = arguments.map { enclosure(of: $0, over: time) }
      guard let first = values.first else {
        preconditionFailure("`\(function.rawValue)` is called without a number")
      }
      switch ExpressionTranslator.operation(function) {
      case .unary(let operation): return first.applying(operation)
      case .fold(.minimum): return values.dropFirst().reduce(first) { $0.minimum($1) }
      case .fold(.maximum): return values.dropFirst().reduce(first) { $0.maximum($1) }
      }
    case .conditional(let condition, let then, let otherwise):
      switch holds(condition, over: time) {
      case true?: return enclosure(of: then, over: time)
      case false?: return enclosure(of: otherwise, over: time)
      case nil: return enclosure(of: then, over: time).union(enclosure(of: otherwise, over: time))
      }
    }
  }

  /// Whether a condition holds all the time; `nil` where it may change.
  private func holds(_ condition: Expression.Condition, over time: Enclosure) -> Bool? {
    switch condition {
    case .comparison(let comparison, let left, let right):
      let x = enclosure(of: left, over: time)
      let y = enclosure(of: right, over: time)
      if x.mayLackValue || y.mayLackValue {
        // At one time it is known whether there is a value, and without one nothing holds.
        guard time.low == time.high else { return nil }
        return comparison == .notEqual
      }
      switch comparison {
      case .less: return x.high < y.low ? true : (x.low >= y.high ? false : nil)
      case .lessOrEqual: return x.high <= y.low ? true : (x.low > y.high ? false : nil)
      case .greater: return x.low > y.high ? true : (x.high <= y.low ? false : nil)
      case .greaterOrEqual: return x.low >= y.high ? true : (x.high < y.low ? false : nil)
      case .equal, .notEqual:
        let isEqual: Bool? =
          x.constant != nil && x.constant == y.constant
          ? true : (x.high < y.low || x.low > y.high ? false : nil)
        return comparison == .equal ? isEqual : isEqual.map { !$0 }
      }
    case .not(let inner): return holds(inner, over: time).map { !$0 }
    case .and(let left, let right):
      let (a, b) = (holds(left, over: time), holds(right, over: time))
      if a == false || b == false { return false }
      return a == true && b == true ? true : nil
    case .or(let left, let right):
      let (a, b) = (holds(left, over: time), holds(right, over: time))
      if a == true || b == true { return true }
      return a == false && b == false ? false : nil
    }
  }

  /// The value at one time; NaN where there is none.
  func value(of expression: Expression, at time: Double) -> Double {
    enclosure(of: expression, over: Enclosure(time)).constant ?? .nan
  }

  /// The first time after another one at which a piecewise constant expression has another value.
  ///
  /// The stretch is halved until enclosures prove that nothing changes in a part, or it is as short as the
  /// resolution; so what changes for less than a part in 10¹³ of the stretch may be passed over.
  ///
  /// - Returns: The time, the very number at which the value is another one, or a time before it at which
  ///   the search is to be taken up again; `nil` if nothing changes until the end.
  func nextChange(
    of expression: Expression, after start: Double, until end: Double, span: Double
  ) -> Double? {
    let first = Self.justAfter(start, in: span)
    guard first < end else { return nil }
    let old = value(of: expression, at: first)
    let resolution = max((end - start) * 1e-13, start.ulp)
    var budget = Self.searchBudget
    // The parts that are left, the nearest on top.
    var parts = [(low: first, high: end)]
    while let (low, high) = parts.popLast() {
      budget -= 1
      if budget < 0 { return max(low, first) }
      let found = enclosure(of: expression, over: Enclosure(low: low, high: high))
      if let constant = found.constant, constant == old { continue }
      let middle = low + (high - low) / 2
      if high - low <= resolution || middle <= low || middle >= high {
        if let change = change(of: expression, from: old, low, high) { return change }
        continue
      }
      parts.append((middle, high))
      parts.append((low, middle))
    }
    return nil
  }

  /// The time at which what holds from a time on is looked up: the next number, but no nearer than any step
  /// of a run of some length could tell.
  static func justAfter(_ time: Double, in span: Double) -> Double {
    max(time.nextUp, time + span * 0x1p-60)
  }

  /// How many stretches a search may look at before it gives itself a stop.
  private static let searchBudget = 20_000

  /// The first number at which the value is another one, between two that are close to each other.
  private func change(
    of expression: Expression, from old: Double, _ low: Double, _ high: Double
  ) -> Double? {
    func isSame(_ time: Double) -> Bool {
      let value = value(of: expression, at: time)
      return value == old || (value.isNaN && old.isNaN)
    }
    if !isSame(low) { return low }
    guard !isSame(high) else { return nil }
    var (low, high) = (low, high)
    while low.nextUp < high {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if isSame(middle) { low = middle } else { high = middle }
    }
    return high
  }

  /// The smallest and the largest value between two times, nearly.
  ///
  /// By branch and bound: of all parts that with the furthest bound is halved.
  func range(of expression: Expression, from start: Double, to end: Double) -> Enclosure {
    func furthest(_ sign: Double) -> Double {
      func bound(_ low: Double, _ high: Double) -> Double {
        let found = enclosure(of: expression, over: Enclosure(low: low, high: high))
        return sign > 0 ? found.high : -found.low
      }
      var parts = [(low: start, high: end, bound: bound(start, end))]
      var reached = -Double.infinity
      for _ in 0..<200 {
        guard let place = parts.indices.max(by: { parts[$0].bound < parts[$1].bound }) else {
          break
        }
        let part = parts[place]
        let middle = part.low + (part.high - part.low) / 2
        let value = sign * value(of: expression, at: middle)
        if value > reached { reached = value }
        if part.bound - reached <= 0.1 * (reached.magnitude + part.bound.magnitude) { break }
        parts[place] = (part.low, middle, bound(part.low, middle))
        parts.append((middle, part.high, bound(middle, part.high)))
      }
      return sign * parts.reduce(-.infinity) { max($0, $1.bound) }
    }
    return Enclosure(low: furthest(-1), high: furthest(1))
  }
}
