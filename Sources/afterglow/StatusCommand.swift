import ArgumentParser
import Experiments
import Foundation
import Storage

/// How many runs of a result are done, failed or left.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Says how many runs of a result are done, failed, or left.",
    discussion: """
      Parts of a sweep that have not been put together are counted together.

      EXAMPLE
        afterglow status dose_response.h5
      """)

  @Argument(help: "A result file.")
  var file: String

  @Flag(help: "Print one JSON object.")
  var json = false

  private struct Report: Encodable {
    struct Failure: Encodable {
      var run: Int
      var reason: String
    }
    var title: String
    var total: Int
    var done: Int
    var failed: Int
    var notRun: Int
    var failures: [Failure]
    /// `running`, `interrupted`, `parts`, `complete parts`, or `finished`.
    var state = "finished"
  }

  func run() throws {
    let terminal = Terminal()
    if let begun = try begun(terminal) {
      tell(begun, terminal)
      return
    }
    let report: Report
    do throws(StorageFailure) {
      let reader = try ResultFileReader(path: file)
      let counts = try reader.status()
      report = Report(
        title: reader.attribute("title") ?? "", total: counts.total, done: counts.done,
        failed: counts.failed, notRun: counts.notRun,
        failures: counts.failures.map { Report.Failure(run: $0.run, reason: $0.reason) })
    } catch {
      terminal.complain(error.message)
      throw ExitStatus.inputOutput
    }
    tell(report, terminal)
  }

  /// What the journal of a sweep says that has not come to its end.
  private func begun(_ terminal: Terminal) throws -> Report? {
    let place = CampaignJournal.path(ofResult: file)
    if FileManager.default.fileExists(atPath: place) { return try report([place], terminal) }
    // Parts are kept when they have been put together.
    let parts = Shard.journals(besideResult: file)
    if parts.isEmpty || FileManager.default.fileExists(atPath: file) { return nil }
    return try report(parts, terminal)
  }

  /// What journals of one sweep say together.
  private func report(_ places: [String], _ terminal: Terminal) throws -> Report? {
    do throws(StorageFailure) {
      var header: JournalHeader?
      var finished: FinishedRuns?
      for place in places {
        let journal = try JournalReader(path: place)
        if header == nil { header = journal.header }
        guard journal.header.runCount == header?.runCount else { continue }
        if finished == nil { finished = FinishedRuns(journal) } else { finished?.take(journal) }
      }
      guard let header, let finished else { return nil }
      let isPart = places.first != CampaignJournal.path(ofResult: file)
      let state =
        places.contains { JournalWriter.isInUse($0) }
        ? "running" : !isPart ? "interrupted" : finished.leftCount > 0 ? "parts" : "complete parts"
      return Report(
        title: header.title, total: header.runCount, done: finished.doneCount,
        failed: finished.failedCount, notRun: finished.leftCount,
        failures: finished.failures.map { Report.Failure(run: $0.run, reason: $0.reason) },
        state: state)
    } catch {
      terminal.complain(error.message)
      throw ExitStatus.inputOutput
    }
  }

  private func tell(_ report: Report, _ terminal: Terminal) {
    if json {
      terminal.print(JSONText.of(report))
      return
    }
    terminal.print(report.title)
    terminal.print(
      "\(report.total) runs: \(report.done) done, \(report.failed) failed, "
        + "\(report.notRun) not run")
    for failure in report.failures.prefix(10) {
      terminal.print("  run \(failure.run): \(failure.reason)")
    }
    if report.failed > 10 { terminal.print("  and \(report.failed - 10) more; see --json") }
    switch report.state {
    case "running": terminal.print("a process is running it")
    case "interrupted" where report.notRun > 0:
      terminal.print("what is left is done by `afterglow resume \(file)`")
    case "interrupted":
      terminal.print("failed runs are tried again by `afterglow resume \(file) --retry-failed`")
    case "parts":
      terminal.print(
        "these are parts that no process of this machine is doing; one is gone on with by "
          + "`afterglow resume \(file) --shard i/n`")
    case "complete parts":
      terminal.print("the parts are put together by `afterglow merge \(file)`")
    default: break
    }
  }
}
