import Foundation
import Programs
import Storage
import Testing

@testable import Experiments

/// The ways in which the runs of one experiment can be carried out, none of which may change a bit.
struct NetWays<Campaign: JournaledCampaign> {
  /// Where files may be left.
  let folder: String
  /// Prepares the runs.
  let campaign: (Backend, _ threads: Int) throws -> Campaign

  /// How a campaign ended, and its file.
  struct Outcome {
    var path: String
    var done: Int
    var failed: Int
  }

  private static var native: Backend { ShippedExperimentsTests.native }

  /// Carries out all runs by native kernels on one thread, and expects the same bytes of every
  /// other way.
  func outcome() throws -> Outcome {
    let first = try write(try campaign(Self.native, 1), "native-1.h5")
    try expectSame(
      as: first, write(try campaign(Self.native, 3), "native-3.h5"), "native on three threads")
    for threads in [1, 3] {
      try expectSame(
        as: first, write(try campaign(.interpreter, threads), "interpreted-\(threads).h5"),
        "interpreted on \(threads) threads")
    }
    try expectSame(as: first, resumed(), "killed and resumed")
    try expectSame(as: first, merged(), "two parts put together")
    return first
  }

  private func expectSame(as first: Outcome, _ other: Outcome, _ way: String) throws {
    #expect(other.done == first.done && other.failed == first.failed, "\(way)")
    let expected = try Data(contentsOf: URL(fileURLWithPath: first.path))
    let found = try Data(contentsOf: URL(fileURLWithPath: other.path))
    if found == expected { return }
    let (before, after) = try (
      ResultInventory(path: first.path), ResultInventory(path: other.path)
    )
    let names = zip(before.values, after.values).filter { $0.hash != $1.hash }.map(\.0.path)
    Issue.record("\(way): other bytes\(names.isEmpty ? "" : " in \(names)")")
  }

  /// Writes a result from what journals have, and does the rest.
  private func write(
    _ campaign: Campaign, _ name: String, journals: [String] = []
  ) throws -> Outcome {
    let path = folder + "/" + name
    let file = try campaign.makeFile(path: path, mayReplace: true, facts: [:])
    var finished = FinishedRuns(campaign.plan)
    for place in journals { finished.take(try JournalReader(path: place)) }
    for place in journals { try file.restore(JournalReader(path: place), finished) }
    let summary = try campaign.run(after: finished, into: campaign.output(file))
    try file.commit(summary: summary)
    #expect(!summary.usesInterpreter || !name.hasPrefix("native"), "\(summary.warning ?? "")")
    return Outcome(path: path, done: summary.progress.done, failed: summary.progress.failed)
  }

  /// The journal of a part, without a result.
  private func journal(
    _ number: Int, of count: Int, _ backend: Backend, threads: Int
  ) throws -> String {
    let campaign = try campaign(backend, threads)
    let header = CampaignJournal.header(
      campaign.experiment, campaign.plan, overrides: ExperimentOverrides(), version: "1")
    let place = "\(folder)/\(number)-\(count).journal"
    let journal = try JournalWriter(path: place, header: header)
    _ = try campaign.run(
      shard: try #require(Shard(number: number, of: count)), after: nil,
      into: campaign.output(journal, header, nil))
    journal.close()
    return place
  }

  /// Cuts a journal in its middle, as `kill -9` may, and goes on from what is whole.
  private func resumed() throws -> Outcome {
    let place = try journal(1, of: 1, Self.native, threads: 3)
    let start = Int(try JournalReader(path: place).soundLength)
    let content = try Data(contentsOf: URL(fileURLWithPath: place))
    try content.prefix(start + (content.count - start) * 55 / 100)
      .write(to: URL(fileURLWithPath: place))
    return try write(try campaign(.interpreter, 3), "resumed.h5", journals: [place])
  }

  private func merged() throws -> Outcome {
    let parts = [
      try journal(2, of: 2, .interpreter, threads: 1),
      try journal(1, of: 2, Self.native, threads: 3),
    ]
    return try write(try campaign(Self.native, 1), "merged.h5", journals: parts)
  }
}
