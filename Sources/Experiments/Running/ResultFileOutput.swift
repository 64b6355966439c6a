import Datasets
import Foundation
import ModelLanguage
public import Simulations
import Solvers
public import Storage
import Units

/// Writes finished runs to a result file, and keeps what an account of them needs.
public final class ResultFileOutput: RunOutput, CampaignFile {
  /// The reductions and verdicts of all runs.
  public private(set) var digest: RunDigest
  private let writer: ResultFileWriter
  private let path: String
  let variableCount: Int
  let reductionCount: Int
  let plan: RunPlan
  private let scales: [Double]
  /// How many samples and reductions a run has.
  let numbersPerRun: Int

  /// Creates the file under a temporary name.
  ///
  /// - Parameters:
  ///   - path: Where the file will be.
  ///   - experiment: What is run.
  ///   - plan: Its runs.
  ///   - mayReplace: Whether an existing file may be replaced.
  ///   - facts: What the file says of where it was made.
  /// - Throws: `StorageFailure` if the destination cannot be written to.
  public init(
    path: String, experiment: Experiment, plan: RunPlan, mayReplace: Bool,
    facts: [String: String]
  ) throws(StorageFailure) {
    self.path = path
    let layout = ResultLayout(experiment, plan, facts: facts)
    writer = try ResultFileWriter(path: path, layout: layout, mayReplace: mayReplace)
    variableCount = layout.variables.count
    reductionCount = layout.reductions.count
    self.plan = plan
    scales = layout.reductions.map(\.scale)
    numbersPerRun =
      layout.reductions.count + layout.variables.count * (layout.time?.count ?? 0)
    digest = RunDigest(runCount: plan.count, reductionCount: layout.reductions.count)
  }

  public func write(_ chunk: borrowing ChunkResult, reports: [RunReport]) throws {
    let first = chunk.runs.lowerBound
    for variable in 0..<variableCount {
      try writer.writeSamples(of: variable, firstRun: first, chunk.samples(of: variable))
    }
    for reduction in 0..<reductionCount {
      let values = chunk.reduction(reduction)
      try writer.writeReduction(reduction, firstRun: first, values)
      for (index, value) in values.enumerated() {
        digest.values[(first + index) * reductionCount + reduction] = value
      }
    }
    try keep(reports.map(RunRecord.init), from: first)
  }

  public func restore(
    _ block: JournalBlock, _ finished: FinishedRuns
  ) throws(StorageFailure) {
    if case .entry(let entry) = block { try restore(entry, finished) }
  }

  private func restore(
    _ entry: JournalEntry, _ finished: FinishedRuns
  ) throws(StorageFailure) {
    let kept = plan.sampled.places(of: entry.runs)
    let timeCount = plan.configuration.sampleTimes.count
    // A journal may come from anywhere, and say of itself what does not fit the experiment in it.
    guard entry.runs.upperBound <= plan.count, entry.reductions.count == reductionCount,
      entry.samples.count == variableCount,
      entry.samples.allSatisfy({ $0.count == kept.count * timeCount })
    else {
      throw .journalDoesNotFit(path: path)
    }
    for runs in finished.kept(of: entry.runs) {
      let (start, end) = (runs.lowerBound - entry.firstRun, runs.upperBound - entry.firstRun)
      for (variable, samples) in entry.samples.enumerated() {
        let places = plan.sampled.places(of: runs)
        let part = Array(
          samples[
            (places.lowerBound - kept.lowerBound)
              * timeCount..<(places.upperBound - kept.lowerBound) * timeCount])
        try part.withUnsafeBufferPointer { values throws(StorageFailure) in
          try writer.writeSamples(
            of: variable, firstRun: runs.lowerBound, values,
            areInUnits: entry.samplesAreInUnits)
        }
      }
      for (reduction, values) in entry.reductions.enumerated() {
        let part = Array(values[start..<end])
        try part.withUnsafeBufferPointer { values throws(StorageFailure) in
          try writer.writeReduction(reduction, firstRun: runs.lowerBound, values)
        }
        for (index, run) in runs.enumerated() {
          digest.values[run * reductionCount + reduction] = part[index]
        }
      }
      try keep(Array(entry.records[start..<end]), from: runs.lowerBound)
    }
  }

  /// The samples of runs that have been written, as they stand in the file, by variable.
  func writtenSamples(of runs: Range<Int>) throws(StorageFailure) -> [[Double]] {
    try (0..<variableCount).map { variable throws(StorageFailure) in
      try writer.writtenSamples(of: variable, runs: runs)
    }
  }

