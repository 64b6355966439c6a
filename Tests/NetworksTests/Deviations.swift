import Foundation

/// How tests of random numbers judge.
///
/// They draw once from a fixed seed, so they never flicker. Their bounds are those that an honest
/// generator would break once in a million tries or less: five standard deviations on either side
/// of a normal number (5.7e-7).
enum Deviations {
  static let bound = 5.0

  /// How many standard deviations a count of independent events of one probability is away from
  /// what is expected.
  static func ofCount(_ found: Int, trials: Double, probability: Double) -> Double {
    (Double(found) - trials * probability)
      / (trials * probability * (1 - probability)).squareRoot()
  }

  /// How far a sum of squares of so many normal numbers is away from its mean, as a standard normal
  /// number: the cube root of a chi-square is nearly normal (Wilson and Hilferty 1931).
  static func ofChiSquare(_ found: Double, degrees: Double) -> Double {
    let spread = 2 / (9 * degrees)
    return (cbrt(found / degrees) - (1 - spread)) / spread.squareRoot()
  }

  /// Kolmogorov's distance between values and a continuous distribution, times the root of their
  /// number; it is above 2.7 once in a million tries, as 2 exp(-2*2.7^2) = 9.3e-7.
  static func kolmogorov(_ values: [Double], _ distribution: (Double) -> Double) -> Double {
    let count = Double(values.count)
    var worst = 0.0
    for (index, value) in values.sorted().enumerated() {
      let expected = distribution(value)
      worst = max(worst, expected - Double(index) / count, Double(index + 1) / count - expected)
    }
    return worst * count.squareRoot()
  }

  static let kolmogorovBound = 2.7

  /// Mean and variance.
  static func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return (mean, variance)
  }
}
