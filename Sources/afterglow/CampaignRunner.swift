import ArgumentParser
import Experiments
import Foundation
import LinearAlgebra
import Simulations
import Solvers
import Storage

/// What is known when all runs are over.
struct FinishedCampaign {
  var summary: CampaignSummary
  /// Wall and processor time of everything between reading and the finished file, in s.
  var wallSeconds: Double
  var processorSeconds: Double
  /// What is needed for an account, of the runs that were kept.
  var digest: RunDigest
}

/// Carries out a campaign into a file, with progress and interruption.
struct CampaignRunner {
  var terminal: Terminal
  var showsProgress: Bool

  /// Runs, or ends the command with the reason why not.
  func run(_ campaign: Campaign, path: String, mayReplace: Bool) throws -> FinishedCampaign {
    let clock = ContinuousClock()
    let start = clock.now
    let processorStart = Self.processorSeconds()
    let interruption = Interruption()
    let progress = ProgressLine(isShown: showsProgress)
    do {
      let output = try ResultFileOutput(
        path: path, experiment: campaign.experiment, plan: campaign.plan,
        mayReplace: mayReplace, facts: Self.facts)
      let summary: CampaignSummary
      do {
        summary = try campaign.run(into: output, cancellation: interruption.flag) {
          progress.update($0)
        }
      } catch {
        output.abandon()
        throw error
      }
      progress.finish()
      let wall = ProgressLine.seconds(clock.now - start)
      try output.commit(summary: summary, wallSeconds: wall)
      if let warning = summary.notes.warning { terminal.warn(warning) }
      return FinishedCampaign(
        summary: summary, wallSeconds: ProgressLine.seconds(clock.now - start),
        processorSeconds: Self.processorSeconds() - processorStart, digest: output.digest)
    } catch let failure as StorageFailure {
      terminal.complain(failure.message)
      throw ExitStatus.inputOutput
    } catch let failure as EnsembleFailure {
      terminal.complain(failure.message)
      throw ExitStatus.dataError
    } catch let failure as LinearAlgebraFailure {
      terminal.complain(failure.message)
      throw ExitStatus.inputOutput
    }
  }

  /// What a result says of where it was made.
  static var facts: [String: String] {
    let process = ProcessInfo.processInfo
    return [
      "afterglow_version": Version.current,
      "operating_system": process.operatingSystemVersionString,
      "processors": "\(process.activeProcessorCount)",
      "created": Date().formatted(.iso8601),
      "command": process.arguments.joined(separator: " "),
    ]
  }

  /// The processor time of this process and of the compilers it started, in s.
  static func processorSeconds() -> Double {
    var usage = rusage()
    var total = 0.0
    for who in [RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue] {
      getrusage(__rusage_who_t(who), &usage)
      total += Double(usage.ru_utime.tv_sec) + 1e-6 * Double(usage.ru_utime.tv_usec)
      total += Double(usage.ru_stime.tv_sec) + 1e-6 * Double(usage.ru_stime.tv_usec)
    }
    return total
  }
}

extension EnsembleFailure {
  /// One sentence for people.
  var message: String {
    switch self {
    case .emptyDuration: "the run has no duration"
    case .toleranceCount(let count, let states):
      "there are \(count) tolerances for \(states) states"
    case .sampleTimes: "the sample times are not ascending, or outside the run"
    case .reductionWindow: "the window of a reduction is reversed, or outside the run"
    case .needsStep(let method):
      "the method \(method.rawValue) has a fixed step: give it, for example `solver: {step: 1 ms}`"
    }
  }
}

extension LinearAlgebraFailure {
  /// One sentence for people.
  var message: String {
    switch self {
    case .missingLibrary(let name):
      "the model is so large that it needs \(name), which is not installed"
    case .missingFunction(let library): "\(library) lacks a function of LAPACKE"
    }
  }
}
