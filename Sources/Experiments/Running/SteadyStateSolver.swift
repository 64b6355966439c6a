import ModelLanguage
import Programs
import Simulations
import Synchronization
import Units

/// Finds the periodic states of repeated dosing, and the states at rest of constant infusions.
///
/// What is looked for in each run is in `PeriodicStateSearch`; here the intervals that all searches
/// need next are simulated together. No result depends on the other searches.
struct SteadyStateSolver {
  /// A regimen of one run.
  struct Task {
    var run: Int
    var request: SteadyStateRequest
    var parameters: [Double]
    var inputs: [Double]
    var states: [Double]
  }

  /// Why there is no steady state.
  struct Failure: Error {
    var run: Int
    var text: String
  }

  /// So many regimens are worked on at the same time: each holds its derivatives meanwhile.
  private static let batchSize = 4096

  let model: Model
  let configuration: EnsembleConfiguration
  let backend: Backend
  let threads: Int
  let cancellation: CancellationFlag

  /// The steady states, one for each task.
  ///
  /// - Throws: What compiling the model throws.
  func solve(_ tasks: [Task]) throws -> [Result<[Double], Failure>] {
    var results = tasks.map { task in
      Result<[Double], Failure>.failure(Failure(run: task.run, text: "was not computed"))
    }
    for first in stride(from: 0, to: tasks.count, by: Self.batchSize) {
      let members = first..<min(first + Self.batchSize, tasks.count)
      try solve(tasks, members, &results)
    }
    return results
  }

  private func solve(
    _ tasks: [Task], _ members: Range<Int>, _ results: inout [Result<[Double], Failure>]
  ) throws {
    var ensembles: [Setting: Ensemble] = [:]
    var searches: [(task: Int, search: PeriodicStateSearch)] = []
    for index in members {
      let task = tasks[index]
      if let text = task.request.refusal {
        results[index] = .failure(Failure(run: task.run, text: text))
      } else {
        searches.append((index, PeriodicStateSearch(problem(task), states: task.states)))
      }
    }
    while !searches.isEmpty && !cancellation.isRaised {
      var wanted: [Setting: [(search: Int, place: Int, states: [Double])]] = [:]
      var ends: [[Result<[Double], PeriodFailure>]] = []
      for (number, entry) in searches.enumerated() {
        let requests = entry.search.requests
        ends.append(requests.map { _ in .failure(PeriodFailure(text: "was interrupted")) })
        for (place, request) in requests.enumerated() {
          let setting = Setting(
            length: request.length,
            relativeTolerance: entry.search.relativeTolerances[request.level],
            absoluteFactor: absoluteFactor(entry.search.problem))
          wanted[setting, default: []].append((number, place, request.states))
        }
      }
      for (setting, entries) in wanted.sorted(by: { $0.key < $1.key }) {
        let ensemble = try ensembles[setting] ?? makeEnsemble(setting)
        ensembles[setting] = ensemble
        let setups = entries.map { entry in
          periodSetup(
            tasks[searches[entry.search].task], states: entry.states, length: setting.length)
        }
        for (entry, end) in zip(entries, try simulate(ensemble, setups)) {
          ends[entry.search][entry.place] = end
        }
      }
      if cancellation.isRaised { return }
      var open: [(task: Int, search: PeriodicStateSearch)] = []
      for (number, entry) in searches.enumerated() {
        var search = entry.search
        search.advance(ends[number])
        if let outcome = search.outcome {
          results[entry.task] = result(outcome, search.problem, tasks[entry.task])
        } else {
          open.append((entry.task, search))
        }
      }
      searches = open
    }
  }

  /// What intervals can be simulated with together.
  private struct Setting: Hashable, Comparable {
    var length: Double
    var relativeTolerance: Double
    /// What the absolute tolerances are multiplied by, beside what tightens both.
    var absoluteFactor: Double

    static func < (left: Setting, right: Setting) -> Bool {
      (left.length, left.relativeTolerance, left.absoluteFactor)
        < (right.length, right.relativeTolerance, right.absoluteFactor)
    }
  }

  /// A power of ten with which absolute tolerances are small beside what the doses bring: else a
  /// small dose would be lost in them, and every state at rest.
  private func absoluteFactor(_ problem: PeriodicStateSearch.Problem) -> Double {
    var factor = 1.0
    for (state, input) in problem.inputs.enumerated() where input != 0 {
      // Of a constant infusion, what it brings in an hour.
      let size = abs(input) * (problem.interval == 0 ? 3600 : 1)
      let wanted = problem.relativeTolerance * size / problem.absoluteTolerances[state]
      while factor > max(wanted, 1e-30) { factor /= 10 }
    }
    return factor
  }

