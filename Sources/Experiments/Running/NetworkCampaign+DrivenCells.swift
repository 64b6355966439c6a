import Dynamics
import ModelLanguage
import Networks

// Stimuli for some cells of a population.
extension NetworkCampaign {
  /// Inputs that are driven in some cells only, and driven ones whose defaults differ between cells.
  ///
  /// They differ in all arms if they do in one, because all arms share the kernels.
  func findDifferingInputs() -> Set<String> {
    var paths: Set<String> = []
    for course in experiment.arms.flatMap(\.inputs) {
      guard let population = population(of: course) else { continue }
      if course.cells != nil || CellEquations.hasVariedDefault(path(of: course), in: population) {
        paths.insert(path(of: course))
      }
    }
    return paths
  }

  private func path(of course: InputProtocol) -> String {
    experiment.model.inputs[course.input].declaration.path
  }

  /// The population whose cells have the input of a course.
  func population(of course: InputProtocol) -> Population? {
    subject.circuit.population(withInput: path(of: course))
  }

  /// Says in which cells of a run courses drive their inputs.
  func drive(_ courses: [InputProtocol], _ settings: inout NetworkSettings) {
    for course in courses {
      guard differingInputs.contains(path(of: course)), let population = population(of: course)
      else { continue }
      let size = settings.size(of: population)
      // A size that is none is reported when the network is built.
      guard size >= 1, size < 1e9 else { continue }
      var driven = course.cells?.indices(of: Int(size)) ?? Array(0..<Int(size))
      // One cell that is not there is enough for the run to fail.
      if let largest = course.cells?.largest, Double(largest) >= size { driven = [largest] }
      settings.drivenCells[path(of: course)] = driven
    }
  }
}

extension Circuit {
  /// The population whose cells have an input of that path to themselves; `nil` for one of the circuit.
  func population(withInput path: String) -> Population? {
    populations.first { population in
      !population.isCircuitItself && path.hasPrefix(population.declaration.path + ".")
        && population.cell.inputs.contains { $0.declaration.path == path }
    }
  }
}
