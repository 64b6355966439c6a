public import Diagnostics
public import ModelLanguage

/// Why a network cannot be built or cannot go on.
public enum NetworkFailure: Error, Sendable {
  /// A number that a declaration gives does not fit: what it is, and what was expected.
  case unsuitable(Declaration, message: String)
  /// A value has become infinite or is no number any more.
  case notFinite(state: String, population: String, cell: Int, time: Double)
  /// More connections than fit.
  case tooManyConnections(Declaration)

  /// One sentence for people.
  public var message: String {
    switch self {
    case .unsuitable(_, let message): message
    case .notFinite(let state, let population, let cell, let time):
      "`\(state)` of cell \(cell) of `\(population)` is not a finite number at \(time) s"
    case .tooManyConnections(let declaration):
      "`\(declaration.path)` has more than \(Connections.largestCount) connections"
    }
  }

  /// Where it comes from, if it has a place in a model.
  public var range: SourceRange? {
    switch self {
    case .unsuitable(let declaration, _), .tooManyConnections(let declaration): declaration.range
    case .notFinite: nil
    }
  }
}
