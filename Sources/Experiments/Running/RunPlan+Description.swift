import Units

extension RunPlan {
  /// What tells a run from the others, as the beginning of a sentence about it: its arm, its
  /// individual and what the sweep sets, such as `ketamine, k = 0.2 /s: `; empty if it is alone.
  func described(_ run: Int, of experiment: Experiment) -> String {
    let place = place(of: run)
    var parts: [String] = []
    let arm = experiment.arms[place.arm].name
    if armCount > 1, !arm.isEmpty { parts.append(arm) }
    if individualCount > 1, let individuals = experiment.eventTable?.individuals {
      parts.append("individual \(individuals[place.individual].name)")
    }
    for (axis, value) in zip(experiment.sweep?.axes ?? [], values(ofPoint: place.point)) {
      parts.append("\(axis.path) = \(axis.unit.text(ofSI: value, significantDigits: 6))")
    }
    return parts.isEmpty ? "" : parts.joined(separator: ", ") + ": "
  }
}
