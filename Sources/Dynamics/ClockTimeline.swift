public import ModelLanguage

/// When what follows the clock alone jumps or moves on in a run, found as far as it is asked for.
///
/// Depends on the span of the run, and on the parameters and inputs that the plan names, alone.
public final class ClockTimeline {
  private enum Entry {
    case jump(Expression)
    /// Levels of a curve, so far apart that a quarter of its range lies between two.
    case levels(Expression)

    var expression: Expression {
      switch self {
      case .jump(let expression), .levels(let expression): expression
      }
    }
  }

  private let functions: ClockExpression
  private let start: Double
  private let end: Double
  private let entries: [Entry]
  /// The changes of each that are known, ascending; an infinite one is the last.
  private var changes: [[Double]]

  /// Begins at the start of a run.
  ///
  /// - Parameters:
  ///   - plan: What follows the clock.
  ///   - parameters: Of the run, in SI units.
  ///   - inputs: Constant as long as the timeline is used.
  ///   - end: The end of the run, in s.
  public init(_ plan: ClockPlan, parameters: [Double], inputs: [Double], end: Double) {
    let functions = ClockExpression(model: plan.model, parameters: parameters, inputs: inputs)
    self.functions = functions
    self.start = plan.start
    self.end = end
    entries =
      plan.jumps.map { .jump($0) }
      + plan.curves.compactMap { curve in
        let range = functions.range(of: curve, from: plan.start, to: end)
        let width = (range.high - range.low) / 4
        guard width.isFinite, width > 0 else { return nil }
        // Half a level off, so that the ends of the range are no levels.
        let place = Expression.binary(
          .divide, .binary(.subtract, curve, .number(range.low - width / 2)), .number(width))
        return .levels(.call(.floor, [place]))
      }
    changes = entries.map { _ in [] }
  }

  /// The values of the jumping parts at a time itself.
  public func values(at time: Double) -> [Double] {
    entries.compactMap {
      guard case .jump(let expression) = $0 else { return nil }
      return functions.value(of: expression, at: time)
    }
  }

  /// The values of the jumping parts from a time on, until the next change.
  public func values(from time: Double) -> [Double] {
    values(at: ClockExpression.justAfter(time, in: end - start))
  }

  /// The next time after another one at which something changes, in s; infinite if nothing does until the
  /// end.
  public func nextChange(after time: Double) -> Double {
    var earliest = Double.infinity
    for (index, entry) in entries.enumerated() {
      // Each is found from the one before, whatever is asked, so that all runs find the same.
      while changes[index].last ?? start <= time {
        let found = functions.nextChange(
          of: entry.expression, after: changes[index].last ?? start, until: end,
          span: end - start)
        changes[index].append(found ?? .infinity)
      }
      var (low, high) = (0, changes[index].count)
      while low < high {
        let middle = (low + high) / 2
        if changes[index][middle] <= time { low = middle + 1 } else { high = middle }
      }
      earliest = min(earliest, low < changes[index].count ? changes[index][low] : .infinity)
    }
    return earliest
  }
}

/// What of a model follows the clock alone.
public struct ClockPlan: Sendable {
  public let model: Model
  /// Where the runs begin, in s.
  public let start: Double
  /// What jumps, each in an input of its own behind those of the model.
  public let jumps: [Expression]
  /// What moves along a curve.
  public let curves: [Expression]

  /// The parameters and the inputs of the model on which they depend, ascending.
  public let parameters: [Int]
  public let inputs: [Int]

  init(model: Model, start: Double, jumps: [Expression], curves: [Expression]) {
    self.model = model
    self.start = start
    self.jumps = jumps
    self.curves = curves
    var parameters: Set<Int> = []
    var inputs: Set<Int> = []
    var left = jumps + curves
    var seen: Set<Int> = []
    while let expression = left.popLast() {
      let references = expression.references
      parameters.formUnion(references.parameters)
      inputs.formUnion(references.inputs)
      for quantity in references.quantities where seen.insert(quantity).inserted {
        left.append(model.quantities[quantity].value)
      }
    }
    self.parameters = parameters.sorted()
    self.inputs = inputs.sorted()
  }

  /// What jumps alone.
  public var withoutCurves: ClockPlan {
    ClockPlan(model: model, start: start, jumps: jumps, curves: [])
  }

  /// Whether nothing does.
  public var isEmpty: Bool { jumps.isEmpty && curves.isEmpty }
}
