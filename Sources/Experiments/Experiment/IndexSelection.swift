public import Diagnostics

/// Some of numbered things: cells of a population, runs, individuals.
public struct IndexSelection: Sendable, Hashable {
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

  /// The numbers that are meant, of so many things.
  func indices(of count: Int) -> [Int] {
    switch form {
    case .first(let most): Array(0..<min(most, count))
    case .chosen(let indices): indices.filter { $0 < count }
    case .range(let range): Array(min(range.lowerBound, count)..<min(range.upperBound + 1, count))
    }
  }

  /// The largest number that is named, if any is.
  var largest: Int? {
    switch form {
    case .first: nil
    case .chosen(let indices): indices.last
    case .range(let range): range.upperBound
    }
  }

  /// For the resolved experiment.
  var written: PlainValue {
    switch form {
    case .first(let count): .integer(count)
    case .chosen(let indices): .list(indices.map { .integer($0) })
    case .range(let range): .text("\(range.lowerBound)..\(range.upperBound)")
    }
  }
}
