import Programs

/// An interval that holds every value that a function takes.
///
/// Ends of sums, products and quotients are rounded as in kernels, whose rounding keeps order; what is not
/// rounded so is widened by some units in the last place.
///
/// Source: Moore, Kearfott and Cloud (2009), Introduction to Interval Analysis.
struct Enclosure: Equatable, Sendable {
  var low: Double
  var high: Double
  /// Whether some of the values may not be numbers.
  var mayLackValue = false

  static let everything = Enclosure(low: -.infinity, high: .infinity, mayLackValue: true)

  init(low: Double, high: Double, mayLackValue: Bool = false) {
    self.low = low
    self.high = high
    self.mayLackValue = mayLackValue
    if low.isNaN || high.isNaN { self = .everything }
  }

  init(_ value: Double) {
    if value.isNaN {
      self = .everything
    } else {
      low = value
      high = value
    }
  }

  /// The only value, if there is but one.
  var constant: Double? { low == high && !mayLackValue ? low : nil }

  /// Of values that were found apart.
  func union(_ other: Enclosure) -> Enclosure {
    Enclosure(
      low: min(low, other.low), high: max(high, other.high),
      mayLackValue: mayLackValue || other.mayLackValue)
  }

  /// The interval between the smallest and the largest of four values.
  private static func between(
    _ a: Double, _ b: Double, _ c: Double, _ d: Double, mayLackValue: Bool
  ) -> Enclosure {
    Enclosure(
      low: min(min(a, b), min(c, d)), high: max(max(a, b), max(c, d)),
      mayLackValue: mayLackValue || (a + b + c + d).isNaN)
  }

  private static func between(_ a: Double, _ b: Double, mayLackValue: Bool) -> Enclosure {
    between(a, b, a, b, mayLackValue: mayLackValue)
  }

  static prefix func - (x: Enclosure) -> Enclosure {
    Enclosure(low: -x.high, high: -x.low, mayLackValue: x.mayLackValue)
  }

  static func + (x: Enclosure, y: Enclosure) -> Enclosure {
    Enclosure(
      low: x.low + y.low, high: x.high + y.high, mayLackValue: x.mayLackValue || y.mayLackValue)
  }

  static func - (x: Enclosure, y: Enclosure) -> Enclosure {
    Enclosure(
      low: x.low - y.high, high: x.high - y.low, mayLackValue: x.mayLackValue || y.mayLackValue)
  }

  static func * (x: Enclosure, y: Enclosure) -> Enclosure {
    between(
      x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high,
      mayLackValue: x.mayLackValue || y.mayLackValue)
  }

  static func / (x: Enclosure, y: Enclosure) -> Enclosure {
    guard y.low > 0 || y.high < 0 else { return .everything }
    return between(
      x.low / y.low, x.low / y.high, x.high / y.low, x.high / y.high,
      mayLackValue: x.mayLackValue || y.mayLackValue)
  }

  func minimum(_ other: Enclosure) -> Enclosure {
    Enclosure(
      low: min(low, other.low), high: min(high, other.high),
      mayLackValue: mayLackValue || other.mayLackValue)
  }

  func maximum(_ other: Enclosure) -> Enclosure {
    Enclosure(
      low: max(low, other.low), high: max(high, other.high),
      mayLackValue: mayLackValue || other.mayLackValue)
  }

  func power(_ exponent: Enclosure) -> Enclosure {
    let mayLackValue = mayLackValue || exponent.mayLackValue
    if let whole = exponent.constant, whole == whole.rounded(), whole.magnitude <= 64 {
      if whole < 0, low <= 0, high >= 0 { return .everything }
      var result = Self.between(
        ElementaryFunctions.power(low, whole), ElementaryFunctions.power(high, whole),
        mayLackValue: mayLackValue)
      let isEven = whole.truncatingRemainder(dividingBy: 2) == 0
      if isEven, whole > 0, low < 0, high > 0 { result.low = 0 }
      return widened(result)
    }
    guard low >= 0 else { return .everything }
    return widened(
      Self.between(
        ElementaryFunctions.power(low, exponent.low), ElementaryFunctions.power(low, exponent.high),
        ElementaryFunctions.power(high, exponent.low),
        ElementaryFunctions.power(high, exponent.high), mayLackValue: mayLackValue))
  }

  /// A function of this interval.
  func applying(_ operation: UnaryOperation) -> Enclosure {
    func ends() -> Enclosure {
      Self.between(
        ElementaryFunctions.evaluate(operation, low), ElementaryFunctions.evaluate(operation, high),
        mayLackValue: mayLackValue)
    }
    let passesZero = low < 0 && high > 0
    switch operation {
    case .negate: return -self
    case .absolute:
      var result = ends()
      if passesZero { result.low = 0 }
      return result
    case .floor, .ceiling, .sign: return ends()
    case .squareRoot: return low >= 0 ? ends() : .everything
    case .log, .log2, .log10: return low > 0 ? widened(ends()) : .everything
    case .log1p: return low > -1 ? widened(ends()) : .everything
    case .asin, .acos: return low >= -1 && high <= 1 ? widened(ends()) : .everything
    case .exp, .expm1, .cubeRoot, .atan, .sinh, .tanh, .exprel, .linoid, .coarseExpm1:
      return widened(ends())
    case .cosh:
      var result = widened(ends())
      if passesZero { result.low = 1 }
      return result
    case .sin: return wave(top: .pi / 2, ends())
    case .cos: return wave(top: 0, ends())
    case .tan:
      guard high - low < 3, !reaches(.pi / 2, each: .pi) else { return .everything }
      return widened(ends())
    case .coarseReciprocal, .coarseLog2, .coarseExp2:
      preconditionFailure("an estimate for step control is no function of the language")
    }
  }

  private func wave(top: Double, _ ends: Enclosure) -> Enclosure {
    guard low.isFinite, high.isFinite else {
      return Enclosure(low: -1, high: 1, mayLackValue: true)
    }
    var result = widened(ends)
    if reaches(top, each: 2 * .pi) { result.high = 1 }
    if reaches(top + .pi, each: 2 * .pi) { result.low = -1 }
    return result
  }

  /// Whether the interval holds a place or one that lies whole periods away.
  private func reaches(_ place: Double, each period: Double) -> Bool {
    // A rounding more: what is only nearly reached counts.
    let slack = 1e-15 * max(1, low.magnitude, high.magnitude)
    let first = ((low - slack - place) / period).rounded(.up)
    return place + first * period <= high + slack
  }

  /// For functions that are within a unit in the last place, which need not keep order.
  private func widened(_ result: Enclosure) -> Enclosure {
    guard low != high, result.low.isFinite || result.high.isFinite else { return result }
    return Enclosure(
      low: result.low - 4 * result.low.magnitude.ulp,
      high: result.high + 4 * result.high.magnitude.ulp, mayLackValue: result.mayLackValue)
  }
}
