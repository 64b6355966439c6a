import ArgumentParser
import Experiments
import Foundation

/// What runs the kernels, as an option.
enum BackendChoice: String, ExpressibleByArgument, CaseIterable {
  case native
  case interpreter
}

/// Options of every command that simulates.
struct SimulationOptions: ParsableArguments {
  @Option(
    name: [.customShort("j"), .long], help: "Number of threads; all processors if not given.")
  var threads: Int?

  @Option(help: "What runs the equations: native or interpreter. The results are the same.")
  var backend: BackendChoice = .native

  mutating func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads is at least 1, not \(threads)")
    }
  }

  /// The number of threads to use.
  var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}

/// A setting of a parameter: `path=value`.
struct Setting: ExpressibleByArgument {
  var path: String
  var value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
      return nil
    }
    path = String(argument[..<equals]).trimmingCharacters(in: .whitespaces)
    value = String(argument[argument.index(after: equals)...]).trimmingCharacters(in: .whitespaces)
  }
}

/// Options that change an experiment from outside.
struct OverrideOptions: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Sets a parameter or a dose setting; may be repeated.",
      discussion: "For example --set ketamine.weight=\"80 kg\" or --set dose.amount=\"0.2 mg/kg\".",
      valueName: "path=value"))
  var settings: [Setting] = []

  @Option(help: "The seed of every random number.")
  var seed: UInt64?

  /// What an experiment is read with.
  var overrides: ExperimentOverrides {
    ExperimentOverrides(settings: settings.map { ($0.path, $0.value) }, seed: seed)
  }
}
