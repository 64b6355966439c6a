import Diagnostics
import Programs
import Simulations
import Testing

@testable import Experiments

/// A drug with three compartments: what the closed forms of the tests are solutions of.
let drugModel = SourceFile(
  path: "Models/test.model",
  text: """
    component Drug {
      parameter weight : kg = 70 kg in 20 kg ... 200 kg  assumed "a test value"
      parameter V : L = 20 L                             assumed "a test value"
      parameter k : 1/h = 0.2 /h                         assumed "a test value"
      parameter ka : 1/h = 1 /h                          assumed "a test value"
      parameter k12 : 1/h = 0 /h                         assumed "a test value"
      parameter k21 : 1/h = 0 /h                         assumed "a test value"
      parameter F : 1 = 1                                assumed "a test value"
      parameter delay : h = 0 h                          assumed "a test value"
      parameter spray_time : h = 0.5 h                   assumed "a test value"
      input feed : mg/h = 0 mg/h
      state depot : mg = 0 mg
      state central : mg = 0 mg
      state peripheral : mg = 0 mg
      depot' = feed - ka*depot
      central' = ka*depot - (k + k12)*central + k21*peripheral
      peripheral' = k12*central - k21*peripheral
      output plasma : mg/L = central / V
      route oral { into depot fraction F lag delay }
      route intravenous { into central fraction F lag delay }
      route spray { into central fraction F over spray_time lag delay }
    }
    model Test {
      instance drug : Drug {}
    }
    """)

/// Reads an experiment with the test model and tables.
func readExperiment(
  _ text: String, tables: [String: String] = [:],
  overrides: ExperimentOverrides = ExperimentOverrides()
) -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
  Experiment.read(
    SourceFile(path: "test.yaml", text: text),
    library: FileLibrary(
      mainModel: drugModel,
      files: tables.keys.sorted().map { SourceFile(path: $0, text: tables[$0] ?? "") }),
    overrides: overrides)
}

/// Reads an experiment that has to be right.
func rightExperiment(
  _ text: String, tables: [String: String] = [:],
  overrides: ExperimentOverrides = ExperimentOverrides()
) throws -> Experiment {
  let (experiment, diagnostics) = readExperiment(text, tables: tables, overrides: overrides)
  try #require(
    !diagnostics.hasErrors, "\(DiagnosticPrinter().text(of: diagnostics))")
  return try #require(experiment)
}

/// Runs an experiment in the interpreter.
func results(of experiment: Experiment, threads: Int = 1, chunk: Int? = nil) throws -> CollectedRuns
{
  let output = CollectedRuns(experiment)
  let options = CampaignOptions(threads: threads, backend: .interpreter, chunk: chunk)
  let summary = try Campaign(experiment, options: options).run(into: output)
  #expect(summary.progress.failed == 0, "\(summary.firstFailure?.text ?? "")")
  return output
}

/// Reads an experiment, without its line `model`, on a model `Test` of its own; both have to be right.
func experiment(of model: String, _ text: String) throws -> Experiment {
  let (experiment, diagnostics) = Experiment.read(
    SourceFile(path: "test.yaml", text: "model: test\n" + text),
    library: FileLibrary(
      mainModel: SourceFile(path: "Models/test.model", text: model), files: []))
  try #require(!diagnostics.hasErrors, "\(DiagnosticPrinter().text(of: diagnostics))")
  return try #require(experiment)
}

/// Runs an experiment on a model of its own in the interpreter.
func solved(_ model: String, _ text: String) throws -> CollectedRuns {
  try results(of: experiment(of: model, text))
}
