import Datasets
import Diagnostics
import Dynamics
import Foundation
import ModelLanguage
import Simulations
import Storage
import Units

extension ResultLayout {
  /// The layout of an experiment's results.
  ///
  /// The arms are an axis where the experiment names them, the individuals of a table are one, and
  /// so is each parameter of a grid; other designs have an axis of runs with the swept parameters
  /// as coordinates.
  ///
  /// - Parameters:
  ///   - experiment: What is run.
  ///   - plan: Its runs.
  ///   - facts: What the file says of where it was made.
  ///   - cells: For what is sampled of each cell of a population, the axis of cells.
  init(
    _ experiment: Experiment, _ plan: RunPlan, facts: [String: String],
    cells: (String) -> Axis? = { _ in nil }
  ) {
    var axes: [Axis] = []
    var coordinates: [Coordinate] = []
    if experiment.hasArms {
      axes.append(
        Axis(
          name: "arm", values: .labels(experiment.arms.map(\.name)), longName: "treatment"))
    }
    if plan.individualCount > 1 {
      axes.append(
        Axis(
          name: "individual", values: Self.individuals(experiment, plan),
          longName: experiment.eventTable == nil
            ? "virtual individual" : "individual, in the order of the table"))
      for (index, axis) in (experiment.cohort?.draws.axes ?? []).enumerated() {
        coordinates.append(
          Coordinate(
            name: axis.isRelative ? axis.path + ".factor" : axis.path, axis: "individual",
            unit: axis.unit.symbol,
            values: .numbers(plan.individualValues(onAxis: index).map { $0 / axis.unit.scale })))
      }
    }
    if let sweep = experiment.sweep {
      if sweep.design == .grid {
        for axis in sweep.axes {
          guard case .values(let values) = axis.form else { continue }
          axes.append(
            Axis(
              name: axis.path, values: .numbers(values.map { axis.unit.writtenValue(ofSI: $0) }),
              unit: axis.unit.symbol, longName: "swept parameter"))
        }
      } else {
        axes.append(
          Axis(name: "run", values: .positions(plan.pointCount), longName: "point of the sweep"))
        for (index, axis) in sweep.axes.enumerated() {
          coordinates.append(
            Coordinate(
              name: axis.path, axis: "run", unit: axis.unit.symbol,
              // Drawn numbers have no short decimal form to keep.
              values: .numbers(
                plan.values(onAxis: index).map {
                  sweep.design == .list ? axis.unit.writtenValue(ofSI: $0) : $0 / axis.unit.scale
                })))
        }
      }
    }
    let timeUnit = Self.timeUnit(for: experiment.duration.value)
    let recording = experiment.recording
    let time = recording.map {
      Axis(
        name: "time", values: .numbers($0.times.map { timeUnit.value(ofSI: $0) }),
        unit: timeUnit.symbol, longName: "time since the start of the experiment")
    }
    self.init(
      title: experiment.title, runAxes: axes, coordinates: coordinates, time: time,
      variables: (recording?.variables ?? []).map {
        Quantity(
          name: $0.path, unit: $0.unit.symbol, scale: $0.unit.scale,
          longName: $0.documentation.isEmpty ? $0.path : $0.documentation,
          cells: cells($0.path))
      },
      reductions: experiment.reductions.map {
        Quantity(
          name: $0.name, unit: $0.unit.symbol, scale: $0.unit.scale, longName: $0.text)
      },
      verdicts: experiment.verdict?.names ?? [],
      precision: recording?.precision == .single ? .single : .double,
      compression: recording?.compression ?? 0,
      attributes: [
        "source": "afterglow \(facts["afterglow_version"] ?? "")",
        "description": experiment.description, "model": experiment.modelPath,
        "seed": "\(experiment.seed)",
      ].filter { !$0.value.isEmpty },
      provenance: Self.provenanceOf(experiment, facts: facts))
    if plan.individualCount > 1 { summary = IndividualSpread.summary }
    if experiment.recordedRuns != nil {
      sampled = plan.sampled
      if recording != nil {
        self.coordinates += Self.sampledCoordinates(axes, coordinates, plan.sampled.chosen ?? [])
      }
    }
    hasIdentities = true
    hasMethodChanges = experiment.network == nil && experiment.solver.method == .automatic
    if let network = experiment.network {
      addLists(of: network)
      return
    }
    states = experiment.model.states.map {
      let unit = $0.declaration.unit
      return Quantity(
        name: $0.declaration.path, unit: unit.symbol, scale: unit.scale,
        longName: $0.declaration.documentation)
    }
  }

