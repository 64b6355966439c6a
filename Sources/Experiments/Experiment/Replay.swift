public import Diagnostics
public import Networks

/// Recorded spikes that the cells of a population replay.
public struct Replay: Sendable {
  /// One recording.
  public struct Recording: Sendable {
    public var spikes: RecordedSpikes
    /// The largest number of a cell in it and where that stands; `nil` without spikes.
    public var largest: (cell: Int, range: SourceRange)?
  }

  /// The path of the input that gets them.
  public var path: String
  /// What an axis of a sweep chooses among; one where nothing varies.
  public var recordings: [Recording]
  /// Where the experiment names them.
  public var range: SourceRange
  /// For the resolved experiment.
  public var written: PlainValue
}
