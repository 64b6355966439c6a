/// A Latin hypercube: in every dimension each of `count` equal intervals holds one point.
///
/// - Source: McKay, Beckman & Conover (1979), Technometrics 21, 239.
public struct LatinHypercube: Sendable {
  /// Where a point lies within its interval.
  enum Placement: Sendable, Hashable {
    case random
    case centred
  }

  /// What shuffles the intervals.
  public enum Generator: String, Sendable, Hashable, CaseIterable {
    /// Philox, keyed by the seed.
    case philox
    /// SplitMix64, dimension d seeded with seed + d: the parameter sets of published benchmarks
    /// are drawn so.
    case splitmix64
  }

  private let count: Int
  private let order: [[Int]]
  private let placement: Placement
  private let philox: Philox

  init(count: Int, dimensions: Int, seed: UInt64, placement: Placement, generator: Generator) {
    self.count = count
    self.placement = placement
    philox = Philox(seed: seed)
    let philox = philox
    order = (0..<dimensions).map { dimension in
      switch generator {
      case .philox:
        Self.shuffle(count) { index, bound in
          let bits = philox.bits(index: index, dimension: dimension, purpose: .stratumOrder)
          return Int(bits.multipliedFullWidth(by: UInt64(bound)).high)
        }
      case .splitmix64:
        Self.splitMixOrder(count, seed: seed &+ UInt64(dimension))
      }
    }
  }

  /// One coordinate of a point, strictly between 0 and 1.
  func coordinate(point: Int, dimension: Int) -> Double {
    let offset =
      switch placement {
      case .centred: 0.5
      case .random: philox.uniform(index: point, dimension: dimension, purpose: .stratumPosition)
      }
    let position = (Double(order[dimension][point]) + offset) / Double(count)
    return min(position, 1.0.nextDown)
  }

  /// Fisher–Yates from the last element down; `draw(i, i + 1)` gives a number below `i + 1`.
  private static func shuffle(_ count: Int, draw: (Int, Int) -> Int) -> [Int] {
    var order = Array(0..<count)
    guard count > 1 else { return order }
    for index in stride(from: count - 1, through: 1, by: -1) {
      order.swapAt(index, draw(index, index + 1))
    }
    return order
  }

  private static func splitMixOrder(_ count: Int, seed: UInt64) -> [Int] {
    var generator = SplitMix64(seed: seed)
    return shuffle(count) { _, bound in Int(generator.next() % UInt64(bound)) }
  }
}
