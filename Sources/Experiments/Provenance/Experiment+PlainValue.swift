import ModelLanguage
import Solvers

extension Experiment {
  /// The experiment with everything that was decided written out.
  ///
  /// Overrides are applied, shared settings stand in each arm, defaults are named. Printed as YAML
  /// it reads back to the same runs.
  public var resolved: PlainValue {
    var entries: [PlainValue.Entry] = []
    func add(_ key: String, _ value: PlainValue?) {
      if let value { entries.append(PlainValue.Entry(key, value)) }
    }
    add("title", .text(title))
    if !description.isEmpty { add("description", .text(description)) }
    add("model", .text(modelPath))
    add("duration", .text(duration.text))
    add("lead_in", (leadIn?.text).map { .text($0) })
    add("seed", Int(exactly: seed).map { .integer($0) } ?? .text("\(seed)"))
    if !parameters.isEmpty { add("parameters", plain(parameters)) }
    if hasArms {
      add("arms", .table(arms.map { PlainValue.Entry($0.name, plain($0)) }))
    } else if let arm = arms.first {
      if !arm.doses.isEmpty { add("doses", .list(arm.doses.map(plain))) }
      if !arm.inputs.isEmpty { add("inputs", plain(arm.inputs)) }
      if !arm.replays.isEmpty { add("replay", plain(arm.replays)) }
    }
    add("table", eventTable?.written)
    add("individuals", cohort.map(plain))
    add("record", withRuns(network.map { plain($0) } ?? recording.map(plain)))
    if !reductions.isEmpty {
      add("reduce", .table(reductions.map { PlainValue.Entry($0.name, .text($0.text)) }))
    }
    if !mayLackValue.isEmpty {
      add("may_lack_value", .list(mayLackValue.map { .text($0) }))
    }
    add("solver", network.map(plainSolver) ?? plain(solver))
    add("sweep", sweep.map(plain))
    add("verdict", verdict.map(plain))
    if !account.isEmpty { add("account", .list(account.map { .text($0.written) })) }
    return .table(entries)
  }

  private func plain(_ settings: [ParameterSetting]) -> PlainValue {
    .table(
      settings.map {
        PlainValue.Entry(
          model.parameters[$0.parameter].declaration.path, .text($0.value.text))
      })
  }

  private func plain(_ arm: Arm) -> PlainValue {
    var entries: [PlainValue.Entry] = []
    // An arm without doses says so when it would otherwise take those of the table.
    if !arm.doses.isEmpty || (eventTable != nil && !arm.usesEventTable) {
      entries.append(PlainValue.Entry("doses", .list(arm.doses.map(plain))))
    }
    if !arm.parameters.isEmpty {
      entries.append(PlainValue.Entry("parameters", plain(arm.parameters)))
    }
    if !arm.inputs.isEmpty { entries.append(PlainValue.Entry("inputs", plain(arm.inputs))) }
    if !arm.replays.isEmpty { entries.append(PlainValue.Entry("replay", plain(arm.replays))) }
    return .table(entries)
  }

  private func plain(_ dose: Dose) -> PlainValue {
    var entries: [PlainValue.Entry] = []
    func add(_ key: String, _ value: PlainValue) { entries.append(PlainValue.Entry(key, value)) }
    if !dose.instance.isEmpty { add("into", .text(dose.instance)) }
    add("route", .text(dose.routeName))
    add("amount", .text(dose.amount.quantity.text))
    add("start", .text(dose.start.text))
    switch dose.delivery {
    case .bolus: break
    case .over(let duration): add("over", .text(duration.text))
    case .rate(let rate): add("rate", .text(rate.text))
    }
    if let every = dose.every {
      add("every", .text(every.text))
      add("count", .integer(dose.count))
    }
    return .table(entries)
  }

  private func plain(_ inputs: [InputProtocol]) -> PlainValue {
    .table(
      inputs.map { input in
        let path = model.inputs[input.input].declaration.path
        if let written = input.written { return PlainValue.Entry(path, written) }
        if input.steps.count == 1, let step = input.steps.first, step.time.value == -.infinity {
          return PlainValue.Entry(path, .text(step.value.text))
        }
        return PlainValue.Entry(
          path,
          .list(input.steps.map { .list([.text($0.time.text), .text($0.value.text)]) }))
      })
  }

  private func plain(_ replays: [Replay]) -> PlainValue {
    .table(replays.map { PlainValue.Entry($0.path, $0.written) })
  }

  /// With the runs that are recorded, if they are chosen.
  private func withRuns(_ recording: PlainValue?) -> PlainValue? {
    guard let recordedRuns, case .table(let entries)? = recording else { return recording }
    let runs = PlainValue.Entry("runs", recordedRuns.written(arms: arms.map(\.name)))
    return .table(entries + [runs])
  }

