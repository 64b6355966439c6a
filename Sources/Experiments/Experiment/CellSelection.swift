public import Diagnostics

/// Which cells of a population are sampled.
public struct CellSelection: Sendable, Hashable {
  public enum Form: Sendable, Hashable {
    /// So many, from the first on.
    case first(Int)
    /// These, ascending.
    case chosen([Int])
  }

  public var form: Form
  /// Where the experiment says so.
  public var range: SourceRange

  /// The cells of a population of so many.
  func cells(of count: Int) -> [Int] {
    switch form {
    case .first(let most): Array(0..<min(most, count))
    case .chosen(let cells): cells.filter { $0 < count }
    }
  }

  /// The largest number that is named, if cells are named.
  var largest: Int? {
    if case .chosen(let cells) = form { return cells.last }
    return nil
  }

  /// For the resolved experiment.
  var written: PlainValue {
    switch form {
    case .first(let count): return .integer(count)
    case .chosen(let cells):
      if let first = cells.first, let last = cells.last, last - first + 1 == cells.count {
        return .text("\(first)..\(last)")
      }
      return .list(cells.map { .integer($0) })
    }
  }
}
