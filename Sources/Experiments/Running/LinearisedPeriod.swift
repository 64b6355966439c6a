/// What an interval of repeated doses does to small differences of the states, and what any number
/// of further intervals would do.
///
/// With J the derivative of the states at the end of an interval by those at its beginning, and a
/// change g of the first interval, the states move by g + J·g + J²·g + …: what is left of a change
/// is carried on. The sum is taken by doubling, (1 + J)(1 + J²)(1 + J⁴)…·g, so that k products stand
/// for 2ᵏ intervals. Nothing is divided by 1 − J, which is singular where something is conserved,
/// and a periodic state that the doses would not keep to has no sum.
///
/// All is in units of the states' own sizes.
///
/// Source: R. A. Smith (1968), SIAM J. Appl. Math. 16, 198, for sums by doubling.
struct LinearisedPeriod {
  private let jacobian: [[Double]]
  private let sizes: [Double]

  /// So many doublings stand for 7·10¹⁰ intervals; what they leave open grows without end.
  private static let doublings = 36
  /// What is conserved is so but for rounding in the derivative, and in the change of an interval.
  private static let roundingOfDerivative = 1e-10
  private static let roundingOfChange = 1e-12

  /// Makes the derivative from differences.
  ///
  /// - Parameters:
  ///   - end: The states at the end of an interval.
  ///   - shifts: For each state, by how much it was changed at the beginning and what the states at
  ///     the end were then; `nil` for one on which nothing depends.
  ///   - sizes: How large each state is; 0 for one that is always 0.
  init(end: [Double], shifts: [(step: Double, end: [Double])?], sizes: [Double]) {
    let sizes = sizes.map { $0 > 0 ? $0 : 1 }
    self.sizes = sizes
    jacobian = end.indices.map { row in
      shifts.enumerated().map { column, shift in
        guard let shift else { return 0 }
        return (shift.end[row] - end[row]) / shift.step * (sizes[column] / sizes[row])
      }
    }
  }

  /// How far the states move in further intervals.
  struct Movement {
    var distances: [Double]
    /// Whether that is all; else they move on for ever.
    var isAll: Bool
  }

  /// How far the states move in all further intervals.
  ///
  /// - Parameter change: What the first of them changes.
  /// - Returns: The sum, or where there is none what very many intervals come to.
  func movement(after change: [Double]) -> Movement {
    var sum = zip(change, sizes).map { $0 / $1 }
    var power = jacobian
    for law in conserved(in: sum) {
      // The errors of differences would add up in what is conserved.
      let error = Self.product(law, power)
      let drift = zip(law, sum).reduce(0) { $0 + $1.0 * $1.1 }
      for row in sum.indices {
        for column in sum.indices { power[row][column] += law[row] * (law[column] - error[column]) }
        sum[row] -= law[row] * drift
      }
    }
    let first = sum
    var isAll = false
    for _ in 0..<Self.doublings {
      let added = Self.product(power, sum)
      let next = zip(sum, added).map { $0 + $1 }
      guard next.allSatisfy(\.isFinite) else { break }
      sum = next
      // What swings for ever adds nothing, and does not come to rest either.
      let isOver = Self.largest(Self.product(power, first)) <= 1e-6 * Self.largest(first)
      isAll = isOver && Self.largest(added) <= 1e-8 * Self.largest(sum)
      if isAll { break }
      power = Self.square(power)
    }
    return Movement(distances: zip(sum, sizes).map { $0 * $1 }, isAll: isAll)
  }

  /// The sums of states that an interval leaves as they are, as orthonormal weights.
  ///
  /// They are the solutions w of w·(J − 1) = 0, by elimination with complete pivoting. A sum that
  /// the interval changes by more than rounding only seems to be conserved: it grows steadily.
  private func conserved(in change: [Double]) -> [[Double]] {
    let count = jacobian.count
    var matrix = (0..<count).map { row in
      (0..<count).map { jacobian[$0][row] - (row == $0 ? 1 : 0) }
    }
    var order = Array(0..<count)
    var rank = 0
    while rank < count {
      var best = (row: rank, column: rank)
      for row in rank..<count {
        for column in rank..<count
        where abs(matrix[row][column]) > abs(matrix[best.row][best.column]) {
          best = (row, column)
        }
      }
      let pivot = matrix[best.row][best.column]
      guard abs(pivot) > Self.roundingOfDerivative else { break }
      matrix.swapAt(rank, best.row)
      for row in matrix.indices { matrix[row].swapAt(rank, best.column) }
      order.swapAt(rank, best.column)
      for row in matrix.indices where row != rank && matrix[row][rank] != 0 {
        let factor = matrix[row][rank] / pivot
        for column in rank..<count { matrix[row][column] -= factor * matrix[rank][column] }
      }
      rank += 1
    }
    var laws: [[Double]] = []
    for free in rank..<count {
      var law = Array(repeating: 0.0, count: count)
      law[order[free]] = 1
      for row in 0..<rank { law[order[row]] = -matrix[row][free] / matrix[row][row] }
      for known in laws {
        let part = zip(known, law).reduce(0) { $0 + $1.0 * $1.1 }
        for state in law.indices { law[state] -= part * known[state] }
      }
      let norm = law.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0, norm.isFinite else { continue }
      law = law.map { $0 / norm }
      let drift = zip(law, change).reduce(0) { $0 + $1.0 * $1.1 }
      // Other slow changes are in the weights to some part, as they are told apart by little.
      let limit = max(Self.roundingOfChange, 1e-6 * Self.largest(change))
      if abs(drift) <= limit { laws.append(law) }
    }
    return laws
  }

  private static func largest(_ vector: [Double]) -> Double {
    vector.reduce(0) { max($0, abs($1)) }
  }

  private static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
    matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  private static func product(_ vector: [Double], _ matrix: [[Double]]) -> [Double] {
    var total = Array(repeating: 0.0, count: vector.count)
    for (row, factor) in vector.enumerated() where factor != 0 {
      for (column, value) in matrix[row].enumerated() { total[column] += factor * value }
    }
    return total
  }

  private static func square(_ matrix: [[Double]]) -> [[Double]] {
    matrix.map { product($0, matrix) }
  }
}
