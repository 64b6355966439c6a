import ModelLanguage
import Programs
import Simulations
import Synchronization

/// Finds the periodic states of repeated dosing.
///
/// A period is simulated from the model's initial values, then again from where it ended, until
/// the states come back. With differences d that shrink by a factor q, what is still missing is
/// about d·q/(1 − q); the search ends when that is below the tolerance in every state. It gives
/// up after `periodLimit` periods. A constant infusion has no period: there the stretch that is
/// simulated doubles each time.
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

  static let periodLimit = 10_000
  /// The first stretch of a constant infusion, in s, and how often it doubles at most.
  static let firstStretch = 3600.0
  static let doublingLimit = 30

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
    let intervals = Set(tasks.map(\.request.interval)).sorted()
    for interval in intervals {
      let members = tasks.indices.filter { tasks[$0].request.interval == interval }
      try solve(tasks, members: members, interval: interval, results: &results)
    }
    return results
  }

  private func solve(
    _ tasks: [Task], members: [Int], interval: Double,
    results: inout [Result<[Double], Failure>]
  ) throws {
    var states = members.map { tasks[$0].states }
    var magnitudes = states.map { $0.map(\.magnitude) }
    var differences = members.map { _ in Double.infinity }
    var open = Array(members.indices)
    let limit = interval > 0 ? Self.periodLimit : Self.doublingLimit
    var stretch = interval > 0 ? interval : Self.firstStretch
    var ensemble = try makeEnsemble(length: stretch)
    for round in 1...limit where !open.isEmpty && !cancellation.isRaised {
      let setups = open.map { member in
        periodSetup(tasks[members[member]], states: states[member], length: stretch)
      }
      let ends = try simulate(ensemble, setups)
      var remaining: [Int] = []
      for (place, member) in open.enumerated() {
        let task = tasks[members[member]]
        switch ends[place] {
        case .failure(let text):
          results[members[member]] = .failure(Failure(run: task.run, text: text))
        case .success(let end):
          for state in end.indices {
            magnitudes[member][state] = max(magnitudes[member][state], abs(end[state]))
          }
          let difference = distance(states[member], end, magnitudes[member])
          let shrinkage = difference / differences[member]
          states[member] = end
          differences[member] = difference
          let missing = shrinkage < 1 ? difference * shrinkage / (1 - shrinkage) : .infinity
          if difference <= 1e-3 || (difference <= 1 && missing <= 1) {
            results[members[member]] = .success(end)
          } else if round == limit {
            let text =
              "the doses reach no steady state: after \(round) intervals the states still "
              + "change by \(difference) times the tolerance per interval"
            results[members[member]] = .failure(Failure(run: task.run, text: text))
          } else {
            remaining.append(member)
          }
        }
      }
      open = remaining
      if interval == 0 && !open.isEmpty {
        stretch *= 2
        ensemble = try makeEnsemble(length: stretch)
      }
    }
  }

  private func makeEnsemble(length: Double) throws -> Ensemble {
    var period = configuration
    period.start = 0
    period.end = length
    period.sampleTimes = []
    period.recorded = []
    // Ten times tighter than asked, so that the states settle well within the tolerance.
    period.relativeTolerance = configuration.relativeTolerance / 10
    period.absoluteTolerances = configuration.absoluteTolerances.map { $0 / 10 }
    period.reductions = model.states.indices.map {
      Reduction(kind: .final, expression: .state($0), from: length, to: length)
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

  /// The largest change of a state, in units of its tolerance.
  private func distance(
    _ before: [Double], _ after: [Double], _ magnitudes: [Double]
  ) -> Double {
    var largest = 0.0
    for state in before.indices where before[state] != after[state] {
      let scale =
        configuration.relativeTolerance * abs(after[state])
        + configuration.absoluteTolerance(ofState: state, reaching: magnitudes[state])
      largest = max(largest, abs(after[state] - before[state]) / scale)
    }
    return largest
  }

  private enum End {
    case success([Double])
    case failure(String)
  }

  private func simulate(_ ensemble: Ensemble, _ setups: [RunSetup]) throws -> [End] {
    let model = model
    let count = setups.count
    let ends = Mutex(Array(repeating: End.failure("was interrupted"), count: count))
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
            let end: End
            switch chunk.outcomes[offset] {
            case .failed(let failure, _):
              end = .failure("while reaching the steady state: " + failure.message(in: model))
            case .done:
              end = .success(model.states.indices.map { chunk.reduction($0)[offset] })
            }
            ends.withLock { $0[run] = end }
          }
        })
    }
    return ends.withLock { $0 }
  }
}
