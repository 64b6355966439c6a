import ArgumentParser
import Foundation

/// The command: parses its arguments, sequences the phases, prints, and exits.
@main
struct AfterglowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "afterglow",
    abstract: "Simulates how ketamine resets a depressed circuit, from the dose to the spine.",
    discussion: """
      A model is a text file of equations with units; an experiment says what is done to it and \
      what is kept. Results are HDF5 files that xarray, Julia and MATLAB open by themselves.

      EXAMPLES
        afterglow list
        afterglow run Experiments/reset.yaml -o reset.h5
        afterglow show reset/depressed_circuit
        afterglow validate

      Exit codes: 0 all done; 1 finished, but some runs or validations failed; 64 usage; 65 a model \
      or an experiment has errors; 70 a bug of ours; 74 input or output; 130 interrupted.

      Nothing here is medical advice.
      """,
    version: Version.current,
    subcommands: [
      RunCommand.self, CheckCommand.self, ShowCommand.self, ListCommand.self, ResumeCommand.self,
      MergeCommand.self, SubmitCommand.self, StatusCommand.self, SensitivityCommand.self,
      ValidateCommand.self,
      BenchCommand.self, TrialCommand.self,
    ])

  static func main() {
    CrashReport.install()
    main(nil)
  }
}
