/// What a result file keeps of every run beside its numbers, a column for each, until it is completed.
struct RunColumns {
  private(set) var status: [Int8]
  private(set) var verdict: [Int8]
  private(set) var acceptedSteps: [Int64]
  private(set) var rejectedSteps: [Int64]
  private(set) var stiffSteps: [Int64]
  private(set) var switches: [Int64]
  var identity: [UInt64]

  init(runCount: Int) {
    status = Array(repeating: RunRecord.Status.notRun.rawValue, count: runCount)
    verdict = Array(repeating: -1, count: runCount)
    acceptedSteps = Array(repeating: 0, count: runCount)
    rejectedSteps = Array(repeating: 0, count: runCount)
    stiffSteps = Array(repeating: 0, count: runCount)
    switches = Array(repeating: 0, count: runCount)
    identity = Array(repeating: 0, count: runCount)
  }

  /// Takes what is known of a run.
  mutating func keep(_ record: RunRecord, run: Int) {
    status[run] = record.status.rawValue
    verdict[run] = record.verdict
    acceptedSteps[run] = record.acceptedSteps
    rejectedSteps[run] = record.rejectedSteps
    stiffSteps[run] = record.stiffSteps
    switches[run] = record.switches
    identity[run] = record.identity
  }
}
