import Diagnostics
import Foundation
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// The same runs give the same file, byte by byte, in whatever way they were done.
@Suite("The bytes of results")
struct ResultBytesTests {
  private static let head = """
    title: A sweep
    model: test
    duration: 12 h
    doses: [{into: drug, route: oral, amount: 10 mg, start: 1 h}]
    reduce: {peak: max(drug.plasma), end: "final(drug.plasma)"}
    verdict: [high: peak > 0.2 mg/L, otherwise: low]

    """
  private static let random =
    "sweep: {design: random, samples: 200, parameters: {drug.V: [10 L, 60 L], drug.ka: [0.2 /h, 3 /h]}}\n"
  private static let record = "record: {every: 1 h, variables: [drug.plasma, drug.central]}\n"

  /// Sweeps of every kind of file.
  static let sweeps: [String: String] = [
    "reductions": head + random,
    "samples": head + random + record,
    "compressed":
      head + random + "record: {every: 1 h, variables: [drug.plasma], compression: 4}\n",
    "single": head + random
      + "record: {every: 1 h, variables: [drug.plasma], precision: single}\n",
    "chosen": head + random
      + "record: {every: 1 h, variables: [drug.plasma, drug.central], runs: [3, 4, 40, 199]}\n",
    "chosen and compressed": head + random
      + "record: {every: 1 h, variables: [drug.plasma], compression: 4, runs: {points: 17}}\n",
    "individuals": head + record
      + "individuals: {count: 40, parameters: {drug.k: {log_normal: typical, cv: 0.3}}}\n",
    // Some runs need more steps than they may take.
    "failing": head + record + """
      solver: {method: dopri5, maximum_steps: 200}
      sweep: {design: random, samples: 80, parameters: {drug.k: {log_uniform: [0.1 /h, 10000 /h]}}}
      """,
    // Some runs become stiff, some do not.
    "changing": head + record
      + "sweep: {design: random, samples: 40, parameters: {drug.k: {log_uniform: [0.1 /h, 100000 /h]}}}\n",
    "grid": head.replacing("doses:", with: "parameters: {drug.k12: 0.1 /h}\ndoses:") + record
      + """
      arms:
        dose: {doses: [{into: drug, route: oral, amount: 10 mg, start: 1 h}]}
        none: {doses: []}
      individuals: {count: 5, parameters: {drug.k: {log_normal: typical, cv: 0.3}}}
      sweep: {design: grid, parameters: {drug.V: {values: [10 L, 20 L, 30 L]}, drug.ka: {values: [1 /h, 2 /h]}}}
      """.replacing(
        "doses: [{into: drug, route: oral, amount: 10 mg, start: 1 h}]\nreduce", with: "reduce"),
  ]

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/afterglow-bytes-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func text(_ name: String) throws -> String {
    let text = try #require(Self.sweeps[name])
    guard name == "grid" else { return text }
    return text.replacing(
      "\ndoses: [{into: drug, route: oral, amount: 10 mg, start: 1 h}]", with: "")
  }

