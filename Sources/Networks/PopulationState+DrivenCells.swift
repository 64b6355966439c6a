import ModelLanguage

// Inputs that an experiment drives in some cells of a population only.
extension PopulationState {
  /// The cells in which each of the differing inputs is driven.
  ///
  /// - Throws: `NetworkFailure` if the population has no such cell.
  static func drivenCells(
    of part: Network.Part, _ settings: NetworkSettings, count: Int
  ) throws(NetworkFailure) -> [[Int]] {
    var result: [[Int]] = []
    for index in part.equations.differingInputs {
      let input = part.population.cell.inputs[index]
      guard let chosen = settings.drivenCells[input.declaration.path] else {
        // A default that differs between cells stays when nothing is chosen.
        let varied = Set(part.equations.variedParameters)
        let isVaried = !input.defaultValue.references.parameters.isDisjoint(with: varied)
        result.append(isVaried ? [] : Array(0..<count))
        continue
      }
      if let largest = chosen.last, largest >= count {
        let name = part.population.declaration.path
        throw .unsuitable(
          input.declaration,
          message: "`\(input.declaration.path)` drives cell \(largest) of `\(name)`, which has "
            + "\(count) cells, counted from 0")
      }
      result.append(chosen)
    }
    return result
  }
}