  private func problem(_ task: Task) -> PeriodicStateSearch.Problem {
    var inputs = Array(repeating: 0.0, count: model.states.count)
    let stateOfRate = Dictionary(
      model.routes.flatMap(\.targets).map { ($0.rateInput, $0.state) },
      uniquingKeysWith: { first, _ in first })
    for bolus in task.request.boluses { inputs[bolus.state] += bolus.amount }
    for infusion in task.request.infusions {
      guard let state = stateOfRate[infusion.input] else {
        preconditionFailure("an infusion enters no state of its route")
      }
      let isConstant = task.request.interval == 0
      inputs[state] += isConstant ? infusion.rate : infusion.rate * (infusion.end - infusion.start)
    }
    let kinds = Set(
      inputs.indices.filter { inputs[$0] != 0 }.map { model.states[$0].declaration.unit.dimensions }
    )
    return PeriodicStateSearch.Problem(
      interval: task.request.interval, inputs: inputs,
      isLoaded: model.states.map { kinds.contains($0.declaration.unit.dimensions) },
      relativeTolerance: configuration.relativeTolerance,
      absoluteTolerances: configuration.absoluteTolerances)
  }

  private func makeEnsemble(_ setting: Setting) throws -> Ensemble {
    var period = configuration
    period.start = 0
    period.end = setting.length
    period.sampleTimes = []
    period.recorded = []
    let factor = setting.relativeTolerance / configuration.relativeTolerance
    period.relativeTolerance = setting.relativeTolerance
    period.absoluteTolerances = configuration.absoluteTolerances.map {
      $0 * factor * setting.absoluteFactor
    }
    period.reductions = model.states.indices.map {
      Reduction(
        kind: .final, expression: .state($0), from: setting.length, to: setting.length)
    }
    return try Ensemble(model: model, configuration: period, backend: backend)
  }

  private func periodSetup(_ task: Task, states: [Double], length: Double) -> RunSetup {
    var administration = Administration.empty
    administration.boluses = task.request.boluses
    administration.infusions = task.request.infusions
    let schedule = RunSchedule(
      history: DosingHistory(administration, model: model), steadyStates: [], steps: [],
      inputs: task.inputs, initialStates: task.states, start: 0, end: length)
    return RunSetup(
      parameters: task.parameters, inputs: schedule.inputs, states: states,
      schedule: schedule.changes)
  }

  private func simulate(
    _ ensemble: Ensemble, _ setups: [RunSetup]
  ) throws -> [Result<[Double], PeriodFailure>] {
    let model = model
    let count = setups.count
    let ends = Mutex(
      Array(
        repeating: Result<[Double], PeriodFailure>.failure(PeriodFailure(text: "was interrupted")),
        count: count))
    let threads = min(threads, (count + 15) / 16)
    let queue = ChunkQueue(
      [0..<count], chunk: ChunkQueue.chunkSize(count: count, threads: threads, recorded: 0),
      cancellation: cancellation)
    try onThreads(threads) {
      try ensemble.makeWorker().run(
        nextChunk: { queue.take() }, setup: { setups[$0] },
        deliver: { chunk in
          queue.finish(chunk.runs.count)
          for (offset, run) in chunk.runs.enumerated() {
            let end: Result<[Double], PeriodFailure>
            switch chunk.outcomes[offset] {
            case .failed(let failure, _):
              end = .failure(
                PeriodFailure(
                  text: "while reaching the steady state: " + failure.message(in: model)))
            case .done:
              end = .success(model.states.indices.map { chunk.reduction($0)[offset] })
            }
            ends.withLock { $0[run] = end }
          }
        })
    }
    return ends.withLock { $0 }
  }

  // MARK: Words

  private func result(
    _ outcome: PeriodicStateSearch.Outcome, _ problem: PeriodicStateSearch.Problem, _ task: Task
  ) -> Result<[Double], Failure> {
    switch outcome {
    case .found(let states): return .success(states)
    case .failed(let text): return .failure(Failure(run: task.run, text: text))
    case .uncertain:
      return .failure(
        Failure(
          run: task.run,
          text: "the steady state of the doses is not known to the tolerance that is asked for: so "
            + "little brings the states back to it that the errors of an interval add up"))
    case .none(let growth):
      return .failure(Failure(run: task.run, text: text(of: growth, problem)))
    }
  }

  /// What is said where the states find no rest.
  private func text(
    of growth: PeriodicStateSearch.Growth, _ problem: PeriodicStateSearch.Problem
  ) -> String {
    let farthest = growth.farthest
    let declaration = model.states[farthest].declaration
    let isConstant = problem.interval == 0
    // Amounts of an interval, or of an hour of a constant infusion.
    let hours = growth.length / 3600
    func amount(_ value: Double) -> String {
      declaration.unit.text(ofSI: isConstant ? value / hours : value, significantDigits: 4)
    }
    let period = isConstant ? "hour" : "interval"
    let input = problem.total(problem.inputs) * (isConstant ? growth.length : 1)
    let gain = problem.total(growth.gains)
    let size = declaration.unit.text(ofSI: growth.states[farthest], significantDigits: 3)
    let change = growth.gains[farthest]
    let direction = change > 0 ? "grows" : "falls"
    let course =
      "`\(declaration.path)` \(direction) by \(amount(abs(change))) with each \(period) where it "
      + "is \(size)"
    guard problem.isLoaded[farthest], input > 0, gain > 0 else {
      return "the doses reach no steady state: \(course)"
    }
    let capacity = max(0, input - gain)
    return "the doses reach no steady state: each \(period) brings \(amount(input)), and no more "
      + "than \(amount(capacity)) leave in it; \(course)"
  }
}
