import Storage

/// Checks that reductions are called as nothing else in the result is.
struct ReductionNameCheck {
  let experiment: Experiment
  let problems: ProblemList

  func check(_ node: YamlNode) {
    let taken =
      ResultLayout(experiment, RunPlan(experiment), facts: [:]).namesBesideReductions
    for entry in node.entries ?? [] where taken.contains(entry.key) {
      problems.error(
        "the result has something else called `\(entry.key)`", id: "duplicate-name",
        at: entry.keyRange, help: "give the reduction another name, such as `\(entry.key)_reduced`")
    }
  }
}
