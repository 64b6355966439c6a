public import Simulations
import Storage

/// How a run ended.
public enum RunStatus: Int8, Sendable, Hashable, CaseIterable {
  case notRun = 0
  case done = 1
  case failed = 2

  /// The names of the values in order, as files keep them.
  public static let meanings = ["not_run", "done", "failed"]
}

/// What is known of one finished run beside its numbers.
public struct RunReport: Sendable {
  public var status: RunStatus
  /// Why it failed, or `nil`.
  public var reason: String?
  /// The index of its verdict among the names of the experiment's verdict, or `nil`.
  public var verdict: Int?
  public var statistics: RunStatistics
  /// What the run is told apart by.
  public var identity: UInt64 = 0
  /// The time and the states that a failed run reached last, in SI units, where there are any.
  public var lastState: (time: Double, states: [Double])?
}

/// Where finished runs go: a file, or memory.
///
/// `write` is called by one thread at a time, with chunks of consecutive runs in any order.
public protocol RunOutput: AnyObject {
  /// Takes the runs of a chunk.
  func write(_ chunk: borrowing ChunkResult, reports: [RunReport]) throws

  /// No more chunks come. It is not called when an error ends the campaign.
  func end(_ progress: CampaignProgress) throws
}

extension RunOutput {
  public func end(_ progress: CampaignProgress) throws {}
}

/// Keeps all results in memory, for validation and for tests.
public final class CollectedRuns: RunOutput {
  private let timeCount: Int
  /// The runs that are sampled; the others have NaN.
  private let sampled: SampledRuns
  /// Samples in SI units: `[variable][run][time]`, flat in each variable.
  public private(set) var samples: [[Double]]
  /// Reductions in SI units: `[reduction][run]`.
  public private(set) var reductions: [[Double]]
  /// By run.
  public private(set) var reports: [RunReport]

  /// Makes room for the runs of an experiment.
  public init(_ experiment: Experiment) {
    let plan = RunPlan(experiment)
    let count = plan.count
    sampled = plan.sampled
    let recording = experiment.recording
    timeCount = recording?.times.count ?? 0
    samples = Array(
      repeating: Array(repeating: .nan, count: count * timeCount),
      count: recording?.variables.count ?? 0)
    reductions = Array(
      repeating: Array(repeating: .nan, count: count), count: experiment.reductions.count)
    reports = Array(
      repeating: RunReport(
        status: .notRun, reason: nil, verdict: nil,
        statistics: RunStatistics(acceptedSteps: 0, rejectedSteps: 0)),
      count: count)
  }

  public func write(_ chunk: borrowing ChunkResult, reports: [RunReport]) throws {
    let first = chunk.runs.lowerBound
    for variable in samples.indices {
      let values = chunk.samples(of: variable)
      for (place, run) in chunk.runs.filter({ sampled.contains($0) }).enumerated() {
        for time in 0..<timeCount {
          samples[variable][run * timeCount + time] = values[place * timeCount + time]
        }
      }
    }
    for reduction in reductions.indices {
      for (index, value) in chunk.reduction(reduction).enumerated() {
        reductions[reduction][first + index] = value
      }
    }
    for (index, report) in reports.enumerated() { self.reports[first + index] = report }
  }

  /// The samples of one variable in one run, in SI units.
  public func samples(of variable: Int, run: Int) -> ArraySlice<Double> {
    samples[variable][run * timeCount..<(run + 1) * timeCount]
  }
}
