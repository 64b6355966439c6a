/// Bootstrap samples of rows, eight at once.
///
/// Which rows a sample has is a function of the seed and the sample alone.
struct Resampling {
  /// How many rows there are.
  let rows: Int
  /// How many samples are drawn.
  let count: Int
  let seed: UInt64

  /// How often each row is in each of eight samples.
  typealias Weights = [SIMD8<Double>]

  /// Weights under which every row counts once.
  var whole: Weights { Array(repeating: SIMD8(repeating: 1), count: rows) }

  /// Calls a function with the weights of eight samples after another; the first argument is how
  /// many of them are asked for.
  func forEachBatch(_ body: (Int, Weights) -> Void) {
    let generator = Philox(seed: seed)
    var weights = Weights(repeating: .zero, count: rows)
    for first in stride(from: 0, to: count, by: 8) {
      for row in weights.indices { weights[row] = .zero }
      for lane in 0..<8 {
        for draw in stride(from: 0, to: rows, by: 4) {
          let words = generator.block(
            SIMD4(
              UInt32(truncatingIfNeeded: draw), UInt32(truncatingIfNeeded: draw >> 32),
              UInt32(truncatingIfNeeded: first + lane), Philox.Purpose.resampling.rawValue))
          for word in 0..<min(4, rows - draw) {
            weights[Int((UInt64(words[word]) * UInt64(rows)) >> 32)][lane] += 1
          }
        }
      }
      body(min(8, count - first), weights)
    }
  }
}

/// A number that is estimated from a sample, with a percentile interval of its bootstrap.
public struct SampleEstimate: Sendable, Hashable {
  public var value: Double
  public var lower: Double
  public var upper: Double
  /// How many base rows or walks it follows from.
  public var rows: Int
}

/// The values of one estimate over all samples, while they are drawn.
struct BootstrapCollector {
  private let value: Double
  private let rows: Int
  private var resampled: [Double] = []

  init(value: Double, rows: Int) {
    self.value = value
    self.rows = rows
  }

  mutating func add(_ values: SIMD8<Double>, count: Int) {
    for lane in 0..<count where values[lane].isFinite { resampled.append(values[lane]) }
  }

  /// The estimate with the interval that holds a part of the samples in its middle.
  ///
  /// - Source: Efron (1979), Annals of Statistics 7, 1; percentiles are interpolated between
  ///   neighbours.
  func estimate(confidence: Double) -> SampleEstimate {
    let sorted = resampled.sorted()
    return SampleEstimate(
      value: value, lower: percentile((1 - confidence) / 2, of: sorted),
      upper: percentile((1 + confidence) / 2, of: sorted), rows: rows)
  }
}

/// The number below which a part of ascending numbers lies, interpolated between neighbours; NaN of
/// none.
func percentile(_ part: Double, of sorted: [Double]) -> Double {
  guard let last = sorted.last else { return .nan }
  let position = part * Double(sorted.count - 1)
  let index = Int(position)
  guard index + 1 < sorted.count else { return last }
  return sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index])
}
