public import ModelLanguage
public import Solvers

/// A circuit as an experiment runs and records it.
public struct NetworkSubject: Sendable {
  public var circuit: Circuit
  public var method: CellMethod
  /// The step; `nil` only while the experiment is read.
  public var step: WrittenQuantity?
  /// The populations whose spikes are kept, by index.
  public var spikes: [Int]
  /// How many cells of a population are sampled, the first ones; all where nothing is said.
  public var cells: [Int: Int]

  /// A circuit with the usual settings.
  init(_ circuit: Circuit) {
    self.circuit = circuit
    method = .exponentialEuler
    spikes = []
    cells = [:]
  }
}

/// A number that is kept of the spikes of one population.
public struct PopulationReduction: Sendable, Hashable {
  /// What the number is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Spikes per cell and second.
    case rate
    /// How many spikes.
    case count
    /// The fraction of the cells that spike at all.
    case active
    /// The coefficient of variation of intervals, over all cells with at least three spikes.
    case intervalVariation = "interval_cv"
  }

  public var kind: Kind
  /// Index into the circuit's populations.
  public var population: Int
  /// The window, in s.
  public var from: Double
  public var to: Double
}
