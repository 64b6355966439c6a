import Dynamics
import ModelLanguage

// Inputs that an experiment drives in some cells of a population only.
extension PopulationState {
  /// The cells in which each of the differing inputs is driven; in the others it keeps its default.
  ///
  /// - Throws: `NetworkFailure` if the population has no such cell.
  static func drivenCells(
    of part: Network.Part, _ settings: NetworkSettings, count: Int
  ) throws(NetworkFailure) -> [[Int]] {
    try part.equations.differingInputs.map { index throws(NetworkFailure) in
      let input = part.population.cell.inputs[index].declaration
      let chosen = settings.drivenCells[input.path] ?? []
      if let largest = chosen.last, largest >= count {
        throw .unsuitable(
          input,
          message: "`\(input.path)` drives cell \(largest) of "
            + "`\(part.population.declaration.path)`, which has \(count) cells, counted from 0")
      }
      return chosen
    }
  }
}
