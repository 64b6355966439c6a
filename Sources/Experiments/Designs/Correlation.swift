/// Axes of a sweep that vary together: a Gaussian copula.
///
/// The correlations are those of standard normal scores. For normal and log-normal axes the values,
/// or their logarithms, are then jointly normal with just these correlations.
public struct Correlation: Sendable, Hashable {
  /// Indices into the axes of the sweep.
  public var axes: [Int]
  /// The lower triangle of the Cholesky factor, row by row.
  public var factor: [[Double]]
  /// The setting of the file that says so, `correlation` or `covariance`, and what it says.
  public var key: String
  public var written: PlainValue

  /// Scores that vary together, from independent ones.
  ///
  /// The first axis keeps its scores.
  func mixed(_ scores: [Double]) -> [Double] {
    factor.map { row in
      zip(row, scores).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// The Cholesky factor of a symmetric matrix with a diagonal of ones.
  ///
  /// - Returns: The lower triangle, or `nil` if the matrix is not positive definite: a pivot below
  ///   1e-10 is rounding or worse.
  static func factor(of matrix: [[Double]]) -> [[Double]]? {
    var rows: [[Double]] = []
    for (index, given) in matrix.enumerated() {
      var row: [Double] = []
      for column in 0..<index {
        let known = zip(row, rows[column]).reduce(0) { $0 + $1.0 * $1.1 }
        row.append((given[column] - known) / rows[column][column])
      }
      let pivot = given[index] - row.reduce(0) { $0 + $1 * $1 }
      guard pivot > 1e-10 else { return nil }
      rows.append(row + [pivot.squareRoot()])
    }
    return rows
  }

  /// By how much the correlations of an impossible matrix can be multiplied to make it possible,
  /// rounded down to two digits.
  static func possiblePart(of matrix: [[Double]]) -> Double {
    let hundredth = (1..<100).last { percent in
      let scaled = matrix.enumerated().map { row, values in
        values.enumerated().map { $0 == row ? 1 : $1 * Double(percent) / 100 }
      }
      return factor(of: scaled) != nil
    }
    return Double(hundredth ?? 0) / 100
  }
}
