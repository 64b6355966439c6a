import Programs
import Solvers

/// The search for the first change of a condition within an attempted step, on its interpolation.
struct ConditionSearch {
  let lane: Int
  let block: LaneBlock
  let ensemble: Ensemble

  /// The part of a step before a kink that is short enough to be passed together with it.
  private static let tinyPart = 1e-9

  /// How conditions and kinks stand at a fraction of the step.
  private struct Reading {
    var fraction: Double
    var margins: [Double]
    var hasGoneBack: [Bool]
    var kinks: [Double]
  }

  private func reading(at fraction: Double) -> Reading {
    let arrays = ensemble.stepped.arrays
    block[arrays.fraction, lane] = fraction
    block.locate()
    return Reading(
      fraction: fraction,
      margins: (0..<ensemble.conditionCount).map { block[arrays.locatedMargins, $0, lane] },
      hasGoneBack: (0..<ensemble.conditionCount).map {
        block[arrays.locatedGoneBack, $0, lane] != 0
      },
      kinks: (0..<ensemble.kinkCount).map { block[arrays.locatedKinks, $0, lane] })
  }

  /// The smallest fraction of the step found at which something changes, 1 if nothing does before, and the
  /// kinks that may be passed on the way there with the sides on which they are.
  func earliestChange() -> (fraction: Double, kinks: [(kink: Int, side: Double)]) {
    let arrays = ensemble.stepped.arrays
    let readings =
      [reading(at: 0)] + SteppedProgram.conditionFractions.map { reading(at: $0) } + [
        reading(at: 1)
      ]
    var earliest = 1.0
    for condition in 0..<ensemble.conditionCount {
      let isHolding = block[arrays.holding, condition, lane] != 0
      if isHolding && !ensemble.tellsEnd[condition] { continue }
      let hasChanged: (Reading) -> Bool = {
        isHolding ? $0.hasGoneBack[condition] : $0.margins[condition] >= 0
      }
      guard
        let change = change(
          readings, hasChanged: hasChanged, height: { isHolding ? -$0 : $0 },
          margin: { $0.margins[condition] })
      else { continue }
      earliest = min(earliest, change)
    }
    var kinks: [(kink: Int, side: Double)] = []
    for kink in 0..<ensemble.kinkCount {
      let side = block[arrays.kinkSides, kink, lane]
      guard side != 0, let last = readings.last, last.kinks[kink] * side < 0 else { continue }
      let change = boundary(0, 1, { $0.kinks[kink] * side < 0 }, height: { -side * $0.kinks[kink] })
      kinks.append((kink, side))
      // First to the near side, so that no stage of a long step sees what is beyond.
      earliest = min(earliest, change.last > Self.tinyPart ? change.last : change.first)
    }
    return (earliest, kinks)
  }

  /// Where a condition changes first.
  ///
  /// - Parameters:
  ///   - readings: In order, at the start first; there it has not changed.
  ///   - hasChanged: Whether the condition is another than before.
  ///   - height: What rises to 0 before a change.
  ///   - margin: The margin of the condition.
  /// - Returns: A fraction of the step; `nil` if it does not change.
  private func change(
    _ readings: [Reading], hasChanged: (Reading) -> Bool, height: (Double) -> Double,
    margin: (Reading) -> Double
  ) -> Double? {
    for (index, reading) in readings.enumerated().dropFirst() {
      let before = readings[index - 1]
      // A top between the readings before, which may have reached zero.
      if index >= 2 {
        let values = [readings[index - 2], before, reading].map { height(margin($0)) }
        if values[1] >= values[0] || values[1] >= values[2], values[1] < 0,
          let top = top(readings[index - 2].fraction, reading.fraction, { height(margin($0)) }),
          hasChanged(top)
        {
          return boundary(
            readings[index - 2].fraction, top.fraction, hasChanged,
            height: { height(margin($0)) }
          ).first
        }
      }
      if hasChanged(reading) {
        return boundary(
          before.fraction, reading.fraction, hasChanged, height: { height(margin($0)) }
        ).first
      }
      // Where the value is lost on the way, what it did before counts.
      if margin(reading).isNaN, !margin(before).isNaN {
        let lost = boundary(before.fraction, reading.fraction) { margin($0).isNaN }
        let last = self.reading(at: lost.last)
        if hasChanged(last) {
          return boundary(before.fraction, last.fraction, hasChanged).first
        }
      }
    }
    return nil
  }

  /// The two neighbouring fractions found between which something becomes true.
  ///
  /// By the secant where there is a height that rises through 0 there, halving the height of an end that
  /// stays (Dowell and Jarratt 1971, BIT 11, 168), and by halves where that does not narrow the bracket.
  private func boundary(
    _ low: Double, _ high: Double, _ isTrue: (Reading) -> Bool,
    height: (Reading) -> Double = { _ in .nan }
  ) -> (last: Double, first: Double) {
    let arrays = ensemble.stepped.arrays
    // What differs by less is the same time.
    let moment = block[arrays.time, lane].ulp / block[arrays.attemptedStep, lane]
    var (low, high) = (low, high)
    var (heightLow, heightHigh) = (height(reading(at: low)), height(reading(at: high)))
    var side = 0
    var widths = (0..<3).map { _ in high - low }
    while high - low > max(0.5 * moment, 1e-16) {
      var middle = 0.5 * (low + high)
      if heightLow < 0, heightHigh >= 0, high - low <= 0.5 * widths[0] || widths[2] == widths[0] {
        let secant = low - heightLow * (high - low) / (heightHigh - heightLow)
        if secant > low, secant < high { middle = secant }
      }
      if middle <= low || middle >= high { break }
      widths = [widths[1], widths[2], high - low]
      let found = reading(at: middle)
      if isTrue(found) {
        high = middle
        heightHigh = height(found)
        if side > 0 { heightLow *= 0.5 }
        side = 1
      } else {
        low = middle
        heightLow = height(found)
        if side < 0 { heightHigh *= 0.5 }
        side = -1
      }
    }
    return (low, high)
  }

  /// The reading at the top of a curve that rises and falls between two fractions.
  ///
  /// By golden sections (Kiefer 1953, Proceedings of the American Mathematical Society 4, 502).
  private func top(_ low: Double, _ high: Double, _ height: (Reading) -> Double) -> Reading? {
    let golden = 0.5 * (5.0.squareRoot() - 1)
    var (low, high) = (low, high)
    var left = reading(at: high - golden * (high - low))
    var right = reading(at: low + golden * (high - low))
    for _ in 0..<60 {
      if height(left) >= 0 { return left }
      if height(right) >= 0 { return right }
      if height(left) > height(right) {
        high = right.fraction
        right = left
        left = reading(at: high - golden * (high - low))
      } else {
        low = left.fraction
        left = right
        right = reading(at: low + golden * (high - low))
      }
    }
    return height(left) > height(right) ? left : right
  }
}
