import Datasets
import Foundation
import ModelLanguage
import Networks
import Simulations
import Solvers
public import Storage
import Synchronization
import Units

/// Writes the runs of networks to a result file while they go on.
///
/// Each call is done before the next begins.
public final class NetworkFileOutput: NetworkOutput, CampaignFile, @unchecked Sendable {
  // Everything is used with the lock held, apart from what never changes.
  private let lock = NSLock()
  private let writer: ResultFileWriter
  private let campaign: NetworkCampaign
  private var firstProblem: StorageFailure?
  private var earlier: RestoredNetworks
  /// Runs whose tally has been taken over, and whose entry follows.
  private var restoring: Set<Int> = []
  /// How many cells are sampled of each variable.
  private let sampledCounts: [Int]

  /// Creates the file under a temporary name.
  ///
  /// - Parameters:
  ///   - path: Where the file will be.
  ///   - campaign: What is run.
  ///   - mayReplace: Whether an existing file may be replaced.
  ///   - facts: What the file says of where it was made.
  /// - Throws: `StorageFailure` if the destination cannot be written to.
  public init(
    path: String, campaign: NetworkCampaign, mayReplace: Bool, facts: [String: String]
  ) throws(StorageFailure) {
    self.campaign = campaign
    sampledCounts = campaign.sampledCells.map(\.count)
    earlier = RestoredNetworks(
      digest: RunDigest(
        runCount: campaign.plan.count, reductionCount: campaign.experiment.reductions.count))
    let subject = campaign.subject
    let layout = ResultLayout(campaign.experiment, campaign.plan, facts: facts) { path in
      subject.circuit.variable(path).map { campaign.cellAxis(of: $0.population) }
    }
    writer = try ResultFileWriter(path: path, layout: layout, mayReplace: mayReplace)
  }

  /// Where a population stands among those whose spikes are kept.
  private func place(of population: Int) -> Int? {
    campaign.subject.spikes.firstIndex(of: population)
  }

  /// What went wrong first, if something has.
  public var problem: StorageFailure? { lock.withLock { firstProblem } }

  /// What has been taken over from an earlier process.
  public var restored: RestoredNetworks? { lock.withLock { earlier } }

  private func perform(_ work: () throws(StorageFailure) -> Void) {
    lock.lock()
    defer { lock.unlock() }
    guard firstProblem == nil else { return }
    do throws(StorageFailure) { try work() } catch { firstProblem = error }
  }

  public func write(_ content: RunPart.Content, run: Int) {
    perform { () throws(StorageFailure) in
      switch content {
      case .spikes(let population, _, let times, let cells):
        guard let place = place(of: population) else { return }
        try writer.appendSpikes(of: place, run: run, times: times, cells: cells)
      case .samples(let variable, let firstTime, let cells, let values):
        try writer.writeSamples(
          of: variable, run: run, firstTime: firstTime, values, cells: cells)
      case .connections(let projection, _, let sources, let targets, let weights):
        guard let place = campaign.subject.weights.firstIndex(of: projection) else { return }
        try writer.appendConnections(
          of: place, run: run, sources: sources, targets: targets, weights: weights)
      case .tally: break
      }
    }
  }

  public func finish(_ result: NetworkRunResult, run: Int) throws(StorageFailure) {
    perform { () throws(StorageFailure) in
      try keep(
        RunRecord(result, identity: campaign.plan.identity(of: run)), reductions: result.reductions,
        run: run)
    }
    if let problem { throw problem }
  }

  private func keep(
    _ record: RunRecord, reductions: [Double], run: Int
  ) throws(StorageFailure) {
    for (index, value) in reductions.enumerated() {
      try [value].withUnsafeBufferPointer { values throws(StorageFailure) in
        try writer.writeReduction(index, firstRun: run, values)
      }
    }
    try writer.writeRecords(firstRun: run, [record])
  }

