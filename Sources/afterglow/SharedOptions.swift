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

/// Where the result of an experiment goes.
struct ResultOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("out")],
    help: "The result file; the experiment's name with .h5 if not given.")
  private var output: String?

  @Flag(help: "Replace the result file if it exists.")
  var overwrite = false

  /// The result file of an experiment: by default its name with another ending, in the current folder.
  func path(for experiment: String) -> String {
    if let output { return output }
    let name = (experiment as NSString).lastPathComponent
    let stem = (name as NSString).deletingPathExtension
    return name.hasSuffix(".h5") ? stem + "_again.h5" : stem + ".h5"
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
