import ModelLanguage
import Networks
import Programs
import Solvers

extension TestCircuits {
  /// The bits of all spikes and of all states at the end of a run.
  static func fingerprint(
    _ circuit: Circuit, step: Double = 1e-4, method: CellMethod = .exponentialEuler,
    backend: Backend = native, threads: Int = 1, pieces: [Int] = [400]
  ) throws -> [UInt64] {
    let network = Network(
      circuit, NetworkConfiguration(method: method, timeStep: step), backend: backend)
    let run = try NetworkRun(network, settings: NetworkSettings(seed: 5), threads: threads)
    for end in pieces { try run.advance(toStep: end) }
    var bits: [UInt64] = []
    for population in circuit.populations.indices {
      let train = run.takeSpikes(of: population)
      bits.append(contentsOf: train.cells.map { UInt64($0) })
      bits.append(contentsOf: train.times.map(\.bitPattern))
      for state in circuit.populations[population].cell.states.indices {
        bits.append(contentsOf: run.states(state, of: population).map(\.bitPattern))
      }
    }
    return bits
  }

  /// The place of a state among those of a population's cell.
  static func state(_ path: String, of population: Int, in circuit: Circuit) throws -> Int {
    guard
      let index = circuit.populations[population].cell.states.firstIndex(where: {
        $0.declaration.path == path
      })
    else { throw Unreadable(diagnostics: ["no state \(path)"]) }
    return index
  }
}
