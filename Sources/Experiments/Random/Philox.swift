/// The counter-based generator Philox4x32-10.
///
/// A number is a function of a key and a counter alone, so it does not depend on the order in
/// which numbers are drawn or on the thread that draws them.
///
/// - Source: Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3,
///   Proceedings of SC11.
public struct Philox: Sendable {
  /// The key: the seed.
  public let key: SIMD2<UInt32>

  /// Makes a generator of a seed.
  public init(seed: UInt64) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
  }

  /// The four words that belong to a counter.
  public func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var words = counter
    var roundKey = key
    for round in 0..<10 {
      if round > 0 { roundKey &+= SIMD2(0x9E37_79B9, 0xBB67_AE85) }
      let first = UInt64(0xD251_1F53) * UInt64(words[0])
      let second = UInt64(0xCD9E_8D57) * UInt64(words[2])
      words = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ words[1] ^ roundKey[0],
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ words[3] ^ roundKey[1],
        UInt32(truncatingIfNeeded: first))
    }
    return words
  }

  /// What the numbers of a stream are used for: streams never share a number.
  public enum Purpose: UInt32, Sendable {
    case randomDesign = 1
    case stratumOrder = 2
    case stratumPosition = 3
    case digitalShift = 4
    case inputNoise = 5
    case matrixScramble = 6
    case trajectoryOrder = 7
    case trajectoryStart = 8
    case resampling = 9
    case individuals = 10
  }

  /// A 64-bit number for one index of one dimension.
  ///
  /// The counter is the index (64 bits), the dimension and the purpose (32 bits each).
  public func bits(index: Int, dimension: Int, purpose: Purpose) -> UInt64 {
    let counter = UInt64(truncatingIfNeeded: index)
    let words = block(
      SIMD4(
        UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
        UInt32(truncatingIfNeeded: dimension), purpose.rawValue))
    return UInt64(words[0]) | UInt64(words[1]) << 32
  }

  /// A number strictly between 0 and 1: the middle of one of 2^53 equal cells.
  public func uniform(index: Int, dimension: Int, purpose: Purpose) -> Double {
    unitInterval(bits(index: index, dimension: dimension, purpose: purpose))
  }
}

/// The middle of the cell of width 2^−53 that the upper bits choose: never 0 and, because the
/// sum is rounded to even, 1 is replaced by the largest number below it.
func unitInterval(_ bits: UInt64) -> Double {
  min((Double(bits >> 11) + 0.5) * 0x1p-53, 1.0.nextDown)
}