  private func campaign(_ experiment: Experiment, threads: Int, chunk: Int? = nil) -> Campaign {
    Campaign(
      experiment,
      options: CampaignOptions(threads: threads, backend: .interpreter, chunk: chunk))
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// Writes a result from journals and an earlier result, and whatever is left.
  private func write(
    _ campaign: Campaign, to path: String, journals: [String] = [], earlier: EarlierResult? = nil,
    journal: JournalWriter? = nil
  ) throws -> CampaignSummary {
    let output = try ResultFileOutput(
      path: path, experiment: campaign.experiment, plan: campaign.plan, mayReplace: true,
      facts: ["afterglow_version": "1"])
    var finished = FinishedRuns(campaign.plan)
    for place in journals { finished.take(try JournalReader(path: place)) }
    for place in journals {
      try output.restore(JournalReader(path: place), finished)
    }
    if let earlier {
      try output.adopt(earlier, after: finished)
      finished.take(earlier, of: campaign.plan)
    }
    let summary: CampaignSummary
    if let journal {
      summary = try campaign.run(
        after: finished, into: JournaledOutput(journal, header(campaign), output, patience: 0))
    } else {
      summary = try campaign.run(after: finished, into: output)
    }
    try output.commit(summary: summary)
    return summary
  }

  private func header(_ campaign: Campaign) -> JournalHeader {
    CampaignJournal.header(
      campaign.experiment, campaign.plan, overrides: ExperimentOverrides(), version: "1")
  }

  @Test(
    "do not depend on threads, chunks, parts, or an end on the way", arguments: sweeps.keys.sorted()
  )
  func anyWay(name: String) throws {
    try withFolder { folder in
      let experiment = try rightExperiment(try text(name))
      let whole = folder + "/whole.h5"
      _ = try write(campaign(experiment, threads: 1), to: whole)
      let expected = try bytes(whole)
      for (threads, chunk) in [(1, 3), (2, 5), (2, 64)] {
        let path = folder + "/other.h5"
        _ = try write(campaign(experiment, threads: threads, chunk: chunk), to: path)
        #expect(try bytes(path) == expected, "\(threads) threads, chunks of \(chunk)")
      }
      for count in [1, 2, 3] {
        let campaign = campaign(experiment, threads: 2, chunk: 4)
        var journals: [String] = []
        for number in (1...count).reversed() {
          let shard = try #require(Shard(number: number, of: count))
          let place = "\(folder)/\(count)-\(number).journal"
          let journal = try JournalWriter(path: place, header: header(campaign))
          _ = try campaign.run(
            shard: shard, after: nil, into: JournaledOutput(journal, header(campaign), nil))
          journal.close()
          journals.append(place)
        }
        let path = folder + "/merged.h5"
        _ = try write(campaign, to: path, journals: journals)
        #expect(try bytes(path) == expected, "\(count) parts")
        // The journal of a single part is cut, and the rest is done by another process.
        guard count == 1 else { continue }
        let content = try bytes(journals[0])
        for part in [0.4, 0.8] {
          let cut = folder + "/cut.journal"
          try content.prefix(Int(part * Double(content.count))).write(
            to: URL(fileURLWithPath: cut))
          _ = try write(campaign, to: path, journals: [cut])
          #expect(try bytes(path) == expected, "resumed at \(part)")
        }
      }
    }
  }

  @Test(
    "do not depend on samples of the first second that the journal has from the unfinished result",
    arguments: sweeps.keys.sorted(), [0.05, 3600])
  func firstSecond(name: String, patience: Double) throws {
    try withFolder { folder in
      let campaign = campaign(try rightExperiment(try text(name)), threads: 2, chunk: 4)
      _ = try write(campaign, to: folder + "/whole.h5")
      let place = folder + "/begun.journal"
      let journal = try JournalWriter(path: place, header: header(campaign))
      let file = try ResultFileOutput(
        path: folder + "/begun.h5", experiment: campaign.experiment, plan: campaign.plan,
        mayReplace: true, facts: ["afterglow_version": "1"])
      let output = JournaledOutput(journal, header(campaign), file, patience: patience)
      func run(_ runs: Range<Int>) throws {
        _ = try campaign.run(
          [runs], from: CampaignProgress(total: campaign.plan.count), into: output,
          cancellation: CancellationFlag(), progress: { _ in })
      }
      func kept() throws -> Int {
        let finished = FinishedRuns(try JournalReader(path: place))
        return campaign.plan.count - finished.leftCount
      }
      // The first half ends as an interrupted campaign does, the rest as one that fails.
      let (half, most) = (campaign.plan.count / 2, campaign.plan.count - 3)
      try run(0..<half)
      #expect(try kept() == half)
      try run(half..<most)
      for entry in output.takeWaiting() { try journal.append(entry) }
      #expect(try kept() == most)
      file.abandon()
      journal.close()
      _ = try write(campaign, to: folder + "/again.h5", journals: [place])
      #expect(try bytes(folder + "/again.h5") == bytes(folder + "/whole.h5"))
    }
  }

  @Test("have the samples of the first second in the journal once it is over")
  func secondIsOver() throws {
    try withFolder { folder in
      let campaign = campaign(try rightExperiment(try text("samples")), threads: 1)
      let place = folder + "/begun.journal"
      let journal = try JournalWriter(path: place, header: header(campaign))
      let file = try ResultFileOutput(
        path: folder + "/begun.h5", experiment: campaign.experiment, plan: campaign.plan,
        mayReplace: true, facts: [:])
      let output = JournaledOutput(journal, header(campaign), file, patience: 0.3)
      let soon = ContinuousClock.now + .seconds(20)
      // No chunk comes behind the first ones; the end of the second is noticed nevertheless.
      let chunks = UnendedOutput(output)
      _ = try campaign.run(only: Array(0..<30), into: chunks)
      var kept = 0
      while kept < 30, .now < soon {
        usleep(20_000)
        let finished = FinishedRuns(try JournalReader(path: place))
        kept = campaign.plan.count - finished.leftCount
      }
      #expect(kept == 30)
      file.abandon()
    }
  }

  /// Passes chunks on, but not that they have ended.
  private final class UnendedOutput: RunOutput {
    private let output: any RunOutput
    init(_ output: any RunOutput) { self.output = output }
    func write(_ chunk: borrowing ChunkResult, reports: [RunReport]) throws {
      try output.write(chunk, reports: reports)
    }
  }

  @Test("of a result that is run again, and of one whose journal says what it is of, are the same")
  func again() throws {
    for name in Self.sweeps.keys.sorted() {
      try withFolder { folder in
        let experiment = try rightExperiment(
          try text(name),
          overrides: ExperimentOverrides(settings: [("drug.k21", "0.05 /h")], seed: 3))
        let path = folder + "/whole.h5"
        _ = try write(campaign(experiment, threads: 2), to: path)
        let kept = try ResultFileReader(path: path).provenance()
        let models = kept.models.map { SourceFile(path: $0.path, text: $0.text) }
        let (read, diagnostics) = Experiment.read(
          SourceFile(path: kept.experimentPath, text: kept.experiment),
          library: FileLibrary(
            mainModel: try #require(models.first), files: Array(models.dropFirst())))
        #expect(!diagnostics.hasErrors)
        let second = try #require(read)
        _ = try write(campaign(second, threads: 1), to: folder + "/again.h5")
        #expect(try bytes(folder + "/again.h5") == bytes(path), "\(name)")
      }
    }
  }

  @Test(
    "of a design that has grown are those of the larger one from the beginning",
    arguments: [
      "random, samples: #", "sobol, samples: #", "sobol-indices, samples: #",
      "morris, trajectories: #",
    ])
  func extended(design: String) throws {
    try withFolder { folder in
      func text(_ samples: Int) -> String {
        Self.head
          + "record: {every: 1 h, variables: [drug.plasma], precision: single, compression: 2}\n"
          + "sweep: {design: \(design.replacing("#", with: "\(samples)")), "
          + "parameters: {drug.V: [10 L, 60 L], drug.ka: [0.2 /h, 3 /h]}}\n"
      }
      let small = campaign(try rightExperiment(text(16)), threads: 2)
      let large = campaign(try rightExperiment(text(32)), threads: 2)
      _ = try write(small, to: folder + "/small.h5")
      _ = try write(large, to: folder + "/fresh.h5")
      let earlier = try EarlierResult(path: folder + "/small.h5")
      let summary = try write(large, to: folder + "/grown.h5", earlier: earlier)
      // Walks meet points where others have been.
      #expect(summary.progress.earlier >= small.plan.count)
      #expect(summary.progress.done == large.plan.count)
      #expect(try bytes(folder + "/grown.h5") == bytes(folder + "/fresh.h5"))
      // It is ended on the way, and resumed.
      let place = folder + "/grown.journal"
      let journal = try JournalWriter(path: place, header: header(large))
      _ = try write(large, to: folder + "/grown.h5", earlier: earlier, journal: journal)
      journal.close()
      let content = try bytes(place)
      try content.prefix(3 * content.count / 4).write(to: URL(fileURLWithPath: place))
      _ = try write(large, to: folder + "/grown.h5", journals: [place], earlier: earlier)
      #expect(try bytes(folder + "/grown.h5") == bytes(folder + "/fresh.h5"))
    }
  }

  @Test("of a grid with more values are those of that grid, wherever the runs stood before")
  func grids() throws {
    try withFolder { folder in
      func campaign(_ volumes: String, _ rates: String) throws -> Campaign {
        self.campaign(
          try rightExperiment(
            Self.head + Self.record + """
              sweep: {design: grid, parameters: {drug.V: {values: [\(volumes)]}, drug.ka: {values: [\(rates)]}}}
              """), threads: 2)
      }
      let small = try campaign("10 L, 30 L", "1 /h, 2 /h, 3 /h")
      let large = try campaign("10 L, 20 L, 30 L", "0.5 /h, 1 /h, 2 /h, 3 /h")
      _ = try write(small, to: folder + "/small.h5")
      _ = try write(large, to: folder + "/fresh.h5")
      let earlier = try EarlierResult(path: folder + "/small.h5")
      let summary = try write(large, to: folder + "/grown.h5", earlier: earlier)
      #expect(summary.progress.earlier == 6)
      #expect(try bytes(folder + "/grown.h5") == bytes(folder + "/fresh.h5"))
      // A hypercube has other points.
      let cube = self.campaign(
        try rightExperiment(
          Self.head + Self.record
            + "sweep: {design: latin-hypercube, samples: 8, parameters: {drug.V: [10 L, 60 L]}}"),
        threads: 1)
      var finished = FinishedRuns(cube.plan)
      #expect(finished.take(earlier, of: cube.plan) == 0)
    }
  }
}