  public func restore(
    _ block: JournalBlock, _ finished: FinishedRuns
  ) throws(StorageFailure) {
    switch block {
    case .part(let part):
      if finished.keeps(part), fits(part) { take(part) }
    case .entry(let entry):
      // Entries of earlier attempts have no tally that counts before them.
      for run in entry.runs where restoring.remove(run) != nil { restore(entry, run) }
    }
    if let problem { throw problem }
  }

  private func take(_ part: RunPart) {
    if case .tally(let numbers) = part.content {
      restoring.insert(part.run)
      guard part.run < 100 else { return }
      lock.withLock {
        earlier.results[part.run] = NetworkRunResult(
          tally: numbers, populations: campaign.subject.circuit.populations.count)
      }
    } else {
      write(part.content, run: part.run)
    }
  }

  /// Whether a part is one of this campaign, and not there yet.
  private func fits(_ part: RunPart) -> Bool {
    switch part.content {
    case .tally: return true
    case .spikes(let population, let first, _, _):
      guard let place = place(of: population) else { return false }
      return lock.withLock { writer.spikeCount(of: place, run: part.run) } == first
    case .connections(let projection, let first, _, _, _):
      guard let place = campaign.subject.weights.firstIndex(of: projection) else { return false }
      return lock.withLock { writer.connectionCount(of: place, run: part.run) } == first
    case .samples(let variable, let firstTime, let cells, let values):
      let times = campaign.experiment.recording?.times.count ?? 0
      return sampledCounts.indices.contains(variable) && cells == sampledCounts[variable]
        && firstTime + values.count / cells <= times
    }
  }

  private func restore(_ entry: JournalEntry, _ run: Int) {
    let index = run - entry.firstRun
    let record = entry.records[index]
    let reductions = entry.reductions.map { $0[index] }
    perform { () throws(StorageFailure) in
      try keep(record, reductions: reductions, run: run)
      let verdict = record.verdict < 0 ? nil : Int(record.verdict)
      if record.status == .done {
        earlier.digest.keep(run: run, reductions: reductions, verdict: verdict)
      }
      earlier.results[run]?.reductions = reductions
      earlier.results[run]?.verdict = verdict
      earlier.results[run]?.steps = Int(record.acceptedSteps)
      if record.status == .failed { earlier.results[run]?.failure = record.reason }
    }
  }

  public func adopt(_ earlier: EarlierResult, after finished: FinishedRuns) throws(StorageFailure) {
    perform { () throws(StorageFailure) in
      for stretch in earlier.stretches(of: campaign.plan, finished) {
        for (offset, run) in stretch.runs.enumerated() {
          try adopt(earlier, stretch.firstPlace + offset, as: run)
        }
      }
    }
    if let problem { throw problem }
  }

  private func adopt(
    _ earlier: EarlierResult, _ place: Int, as run: Int
  ) throws(StorageFailure) {
    let record = earlier.record(at: place)
    let reductions = try writer.copy(place..<place + 1, of: earlier.reader, to: run)
    try writer.copySpikes(ofRun: place, of: earlier.reader, to: run)
    try writer.copyConnections(ofRun: place, of: earlier.reader, to: run)
    try writer.writeRecords(firstRun: run, [record])
    let values = zip(reductions, campaign.experiment.reductions).map { $0[0] * $1.unit.scale }
    self.earlier.digest.keep(
      run: run, reductions: values, verdict: record.verdict < 0 ? nil : Int(record.verdict))
  }

  public func digest(_ summary: NetworkSummary) -> RunDigest { summary.digest }

  /// Completes the file and gives it its name.
  ///
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func commit(summary: NetworkSummary) throws(StorageFailure) {
    lock.lock()
    defer { lock.unlock() }
    if let firstProblem { throw firstProblem }
    for run in writer.unwrittenRuns {
      writer.setIdentity(campaign.plan.identity(of: run), run: run)
    }
    try writer.commit(facts: [
      "method": campaign.subject.method.rawValue,
      "method_reason": "cells are stepped with a fixed step",
      "interrupted": summary.wasInterrupted ? "yes" : "no",
    ])
  }

  /// Removes the unfinished file.
  public func abandon() { lock.withLock { writer.abandon() } }
}
