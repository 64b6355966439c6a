import ModelLanguage
import Networks

// Stimuli for some cells of a population.
extension NetworkCampaign {
  /// The paths of inputs that are driven in some cells only, in any arm: all arms share the kernels.
  var differingInputs: Set<String> {
    Set(experiment.arms.flatMap(\.inputs).filter { $0.cells != nil }.map(path))
  }

  private func path(of course: InputProtocol) -> String {
    experiment.model.inputs[course.input].declaration.path
  }

  /// The population whose cells have the input of a course.
  func population(of course: InputProtocol) -> Population? {
    let path = path(of: course)
    return subject.circuit.populations.first { population in
      population.cell.inputs.contains { $0.declaration.path == path }
    }
  }

  /// Says which cells of a run courses drive.
  func drive(_ courses: [InputProtocol], _ settings: inout NetworkSettings) {
    for course in courses {
      guard let cells = course.cells, let population = population(of: course) else { continue }
      let size = settings.size(of: population)
      // A size that is none is reported when the network is built.
      guard size >= 1, size < 1e9 else { continue }
      var chosen = cells.indices(of: Int(size))
      // One cell that is not there is enough for the run to fail.
      if let largest = cells.largest, Double(largest) >= size { chosen = [largest] }
      settings.drivenCells[path(of: course)] = chosen
    }
  }
}
