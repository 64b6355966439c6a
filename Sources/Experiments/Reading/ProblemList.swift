import Diagnostics

/// What was found wrong so far, while an experiment and its tables are read.
///
/// Reading goes on after a problem, so that an author sees all of them at once.
final class ProblemList {
  private(set) var diagnostics: [Diagnostic] = []
  private var counts: [String: Int] = [:]

  /// The largest number of problems that are kept of one kind.
  static let limitPerKind = 20

  /// Whether something is wrong.
  var hasErrors: Bool { diagnostics.hasErrors }

  /// Adds an error.
  func error(
    _ message: String, id: String, at range: SourceRange, notes: [(String, SourceRange?)] = [],
    help: String? = nil
  ) {
    add(
      Diagnostic(
        .error, id: id, message, at: range,
        notes: notes.map { Diagnostic.Note($0.0, at: $0.1) }, help: help.map { [$0] } ?? []))
  }

  /// Adds something that is suspect, and not wrong.
  func warning(_ message: String, id: String, at range: SourceRange, help: String? = nil) {
    add(Diagnostic(.warning, id: id, message, at: range, help: help.map { [$0] } ?? []))
  }

  /// Adds what another reader found.
  func add(_ diagnostic: Diagnostic) {
    counts[diagnostic.id, default: 0] += 1
    if counts[diagnostic.id, default: 0] <= Self.limitPerKind { diagnostics.append(diagnostic) }
  }

  /// The name that was probably meant.
  func nearest(to name: String, among names: [String]) -> String? {
    nearestName(to: name, among: names)
  }
}
