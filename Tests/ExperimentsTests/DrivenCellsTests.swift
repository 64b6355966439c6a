import Diagnostics
import ModelLanguage
import Programs
import Testing

@testable import Experiments

/// Stimuli for some cells of a population.
@Suite("Stimuli for chosen cells")
struct DrivenCellsTests {
  /// Cells that add up what drives them, beside a current of their own: after a pulse of 2 mV for 10 ms a
  /// driven cell is at 20 mV·ms, whatever the rule of the step.
  private static let model = SourceFile(
    path: "Models/driven.model",
    text: """
      neuron Adder {
        input drive : mV = 1 mV
        input current : mV = 0 mV
        state total : mV*ms = 0 mV*ms
        total' = drive + current
      }
      neuron Random {
        input rate : Hz = 10 Hz
        poisson arrivals = rate
        event spike when arrivals > 0
      }
      circuit Pair {
        parameter n = 20 in 1 ... 1000   assumed "a test value"
        input shared : mV = 0 mV
        population adders : Adder[n]
        population randoms : Random[n]
        population first : Adder[2] { drive = shared }
        population second : Adder[2] { drive = shared }
        projection ring : adders -> second.current {
          connect one_to_one
          signal = 0*total/(1 ms)
        }
      }
      """)

  private static func read(_ rest: String) -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
    Experiment.read(
      SourceFile(
        path: "test.yaml",
        text: """
          title: Driven cells
          model: driven
          duration: 50 ms
          solver: {step: 0.1 ms}
          \(rest)
          """),
      library: FileLibrary(mainModel: model, files: []))
  }

  private static func experiment(_ rest: String) throws -> Experiment {
    let (experiment, diagnostics) = read(rest)
    try #require(!diagnostics.hasErrors, "\(DiagnosticPrinter().text(of: diagnostics))")
    return try #require(experiment)
  }

  private func results(
    _ rest: String, threads: Int = 1, backend: Backend = .interpreter
  ) throws -> [NetworkRunResult] {
    let campaign = try #require(
      NetworkCampaign(
        Self.experiment(rest), options: CampaignOptions(threads: threads, backend: backend)))
    return try campaign.run(
      [0..<campaign.plan.count], from: CampaignProgress(total: campaign.plan.count), into: nil,
      cancellation: CancellationFlag(), progress: { _ in }
    ).results.map(\.result)
  }
}
