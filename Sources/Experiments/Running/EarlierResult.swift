public import Storage

/// A finished result whose runs are taken over by what they are, wherever they stand.
public final class EarlierResult {
  public let path: String
  let reader: ResultFileReader
  /// The place of each finished run, by its identity.
  private let places: [UInt64: Int]
  /// How each run ended, and what is known of it.
  private let records: [RunRecord]

  /// Opens a result.
  ///
  /// - Throws: `StorageFailure` if it is none, or was written before runs had identities.
  public init(path: String) throws(StorageFailure) {
    self.path = path
    reader = try ResultFileReader(path: path)
    let identities = try reader.identities()
    guard !identities.isEmpty else {
      throw .notResult(path: path, missing: "identities of its runs")
    }
    let records = try reader.records(identities)
    self.records = records
    var places: [UInt64: Int] = [:]
    for (place, record) in records.enumerated()
    where record.status == .done && places[record.identity] == nil {
      places[record.identity] = place
    }
    self.places = places
  }

  /// Consecutive runs of a plan and where they stand in the result.
  struct Stretch {
    var runs: Range<Int>
    var firstPlace: Int
  }

  /// Where the runs of a plan that are left stand in the result.
  func stretches(of plan: RunPlan, _ finished: FinishedRuns) -> [Stretch] {
    var result: [Stretch] = []
    for run in finished.left.lazy.joined() {
      guard let place = places[plan.identity(of: run)] else { continue }
      if let last = result.last, last.runs.upperBound == run,
        last.firstPlace + last.runs.count == place
      {
        result[result.count - 1].runs = last.runs.lowerBound..<run + 1
      } else {
        result.append(Stretch(runs: run..<run + 1, firstPlace: place))
      }
    }
    return result
  }

  func record(at place: Int) -> RunRecord { records[place] }
}

extension FinishedRuns {
  /// None of the runs of a plan.
  public init(_ plan: RunPlan) { self.init(runCount: plan.count) }

  /// Takes the runs that are left and stand in an earlier result, which `ResultFileOutput.adopt` then
  /// copies.
  ///
  /// Runs that failed there are left: they would fail again, or the solver has been told otherwise.
  ///
  /// - Returns: How many there are.
  @discardableResult
  public mutating func take(_ earlier: EarlierResult, of plan: RunPlan) -> Int {
    let stretches = earlier.stretches(of: plan, self)
    for stretch in stretches {
      for (offset, run) in stretch.runs.enumerated() {
        mark(run, earlier.record(at: stretch.firstPlace + offset))
      }
    }
    return stretches.reduce(0) { $0 + $1.runs.count }
  }
}

extension ResultFileOutput {
  /// Copies the runs that stand in an earlier result.
  ///
  /// - Parameters:
  ///   - earlier: The result.
  ///   - finished: What has been finished elsewhere, before the result was taken into account.
  /// - Throws: `StorageFailure` if the earlier result is damaged, or the disk is full.
  public func adopt(_ earlier: EarlierResult, after finished: FinishedRuns) throws(StorageFailure) {
    for stretch in earlier.stretches(of: plan, finished) {
      // As many at once as fit into some megabytes.
      let step = max(1, (1 << 20) / max(1, numbersPerRun))
      var first = stretch.runs.lowerBound
      while first < stretch.runs.upperBound {
        let runs = first..<min(first + step, stretch.runs.upperBound)
        let place = stretch.firstPlace + first - stretch.runs.lowerBound
        try copy(
          place..<place + runs.count, of: earlier.reader,
          (0..<runs.count).map { earlier.record(at: place + $0) }, to: first)
        first = runs.upperBound
      }
    }
  }
}
