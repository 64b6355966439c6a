import Units

extension RunPlan {
  /// What tells a run from the others, as the beginning of a sentence about it: its arm, its
  /// individual and what the sweep sets, such as `ketamine, k = 0.2 /s: `; empty if it is alone.
  func described(_ run: Int, of experiment: Experiment) -> String {
    let place = place(of: run)
    var parts: [String] = []
    let arm = experiment.arms[place.arm].name
    if armCount > 1, !arm.isEmpty { parts.append(arm) }
    if individualCount > 1 {
      parts.append("individual " + individualName(place.individual, of: experiment))
    }
    for (axis, value) in zip(experiment.sweep?.axes ?? [], values(ofPoint: place.point)) {
      parts.append("\(axis.path) = \(axis.unit.text(ofSI: value, significantDigits: 6))")
    }
    return parts.isEmpty ? "" : parts.joined(separator: ", ") + ": "
  }

  /// The name of an individual in the table, its position where it has none, or both where several
  /// stand for one of the table.
  private func individualName(_ individual: Int, of experiment: Experiment) -> String {
    guard let tabled = experiment.eventTable?.individuals else { return "\(individual)" }
    let replicates = individualCount / tabled.count
    let name = tabled[individual / replicates].name
    return replicates > 1 ? "\(individual) (ID \(name))" : name
  }
}
