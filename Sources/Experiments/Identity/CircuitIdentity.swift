import Diagnostics
import ModelLanguage
import Networks

/// What a run of a circuit follows from beside the values that every run has: its seed, which parameters
/// are set, and the recordings that it replays.
struct CircuitIdentity: Sendable {
  private struct Arm {
    /// Over the parameters that are set: what differs from cell to cell has one value once it is.
    var settings: UInt64
    /// For each input that replays spikes, a hash over each of its recordings.
    var replays: [(path: String, recordings: [UInt64])]
  }

  private let arms: [Arm]

  /// Prepares what runs of an experiment share; `nil` if it has no circuit.
  init?(_ experiment: Experiment) {
    guard experiment.network != nil else { return nil }
    let swept = (experiment.sweep?.axes ?? []).compactMap { axis -> Int? in
      if case .parameter(let index) = axis.target { return index }
      return nil
    }
    arms = experiment.arms.map { arm in
      let settings = (experiment.parameters + arm.parameters).map(\.parameter)
      var hash = StableHash()
      for parameter in Set(settings + swept).sorted() { hash.add(parameter) }
      for course in arm.inputs {
        guard let cells = course.cells else { continue }
        hash.add(experiment.model.inputs[course.input].declaration.path)
        hash.add(PlainValue.table([PlainValue.Entry("cells", cells.written)]).yaml())
      }
      return Arm(
        settings: hash.value,
        replays: arm.replays.map { replay in
          (replay.path, replay.recordings.map { Self.hash(of: $0) })
        })
    }
  }

  /// What tells a run apart.
  ///
  /// - Parameters:
  ///   - arm: Its arm.
  ///   - seed: What its random numbers follow from.
  ///   - recording: Which of its recordings an input replays.
  /// - Returns: Words to be hashed.
  func words(arm: Int, seed: UInt64, recording: (String) -> Int) -> [UInt64] {
    [seed, arms[arm].settings]
      + arms[arm].replays.map { replay in
        var hash = StableHash()
        hash.add(replay.path)
        hash.add(replay.recordings[recording(replay.path)])
        return hash.value
      }
  }

  private static func hash(of recording: Replay.Recording) -> UInt64 {
    var hash = StableHash()
    hash.add(recording.spikes.steps.count)
    for (step, cell) in zip(recording.spikes.steps, recording.spikes.cells) {
      hash.add(step)
      hash.add(UInt64(cell))
    }
    return hash.value
  }

  /// The texts of a circuit, and how it is stepped, recorded, reduced and judged.
  static func add(_ experiment: Experiment, to hash: inout StableHash) {
    for text in experiment.model.sources.map(\.text) { hash.add(text) }
    var shared = experiment
    shared.title = ""
    shared.description = ""
    shared.modelPath = ""
    shared.seed = 0
    shared.parameters = []
    shared.arms = []
    shared.hasArms = false
    shared.recordedRuns = nil
    shared.account = []
    shared.sweep = nil
    hash.add(shared.resolved.yaml())
  }
}
