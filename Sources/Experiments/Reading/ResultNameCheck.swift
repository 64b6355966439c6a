import Diagnostics
import Storage

/// Checks that no two things in the result are called the same.
struct ResultNameCheck {
  let experiment: Experiment
  let problems: ProblemList

  func check(_ table: TableReader) {
    let layout = ResultLayout(experiment, RunPlan(experiment), facts: [:])
    var counts: [String: Int] = [:]
    for name in layout.names { counts[name, default: 0] += 1 }
    // One of two is enough to give another name.
    func report(_ name: String, at range: SourceRange, help: String) {
      guard counts[name, default: 0] > 1 else { return }
      counts[name] = nil
      problems.error(
        "the result has something else called `\(name)`", id: "duplicate-name", at: range,
        help: help)
    }
    for entry in table["reduce"]?.entries ?? [] {
      report(
        entry.key, at: entry.keyRange,
        help: "give the reduction another name, such as `\(entry.key)_reduced`")
    }
    if let node = table["record"] {
      for variable in layout.variables {
        report(
          variable.name, at: node.range,
          help: "record it from within an instance, or give it another name in the model")
      }
    }
    for key in ["individuals", "sweep"] {
      guard let node = table[key] else { continue }
      let parameters = layout.coordinates.filter {
        ($0.axis == "individual") == (key == "individuals")
      }
      let axes = key == "sweep" ? layout.runAxes.map(\.name) : []
      for name in parameters.map(\.name) + axes {
        report(name, at: node.range, help: "give the parameter another name in the model")
      }
    }
  }
}
