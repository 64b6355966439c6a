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
  /// Whether a log is kept beside the result.
  var keepsLog = true

  /// Runs, or ends the command with the reason why not.
  ///
  /// - Parameters:
  ///   - campaign: What to run.
  ///   - path: Where the result will be.
  ///   - mayReplace: Whether a result that is there may be replaced, and its journal.
  ///   - header: What the journal says of it.
  ///   - earlier: A result whose runs are taken over.
  /// - Returns: What is known at the end.
  /// - Throws: The exit status.
  func run<Runs: JournaledCampaign>(
    _ campaign: Runs, path: String, mayReplace: Bool, header: JournalHeader,
    earlier: EarlierResult? = nil
  ) throws -> FinishedCampaign<Runs.Summary> {
    try run(campaign, path: path, mayReplace: mayReplace, header: header) {
      let place = CampaignJournal.path(ofResult: path)
      if JournalWriter.isInUse(place) { throw StorageFailure.isInUse(path: place) }
      if mayReplace { unlink(place) }
      return Beginning(journal: try JournalWriter(path: place, header: header), earlier: earlier)
    }
  }

  /// What a campaign begins with.
  private struct Beginning {
    var journal: JournalWriter
    /// What the journal has, when it is gone on with.
    var finished: FinishedRuns?
    var earlier: EarlierResult?
  }

  /// Goes on with what an earlier process has begun, or ends the command with the reason why not.
  ///
  /// - Parameters:
  ///   - campaign: What to run.
  ///   - path: Where the result will be.
  ///   - soundLength: How much of the journal is whole.
  ///   - finished: Which runs the journal has.
  ///   - earlier: A result whose runs are taken over.
  /// - Returns: What is known at the end.
  /// - Throws: The exit status.
  func resume<Runs: JournaledCampaign>(
    _ campaign: Runs, path: String, soundLength: UInt64, finished: FinishedRuns,
    earlier: EarlierResult?
  ) throws -> FinishedCampaign<Runs.Summary> {
    let place = CampaignJournal.path(ofResult: path)
    let header = header(of: campaign, ExperimentOverrides())
    return try run(campaign, path: path, mayReplace: true, header: header) {
      let journal = try JournalWriter(resuming: place, at: soundLength)
      removeLeftovers(of: path)
      return Beginning(journal: journal, finished: finished, earlier: earlier)
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
  ///   - begun: How much of a journal that is there is whole, and what it has; `nil` to begin one.
  ///   - header: What the journal says.
  ///   - earlier: A result whose runs need not be done.
  /// - Returns: How far the part is.
  /// - Throws: The exit status.
  func run(
    _ campaign: some JournaledCampaign, shard: Shard, path: String,
    going begun: (soundLength: UInt64, finished: FinishedRuns)?, header: JournalHeader,
    earlier: EarlierResult? = nil
  ) throws -> CampaignProgress {
    let clock = ContinuousClock()
    let start = clock.now
    let interruption = Interruption()
    let progress = ProgressLine(isShown: showsProgress)
    let place = shard.journalPath(ofResult: path)
    return try tellingFailures {
      let journal =
        try begun.map { try JournalWriter(resuming: place, at: $0.soundLength) }
        ?? JournalWriter(path: place, header: header)
      defer { journal.close() }
      CrashReport.prepare(resumable: "\(path) --shard \(shard.number)/\(shard.count)")
      defer { CrashReport.prepare(resumable: nil) }
      var finished = begun?.finished ?? FinishedRuns(campaign.plan)
      if let earlier { finished.take(earlier, of: campaign.plan) }
      let summary = try campaign.run(
        shard: shard, after: finished, into: campaign.output(journal, header, nil),
        cancellation: interruption.flag
      ) {
        progress.update($0)
        PlantedTrap.spring(at: $0)
      }
      progress.finish()
      log(
        path, summary.progress, usesInterpreter: summary.usesInterpreter,
        seconds: ProgressLine.seconds(clock.now - start))
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
  ///   - earlier: A result with further runs.
  ///   - path: Where the result will be.
  ///   - mayReplace: Whether a result that is there may be replaced.
  /// - Returns: What is known at the end.
  /// - Throws: The exit status.
  func merge<Runs: JournaledCampaign>(
    _ campaign: Runs, _ journals: [String], _ finished: FinishedRuns, earlier: EarlierResult?,
    path: String, mayReplace: Bool
  ) throws -> FinishedCampaign<Runs.Summary> {
    let clock = ContinuousClock()
    let start = clock.now
    let processorStart = Self.processorSeconds()
    return try tellingFailures {
      let file = try campaign.makeFile(path: path, mayReplace: mayReplace, facts: Self.facts)
      do {
        let all = try takeOver(
          finished, journals: journals, earlier, campaign.plan, into: file)
        let summary = try campaign.run(after: all, into: campaign.output(file))
        try file.commit(summary: summary)
        log(
          path, summary.progress, usesInterpreter: summary.usesInterpreter,
          seconds: ProgressLine.seconds(clock.now - start))
        return FinishedCampaign(
          summary: summary, wallSeconds: ProgressLine.seconds(clock.now - start),
          processorSeconds: Self.processorSeconds() - processorStart, digest: file.digest(summary))
      } catch {
        file.abandon()
        throw error
      }
    }
  }

  /// Takes over what is finished elsewhere.
  ///
  /// - Parameters:
  ///   - finished: What journals have.
  ///   - journals: Their paths.
  ///   - earlier: A result with further runs.
  ///   - plan: All runs.
  ///   - file: What they are copied to.
  /// - Returns: Everything that is finished.
  /// - Throws: `StorageFailure`.
  private func takeOver(
    _ finished: FinishedRuns?, journals: [String], _ earlier: EarlierResult?, _ plan: RunPlan,
    into file: some CampaignFile
  ) throws -> FinishedRuns {
    var finished = finished ?? FinishedRuns(plan)
    for place in journals {
      try file.restore(JournalReader(path: place), finished)
    }
    if let earlier {
      try file.adopt(earlier, after: finished)
      finished.take(earlier, of: plan)
    }
    return finished
  }

  private func run<Runs: JournaledCampaign>(
    _ campaign: Runs, path: String, mayReplace: Bool, header: JournalHeader,
    begin: () throws -> Beginning
  ) throws -> FinishedCampaign<Runs.Summary> {
    let clock = ContinuousClock()
    let start = clock.now
    let processorStart = Self.processorSeconds()
    let interruption = Interruption()
    let progress = ProgressLine(isShown: showsProgress)
    return try tellingFailures {
      try ResultFileWriter.checkDestination(path, mayReplace: mayReplace)
      let beginning = try begin()
      let journal = beginning.journal
      CrashReport.prepare(resumable: path)
      defer { CrashReport.prepare(resumable: nil) }
      let file = try campaign.makeFile(path: path, mayReplace: mayReplace, facts: Self.facts)
      let output = campaign.output(journal, header, file)
      let summary: Runs.Summary
      do {
        let finished = try takeOver(
          beginning.finished, journals: beginning.finished == nil ? [] : [journal.path],
          beginning.earlier, campaign.plan, into: file)
        summary = try campaign.run(
          after: finished, into: output, cancellation: interruption.flag
        ) {
          progress.update($0)
          PlantedTrap.spring(at: $0)
        }
      } catch {
        let waiting = campaign.takeWaiting(from: output)
        // A disk that was full has room for them now.
        file.abandon()
        for entry in waiting { try? journal.append(entry) }
        journal.close()
        throw error
      }
      progress.finish()
      try file.commit(summary: summary)
      log(
        path, summary.progress, usesInterpreter: summary.usesInterpreter,
        seconds: ProgressLine.seconds(clock.now - start))
      // What failed can be tried again, and what was not begun is still to come.
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

  private func log(
    _ path: String, _ progress: CampaignProgress, usesInterpreter: Bool, seconds: Double
  ) {
    guard keepsLog else { return }
    RunLog.add(path, progress, usesInterpreter: usesInterpreter, seconds: seconds)
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

  /// What a result says of the program; what there is to say of the moment is in the log.
  static var facts: [String: String] { ["afterglow_version": Version.current] }

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
