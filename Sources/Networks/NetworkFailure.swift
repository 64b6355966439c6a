public import Diagnostics
public import ModelLanguage
import Units

/// Why a network cannot be built or cannot go on.
public enum NetworkFailure: Error, Sendable {
  /// A number that a declaration gives does not fit: what it is, and what was expected.
  case unsuitable(Declaration, message: String)
  /// A value has become infinite or is no number any more.
  case notFinite(LostNumber)
  /// Events make each other happen again and again in one step.
  case endlessEvent(Declaration, population: String, cell: Int, time: Double)
  /// More connections than fit.
  case tooManyConnections(Declaration)

  /// One sentence for people.
  public var message: String {
    switch self {
    case .unsuitable(_, let message): message
    case .notFinite(let lost):
      "`\(lost.name)` of cell \(lost.cell) of `\(lost.owner)` is not a finite number at "
        + "t = \(decimalText(lost.time, significantDigits: 9)) s: "
        + lost.hint
    case .endlessEvent(let event, let population, let cell, let time):
      "the event `\(event.path)` of cell \(cell) of `\(population)` happens again and again at "
        + "t = \(decimalText(time, significantDigits: 9)) s without time passing: leave a distance "
        + "between its threshold and where other events put the states"
    case .tooManyConnections(let declaration):
      "`\(declaration.path)` has more than \(Connections.largestCount) connections"
    }
  }

  /// Where it comes from, if it has a place in a model.
  public var range: SourceRange? {
    switch self {
    case .unsuitable(let declaration, _), .tooManyConnections(let declaration),
      .endlessEvent(let declaration, _, _, _):
      declaration.range
    case .notFinite: nil
    }
  }
}
