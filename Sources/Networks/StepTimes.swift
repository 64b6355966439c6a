/// The ends of steps in s: the numbers nearest to whole multiples of a step as it was written.
///
/// A step of 0.1 ms is no binary number, so that its third multiple and the third multiple of the number
/// nearest to it round to different ones. The step stands for the decimal of fewest places that reads back
/// as it.
public struct StepTimes: Sendable {
  private let step: Double
  /// The step as `digits / scale`, two whole numbers; `nil` where it has too many digits.
  private let decimal: (digits: Double, scale: Double)?

  /// Takes a step in s.
  public init(step: Double) {
    self.step = step
    var scale = 1.0
    // Powers of ten are exact up to here.
    for _ in 0...22 {
      let digits = (step * scale).rounded()
      if digits < 0x1p53, digits / scale == step {
        decimal = (digits, scale)
        return
      }
      scale *= 10
    }
    decimal = nil
  }

  /// The time after a number of steps.
  public func time(after count: Int) -> Double {
    // The product of two whole numbers below 2^53 is exact, so that the division is the only rounding.
    if let decimal, Double(count) * decimal.digits < 0x1p53 {
      return Double(count) * decimal.digits / decimal.scale
    }
    return Double(count) * step
  }

  /// The time of a point within a step.
  ///
  /// - Parameters:
  ///   - fraction: Where within the step, from 0 to 1.
  ///   - number: The number of the step, from 0.
  /// - Returns: A time in s; at the ends of the step one of those of `time(after:)`.
  public func time(_ fraction: Double, ofStep number: Int) -> Double {
    let position = Double(number) + fraction
    let whole = position.rounded()
    return position == whole ? time(after: Int(whole)) : position * step
  }
}
