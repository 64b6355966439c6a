/// The Sobol' sequence in Gray-code order, shifted digit by digit with a seed.
///
/// The first 2^k points, shifted or not, put exactly one point into each of 2^k equal intervals
/// of every dimension. The digital shift keeps this and moves the first point away from 0.
///
/// - Source: Sobol' (1967), USSR Comput. Math. Math. Phys. 7, 86; Antonov & Saleev (1979), ibid.
///   19, 252; the direction numbers are those of `SobolDirections`.
struct SobolSequence: Sendable {
  /// Direction numbers as fractions of 2^32: `[dimension][bit]`.
  private let directions: [[UInt32]]
  /// What each dimension is shifted by; all zero for the sequence itself.
  private let shifts: [UInt64]

  /// The bits that a point has before the shift; at most 2^32 points are distinct.
  static let bits = 32

  /// Makes the sequence without a shift.
  init(dimensions: Int) {
    self.init(dimensions: dimensions, shifts: Array(repeating: 0, count: dimensions))
  }

  /// Makes the sequence with the digital shift that belongs to a seed.
  init(dimensions: Int, seed: UInt64) {
    let generator = Philox(seed: seed)
    self.init(
      dimensions: dimensions,
      shifts: (0..<dimensions).map {
        generator.bits(index: 0, dimension: $0, purpose: .digitalShift)
      })
  }

  private init(dimensions: Int, shifts: [UInt64]) {
    precondition(dimensions <= SobolDirections.dimensionLimit, "too many Sobol' dimensions")
    self.shifts = shifts
    directions = (0..<dimensions).map { dimension in
      if dimension == 0 { return (0..<Self.bits).map { 1 << UInt32(Self.bits - 1 - $0) } }
      let row = SobolDirections.rows[dimension - 1]
      return Self.expand(polynomial: row.polynomial, initial: row.initial)
    }
  }

  /// Direction numbers by the recurrence of Bratley & Fox (1988), ACM TOMS 14, 88.
  private static func expand(polynomial: UInt32, initial: [UInt32]) -> [UInt32] {
    let degree = initial.count
    var values = initial.enumerated().map { $1 << UInt32(bits - 1 - $0) }
    for index in degree..<bits {
      var value = values[index - degree] ^ (values[index - degree] >> UInt32(degree))
      for lag in 1..<max(degree, 1) where (polynomial >> UInt32(degree - lag)) & 1 == 1 {
        value ^= values[index - lag]
      }
      values.append(value)
    }
    return values
  }

  /// One coordinate of a point, strictly between 0 and 1 when shifted.
  func coordinate(point: Int, dimension: Int) -> Double {
    let gray = UInt64(point) ^ (UInt64(point) >> 1)
    var value: UInt32 = 0
    var rest = gray
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      if bit >= Self.bits { break }
      value ^= directions[dimension][bit]
      rest &= rest - 1
    }
    if shifts[dimension] == 0 { return Double(value) * 0x1p-32 }
    return unitInterval((UInt64(value) << 32) ^ shifts[dimension])
  }
}
