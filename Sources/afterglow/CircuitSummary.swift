import Dynamics
import ModelLanguage
import Units

/// A circuit as a table of its parts: what it declares, its populations, its projections in words.
struct CircuitSummary {
  let text: String

  init(_ circuit: Circuit) {
    var parts = ["circuit \(circuit.name)"]
    if !circuit.documentation.isEmpty { parts.append(circuit.documentation) }
    let populations = circuit.populations.map { PopulationSummary($0) }
    if let first = populations.first, let own = first.circuitParameters { parts.append(own) }
    parts += populations.map(\.text)
    let projections = circuit.projections.filter { !$0.isImplicit }.map { projection in
      ProjectionSummary(
        projection, circuit, values: populations[projection.target].values
      ).text
    }
    if !projections.isEmpty { parts.append(projections.joined(separator: "\n")) }
    text = parts.joined(separator: "\n\n")
  }
}

/// A population: its size, the equations of a cell, what differs between cells, its parameters.
struct PopulationSummary {
  let text: String
  /// The parameters that the circuit declares, as a table.
  let circuitParameters: String?
  let values: ExpressionEvaluator

  init(_ population: Population) {
    let cell = population.cell
    let name = population.declaration.path
    let parameters = cell.parameterValues()
    let evaluator = ExpressionEvaluator(parameters: parameters)
    values = evaluator
    let size = decimalText(evaluator.value(of: population.size), significantDigits: 12)
    var parts = [
      population.isCircuitItself
        ? "the circuit itself"
        : "population \(name): \(size) \(size == "1" ? "cell" : "cells") of \(cell.name)"
    ]
    let documentation = [population.declaration.documentation, cell.documentation]
      .filter { !$0.isEmpty }
    if !documentation.isEmpty { parts.append(documentation.joined(separator: "\n")) }
    let words = LawWords(cell: cell, values: evaluator)
    var laws: [String: String] = [:]
    for variation in population.variations {
      laws[variation.declaration.path] = words.text(
        of: variation.law, unit: variation.declaration.unit)
    }
    if !cell.states.isEmpty {
      parts.append(
        ModelSummary.table(
          of: cell.states, cell.initialStates(parameters: parameters), instead: laws))
    }
    let equations = Self.equations(of: population)
    if !equations.isEmpty { parts.append(equations.joined(separator: "\n")) }
    let (own, circuit) = Self.split(cell.parameters, parameters, of: name)
    if !own.isEmpty {
      parts.append(
        ModelSummary.table(of: own.map(\.parameter), own.map(\.value), instead: laws))
    }
    circuitParameters =
      circuit.isEmpty
      ? nil : ModelSummary.table(of: circuit.map(\.parameter), circuit.map(\.value))
    text = parts.joined(separator: "\n\n")
  }

  private typealias Valued = (parameter: Parameter, value: Double)

  private static func split(
    _ parameters: [Parameter], _ values: [Double], of population: String
  ) -> (own: [Valued], circuit: [Valued]) {
    let all = zip(parameters, values).map { Valued($0, $1) }
    let prefix = population + "."
    return (
      all.filter { $0.parameter.declaration.path.hasPrefix(prefix) },
      all.filter { !$0.parameter.declaration.path.hasPrefix(prefix) }
    )
  }

  /// The equations of a cell, in SI units and without the name of the population.
  private static func equations(of population: Population) -> [String] {
    let cell = population.cell
    let prefix = population.declaration.path + "."
    func short(_ text: String) -> String { text.replacing(prefix, with: "") }
    var lines = cell.quantities.map {
      short("\($0.declaration.path) = \(cell.text(of: $0.value))")
    }
    lines += cell.states.map {
      short("\($0.declaration.path)' = \(cell.text(of: $0.derivative))")
    }
    for receiver in population.receivers where !receiver.assignments.isEmpty {
      let changes = receiver.assignments.map {
        "\(cell.states[$0.state].declaration.path) = \(cell.text(of: $0.value))"
      }
      lines.append(
        short("at \(receiver.declaration.path): \(changes.joined(separator: ", "))"))
    }
    for event in cell.events {
      let changes = event.assignments.map {
        "\(cell.states[$0.state].declaration.path) = \(cell.text(of: $0.value))"
      }
      var line = "\(event.declaration.path) when \(cell.text(of: event))"
      if !changes.isEmpty { line += ": " + changes.joined(separator: ", ") }
      lines.append(short(line))
    }
    return lines
  }
}

/// Laws in the units of what they give a value to.
struct LawWords {
  let cell: Model
  let values: ExpressionEvaluator

  func text(of law: Law, unit: PhysicalUnit) -> String {
    func number(_ expression: Expression) -> String {
      let value = values.value(of: expression)
      return value.isNaN ? cell.text(of: expression) + " (SI)" : unit.text(ofSI: value)
    }
    switch law {
    case .formula(let value): return number(value)
    case .normal(let mean, let deviation):
      return "normal, \(number(mean)) ± \(number(deviation))"
    case .lognormal(let mean, let deviation):
      return "lognormal, \(number(mean)) ± \(number(deviation))"
    case .uniform(let low, let high): return "uniform, \(number(low)) to \(number(high))"
    case .exponential(let mean): return "exponential, mean \(number(mean))"
    }
  }
}

