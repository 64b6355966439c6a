import Diagnostics
import ModelLanguage
import Networks
import Programs

/// Checks that the networks of an experiment can be built, once its parameters are known.
///
/// Every arm is looked at; the points of a sweep are not: one that cannot be built is a run that
/// fails, and the others go on.
struct NetworkCheck {
  private let campaign: NetworkCampaign
  private let problems: ProblemList

  /// Of more runs than this only the first are looked at.
  private static let mostRuns = 1000

  /// A check, or `nil` if there is no circuit or something is wrong already.
  init?(_ experiment: Experiment, problems: ProblemList) {
    guard !problems.hasErrors, experiment.network?.step != nil,
      let campaign = NetworkCampaign(
        experiment, options: CampaignOptions(threads: 1, backend: .interpreter))
    else { return nil }
    self.campaign = campaign
    self.problems = problems
  }

  /// Reports each number that does not fit, where the model states it.
  func check() {
    guard campaign.experiment.sweep == nil else { return checkSampledCells() }
    var seen: Set<String> = []
    for (run, arm) in campaign.experiment.arms.enumerated() {
      let found = campaign.subject.circuit.problems(
        with: campaign.settings(of: run), timeStep: campaign.timeStep)
      for failure in found {
        guard let range = failure.range, seen.insert(failure.message).inserted else { continue }
        problems.error(
          failure.message, id: "network-does-not-fit", at: range,
          notes: arm.name.isEmpty ? [] : [("this is in the arm `\(arm.name)`", nil)])
      }
    }
    // Sizes are whole numbers by now.
    guard !problems.hasErrors else { return }
    checkSampledCells()
    checkDrivenCells()
  }

  /// Reports cells that are sampled and that no run has.
  private func checkSampledCells() {
    let subject = campaign.subject
    for (index, selection) in subject.cells.sorted(by: { $0.key < $1.key }) {
      guard let largest = selection.largest else { continue }
      let population = subject.circuit.populations[index]
      let runs = 0..<min(campaign.plan.count, Self.mostRuns)
      let size = runs.map { campaign.settings(of: $0).size(of: population) }.max()
      guard let size, size >= 0, Double(largest) >= size else { continue }
      problems.error(
        "there is no cell \(largest) in `\(population.declaration.path)`, which has "
          + "\(Int(size)) cells", id: "out-of-range", at: selection.range,
        help: "cells are counted from 0")
    }
  }

  /// Reports cells that a stimulus is for and that are not there in its arm.
  private func checkDrivenCells() {
    var seen: Set<SourceRange> = []
    for (run, arm) in campaign.experiment.arms.enumerated() {
      for course in arm.inputs {
        guard let cells = course.cells, let largest = cells.largest,
          let population = campaign.population(of: course)
        else { continue }
        let size = campaign.settings(of: run).size(of: population)
        guard Double(largest) >= size, seen.insert(cells.range).inserted else { continue }
        problems.error(
          "there is no cell \(largest) in `\(population.declaration.path)`, which has "
            + "\(Int(size)) cells", id: "out-of-range", at: cells.range,
          help: "cells are counted from 0")
      }
    }
  }
}
