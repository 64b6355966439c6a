import Foundation
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// A sweep that is ended at any moment and resumed has the values of one that was not.
@Suite("Interrupted sweeps")
struct ResumeTests {
  private let text = """
    title: A sweep
    model: test
    duration: 12 h
    doses: [{into: drug, route: oral, amount: 10 mg, start: 1 h}]
    record: {every: 1 h, variables: [drug.plasma]}
    reduce: {peak: max(drug.plasma), end: "final(drug.plasma)"}
    verdict: [high: peak > 0.2 mg/L, otherwise: low]
    sweep: {design: random, samples: 300, parameters: {drug.V: [10 L, 60 L], drug.ka: [0.2 /h, 3 /h]}}
    """

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/afterglow-resume-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func campaign(_ experiment: Experiment, threads: Int) -> Campaign {
    Campaign(
      experiment,
      options: CampaignOptions(threads: threads, backend: .interpreter, chunk: 7))
  }

  /// Every number and text of a result.
  private func contents(_ path: String) throws -> [String] {
    let reader = try ResultFileReader(path: path)
    return try reader.names.filter { $0 != "provenance" }.map { name in
      if let numbers = try? reader.numbers(name) {
        return "\(name) \(numbers.map { $0.isNaN ? 1 : $0.bitPattern })"
      }
      return "\(name) \(try reader.texts(name))"
    }
  }

  @Test(
    "the values are those of an undisturbed sweep, wherever the journal ends", arguments: [1, 2])
  func anyMoment(threads: Int) throws {
    try withFolder { folder in
      let experiment = try rightExperiment(text)
      let campaign = campaign(experiment, threads: threads)
      let whole = folder + "/whole.h5"
      let output = try ResultFileOutput(
        path: whole, experiment: experiment, plan: campaign.plan, mayReplace: false, facts: [:])
      let place = folder + "/x.h5.journal"
      let header = CampaignJournal.header(
        experiment, campaign.plan, overrides: ExperimentOverrides(), version: "1")
      let journal = try JournalWriter(path: place, header: header)
      let summary = try campaign.run(into: JournaledOutput(journal, header, output, patience: 0))
      try output.commit(summary: summary)
      journal.close()
      let expected = try contents(whole)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: place))
      for part in [0.05, 0.3, 0.31, 0.7, 0.999, 1] {
        let cut = bytes.prefix(max(2000, Int(part * Double(bytes.count))))
        try cut.write(to: URL(fileURLWithPath: place))
        let reader = try JournalReader(path: place)
        let finished = FinishedRuns(reader)
        #expect(finished.doneCount + finished.leftCount == 300)
        let path = folder + "/resumed-\(part).h5"
        let resumed = try ResultFileOutput(
          path: path, experiment: experiment, plan: campaign.plan, mayReplace: false, facts: [:])
        let writer = try JournalWriter(resuming: place, at: reader.soundLength)
        try resumed.restore(JournalReader(path: place), finished)
        let rest = try campaign.run(
          after: finished, into: JournaledOutput(writer, header, resumed, patience: 0))
        try resumed.commit(summary: rest)
        writer.close()
        #expect(rest.progress.done == 300 && !rest.wasInterrupted)
        #expect(try contents(path) == expected)
        // What a later process would find is everything.
        #expect(FinishedRuns(try JournalReader(path: place)).doneCount == 300)
      }
    }
  }

  @Test("parts that are run by themselves and put together give the values of the whole")
  func shards() throws {
    try withFolder { folder in
      let experiment = try rightExperiment(text)
      let campaign = campaign(experiment, threads: 2)
      let header = CampaignJournal.header(
        experiment, campaign.plan, overrides: ExperimentOverrides(), version: "1")
      func file(_ name: String, _ journals: [String]) throws -> [String] {
        let path = folder + "/" + name
        let output = try ResultFileOutput(
          path: path, experiment: experiment, plan: campaign.plan, mayReplace: false, facts: [:])
        var finished = FinishedRuns(runCount: 300)
        for journal in journals { finished.take(try JournalReader(path: journal)) }
        for journal in journals { try output.restore(JournalReader(path: journal), finished) }
        let summary = try campaign.run(after: finished, into: output)
        try output.commit(summary: summary)
        return try contents(path)
      }
      let expected = try file("whole.h5", [])
      for count in [1, 3, 7] {
        var journals: [String] = []
        for number in (1...count).reversed() {
          let shard = try #require(Shard(number: number, of: count))
          let place = shard.journalPath(ofResult: folder + "/x.h5")
          let journal = try JournalWriter(path: place, header: header)
          let summary = try campaign.run(
            shard: shard, after: nil, into: JournaledOutput(journal, header, nil))
          #expect(summary.progress.done == shard.runs(of: 300).count)
          journal.close()
          journals.append(place)
        }
        #expect(try file("merged-\(count).h5", journals) == expected)
      }
    }
  }

  @Test("shards are parts of the whole")
  func shardRanges() throws {
    for (count, total) in [(1, 5), (3, 300), (7, 100), (8, 5)] {
      let ranges = (1...count).compactMap { Shard(number: $0, of: count)?.runs(of: total) }
      #expect(ranges.flatMap { Array($0) } == Array(0..<total))
    }
    #expect(Shard("2/3")?.number == 2)
    for count in [1, 12] {
      let path = try #require(Shard(number: 1, of: count)).journalPath(ofResult: "a.shard-b.h5")
      #expect(Shard.result(ofJournal: path) == "a.shard-b.h5")
    }
    #expect(Shard.result(ofJournal: "a.h5.journal") == "a.h5")
    #expect(Shard.result(ofJournal: "a.h5") == nil)
    for wrong in ["0/3", "4/3", "1/0", "1", "1/2/3", "a/b", "-1/3", ""] {
      #expect(Shard(wrong) == nil)
    }
  }

  @Test("changes are told line by line")
  func changes() throws {
    func header(_ text: String, version: String = "1") throws -> JournalHeader {
      let experiment = try rightExperiment(text)
      return CampaignJournal.header(
        experiment, RunPlan(experiment), overrides: ExperimentOverrides(), version: version)
    }
    let old = try header(text)
    #expect(CampaignJournal.changes(from: old, to: old).isEmpty)
    #expect(
      CampaignJournal.changes(from: old, to: try header(text, version: "2"))
        == ["the program: 1 before, 2 now"])
    let other = try header(text.replacing("10 mg", with: "12 mg"))
    let found = CampaignJournal.changes(from: old, to: other)
    #expect(found.count == 1 && found[0].contains("10 mg") && found[0].contains("12 mg"))
    var model = old
    model.models[0].text += "\n// more"
    #expect(CampaignJournal.changes(from: old, to: model).count == 1)
    model.models[0].path = "other.model"
    #expect(CampaignJournal.changes(from: old, to: model).count == 2)
  }

  @Test("failed runs are left once they are forgotten")
  func failures() {
    var finished = FinishedRuns(runCount: 6)
    finished.take(
      JournalEntry(
        firstRun: 1, records: [.init(status: .done), .init(status: .failed, reason: "x")],
        reductions: [], samples: []))
    finished.take(
      JournalEntry(firstRun: 4, records: [.init(status: .done)], reductions: [], samples: []))
    #expect(finished.left == [0..<1, 3..<4, 5..<6])
    #expect(finished.kept(of: 0..<6) == [1..<3, 4..<5])
    #expect(finished.failures.map(\.run) == [2])
    finished.forgetFailures()
    #expect(finished.left == [0..<1, 2..<4, 5..<6])
    #expect(finished.doneCount == 2 && finished.failedCount == 0)
  }
}
