import ArgumentParser
import Experiments
import Foundation
import LinearAlgebra
import Simulations
import Solvers
import Storage

/// What is known when all runs are over.
struct FinishedCampaign<Summary> {
  var summary: Summary
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
  ///
  /// - Parameters:
  ///   - campaign: What to run.
  ///   - path: Where the result will be.
  ///   - mayReplace: Whether a result that is there may be replaced, and its journal.
  ///   - overrides: What the experiment was read with.
  /// - Returns: What is known at the end.
  /// - Throws: The exit status.
  func run<Runs: JournaledCampaign>(
    _ campaign: Runs, path: String, mayReplace: Bool,
    overrides: ExperimentOverrides = ExperimentOverrides()
  ) throws -> FinishedCampaign<Runs.Summary> {
    let header = header(of: campaign, overrides)
    return try run(campaign, path: path, mayReplace: mayReplace, header: header) {
      let place = CampaignJournal.path(ofResult: path)
      if JournalWriter.isInUse(place) { throw StorageFailure.isInUse(path: place) }
      if mayReplace { unlink(place) }
      return (try JournalWriter(path: place, header: header), nil)
    }
  }

  /// Goes on with what an earlier process has begun, or ends the command with the reason why not.
  ///
  /// - Parameters:
  ///   - campaign: What to run.
  ///   - path: Where the result will be.
  ///   - soundLength: How much of the journal is whole.
  ///   - finished: Which runs are finished.
  /// - Returns: What is known at the end.
  /// - Throws: The exit status.
  func resume<Runs: JournaledCampaign>(
    _ campaign: Runs, path: String, soundLength: UInt64, finished: FinishedRuns
  ) throws -> FinishedCampaign<Runs.Summary> {
    let place = CampaignJournal.path(ofResult: path)
    let header = header(of: campaign, ExperimentOverrides())
    return try run(campaign, path: path, mayReplace: true, header: header) {
      let journal = try JournalWriter(resuming: place, at: soundLength)
      removeLeftovers(of: path)
      return (journal, finished)
    }
  }

  /// Deletes what a process that was ended has left beside a result.
  private func removeLeftovers(of path: String) {
    let url = URL(fileURLWithPath: path)
    let folder = url.deletingLastPathComponent().path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let prefix = url.lastPathComponent + ".tmp-"
    for name in names where name.hasPrefix(prefix) && Int(name.dropFirst(prefix.count)) != nil {
      unlink(folder + "/" + name)
    }
  }

  /// What the journal of a campaign says of it.
  func header(
    of campaign: some JournaledCampaign, _ overrides: ExperimentOverrides
  ) -> JournalHeader {
    CampaignJournal.header(
      campaign.experiment, campaign.plan, overrides: overrides, version: Version.current)
  }

  /// Runs a part of a campaign into its journal, or ends the command with the reason why not.
  ///
  /// - Parameters:
  ///   - campaign: The whole.
  ///   - shard: The part.
  ///   - path: Where the result of the whole will be.
  ///   - earlier: How much of a journal that is there is whole, and what it has; `nil` to begin one.
  ///   - header: What the journal says.
  /// - Returns: How far the part is.
  /// - Throws: The exit status.
  func run(
    _ campaign: some JournaledCampaign, shard: Shard, path: String,
    going earlier: (soundLength: UInt64, finished: FinishedRuns)?, header: JournalHeader
  ) throws -> CampaignProgress {
    let interruption = Interruption()
    let progress = ProgressLine(isShown: showsProgress)
    let place = shard.journalPath(ofResult: path)
    return try tellingFailures {
      let journal =
        try earlier.map { try JournalWriter(resuming: place, at: $0.soundLength) }
        ?? JournalWriter(path: place, header: header)
      defer { journal.close() }
      let summary = try campaign.run(
        shard: shard, after: earlier?.finished, into: campaign.output(journal, header, nil),
        cancellation: interruption.flag
      ) { progress.update($0) }
      progress.finish()
      if let warning = summary.warning { terminal.warn(warning) }
      return summary.progress
    }
  }

  /// Writes a result of finished parts, or ends the command with the reason why not.
  ///
  /// - Parameters:
  ///   - campaign: The whole.
  ///   - journals: The paths of the journals of its parts.
  ///   - finished: What they have.
  ///   - path: Where the result will be.
  ///   - mayReplace: Whether a result that is there may be replaced.
  /// - Returns: What is known at the end.
  /// - Throws: The exit status.
  func merge<Runs: JournaledCampaign>(
    _ campaign: Runs, _ journals: [String], _ finished: FinishedRuns, path: String,
    mayReplace: Bool
  ) throws -> FinishedCampaign<Runs.Summary> {
    let clock = ContinuousClock()
    let start = clock.now
    let processorStart = Self.processorSeconds()
    return try tellingFailures {
      let file = try campaign.makeFile(path: path, mayReplace: mayReplace, facts: Self.facts)
      do {
        for place in journals { try file.restore(JournalReader(path: place), finished) }
        let summary = try campaign.run(after: finished, into: campaign.output(file))
        try file.commit(summary: summary, wallSeconds: ProgressLine.seconds(clock.now - start))
        return FinishedCampaign(
          summary: summary, wallSeconds: ProgressLine.seconds(clock.now - start),
          processorSeconds: Self.processorSeconds() - processorStart, digest: file.digest(summary))
      } catch {
        file.abandon()
        throw error
      }
    }
  }

  private func run<Runs: JournaledCampaign>(
    _ campaign: Runs, path: String, mayReplace: Bool, header: JournalHeader,
    openJournal: () throws -> (JournalWriter, FinishedRuns?)
  ) throws -> FinishedCampaign<Runs.Summary> {
    let clock = ContinuousClock()
    let start = clock.now
    let processorStart = Self.processorSeconds()
    let interruption = Interruption()
    let progress = ProgressLine(isShown: showsProgress)
    return try tellingFailures {
      try ResultFileWriter.checkDestination(path, mayReplace: mayReplace)
      let (journal, finished) = try openJournal()
      let file = try campaign.makeFile(path: path, mayReplace: mayReplace, facts: Self.facts)
      let summary: Runs.Summary
      do {
        if let finished { try file.restore(JournalReader(path: journal.path), finished) }
        summary = try campaign.run(
          after: finished ?? FinishedRuns(runCount: campaign.plan.count),
          into: campaign.output(journal, header, file), cancellation: interruption.flag
        ) { progress.update($0) }
      } catch {
        file.abandon()
        journal.close()
        throw error
      }
      progress.finish()
      let wall = ProgressLine.seconds(clock.now - start)
      try file.commit(summary: summary, wallSeconds: wall)
      // What failed can be tried again, and what was not done is still to come.
      if summary.progress.done == summary.progress.total {
        journal.remove()
      } else {
        journal.close()
      }
      if let warning = summary.warning { terminal.warn(warning) }
      return FinishedCampaign(
        summary: summary, wallSeconds: ProgressLine.seconds(clock.now - start),
        processorSeconds: Self.processorSeconds() - processorStart, digest: file.digest(summary))
    }
  }

  /// Does something, and says what went wrong with a file, an ensemble or a library.
  private func tellingFailures<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
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
