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
  /// The projections whose connections are kept with their weights, by index.
  public var weights: [Int]
  /// Which cells of a population are sampled; all where nothing is said.
  public var cells: [Int: IndexSelection]

  /// The step of an experiment that has been read, which has one.
  var writtenStep: WrittenQuantity {
    guard let step else {
      preconditionFailure("an experiment with a circuit was read without its step")
    }
    return step
  }

  /// A circuit with the usual settings.
  init(_ circuit: Circuit) {
    self.circuit = circuit
    method = .exponentialEuler
    spikes = []
    weights = []
    cells = [:]
  }
}
