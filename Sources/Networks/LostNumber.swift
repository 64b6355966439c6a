/// A value of a run that is not a finite number any more, and when it became so.
public struct LostNumber: Sendable, Hashable {
  /// Whose value: the path of a population or a projection.
  public var owner: String
  /// Which cell of the population, or which target of the projection.
  public var cell: Int
  /// The path of a state, a sum or a recorded variable, or what else the value is.
  public var name: String
  /// The end of the step in which it happened, in s; 0 for the start of the run.
  public var time: Double
  /// Where to look.
  public var hint: String

  /// Makes an entry.
  public init(
    owner: String, cell: Int, name: String, time: Double, hint: String
  ) {
    self.owner = owner
    self.cell = cell
    self.name = name
    self.time = time
    self.hint = hint
  }
}
