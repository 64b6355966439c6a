/// The Sobol' sequence in Gray-code order, scrambled with a seed.
///
/// The first 2^k points, scrambled or not, put exactly one point into each of 2^k equal intervals
/// of every dimension, and are as even in several dimensions at once. Scrambling multiplies the
/// digits of each dimension by a random lower triangular matrix and then shifts them: it keeps
/// this, makes each point uniformly distributed, and breaks the patterns of pairs of dimensions
/// that the sequence by itself has. A point is a function of the seed and its index, so more
/// points leave the first ones as they are.
///
/// - Source: Sobol' (1967), USSR Comput. Math. Math. Phys. 7, 86; Antonov & Saleev (1979), ibid.
///   19, 252; Matoušek (1998), On the L2-discrepancy for anchored boxes, Journal of Complexity 14,
///   527, for the scrambling; the direction numbers are those of `SobolDirections`.
struct SobolSequence: Sendable {
  /// Direction numbers as fractions of 2^64: `[dimension][bit]`.
  private let directions: [[UInt64]]
  /// What each dimension is shifted by; all zero for the sequence itself.
  private let shifts: [UInt64]
  private let isScrambled: Bool

  /// The digits of a point before scrambling; at most 2^32 points are distinct.
  static let bits = 32

  /// Makes the sequence itself.
  init(dimensions: Int) {
    shifts = Array(repeating: 0, count: dimensions)
    directions = (0..<dimensions).map { Self.columns(of: $0).map { UInt64($0) << 32 } }
    isScrambled = false
  }

  /// Makes the sequence with the scrambling that belongs to a seed.
  init(dimensions: Int, seed: UInt64) {
    let generator = Philox(seed: seed)
    shifts = (0..<dimensions).map {
      generator.bits(index: 0, dimension: $0, purpose: .digitalShift)
    }
    directions = (0..<dimensions).map { dimension in
      let rows = (0..<64).map { row in
        Self.scramblingRow(
          row, generator.bits(index: row, dimension: dimension, purpose: .matrixScramble))
      }
      return Self.columns(of: dimension).map { Self.product(rows, $0) }
    }
    isScrambled = true
  }

  /// A row of the scrambling matrix: random digits, then a 1 on the diagonal, then none.
  ///
  /// Rows below the last digit are random throughout.
  private static func scramblingRow(_ row: Int, _ random: UInt64) -> UInt32 {
    let digits = UInt32(truncatingIfNeeded: random)
    guard row < bits else { return digits }
    let diagonal = UInt32(1) << UInt32(bits - 1 - row)
    return digits & ~(diagonal | (diagonal - 1)) | diagonal
  }

  /// The product of the scrambling matrix with a column of digits.
  private static func product(_ rows: [UInt32], _ column: UInt32) -> UInt64 {
    rows.reduce(0) { $0 << 1 | UInt64(($1 & column).nonzeroBitCount & 1) }
  }

  /// The direction numbers of a dimension as fractions of 2^32.
  private static func columns(of dimension: Int) -> [UInt32] {
    precondition(dimension < SobolDirections.dimensionLimit, "too many Sobol' dimensions")
    if dimension == 0 { return (0..<bits).map { 1 << UInt32(bits - 1 - $0) } }
    let row = SobolDirections.rows[dimension - 1]
    return expand(polynomial: row.polynomial, initial: row.initial)
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

  /// One coordinate of a point, strictly between 0 and 1 when scrambled.
  func coordinate(point: Int, dimension: Int) -> Double {
    let gray = UInt64(point) ^ (UInt64(point) >> 1)
    var value = shifts[dimension]
    var rest = gray
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      if bit >= Self.bits { break }
      value ^= directions[dimension][bit]
      rest &= rest - 1
    }
    return isScrambled ? unitInterval(value) : Double(value >> 32) * 0x1p-32
  }
}
