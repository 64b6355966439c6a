import Experiments
import Foundation
import Storage

/// How far a sweep is, whether it has ended or goes on.
struct SweepState: Encodable {
  struct Failure: Encodable {
    var run: Int
    var reason: String
  }

  /// What is going on.
  enum Phase: String, Encodable {
    /// A process of this machine is at work.
    case running
    /// Not all runs are done, and no process is at work.
    case interrupted
    /// There are parts which no process of this machine is doing.
    case parts
    /// All parts are there, and have not been put together.
    case completeParts = "complete parts"
    /// The result is there.
    case finished
  }

  var file: String
  var title: String
  var total: Int
  var done: Int
  var failed: Int
  var notRun: Int
  var failures: [Failure]
  var state: Phase

  /// The state of the sweep whose result is, or will be, in a file.
  ///
  /// - Throws: `StorageFailure` if there is neither a result nor a journal, or it is damaged.
  init(file: String) throws(StorageFailure) {
    let place = CampaignJournal.path(ofResult: file)
    let manager = FileManager.default
    if manager.fileExists(atPath: place) {
      try self.init(file, journals: [place])
      return
    }
    // Parts are kept when they have been put together.
    let parts = Shard.journals(besideResult: file)
    if !parts.isEmpty, !manager.fileExists(atPath: file) {
      try self.init(file, journals: parts)
      return
    }
    try self.init(result: file)
  }

  /// What a result says.
  private init(result file: String) throws(StorageFailure) {
    try TrialReading.check(file, .state)
    let reader = try ResultFileReader(path: file)
    let counts = try reader.status()
    title = reader.attribute("title") ?? ""
    (total, done, failed, notRun) = (counts.total, counts.done, counts.failed, counts.notRun)
    failures = counts.failures.map { Failure(run: $0.run, reason: $0.reason) }
    state = .finished
    self.file = file
  }

  /// What journals of one sweep say together.
  private init(_ file: String, journals: [String]) throws(StorageFailure) {
    let first = try JournalReader(path: journals[0])
    let header = first.header
    var finished = FinishedRuns(first)
    for place in journals.dropFirst() {
      let journal = try JournalReader(path: place)
      if journal.header.runCount == header.runCount { finished.take(journal) }
    }
    // A process that came to its end has written what it did before the journal was begun.
    if FileManager.default.fileExists(atPath: file),
      journals == [CampaignJournal.path(ofResult: file)],
      (try? TrialReading.check(file, .state)) != nil,
      let reader = try? ResultFileReader(path: file)
    {
      finished.take(reader)
    }
    self.file = file
    title = header.title
    total = header.runCount
    done = finished.doneCount
    failed = finished.failedCount
    notRun = finished.leftCount
    failures = finished.failures.map { Failure(run: $0.run, reason: $0.reason) }
    if journals.contains(where: { JournalWriter.isInUse($0) }) {
      state = .running
    } else if journals == [CampaignJournal.path(ofResult: file)] {
      state = .interrupted
    } else {
      state = finished.leftCount > 0 ? .parts : .completeParts
    }
  }

  /// The files of a folder that are results or have journals, by name.
  static func files(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let results = names.compactMap { name -> String? in
      name.hasSuffix(".h5") ? name : Shard.result(ofJournal: name)
    }
    return Set(results).sorted().map { folder + "/" + $0 }
  }

  /// To be told to people.
  var text: String {
    var lines = [title]
    lines.append("\(total) runs: \(done) done, \(failed) failed, \(notRun) not run")
    lines += failures.prefix(10).map { "  run \($0.run): \($0.reason)" }
    if failed > 10 { lines.append("  and \(failed - 10) more; see --json") }
    switch state {
    case .running: lines.append("a process is running it; --watch shows how fast")
    case .interrupted where notRun > 0:
      lines.append("what is left is done by `afterglow resume \(file)`")
    case .interrupted:
      lines.append("failed runs are tried again by `afterglow resume \(file) --retry-failed`")
    case .parts:
      lines.append(
        "these are parts that no process of this machine is doing; one is gone on with by "
          + "`afterglow resume \(file) --shard i/n`")
    case .completeParts: lines.append("the parts are put together by `afterglow merge \(file)`")
    case .finished: break
    }
    return lines.joined(separator: "\n")
  }
}
