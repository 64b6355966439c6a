import Datasets
import ModelLanguage
import Networks

extension NetworkCampaign {
  /// For each variable that is sampled, the cells of which it is.
  var sampledCells: [[Int]] {
    (experiment.recording?.variables ?? []).map { variable in
      guard let population = subject.circuit.variable(variable.path)?.population else { return [] }
      return sampledCells(of: population)
    }
  }

  /// The axis of the cells of a population.
  func cellAxis(of population: Int) -> Axis {
    let name = subject.circuit.populations[population].declaration.path
    let cells = sampledCells(of: population)
    let isFromTheFirst = cells.last.map { $0 == cells.count - 1 } ?? true
    return Axis(
      name: "cell_\(name)",
      values: isFromTheFirst ? .positions(cells.count) : .numbers(cells.map(Double.init)),
      longName: "cell of \(name)")
  }

  /// The cells of a population that are sampled: those chosen, of as many as the largest run has.
  private func sampledCells(of population: Int) -> [Int] {
    let largest = largestSize(of: population)
    return subject.cells[population]?.indices(of: largest) ?? Array(0..<largest)
  }

  /// As many cells as a population has in the largest run.
  func largestSize(of population: Int) -> Int {
    let circuit = subject.circuit
    let varied = Set(
      (experiment.sweep?.axes ?? []).compactMap { axis -> Int? in
        if case .parameter(let index) = axis.target { return index }
        return nil
      })
    let names = experiment.model
    let paths = Set(varied.map { names.parameters[$0].declaration.path })
    // Where nothing varies that a size may depend on, one run of each arm tells.
    let mayVary = circuit.populations[population].cell.parameters.contains {
      paths.contains($0.declaration.path)
    }
    let runs =
      mayVary
      ? Array(0..<plan.count)
      : (0..<plan.armCount).map { $0 * plan.individualCount * plan.pointCount }
    var count = 1.0
    for run in runs {
      let size = settings(of: run).size(of: circuit.populations[population])
      if size.isFinite, size <= 1e8 { count = max(count, size) }
    }
    return Int(count)
  }
}
