/// Dosing histories of individuals, read from a NONMEM-style table.
public struct EventTable: Sendable {
  /// A setting of one individual: a covariate column that is a parameter.
  public struct Covariate: Sendable, Hashable {
    /// Index into the model's parameters.
    public var parameter: Int
    /// In SI units.
    public var value: Double
  }

  /// One person or animal.
  public struct Individual: Sendable {
    /// What the column `ID` says.
    public var name: String
    var events: [DosingEvent]
    public var covariates: [Covariate]
  }

  /// The file, as the experiment names it.
  public var path: String
  /// What the experiment says of the table.
  public var written: PlainValue
  /// In the order of the file.
  public var individuals: [Individual]
  /// The times of observation records of all individuals, in s, ascending, each once.
  public var observationTimes: [Double]

  /// How many entries begin when a run of some length is over.
  func lateDoseCount(after duration: Double) -> Int {
    individuals.reduce(0) { count, individual in
      count + individual.events.count { $0.action != .reset && $0.time >= duration }
    }
  }
}