  /// What runs of a circuit keep whose length is not known beforehand.
  private mutating func addLists(of network: NetworkSubject) {
    spikingPopulations = network.spikes.map { network.circuit.populations[$0].declaration.path }
    weightedProjections = network.weights.map {
      let projection = network.circuit.projections[$0]
      let unit = projection.weightDeclaration.unit
      return Quantity(
        name: projection.declaration.path, unit: unit.symbol, scale: unit.scale, longName: "")
    }
  }

  /// Where the chosen runs stand on the axes of all runs, and what else belongs to these places.
  private static func sampledCoordinates(
    _ axes: [Axis], _ coordinates: [Coordinate], _ chosen: [Int]
  ) -> [Coordinate] {
    var result: [Coordinate] = []
    var stride = axes.reduce(1) { $0 * $1.count }
    for axis in axes {
      stride /= max(1, axis.count)
      let places = chosen.map { $0 / stride % axis.count }
      func add(_ name: String, _ values: Axis.Values, _ unit: String) {
        result.append(
          Coordinate(
            name: "sampled_" + name, axis: ResultLayout.sampledRunAxis, unit: unit,
            values: values.chosen(places)))
      }
      // The axis of points is called `run`, as the numbers of the runs themselves.
      add(axis.name == "run" ? "point" : axis.name, axis.values, axis.unit)
      for coordinate in coordinates where coordinate.axis == axis.name {
        add(coordinate.name, coordinate.values, coordinate.unit)
      }
    }
    return result
  }

  /// The numbers of virtual individuals, or what a table calls its own where there is one of each.
  private static func individuals(_ experiment: Experiment, _ plan: RunPlan) -> Axis.Values {
    guard let table = experiment.eventTable, table.individuals.count == plan.individualCount else {
      return .positions(plan.individualCount)
    }
    let names = table.individuals.map(\.name)
    let numbers = names.compactMap { Int($0) }
    return numbers.count == names.count ? .integers(numbers) : .labels(names)
  }

  /// A unit in which a duration has few digits.
  private static func timeUnit(for duration: Double) -> PhysicalUnit {
    let symbol =
      switch duration {
      case 172_800...: "d"
      case 7200...: "h"
      case 300...: "min"
      case 1...: "s"
      default: "ms"
      }
    guard let unit = try? PhysicalUnit(parsing: symbol) else {
      preconditionFailure("`\(symbol)` is not a unit of time")
    }
    return unit
  }

  private static func provenanceOf(
    _ experiment: Experiment, facts: [String: String]
  ) -> ResultProvenance {
    let model = experiment.model
    let settings = Dictionary(
      experiment.parameters.map { ($0.parameter, $0.value) }, uniquingKeysWith: { $1 })
    let values = model.parameterValues(overriding: settings.mapValues(\.value))
    let rows = model.parameters.enumerated().map { index, parameter in
      let (kind, text): (String, String) =
        if let setting = settings[index] {
          ("set", setting.text)
        } else {
          switch parameter.provenance {
          case .source(let text): ("source", text)
          case .assumed(let text): ("assumed", text)
          case .derived: ("derived", "")
          }
        }
      return ResultProvenance.ParameterRow(
        path: parameter.declaration.path,
        value: parameter.declaration.unit.value(ofSI: values[index]),
        unit: parameter.declaration.unit.symbol, kind: kind, text: text)
    }
    var facts = facts
    facts["seed"] = "\(experiment.seed)"
    facts["numerics_version"] = "\(Numerics.version)"
    return ResultProvenance(
      experiment: experiment.resolved.yaml(), experimentPath: experiment.source.path,
      models: model.sources.map { ResultProvenance.Text(path: $0.path, text: $0.text) },
      tables: experiment.tables.map { ResultProvenance.Text(path: $0.path, text: $0.text) },
      parameters: rows, facts: facts)
  }
}
