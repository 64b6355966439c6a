/// One of the seven base dimensions of the SI.
public enum BaseDimension: Int, Sendable, Hashable, CaseIterable {
  case mass, length, time, current, temperature, amount, luminousIntensity

  /// The symbol of the SI base unit.
  public var symbol: String {
    switch self {
    case .mass: "kg"
    case .length: "m"
    case .time: "s"
    case .current: "A"
    case .temperature: "K"
    case .amount: "mol"
    case .luminousIntensity: "cd"
    }
  }
}

/// The exponents of the SI base dimensions.
///
/// Exponents are counted in halves: noise has units such as `mV/sqrt(ms)`. They saturate at
/// ±``largestExponent``, far beyond anything with a meaning, so that no text can make them
/// overflow.
public struct Dimensions: Sendable, Hashable {
  /// The largest exponent that is told apart from larger ones.
  public static let largestExponent = 100

  /// Exponents in halves, in the order of `BaseDimension`; the eighth lane stays 0.
  private var halves: SIMD8<Int16>

  private init(lanes: SIMD8<Int16>) {
    let bound = SIMD8<Int16>(repeating: Int16(2 * Self.largestExponent))
    halves = lanes.clamped(lowerBound: 0 &- bound, upperBound: bound)
  }

  /// Makes dimensions of exponents counted in halves, in the order of `BaseDimension`.
  ///
  /// Missing exponents are 0; those after the seventh are ignored.
  public init(halves exponents: [Int]) {
    var lanes = SIMD8<Int16>()
    for (index, exponent) in exponents.prefix(7).enumerated() {
      lanes[index] = Int16(clamping: exponent)
    }
    self.init(lanes: lanes)
  }

  /// Makes the dimensions of a product of powers of base units.
  public init(
    mass: Int = 0, length: Int = 0, time: Int = 0, current: Int = 0, temperature: Int = 0,
    amount: Int = 0, luminousIntensity: Int = 0
  ) {
    self.init(
      halves: [mass, length, time, current, temperature, amount, luminousIntensity].map { 2 * $0 })
  }

  /// The dimensions of a pure number.
  public static let none = Dimensions(lanes: SIMD8<Int16>())

  /// The dimension of time.
  public static let time = Dimensions(time: 1)

  /// Whether these are the dimensions of a pure number.
  public var isNone: Bool { halves == SIMD8<Int16>() }

  /// Twice the exponent of a base dimension.
  public func halves(of base: BaseDimension) -> Int { Int(halves[base.rawValue]) }

  /// The dimensions of a product.
  public static func * (left: Dimensions, right: Dimensions) -> Dimensions {
    Dimensions(lanes: left.halves &+ right.halves)
  }

  /// The dimensions of a quotient.
  public static func / (left: Dimensions, right: Dimensions) -> Dimensions {
    Dimensions(lanes: left.halves &- right.halves)
  }

  /// The dimensions of a power, or `nil` where an exponent would not be a multiple of one half.
  public func raised(to exponent: Double) -> Dimensions? {
    guard exponent.isFinite else { return nil }
    var result: [Int] = []
    for base in BaseDimension.allCases {
      let exact = Double(halves(of: base)) * exponent
      let nearest = exact.rounded()
      // 1/3 is not a Double, so a cube root of cubic metres misses its integer by a rounding.
      guard abs(exact - nearest) < 1e-9 else { return nil }
      result.append(Int(max(-30_000, min(30_000, nearest))))
    }
    return Dimensions(halves: result)
  }
}