  private func plain(_ recording: Recording) -> PlainValue {
    var entries: [PlainValue.Entry] = []
    if case .table(let schedule) = recording.schedule { entries += schedule }
    entries.append(
      PlainValue.Entry("variables", .list(recording.variables.map { .text($0.path) })))
    entries.append(PlainValue.Entry("precision", .text(recording.precision.rawValue)))
    entries.append(PlainValue.Entry("compression", .integer(recording.compression)))
    return .table(entries)
  }

  /// What is recorded of a circuit.
  private func plain(_ network: NetworkSubject) -> PlainValue {
    var entries: [PlainValue.Entry] = []
    func name(_ population: Int) -> String {
      network.circuit.populations[population].declaration.path
    }
    if !network.spikes.isEmpty {
      entries.append(PlainValue.Entry("spikes", .list(network.spikes.map { .text(name($0)) })))
    }
    if !network.weights.isEmpty {
      let names = network.weights.map { network.circuit.projections[$0].declaration.path }
      entries.append(PlainValue.Entry("weights", .list(names.map { .text($0) })))
    }
    if !network.cells.isEmpty {
      let counts = network.cells.sorted { $0.key < $1.key }
      entries.append(
        PlainValue.Entry(
          "cells", .table(counts.map { PlainValue.Entry(name($0.key), $0.value.written) })))
    }
    if let recording, case .table(let rest) = plain(recording) { entries += rest }
    return .table(entries)
  }

  private func plainSolver(_ network: NetworkSubject) -> PlainValue {
    .table([
      PlainValue.Entry("method", .text(network.method.rawValue)),
      PlainValue.Entry("step", .text(network.writtenStep.text)),
    ])
  }

  private func plain(_ solver: SolverSettings) -> PlainValue {
    var entries = [
      PlainValue.Entry("method", .text(solver.methodName)),
      PlainValue.Entry("relative_tolerance", .number(solver.relativeTolerance)),
    ]
    func add(_ key: String, _ value: PlainValue?) {
      if let value { entries.append(PlainValue.Entry(key, value)) }
    }
    if !solver.stateTolerances.isEmpty {
      let tolerances = solver.stateTolerances.map {
        PlainValue.Entry(model.states[$0.state].declaration.path, .text($0.value.text))
      }
      add("absolute_tolerance", .table(tolerances))
    } else {
      add("absolute_tolerance", solver.absoluteTolerance.map { .number($0) })
    }
    add("step", (solver.step?.text).map { .text($0) })
    add("initial_step", (solver.initialStep?.text).map { .text($0) })
    add("maximum_step", (solver.maximumStep?.text).map { .text($0) })
    add("maximum_steps", .integer(solver.maximumSteps))
    return .table(entries)
  }

  private func plain(_ sweep: Sweep) -> PlainValue {
    var entries: [PlainValue.Entry] = []
    entries.append(PlainValue.Entry("design", .text(sweep.design.name)))
    var count = "samples"
    switch sweep.design {
    case .grid, .random, .sobol: break
    case .list:
      guard let table = sweep.table else { preconditionFailure("a list was read from no table") }
      entries.append(PlainValue.Entry("file", .text(table)))
      return .table(entries)
    case .latinHypercube(let centred, let generator):
      entries.append(PlainValue.Entry("centred", .boolean(centred)))
      entries.append(PlainValue.Entry("generator", .text(generator.rawValue)))
    case .sobolIndices(let secondOrder, let sampling):
      entries.append(PlainValue.Entry("second_order", .boolean(secondOrder)))
      entries.append(PlainValue.Entry("sampling", .text(sampling.rawValue)))
    case .morris(let levels):
      entries.append(PlainValue.Entry("levels", .integer(levels)))
      count = "trajectories"
    }
    if sweep.design != .grid {
      entries.append(PlainValue.Entry(count, .integer(sweep.samples)))
    }
    if let correlation = sweep.correlation {
      entries.append(PlainValue.Entry(correlation.key, correlation.written))
    }
    entries.append(
      PlainValue.Entry(
        "parameters", .table(sweep.axes.map { PlainValue.Entry($0.path, $0.written) })))
    return .table(entries)
  }

  private func plain(_ cohort: Cohort) -> PlainValue {
    var entries = [
      PlainValue.Entry("count", .integer(cohort.count)),
      PlainValue.Entry("sampling", .text(cohort.draws.design.name)),
    ]
    if let correlation = cohort.draws.correlation {
      entries.append(PlainValue.Entry(correlation.key, correlation.written))
    }
    entries.append(
      PlainValue.Entry(
        "parameters", .table(cohort.draws.axes.map { PlainValue.Entry($0.path, $0.written) })))
    return .table(entries)
  }

  private func plain(_ verdict: Verdict) -> PlainValue {
    .list(
      verdict.cases.map { .table([PlainValue.Entry($0.name, .text($0.text))]) }
        + [.table([PlainValue.Entry("otherwise", .text(verdict.otherwise))])])
  }
}
