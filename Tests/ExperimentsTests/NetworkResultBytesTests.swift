import Foundation
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// The same runs of a circuit give the same file, byte by byte, spikes and samples included.
@Suite("The bytes of results of circuits")
struct NetworkResultBytesTests {
  private static func text(
    _ sweep: String, record: String = "spikes: all, every: 5 ms, variables: [many.V]"
  ) -> String {
    """
    title: A sweep of a circuit
    model: network
    duration: 60 ms
    seed: 3
    solver: {step: 0.1 ms}
    arms: {weak: {inputs: {current: 1 mV/ms}}, strong: {inputs: {current: 2 mV/ms}}}
    record: {\(record)}
    reduce: {rate: rate(many), highest: max(few.V)}
    sweep: {\(sweep)}
    """
  }

  private static let grid = "design: grid, parameters: {many.tau: {values: [#]}}"
  private static let random =
    "design: random, samples: #, parameters: {many.tau: [8 ms, 15 ms]}"

  /// Kinds of recordings.
  static let recordings = [
    "spikes: all", "spikes: [few], every: 5 ms, variables: [many.V, few.V], cells: {many: [1, 4]}",
    "spikes: all, every: 1 ms, variables: [many.V], compression: 3",
    "spikes: all, every: 5 ms, variables: [many.V], runs: [1, 4, 5]",
  ]

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/afterglow-bytes-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func campaign(_ text: String, threads: Int = 2) throws -> NetworkCampaign {
    try #require(
      NetworkCampaign(
        rightNetworkExperiment(text),
        options: CampaignOptions(threads: threads, backend: .interpreter)))
  }

  private func header(_ campaign: NetworkCampaign) -> JournalHeader {
    CampaignJournal.header(
      campaign.experiment, campaign.plan, overrides: ExperimentOverrides(), version: "1")
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  private func write(
    _ campaign: NetworkCampaign, to path: String, journals: [String] = [],
    earlier: EarlierResult? = nil
  ) throws -> NetworkSummary {
    let output = try campaign.makeFile(path: path, mayReplace: true, facts: [:])
    var finished = FinishedRuns(campaign.plan)
    for place in journals { finished.take(try JournalReader(path: place)) }
    for place in journals { try output.restore(JournalReader(path: place), finished) }
    if let earlier {
      try output.adopt(earlier, after: finished)
      finished.take(earlier, of: campaign.plan)
    }
    let summary = try campaign.run(after: finished, into: output)
    try output.commit(summary: summary)
    return summary
  }

  @Test(
    "do not depend on threads, parts, or an end on the way", arguments: recordings)
  func anyWay(record: String) throws {
    try withFolder { folder in
      let text = Self.text(Self.random.replacing("#", with: "5"), record: record)
      let whole = folder + "/whole.h5"
      _ = try write(try campaign(text, threads: 1), to: whole)
      let expected = try bytes(whole)
      let path = folder + "/other.h5"
      _ = try write(try campaign(text), to: path)
      #expect(try bytes(path) == expected, "two threads")
      for count in [1, 2, 3] {
        let campaign = try campaign(text)
        var journals: [String] = []
        for number in (1...count).reversed() {
          let shard = try #require(Shard(number: number, of: count))
          let place = "\(folder)/\(count)-\(number).journal"
          let journal = try JournalWriter(path: place, header: header(campaign))
          _ = try campaign.run(
            shard: shard, after: nil,
            into: campaign.output(journal, header(campaign), nil))
          journal.close()
          journals.append(place)
        }
        _ = try write(campaign, to: path, journals: journals)
        #expect(try bytes(path) == expected, "\(count) parts")
        guard count == 1 else { continue }
        let content = try bytes(journals[0])
        for part in [0.5, 0.9] {
          let cut = folder + "/cut.journal"
          try content.prefix(Int(part * Double(content.count))).write(
            to: URL(fileURLWithPath: cut))
          _ = try write(campaign, to: path, journals: [cut])
          #expect(try bytes(path) == expected, "resumed at \(part)")
        }
      }
    }
  }

  @Test("of a sweep that has grown are those of the larger one from the beginning")
  func extended() throws {
    for (design, few, many, kept) in [
      (Self.random, "3", "7", 6), (Self.grid, "9 ms, 10 ms", "9 ms, 10 ms, 12 ms", 4),
    ] {
      try withFolder { folder in
        let small = try campaign(Self.text(design.replacing("#", with: few)))
        let large = try campaign(Self.text(design.replacing("#", with: many)))
        _ = try write(small, to: folder + "/small.h5")
        _ = try write(large, to: folder + "/fresh.h5")
        let earlier = try EarlierResult(path: folder + "/small.h5")
        let summary = try write(large, to: folder + "/grown.h5", earlier: earlier)
        #expect(summary.progress.earlier == kept)
        #expect(summary.progress.done == large.plan.count)
        #expect(try bytes(folder + "/grown.h5") == bytes(folder + "/fresh.h5"))
      }
    }
  }

  @Test("of a single run that has grown are those of the larger sweep from the beginning")
  func extendedFromOne() throws {
    func text(_ samples: String) -> String {
      Self.text(Self.random.replacing("#", with: samples))
        .split(separator: "\n").filter { !$0.hasPrefix("arms:") }.joined(separator: "\n")
        + "\ninputs: {current: 2 mV/ms}\n"
    }
    try withFolder { folder in
      _ = try write(try campaign(text("1")), to: folder + "/small.h5")
      _ = try write(try campaign(text("3")), to: folder + "/fresh.h5")
      let earlier = try EarlierResult(path: folder + "/small.h5")
      let summary = try write(try campaign(text("3")), to: folder + "/grown.h5", earlier: earlier)
      #expect(summary.progress.earlier == 1)
      #expect(try bytes(folder + "/grown.h5") == bytes(folder + "/fresh.h5"))
    }
  }

  @Test("take over no run that follows from something else")
  func others() throws {
    try withFolder { folder in
      let text = Self.text(Self.random.replacing("#", with: "3"))
      _ = try write(try campaign(text), to: folder + "/earlier.h5")
      let earlier = try EarlierResult(path: folder + "/earlier.h5")
      func kept(_ text: String) throws -> Int {
        let plan = try campaign(text).plan
        var finished = FinishedRuns(plan)
        return finished.take(earlier, of: plan)
      }
      #expect(try kept(text) == 6)
      #expect(try kept(text.replacing("A sweep of", with: "Another sweep of")) == 6)
      #expect(try kept(text.replacing("current: 2 mV/ms", with: "current: 3 mV/ms")) == 3)
      #expect(try kept(text.replacing("seed: 3", with: "seed: 4")) == 0)
      #expect(try kept(text.replacing("60 ms", with: "61 ms")) == 0)
      #expect(try kept(text.replacing("rate(many)", with: "rate(few)")) == 0)
      #expect(try kept(text.replacing("spikes: all", with: "spikes: [few]")) == 0)
      #expect(try kept(text.replacing("step: 0.1 ms", with: "step: 0.05 ms")) == 0)
      #expect(
        try kept(text.replacing("solver: {", with: "parameters: {few.tau: 10 ms}\nsolver: {")) == 0)
    }
  }
}
