import Programs

/// The factors of a sparse matrix of expressions, worked out at compile time.
///
/// Only the diagonal blocks of the block triangular form are factored; what couples a block to
/// earlier ones is used as it is. Within a block the order of elimination is chosen once, from the
/// pattern, by Markowitz's count with pivots on the diagonal; then factorisation and solution are
/// straight-line code without an index. Pivots are not searched for at run time: a step whose
/// pivot is bad fails its error test and is repeated with a shorter step, which makes the matrix
/// diagonally dominant.
///
/// It is given the opposite of the matrix, −A, and keeps the opposite of every factor: then each
/// update adds a product, which is one operation of the processor, and needs no change of sign.
///
/// Source: Markowitz (1957), Manage. Sci. 3, 255; Sandu et al. (1997), Atmos. Environ. 31, 3459;
/// Davis and Palamadai Natarajan (2010), ACM Trans. Math. Softw. 37, 36, for the blocks.
struct SparseFactorization {
  /// For each block, the order in which its rows and columns are eliminated.
  private(set) var orders: [[Int]] = []
  /// The entries of −A that couple a row to earlier blocks.
  private(set) var coupling: [[(column: Int, value: Node)]] = []
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
    let pattern = rows.map { Set($0.keys) }
    let form = BlockTriangularForm(of: pattern)
    lower = Array(repeating: [], count: count)
    upper = Array(repeating: [], count: count)
    reciprocals = Array(repeating: graph.constant(0), count: count)
    coupling = rows.enumerated().map { row, entries in
      entries.keys.filter { form.blockOfRow[$0] != form.blockOfRow[row] }.sorted()
        .compactMap { column in entries[column].map { (column, $0) } }
    }
    var work = rows
    for block in form.blocks {
      let order = Self.eliminationOrder(of: block, in: pattern)
      orders.append(order)
      factor(order, &work, in: &graph)
    }
  }

  private mutating func factor(
    _ order: [Int], _ work: inout [[Int: Node]], in graph: inout ExpressionGraph
  ) {
    let position = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    func isLater(_ index: Int, than pivot: Int) -> Bool {
      guard let place = position[index], let pivotPlace = position[pivot] else { return false }
      return place > pivotPlace
    }
    let minusOne = graph.constant(-1)
    for (place, pivot) in order.enumerated() {
      let reciprocal = graph.divide(minusOne, work[pivot][pivot] ?? minusOne)
      reciprocals[pivot] = reciprocal
      upper[pivot] = order[(place + 1)...].compactMap { column in
        work[pivot][column].map { (column, $0) }
      }
      for row in order[(place + 1)...] {
        guard let entry = work[row][pivot] else { continue }
        let multiplier = graph.multiply(entry, reciprocal)
        lower[row].append((pivot, multiplier))
        for (column, value) in upper[pivot] {
          let product = graph.multiply(multiplier, value)
          work[row][column] = work[row][column].map { graph.add($0, product) } ?? product
        }
      }
    }
  }

  /// How many multiplications the factorisation of a pattern takes, fill included.
  static func multiplicationCount(of pattern: [Set<Int>]) -> Int {
    var count = 0
    for block in BlockTriangularForm(of: pattern).blocks {
      let members = Set(block)
      var rows = Dictionary(
        uniqueKeysWithValues: block.map { ($0, pattern[$0].intersection(members)) })
      for pivot in eliminationOrder(of: block, in: pattern) {
        let right = (rows.removeValue(forKey: pivot) ?? []).subtracting([pivot])
        for row in rows.keys where rows[row]?.remove(pivot) != nil {
          count += 1 + right.count
          rows[row]?.formUnion(right)
        }
      }
    }
    return count
  }

  /// Always the row and column of a block that can cause the least fill in it next.
  private static func eliminationOrder(of block: [Int], in pattern: [Set<Int>]) -> [Int] {
    let members = Set(block)
    var rows: [Int: Set<Int>] = [:]
    var columns: [Int: Set<Int>] = [:]
    for row in block {
      let entries = pattern[row].intersection(members)
      rows[row] = entries
      for column in entries { columns[column, default: []].insert(row) }
    }
    var left = block
    var order: [Int] = []
    while !left.isEmpty {
      var best = 0
      var bestCost = Int.max
      for (place, candidate) in left.enumerated() {
        let cost = ((rows[candidate]?.count ?? 1) - 1) * ((columns[candidate]?.count ?? 1) - 1)
        if cost < bestCost {
          bestCost = cost
          best = place
        }
      }
      let pivot = left.remove(at: best)
      order.append(pivot)
      let right = (rows[pivot] ?? []).subtracting([pivot])
      for column in rows[pivot] ?? [] { columns[column]?.remove(pivot) }
      for row in columns[pivot] ?? [] {
        rows[row]?.remove(pivot)
        rows[row]?.formUnion(right)
        for column in right { columns[column]?.insert(row) }
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
    func subtract(
      _ entries: [(column: Int, value: Node)], from row: Int, _ graph: inout ExpressionGraph
    ) {
      for (column, value) in entries {
        x[row] = graph.add(x[row], graph.multiply(stored(value, &graph), x[column]))
      }
    }
    for order in orders {
      for row in order {
        subtract(coupling[row], from: row, &graph)
        subtract(lower[row], from: row, &graph)
      }
      for row in order.reversed() {
        subtract(upper[row], from: row, &graph)
        x[row] = graph.multiply(x[row], stored(reciprocals[row], &graph))
      }
    }
    return x
  }

  /// Every factor that a solution reads, in the order in which it is worked out.
  var factors: [Node] {
    orders.joined().flatMap { row in
      coupling[row].map(\.value) + lower[row].map(\.value) + [reciprocals[row]]
        + upper[row].map(\.value)
    }
  }
}
