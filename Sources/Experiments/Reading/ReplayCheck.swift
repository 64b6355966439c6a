import Diagnostics
import ModelLanguage
import Networks
import Programs

/// Checks what populations replay once sizes and sweep are known.
struct ReplayCheck {
  private let experiment: Experiment
  private let campaign: NetworkCampaign
  private let problems: ProblemList

  /// A check, or `nil` if there is no circuit or something is wrong already.
  init?(_ experiment: Experiment, problems: ProblemList) {
    guard !problems.hasErrors, experiment.network?.step != nil,
      let campaign = NetworkCampaign(
        experiment, options: CampaignOptions(threads: 1, backend: .interpreter))
    else { return nil }
    self.experiment = experiment
    self.campaign = campaign
    self.problems = problems
  }

  /// Reports what is missing, what nothing chooses among, and cells that are not there.
  ///
  /// - Parameter range: Where a replay would stand.
  func check(at range: SourceRange) {
    let circuit = campaign.subject.circuit
    let chosen = Set(
      (experiment.sweep?.axes ?? []).compactMap { axis -> String? in
        if case .replay(let path) = axis.target { return path }
        return nil
      })
    for (population, input) in circuit.recordedInputs {
      let path = circuit.populations[population].cell.inputs[input].declaration.path
      var seen: Set<SourceRange> = []
      for arm in experiment.arms {
        guard let replay = arm.replays.first(where: { $0.path == path }) else {
          problems.error(
            "nothing is given for the recorded spikes of `\(path)`"
              + (arm.name.isEmpty ? "" : " in the arm `\(arm.name)`"), id: "missing-replay",
            at: range, help: "name a file: `replay: {\(path): spikes.csv}`")
          break
        }
        guard seen.insert(replay.range).inserted else { continue }
        if replay.recordings.count > 1, !chosen.contains(path) {
          problems.error(
            "`\(path)` has \(replay.recordings.count) recordings, and nothing chooses among them",
            id: "unused-setting", at: replay.range,
            help: "vary `replay.\(path)` in `sweep`, from 0 to \(replay.recordings.count - 1)")
        }
        checkCells(of: replay, population)
      }
    }
  }

  private func checkCells(of replay: Replay, _ population: Int) {
    let size = campaign.largestSize(of: population)
    for recording in replay.recordings {
      guard let largest = recording.largest, largest.cell >= size else { continue }
      let name = campaign.subject.circuit.populations[population].declaration.path
      problems.error(
        "there is no cell \(largest.cell) in `\(name)`, which has \(size) cells",
        id: "out-of-range", at: largest.range, help: "cells are counted from 0")
    }
  }
}
