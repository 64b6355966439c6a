import CElementwise

/// A stream of random numbers in which every place can be asked for by itself.
///
/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011), the same code as in kernels. A stream is
/// named by labels; a number is a function of the labels and its place alone.
public struct RandomStream: Sendable, Hashable {
  /// Told from other streams by its bits only; never NaN, so that moving it keeps them.
  public let name: Double

  /// The stream of a seed and some labels, such as a population and a variation.
  public init(seed: UInt64, _ labels: UInt64...) {
    var bits = Self.mixed(seed)
    for label in labels { bits = Self.mixed(bits ^ Self.mixed(label &+ 0x9E37_79B9_7F4A_7C15)) }
    name = Double(bitPattern: bits & ~(1 << 62))
  }

  /// The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A uniform number in (0, 1).
  public func uniform(_ place: Int) -> Double {
    ElementaryFunctions.evaluate(.uniform, name, Double(place))
  }

  /// A standard normal number.
  public func normal(_ place: Int) -> Double {
    ElementaryFunctions.evaluate(.normal, name, Double(place))
  }

  /// Uniform numbers at eight places.
  public func uniforms(at places: SIMD8<Double>) -> SIMD8<Double> {
    LaneArithmetic.apply(.uniform, SIMD8(repeating: name), places)
  }

  /// Standard normal numbers at eight places.
  public func normals(at places: SIMD8<Double>) -> SIMD8<Double> {
    LaneArithmetic.apply(.normal, SIMD8(repeating: name), places)
  }

  /// Eight uniform numbers at consecutive places.
  public func uniforms(from place: Int) -> SIMD8<Double> {
    LaneArithmetic.apply(.uniform, SIMD8(repeating: name), Self.places(from: place))
  }

  /// Eight standard normal numbers at consecutive places.
  public func normals(from place: Int) -> SIMD8<Double> {
    LaneArithmetic.apply(.normal, SIMD8(repeating: name), Self.places(from: place))
  }

  private static func places(from place: Int) -> SIMD8<Double> {
    SIMD8(0, 1, 2, 3, 4, 5, 6, 7) + SIMD8(repeating: Double(place))
  }
}
