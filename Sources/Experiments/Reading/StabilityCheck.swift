import Diagnostics
import Dynamics
import ModelLanguage
import Simulations
import Solvers
import Units

/// Warns of a fixed step that is too long for the fastest part of a model to be stable.
struct StabilityCheck {
  private let experiment: Experiment
  private let problems: ProblemList

  init(_ experiment: Experiment, problems: ProblemList) {
    self.experiment = experiment
    self.problems = problems
  }

  /// How far from zero a step times a rate may be on the negative axis for the classical method.
  ///
  /// Source: Hairer and Wanner, Solving Ordinary Differential Equations II, IV.2.
  private static let bound = 2.785

  func check(_ solver: YamlNode?) {
    guard experiment.network == nil, case .named(.rungeKutta4) = experiment.solver.method,
      let step = experiment.solver.step,
      let node = solver?.entries?.first(where: { $0.key == "step" })?.value ?? solver
    else { return }
    var parameters: [Int: Double] = [:]
    for setting in experiment.parameters { parameters[setting.parameter] = setting.value.value }
    let rate = StiffnessEstimate(of: experiment.model, overriding: parameters).rate
    guard rate.isFinite, step.value * rate > Self.bound else { return }
    let longest = Self.bound / rate
    problems.warning(
      "the step of \(step.text) is too long: the fastest part of the model moves within "
        + "\(PhysicalUnit.second.text(ofSI: 1 / rate)), and the method rk4 is stable up to steps of "
        + "\(PhysicalUnit.second.text(ofSI: longest))",
      id: "unstable-step", at: node.range,
      help: "shorten the step, or take the method rodas5p, which chooses its own")
  }
}
