import Storage

/// Checks that no two things in the result are called the same.
struct ResultNameCheck {
  let experiment: Experiment
  let problems: ProblemList

  func check(_ table: TableReader) {
    var counts: [String: Int] = [:]
    let layout = ResultLayout(experiment, RunPlan(experiment), facts: [:])
    for name in layout.names { counts[name, default: 0] += 1 }
    func isTaken(_ name: String) -> Bool { counts[name, default: 0] > 1 }
    for entry in table["reduce"]?.entries ?? [] where isTaken(entry.key) {
      problems.error(
        "the result has something else called `\(entry.key)`", id: "duplicate-name",
        at: entry.keyRange, help: "give the reduction another name, such as `\(entry.key)_reduced`")
      counts[entry.key] = nil
    }
    if let node = table["record"] {
      for variable in layout.variables.map(\.name) where isTaken(variable) {
        problems.error(
          "the result has something else called `\(variable)`", id: "duplicate-name",
          at: node.range,
          help: "record it from within an instance, or give it another name in the model")
        counts[variable] = nil
      }
    }
    if let node = table["sweep"] ?? table["individuals"] {
      let paths = layout.coordinates.map(\.name) + layout.runAxes.map(\.name)
      for path in paths where isTaken(path) {
        problems.error(
          "the result has something else called `\(path)`", id: "duplicate-name", at: node.range,
          help: "give the parameter another name in the model")
        counts[path] = nil
      }
    }
  }
}
