/// The first sum or weight that a thread has found not to be a finite number.
final class FirstLoss: @unchecked Sendable {
  // Written by one thread before a barrier, read by any behind it.

  enum Kind: Sendable {
    case sum(projection: Int)
    case weight(projection: Int, source: Int)
  }

  struct Entry: Sendable {
    var kind: Kind
    /// The cell that the sum is of, or the target of the connection.
    var cell: Int

    /// Sums before weights, projections and targets in their order.
    var key: (Int, Int, Int, Int) {
      switch kind {
      case .sum(let projection): (0, projection, cell, 0)
      case .weight(let projection, let source): (1, projection, cell, source)
      }
    }
  }

  private(set) var first: Entry?

  func note(_ kind: Kind, cell: Int) {
    let entry = Entry(kind: kind, cell: cell)
    if first.map({ entry.key < $0.key }) ?? true { first = entry }
  }
}
