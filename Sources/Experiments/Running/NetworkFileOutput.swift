import Datasets
import Foundation
import ModelLanguage
import Networks
import Simulations
import Solvers
public import Storage
import Synchronization

/// Writes the runs of networks to a result file while they go on.
///
/// Spikes and samples may come from several threads; each call is done before the next begins. The
/// first thing that goes wrong is kept, and everything after it is dropped.
public final class NetworkFileOutput: @unchecked Sendable {
  // Everything is used with the lock held, apart from what never changes.
  private let lock = NSLock()
  private let writer: ResultFileWriter
  private let campaign: NetworkCampaign
  private var firstProblem: StorageFailure?

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
    let subject = campaign.subject
    let layout = ResultLayout(campaign.experiment, campaign.plan, facts: facts) { path in
      subject.circuit.variable(path).map { campaign.cellAxis(of: $0.population) }
    }
    writer = try ResultFileWriter(path: path, layout: layout, mayReplace: mayReplace)
    for run in 0..<campaign.plan.count {
      // Silent populations are there as well.
      for population in subject.spikes where campaign.plan.count <= 1000 {
        try writer.appendSpikes(to: group(population, run: run), times: [], cells: [])
      }
    }
  }

  private func group(_ population: Int, run: Int) -> String {
    let name = campaign.subject.circuit.populations[population].declaration.path
    return campaign.plan.count == 1 ? "spikes/\(name)" : "runs/\(run)/spikes/\(name)"
  }

  /// What went wrong first, if something has.
  var problem: StorageFailure? { lock.withLock { firstProblem } }

  private func perform(_ work: () throws(StorageFailure) -> Void) {
    lock.lock()
    defer { lock.unlock() }
    guard firstProblem == nil else { return }
    do throws(StorageFailure) { try work() } catch { firstProblem = error }
  }

  func append(_ train: SpikeTrain, of population: Int, run: Int) {
    perform { () throws(StorageFailure) in
      try writer.appendSpikes(
        to: group(population, run: run), times: train.times, cells: train.cells)
    }
  }

  func write(_ variable: Int, run: Int, firstTime: Int, _ values: [Double], cells: Int) {
    perform { () throws(StorageFailure) in
      try writer.writeSamples(
        of: variable, run: run, firstTime: firstTime, values, cells: cells)
    }
  }

  /// Takes over what is known of a run at its end.
  func finish(_ result: NetworkRunResult, run: Int) throws(StorageFailure) {
    perform { () throws(StorageFailure) in
      for (index, value) in result.reductions.enumerated() {
        try [value].withUnsafeBufferPointer { values throws(StorageFailure) in
          try writer.writeReduction(index, firstRun: run, values)
        }
      }
      let status: RunRecord.Status =
        result.failure != nil ? .failed : result.wasInterrupted ? .notRun : .done
      try writer.writeRecords(
        firstRun: run,
        [
          RunRecord(
            status: status, reason: result.failure ?? "",
            verdict: Int8(clamping: result.verdict ?? -1),
            acceptedSteps: Int64(result.steps), rejectedSteps: 0)
        ])
    }
    if let problem { throw problem }
  }

  /// Completes the file and gives it its name.
  ///
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func commit(summary: NetworkSummary, wallSeconds: Double) throws(StorageFailure) {
    lock.lock()
    defer { lock.unlock() }
    if let firstProblem { throw firstProblem }
    try writer.commit(facts: [
      "method": campaign.subject.method.rawValue,
      "method_reason": "cells are stepped with a fixed step",
      "backend": summary.notes.usesInterpreter ? "interpreter" : "native",
      "wall_seconds": "\((wallSeconds * 1e3).rounded() / 1e3)",
      "interrupted": summary.wasInterrupted ? "yes" : "no",
    ])
  }

  /// Removes the unfinished file.
  public func abandon() { lock.withLock { writer.abandon() } }
}
