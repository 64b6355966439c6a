import Diagnostics
import Dynamics
import ModelLanguage
import Solvers
import Units

/// Warns of a step that is too long for the fastest cells of a circuit.
struct CircuitStabilityCheck {
  private let experiment: Experiment
  private let problems: ProblemList

  init(_ experiment: Experiment, problems: ProblemList) {
    self.experiment = experiment
    self.problems = problems
  }

  /// Looks at every population with the parameters of each arm, and tells of the first that is not stable.
  func check(_ solver: YamlNode?) {
    guard let subject = experiment.network, let step = subject.step,
      let node = solver?.entries?.first(where: { $0.key == "step" })?.value ?? solver
    else { return }
    let names = experiment.model.parameters
    for arm in experiment.arms {
      var parameters: [String: Double] = [:]
      for setting in experiment.parameters + arm.parameters {
        parameters[names[setting.parameter].declaration.path] = setting.value.value
      }
      for population in subject.circuit.populations {
        let stability = CellStability(population, method: subject.method, parameters: parameters)
        guard let growth = stability.growth(perStep: step.value) else { continue }
        let longest = stability.longestStableStep(below: step.value)
        let factor = decimalText(growth, significantDigits: 3)
        problems.warning(
          "the step of \(step.text) is too long for the cells of "
            + "`\(population.declaration.path)`: with the method \(subject.method.rawValue) a small "
            + "deviation from their start becomes \(factor) times as large in each step, and by the "
            + "equations it vanishes",
          id: "unstable-step", at: node.range,
          help: "steps up to \(PhysicalUnit.second.text(ofSI: longest, significantDigits: 3)) are "
            + "stable there")
        return
      }
    }
  }
}