/// A projection in words.
struct ProjectionSummary {
  let text: String

  init(_ projection: Projection, _ circuit: Circuit, values: ExpressionEvaluator) {
    let source = circuit.populations[projection.source]
    let target = circuit.populations[projection.target]
    let words = LawWords(cell: target.cell, values: values)
    var line = "projection \(projection.declaration.path): "
    switch projection.signal {
    case .spikes(let receiver):
      line += "spikes of \(source.declaration.path) to "
      line += target.receivers[receiver].declaration.path
      if let release = projection.release {
        line += " (times \(source.cell.text(of: release)))"
      }
    case .continuous(let variable, let input, let total):
      line += "\(source.cell.text(of: variable)) to "
      line += target.cell.inputs[input].declaration.path
      if let total {
        line += " (sum of weights: \(target.cell.inputs[total].declaration.path))"
      }
    }
    func number(_ expression: Expression) -> String {
      let value = values.value(of: expression)
      return value.isNaN
        ? target.cell.text(of: expression) : decimalText(value, significantDigits: 12)
    }
    switch projection.rule {
    case .all: line += "; all to all"
    case .oneToOne: line += "; one to one"
    case .random(let probability):
      line += "; each pair with probability \(number(probability))"
    case .fixedInDegree(let degree): line += "; \(number(degree)) sources for each target"
    case .fixedOutDegree(let degree): line += "; \(number(degree)) targets for each source"
    case .distance(let geometry, let profile, let peak, let width):
      line += "; by distance on a \(geometry.rawValue), \(profile.rawValue) with probability "
      line += "\(number(peak)) at 0 and width \(number(width))"
    case .list(let rows): line += "; \(rows.count) pairs from a list"
    }
    if projection.source == projection.target {
      line += projection.allowsAutapses ? ", itself included" : ", not to itself"
    }
    if case .list(let rows) = projection.rule, rows.first?.weight != nil {
      line += "; weights from the list"
    } else {
      line +=
        "; weight " + words.text(of: projection.weight, unit: projection.weightDeclaration.unit)
    }
    if case .list(let rows) = projection.rule, rows.first?.delay != nil {
      line += "; delays from the list"
    } else {
      line += "; delay " + words.text(of: projection.delay, unit: projection.delayDeclaration.unit)
    }
    if let plasticity = projection.plasticity {
      let name = target.cell.inputs[plasticity.weight].declaration.path
      for (side, value) in [
        ("presynaptic", plasticity.afterPresynapticSpike),
        ("postsynaptic", plasticity.afterPostsynapticSpike),
      ] {
        guard let value else { continue }
        line += "\n  on \(side) spike \(name) = \(target.cell.text(of: value))"
      }
    }
    if !projection.declaration.documentation.isEmpty {
      line += "\n  " + projection.declaration.documentation.firstSentence
    }
    text = line
  }
}

/// A circuit as JSON.
struct CircuitJSON: Encodable {
  private struct PopulationEntry: Encodable {
    var name: String
    var documentation: String
    var size: Double
    var cell: ModelJSON
    var variations: [String: String]
  }

  private struct ProjectionEntry: Encodable {
    var name: String
    var source: String
    var target: String
    var rule: String
    var weight: String
    var delay: String
  }

  private var name: String
  private var documentation: String
  private var populations: [PopulationEntry]
  private var projections: [ProjectionEntry]

  init(_ circuit: Circuit) {
    name = circuit.name
    documentation = circuit.documentation
    populations = circuit.populations.map { population in
      let values = ExpressionEvaluator(parameters: population.cell.parameterValues())
      let words = LawWords(cell: population.cell, values: values)
      var laws: [String: String] = [:]
      for variation in population.variations {
        laws[variation.declaration.path] = words.text(
          of: variation.law, unit: variation.declaration.unit)
      }
      return PopulationEntry(
        name: population.declaration.path, documentation: population.declaration.documentation,
        size: values.value(of: population.size), cell: ModelJSON(population.cell),
        variations: laws)
    }
    projections = circuit.projections.filter { !$0.isImplicit }.map { projection in
      let target = circuit.populations[projection.target]
      let values = ExpressionEvaluator(parameters: target.cell.parameterValues())
      let words = LawWords(cell: target.cell, values: values)
      return ProjectionEntry(
        name: projection.declaration.path,
        source: circuit.populations[projection.source].declaration.path,
        target: target.declaration.path, rule: target.cell.text(of: projection.rule),
        weight: words.text(of: projection.weight, unit: projection.weightDeclaration.unit),
        delay: words.text(of: projection.delay, unit: projection.delayDeclaration.unit))
    }
  }
}
