public import Diagnostics

/// Which cells of a population are sampled.
public struct CellSelection: Sendable, Hashable {
  public enum Form: Sendable, Hashable {
    /// So many, from the first on.
    case first(Int)
    /// These, ascending.
    case chosen([Int])
    case range(ClosedRange<Int>)
  }

  public var form: Form
  /// Where the experiment says so.
  public var range: SourceRange

  /// The cells of a population of so many.
  func cells(of count: Int) -> [Int] {
    switch form {
    case .first(let most): Array(0..<min(most, count))
    case .chosen(let cells): cells.filter { $0 < count }
    case .range(let cells): Array(min(cells.lowerBound, count)..<min(cells.upperBound + 1, count))
    }
  }

  /// The largest number that is named, if cells are named.
  var largest: Int? {
    switch form {
    case .first: nil
    case .chosen(let cells): cells.last
    case .range(let cells): cells.upperBound
    }
  }

  /// For the resolved experiment.
  var written: PlainValue {
    switch form {
    case .first(let count): .integer(count)
    case .chosen(let cells): .list(cells.map { .integer($0) })
    case .range(let cells): .text("\(cells.lowerBound)..\(cells.upperBound)")
    }
  }
}
