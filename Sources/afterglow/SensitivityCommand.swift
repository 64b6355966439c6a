import ArgumentParser
import Experiments
import Foundation
import Storage

/// Which parameters matter, from a finished sweep.
struct SensitivityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sensitivity", abstract: "Says which parameters the results of a sweep depend on.",
    discussion: """
      Reads a result whose sweep has `design: sobol-indices` or `design: morris`. A block of runs in \
      which one failed is left out for the indices that need it; with less than half of its blocks \
      an index is not given, and the exit code is 1.

      EXAMPLES
        afterglow sensitivity exposure.h5
        afterglow sensitivity exposure.h5 --output peak --output exposure --json
      """)

  @Argument(help: "A result file.")
  var file: String

  @Option(name: .customLong("output"), help: "A reduction; may be repeated. All if not given.")
  var outputs: [String] = []

  @Option(help: "The part of bootstrap samples that an interval holds.")
  var confidence = 0.95

  @Option(help: "How many bootstrap samples are drawn.")
  var resamples = 1000

  @Option(help: "The seed of the bootstrap.")
  var seed: UInt64 = 0

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard confidence > 0, confidence < 1 else {
      throw ValidationError("--confidence lies between 0 and 1, not \(confidence)")
    }
    guard (10...1_000_000).contains(resamples) else {
      throw ValidationError("--resamples is from 10 to 1000000, not \(resamples)")
    }
  }

  func run() throws {
    let terminal = Terminal()
    let experiment = try ExperimentLoading(terminal).load(result: file)
    let report: SensitivityReport
    do {
      report = try SensitivityReport(
        experiment, result: ResultFileReader(path: file), outputs: outputs,
        settings: SensitivitySettings(confidence: confidence, resamples: resamples, seed: seed))
    } catch let failure as SensitivityFailure {
      terminal.complain("\(file): \(failure.message)")
      throw ExitStatus.dataError
    } catch let failure as StorageFailure {
      terminal.complain(failure.message)
      throw ExitStatus.inputOutput
    }
    let account = SensitivityAccount(report)
    terminal.print(json ? JSONText.of(account.json) : account.text)
    if report.entries.contains(where: \.indices.isIncomplete) { throw ExitStatus.someFailed }
  }
}