  /// Copies consecutive runs of another result, number by number as they stand there.
  func copy(
    _ places: Range<Int>, of earlier: ResultFileReader, _ records: [RunRecord], to first: Int
  ) throws(StorageFailure) {
    let reductions = try writer.copy(places, of: earlier, to: first)
    for (reduction, values) in reductions.enumerated() {
      for (index, value) in values.enumerated() {
        digest.values[(first + index) * reductionCount + reduction] = value * scales[reduction]
      }
    }
    try keep(records, from: first)
  }

  private func keep(_ records: [RunRecord], from first: Int) throws(StorageFailure) {
    try writer.writeRecords(firstRun: first, records)
    for (index, record) in records.enumerated() where record.status == .done {
      digest.isDone[first + index] = true
      digest.verdicts[first + index] = record.verdict
    }
  }

  /// Completes the file and gives it its name.
  ///
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func commit(summary: CampaignSummary) throws(StorageFailure) {
    try countMissingSamples()
    let notes = summary.notes
    for run in writer.unwrittenRuns { writer.setIdentity(plan.identity(of: run), run: run) }
    var facts = [
      "method": methodUse.text(notes), "method_reason": notes.reason,
      "interrupted": summary.wasInterrupted ? "yes" : "no",
    ]
    if notes.isAutomatic { facts["method_switches"] = "\(methodUse.switches)" }
    try writer.commit(facts: facts)
  }

  private var methodUse: MethodUse {
    let totals = writer.stepTotals
    return MethodUse(
      acceptedSteps: Int(totals.accepted), stiffSteps: Int(totals.stiff),
      switches: Int(totals.switches))
  }

  /// Counts, in what has been written, the samples that may lack a value and do.
  private func countMissingSamples() throws(StorageFailure) {
    for variable in plan.configuration.mayLackValue.recorded.sorted() {
      for run in 0..<plan.count where digest.isDone[run] {
        let samples = try writer.writtenSamples(of: variable, runs: run..<run + 1)
        digest.missingSamples[variable, default: 0] += samples.count { !$0.isFinite }
      }
    }
  }

  public func digest(_ summary: CampaignSummary) -> RunDigest {
    var digest = digest
    digest.methodUse = methodUse
    return digest
  }

  /// Removes the unfinished file.
  public func abandon() { writer.abandon() }
}

extension RunRecord {
  /// What a result file keeps of a report.
  init(_ report: RunReport) {
    self.init(
      status: RunRecord.Status(rawValue: report.status.rawValue) ?? .notRun,
      reason: report.reason ?? "", verdict: Int8(clamping: report.verdict ?? -1),
      acceptedSteps: Int64(report.statistics.acceptedSteps),
      rejectedSteps: Int64(report.statistics.rejectedSteps),
      stiffSteps: Int64(report.statistics.stiffSteps),
      switches: Int64(report.statistics.switches), identity: report.identity,
      lastTime: report.lastState?.time ?? 0, lastStates: report.lastState?.states ?? [])
  }
}

/// The reductions and verdicts of runs, for an account.
public struct RunDigest: Sendable {
  fileprivate var values: [Double]
  fileprivate var verdicts: [Int8]
  fileprivate var isDone: [Bool]
  /// How many samples of finished runs have no finite value, of the variables that may lack one.
  public fileprivate(set) var missingSamples: [Int: Int] = [:]
  private let reductionCount: Int
  /// What the methods of `auto` have done in all runs.
  public fileprivate(set) var methodUse = MethodUse(acceptedSteps: 0, stiffSteps: 0, switches: 0)

  init(runCount: Int, reductionCount: Int) {
    values = Array(repeating: .nan, count: runCount * reductionCount)
    verdicts = Array(repeating: -1, count: runCount)
    isDone = Array(repeating: false, count: runCount)
    self.reductionCount = reductionCount
  }

  /// Takes over what came of a finished run, reductions in SI units.
  mutating func keep(run: Int, reductions: [Double], verdict: Int?) {
    for (index, value) in reductions.enumerated() {
      values[run * reductionCount + index] = value
    }
    verdicts[run] = Int8(clamping: verdict ?? -1)
    isDone[run] = true
  }

  /// In how many finished runs a reduction has no finite value.
  public func missingCount(ofReduction index: Int) -> Int {
    isDone.indices.count { isDone[$0] && !values[$0 * reductionCount + index].isFinite }
  }

  /// The reductions of a finished run in SI units; `nil` for another.
  public func reductions(of run: Int) -> [Double]? {
    guard isDone[run] else { return nil }
    return Array(values[run * reductionCount..<(run + 1) * reductionCount])
  }

  /// The index of the verdict on a finished run; `nil` for another.
  public func verdict(of run: Int) -> Int? {
    isDone[run] && verdicts[run] >= 0 ? Int(verdicts[run]) : nil
  }
}
