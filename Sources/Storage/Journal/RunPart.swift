/// A part of what one run records, kept while the run goes on.
///
/// A run of a circuit may record more than fits into memory. Its parts come in order, mixed with those
/// of other runs; they count once an entry says that the run is over. The last part is the tally.
public struct RunPart: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    /// Spikes of a population, behind `first` earlier ones of the run: times in s, and cells.
    case spikes(population: Int, first: Int, times: [Double], cells: [UInt32])
    /// Samples of a variable in SI units, for each time over so many cells.
    case samples(variable: Int, firstTime: Int, cells: Int, values: [Double])
    /// Connections of a projection, behind `first` earlier ones of the run, with weights in SI units.
    case connections(
      projection: Int, first: Int, sources: [UInt32], targets: [UInt32], weights: [Double])
    /// Facts of the whole run, whose meaning is up to who writes them.
    case tally([Double])
  }

  public var run: Int
  /// Tells apart what different processes have recorded of the same run.
  public var attempt: UInt64
  public var content: Content

  /// Makes a part.
  public init(run: Int, attempt: UInt64, _ content: Content) {
    self.run = run
    self.attempt = attempt
    self.content = content
  }
}

/// What a block of a journal holds.
public enum JournalBlock: Sendable {
  case entry(JournalEntry)
  case part(RunPart)
}
