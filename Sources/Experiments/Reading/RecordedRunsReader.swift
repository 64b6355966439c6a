import Diagnostics

/// Reads the runs whose samples are kept.
struct RecordedRunsReader {
  let arms: [String]
  let problems: ProblemList

  /// Reads `runs`: numbers of runs, or a table of arms, individuals and points.
  func runs(_ node: YamlNode) -> RecordedRuns? {
    guard node.entries != nil else {
      return problems.selection(node, "`runs`", of: "runs").map {
        RecordedRuns(form: .numbers(IndexSelection(form: $0, range: node.range)), range: node.range)
      }
    }
    guard
      let table = TableReader(
        node, name: "`runs`", keys: ["arms", "individuals", "points"], problems: problems)
    else { return nil }
    func selection(_ key: String) -> IndexSelection? {
      table[key].flatMap { node in
        problems.selection(node, "`\(key)`", of: key).map {
          IndexSelection(form: $0, range: node.range)
        }
      }
    }
    return RecordedRuns(
      form: .combinations(
        arms: table["arms"].map(armIndices), individuals: selection("individuals"),
        points: selection("points")),
      range: node.range)
  }

  private func armIndices(_ node: YamlNode) -> [Int] {
    let elements = node.elements ?? [node]
    let names = arms.filter { !$0.isEmpty }
    let found = elements.compactMap { element -> Int? in
      guard let name = problems.text(element, "an arm") else { return nil }
      if let index = arms.firstIndex(of: name) { return index }
      let nearest = problems.nearest(to: name, among: names)
      problems.error(
        "the experiment has no arm `\(shortened(name))`", id: "unknown-arm", at: element.range,
        help: nearest.map { "did you mean `\($0)`?" }
          ?? (names.isEmpty ? "it has no `arms`" : "the arms are \(listed(names))"))
      return nil
    }
    return Set(found).sorted()
  }
}

/// Checks that the runs whose samples are kept exist, once it is known how many there are.
struct RecordedRunsCheck {
  let plan: RunPlan
  let problems: ProblemList

  func check(_ runs: RecordedRuns) {
    switch runs.form {
    case .numbers(let selection): check(selection, "run", below: plan.count)
    case .combinations(_, let individuals, let points):
      if let individuals { check(individuals, "individual", below: plan.individualCount) }
      if let points { check(points, "point", below: plan.pointCount) }
    }
  }

  private func check(_ selection: IndexSelection, _ noun: String, below count: Int) {
    guard let largest = selection.largest, largest >= count else { return }
    problems.error(
      "there is no \(noun) \(largest)", id: "out-of-range", at: selection.range,
      help: count == 1
        ? "there is one \(noun), which is number 0" : "the \(noun)s are 0 to \(count - 1)")
  }
}
