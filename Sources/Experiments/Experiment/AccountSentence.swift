/// A sentence of an experiment's account, with places for the values of reductions.
///
/// In a file: `"arterial plasma peaks at {plasma_peak} after {plasma_peak_time}"`.
public struct AccountSentence: Sendable, Hashable {
  enum Part: Sendable, Hashable {
    case text(String)
    /// The index of a reduction.
    case value(Int)
  }

  var parts: [Part]
  /// What stands in the file.
  public let written: String

  /// The sentence with values in place.
  ///
  /// - Parameter value: The text for the reduction of an index.
  /// - Returns: The sentence.
  public func text(_ value: (Int) -> String) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .value(let reduction): value(reduction)
      }
    }.joined()
  }
}
