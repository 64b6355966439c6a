import Programs

/// The factors of a sparse matrix of expressions, worked out at compile time.
///
/// The order of elimination is chosen once, from the pattern, by Markowitz's count with pivots on
/// the diagonal; then factorisation and solution are straight-line code without an index. Pivots
/// are not searched for at run time: a step whose pivot is bad fails its error test and is
/// repeated with a shorter step, which makes the matrix diagonally dominant.
///
/// It is given the opposite of the matrix, −A, and keeps the opposite of every factor: then each
/// update adds a product, which is one operation of the processor, and needs no change of sign.
///
/// Source: Markowitz (1957), Manage. Sci. 3, 255; Sandu et al. (1997), Atmos. Environ. 31, 3459.
struct SparseFactorization {
  /// The order in which rows and columns are eliminated.
  private(set) var order: [Int] = []
  /// The opposites of row multipliers and of upper entries, as expressions.
  private(set) var lower: [[(column: Int, value: Node)]] = []
  private(set) var upper: [[(column: Int, value: Node)]] = []
  /// The reciprocals of the pivots of the matrix itself.
  private(set) var reciprocals: [Node] = []

  /// Factors a matrix.
  ///
  /// - Parameters:
  ///   - rows: For each row of −A, its nonzero entries; each row has its diagonal entry.
  ///   - graph: Where the entries live and the factors are added.
  init(opposite rows: [[Int: Node]], in graph: inout ExpressionGraph) {
    let count = rows.count
    order = Self.eliminationOrder(of: rows.map { Set($0.keys) })
    var position = [Int](repeating: 0, count: count)
    for (place, row) in order.enumerated() { position[row] = place }
    var work = rows
    lower = Array(repeating: [], count: count)
    upper = Array(repeating: [], count: count)
    reciprocals = Array(repeating: graph.constant(0), count: count)
    var rowsWithColumn: [Set<Int>] = Array(repeating: [], count: count)
    for (row, entries) in rows.enumerated() {
      for column in entries.keys { rowsWithColumn[column].insert(row) }
    }
    let minusOne = graph.constant(-1)
    for pivot in order {
      let reciprocal = graph.divide(minusOne, work[pivot][pivot] ?? minusOne)
      reciprocals[pivot] = reciprocal
      let remaining = work[pivot].keys
        .filter { position[$0] > position[pivot] }
        .sorted { position[$0] < position[$1] }
      upper[pivot] = remaining.compactMap { column in
        work[pivot][column].map { (column, $0) }
      }
      let targets = rowsWithColumn[pivot].filter { position[$0] > position[pivot] }
        .sorted { position[$0] < position[$1] }
      for row in targets {
        guard let entry = work[row][pivot] else { continue }
        let multiplier = graph.multiply(entry, reciprocal)
        lower[row].append((pivot, multiplier))
        for (column, value) in upper[pivot] {
          let product = graph.multiply(multiplier, value)
          if let old = work[row][column] {
            work[row][column] = graph.add(old, product)
          } else {
            work[row][column] = product
            rowsWithColumn[column].insert(row)
          }
        }
      }
    }
  }

  /// How many multiplications the factorisation of a pattern takes, fill included.
  static func multiplicationCount(of pattern: [Set<Int>]) -> Int {
    var rows = pattern
    var eliminated: Set<Int> = []
    var count = 0
    for pivot in eliminationOrder(of: pattern) {
      eliminated.insert(pivot)
      let right = rows[pivot].subtracting(eliminated)
      for row in rows.indices where !eliminated.contains(row) && rows[row].contains(pivot) {
        count += 1 + right.count
        rows[row].formUnion(right)
      }
    }
    return count
  }

  /// Always the row and column that can cause the least fill next.
  private static func eliminationOrder(of pattern: [Set<Int>]) -> [Int] {
    let count = pattern.count
    var rows = pattern
    var columns: [Set<Int>] = Array(repeating: [], count: count)
    for (row, entries) in rows.enumerated() {
      for column in entries { columns[column].insert(row) }
    }
    var isLeft = [Bool](repeating: true, count: count)
    var order: [Int] = []
    for _ in 0..<count {
      var best = -1
      var bestCost = Int.max
      for candidate in 0..<count where isLeft[candidate] {
        let cost = (rows[candidate].count - 1) * (columns[candidate].count - 1)
        if cost < bestCost {
          bestCost = cost
          best = candidate
        }
      }
      isLeft[best] = false
      order.append(best)
      for column in rows[best] { columns[column].remove(best) }
      let below = columns[best]
      let right = rows[best].subtracting([best])
      for row in below {
        rows[row].remove(best)
        rows[row].formUnion(right)
        for column in right { columns[column].insert(row) }
      }
    }
    return order
  }

  /// The solution for a right-hand side, in place of the factored entries.
  ///
  /// - Parameters:
  ///   - rightHandSide: One value for each row.
  ///   - graph: Where the solution is added.
  ///   - stored: Stands for each factor; the identity if factors are used as they are.
  /// - Returns: One value for each row.
  func solve(
    _ rightHandSide: [Node], in graph: inout ExpressionGraph,
    stored: (Node, inout ExpressionGraph) -> Node
  ) -> [Node] {
    var x = rightHandSide
    for row in order {
      for (column, value) in lower[row] {
        x[row] = graph.add(x[row], graph.multiply(stored(value, &graph), x[column]))
      }
    }
    for row in order.reversed() {
      for (column, value) in upper[row] {
        x[row] = graph.add(x[row], graph.multiply(stored(value, &graph), x[column]))
      }
      x[row] = graph.multiply(x[row], stored(reciprocals[row], &graph))
    }
    return x
  }

  /// Every factor that a solution reads, in the order in which it is worked out.
  var factors: [Node] {
    order.flatMap { row in
      lower[row].map(\.value) + [reciprocals[row]] + upper[row].map(\.value)
    }
  }
}
