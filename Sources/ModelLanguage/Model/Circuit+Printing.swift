extension Circuit {
  /// The elaborated circuit as text: the cell of each population expanded, numbers in SI units.
  public var printed: String {
    var lines = ["circuit \(name) {"]
    for population in populations {
      let cell = population.cell
      lines.append(
        population.isCircuitItself
          ? "  the circuit itself {"
          : "  population \(population.declaration.path) : \(cell.name)"
            + "[\(cell.text(of: population.size))] {")
      // A part may have several lines of its own.
      lines += cell.printedParts.map { "  \($0)" }
      for receiver in population.receivers where !receiver.assignments.isEmpty {
        lines.append("    at \(receiver.declaration.path) {")
        for (state, value) in receiver.assignments {
          lines.append("      \(cell.states[state].declaration.path) = \(cell.text(of: value))")
        }
        lines.append("    }")
      }
      for variation in population.variations {
        lines.append("    \(variation.declaration.path) \(cell.text(of: variation.law))")
      }
      lines.append("  }")
    }
    for projection in projections where !projection.isImplicit {
      lines += self.lines(of: projection)
    }
    return (lines + ["}"]).joined(separator: "\n")
  }

  private func lines(of projection: Projection) -> [String] {
    let (source, target) = (populations[projection.source], populations[projection.target])
    let cell = target.cell
    var lines: [String] = []
    let end: String
    var start = source.declaration.path
    switch projection.signal {
    case .spikes(let receiver):
      end = target.receivers[receiver].declaration.path
      if let release = projection.release {
        lines.append("    release \(source.cell.text(of: release))")
      }
    case .continuous(let variable, let input, let total):
      start = source.cell.text(of: variable)
      end = cell.inputs[input].declaration.path
      if let total { lines.append("    total \(cell.inputs[total].declaration.path)") }
    }
    lines.insert("  projection \(projection.declaration.path) : \(start) -> \(end) {", at: 0)
    lines.append("    connect \(cell.text(of: projection.rule))")
    if projection.allowsAutapses { lines.append("    autapses") }
    lines.append("    weight \(cell.text(of: projection.weight))")
    lines.append("    delay \(cell.text(of: projection.delay))")
    if let plasticity = projection.plasticity {
      let name = cell.inputs[plasticity.weight].declaration.path
      for (side, value) in [
        ("presynaptic", plasticity.afterPresynapticSpike),
        ("postsynaptic", plasticity.afterPostsynapticSpike),
      ] {
        guard let value else { continue }
        lines.append("    on \(side) spike \(name) = \(cell.text(of: value))")
      }
    }
    return lines + ["  }"]
  }
}

extension Model {
  /// A law with the names of this model, numbers in SI units.
  public func text(of law: Law) -> String {
    switch law {
    case .formula(let value): "= \(text(of: value))"
    case .normal(let mean, let deviation):
      "~ normal(\(text(of: mean)), \(text(of: deviation)))"
    case .lognormal(let mean, let deviation):
      "~ lognormal(\(text(of: mean)), \(text(of: deviation)))"
    case .uniform(let low, let high): "~ uniform(\(text(of: low)), \(text(of: high)))"
    case .exponential(let mean): "~ exponential(\(text(of: mean)))"
    }
  }

  /// A rule with the names of this model.
  public func text(of rule: ConnectionRule) -> String {
    switch rule {
    case .all: "all"
    case .oneToOne: "one_to_one"
    case .random(let probability): "random(\(text(of: probability)))"
    case .fixedInDegree(let degree): "fixed_in_degree(\(text(of: degree)))"
    case .fixedOutDegree(let degree): "fixed_out_degree(\(text(of: degree)))"
    case .distance(let geometry, let profile, let peak, let width):
      "distance(\(geometry.rawValue), \(profile.rawValue), \(text(of: peak)), "
        + "\(text(of: width)))"
    case .list(let rows): "list of \(rows.count)"
    }
  }
}
