import Foundation
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// A sweep over a circuit that is ended at any moment and resumed has the values, the samples and the
/// spikes of one that was not.
@Suite("Interrupted sweeps of circuits")
struct NetworkResumeTests {
  private static let text = """
    title: A sweep of a circuit
    model: network
    duration: 60 ms
    seed: 3
    solver: {step: 0.1 ms}
    inputs: {current: 2 mV/ms}
    record: {spikes: all, every: 5 ms, variables: [many.V], cells: {many: [1, 4]}}
    reduce: {rate: rate(many), highest: max(few.V)}
    verdict: [fast: rate > 100 /s, otherwise: slow]
    sweep: {design: random, samples: 12, parameters: {many.tau: [8 ms, 15 ms]}}
    """

  /// A folder, a campaign and its header.
  private struct Bench {
    let folder: String
    let campaign: NetworkCampaign
    let header: JournalHeader

    init(_ folder: String, _ text: String = NetworkResumeTests.text, threads: Int = 2) throws {
      self.folder = folder
      let experiment = try rightNetworkExperiment(text)
      campaign = try #require(
        NetworkCampaign(
          experiment, options: CampaignOptions(threads: threads, backend: .interpreter)))
      header = CampaignJournal.header(
        experiment, campaign.plan, overrides: ExperimentOverrides(), version: "1")
    }

    func file(_ name: String) throws -> NetworkFileOutput {
      try campaign.makeFile(path: folder + "/" + name, mayReplace: true, facts: [:])
    }

    /// Everything in a file: arrays, texts, and the spikes of every run.
    func contents(_ name: String) throws -> [String] {
      let reader = try ResultFileReader(path: folder + "/" + name)
      var found = try reader.names.filter { $0 != "provenance" && $0 != "runs" }.map { name in
        if let numbers = try? reader.numbers(name) {
          return "\(name) \(numbers.map { $0.isNaN ? 1 : $0.bitPattern })"
        }
        return "\(name) \(try reader.texts(name))"
      }
      for run in 0..<campaign.plan.count {
        for population in ["many", "few"] {
          for array in ["timestamps", "node_ids"] {
            let path = "runs/\(run)/spikes/\(population)/\(array)"
            let numbers = reader.shape(of: path) == [0] ? [] : try reader.numbers(path)
            found.append("\(path) \(numbers.map(\.bitPattern))")
          }
        }
      }
      return found
    }

    /// A whole run into a file alone.
    func undisturbed() throws -> (contents: [String], summary: NetworkSummary) {
      let output = try file("whole.h5")
      let summary = try campaign.run(into: output)
      try output.commit(summary: summary)
      return (try contents("whole.h5"), summary)
    }

    /// Goes on with a journal, and gives what is in the file at the end.
    func resume(
      _ place: String, retryFailed: Bool = false
    ) throws -> (contents: [String], summary: NetworkSummary) {
      let reader = try JournalReader(path: place)
      var finished = FinishedRuns(reader)
      if retryFailed { finished.forgetFailures() }
      let output = try file("resumed.h5")
      let writer = try JournalWriter(resuming: place, at: reader.soundLength)
      try output.restore(JournalReader(path: place), finished)
      let summary = try campaign.run(
        after: finished, into: JournaledNetworkOutput(writer, output, campaign.plan))
      try output.commit(summary: summary)
      writer.close()
      return (try contents("resumed.h5"), summary)
    }
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/afterglow-networks-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test(
    "the values are those of an undisturbed sweep, wherever the journal ends", arguments: [1, 2])
  func anyMoment(threads: Int) throws {
    try withFolder { folder in
      let bench = try Bench(folder, threads: threads)
      let (expected, whole) = try bench.undisturbed()
      let place = folder + "/x.journal"
      let journal = try JournalWriter(path: place, header: bench.header)
      let output = try bench.file("journaled.h5")
      let summary = try bench.campaign.run(
        into: JournaledNetworkOutput(journal, output, bench.campaign.plan))
      try output.commit(summary: summary)
      journal.close()
      #expect(try bench.contents("journaled.h5") == expected)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: place))
      var lefts: Set<Int> = []
      for part in [0.1, 0.35, 0.36, 0.5, 0.77, 0.999, 1] {
        let cut = bytes.prefix(max(6000, Int(part * Double(bytes.count))))
        try cut.write(to: URL(fileURLWithPath: place))
        let left = FinishedRuns(try JournalReader(path: place)).leftCount
        lefts.insert(left)
        let (found, rest) = try bench.resume(place)
        #expect(found == expected)
        #expect(rest.progress.done == 12 && rest.progress.earlier == 12 - left)
        // The account has the earlier runs as well.
        #expect(rest.results.map(\.result.spikeCounts) == whole.results.map(\.result.spikeCounts))
        #expect(rest.results.map(\.result.reductions) == whole.results.map(\.result.reductions))
        #expect((0..<12).allSatisfy { rest.digest.verdict(of: $0) == whole.digest.verdict(of: $0) })
        // What a run in flight has left is not taken for what the run is.
        let (again, _) = try bench.resume(place)
        #expect(again == expected)
      }
      #expect(lefts.count > 3 && lefts.contains(0))
    }
  }

  @Test("an interrupted sweep has what was done, and is gone on with")
  func interruption() throws {
    try withFolder { folder in
      let bench = try Bench(folder, threads: 1)
      let (expected, _) = try bench.undisturbed()
      let place = folder + "/x.journal"
      let journal = try JournalWriter(path: place, header: bench.header)
      let flag = CancellationFlag()
      let output = try bench.file("interrupted.h5")
      let summary = try bench.campaign.run(
        into: JournaledNetworkOutput(journal, output, bench.campaign.plan), cancellation: flag
      ) { if $0.done == 5 { flag.raise() } }
      try output.commit(summary: summary)
      journal.close()
      #expect(summary.wasInterrupted && summary.progress.done == 5)
      let status = try ResultFileReader(path: folder + "/interrupted.h5").status()
      #expect(status.done == 5 && status.total == 12)
      #expect(try bench.resume(place).contents == expected)
    }
  }

  @Test("parts that are run by themselves and put together give the whole")
  func shards() throws {
    try withFolder { folder in
      let bench = try Bench(folder)
      let (expected, _) = try bench.undisturbed()
      // Parts may overlap, as those of two divisions do.
      for parts in [
        ["1/1"], ["2/2", "1/2"], ["3/5", "1/5", "5/5", "2/5", "4/5"], ["1/2", "2/3", "3/3"],
      ] {
        var finished = FinishedRuns(runCount: 12)
        var places: [String] = []
        for text in parts {
          let shard = try #require(Shard(text))
          let place = shard.journalPath(ofResult: folder + "/\(parts.count).h5")
          try? FileManager.default.removeItem(atPath: place)
          let journal = try JournalWriter(path: place, header: bench.header)
          let summary = try bench.campaign.run(
            shard: shard, after: nil,
            into: JournaledNetworkOutput(journal, nil, bench.campaign.plan))
          journal.close()
          #expect(summary.progress.done == shard.runs(of: 12).count)
          finished.take(try JournalReader(path: place))
          places.append(place)
        }
        #expect(finished.leftCount == 0)
        let output = try bench.file("merged.h5")
        for place in places { try output.restore(JournalReader(path: place), finished) }
        let summary = try bench.campaign.run(after: finished, into: output)
        try output.commit(summary: summary)
        #expect(try bench.contents("merged.h5") == expected)
      }
    }
  }

  @Test("failed runs keep what they recorded, and can be tried again")
  func failures() throws {
    try withFolder { folder in
      let bench = try Bench(
        folder,
        """
        title: Failures
        model: network
        duration: 30 ms
        solver: {step: 0.1 ms}
        inputs: {current: 2 mV/ms}
        record: {spikes: all, every: 1 ms, variables: [many.V]}
        reduce: {rate: rate(many)}
        sweep:
          design: grid
          parameters:
            probability: {values: [0.5, 1.5]}
            many.wildness: {values: [0 /ms, 0.05 /ms]}
        """)
      let (expected, whole) = try bench.undisturbed()
      #expect(whole.progress.failed == 3)
      let place = folder + "/x.journal"
      let journal = try JournalWriter(path: place, header: bench.header)
      let first = try bench.campaign.run(
        into: JournaledNetworkOutput(journal, nil, bench.campaign.plan))
      journal.close()
      #expect(first.progress.done == 1 && first.progress.failed == 3)
      for retries in [false, true, false] {
        let (found, summary) = try bench.resume(place, retryFailed: retries)
        #expect(found == expected)
        #expect(summary.progress.failed == 3)
        #expect(summary.progress.earlier == (retries ? 1 : 4))
        #expect(summary.results.map(\.result.failure) == whole.results.map(\.result.failure))
      }
    }
  }

  @Test("changes of the circuit or of what is recorded are told")
  func changes() throws {
    try withFolder { folder in
      let old = try Bench(folder).header
      #expect(old.variableCount == 0)
      let other = try Bench(folder, Self.text.replacing("many: [1, 4]", with: "many: [1, 5]"))
        .header
      let found = CampaignJournal.changes(from: old, to: other)
      #expect(found.count == 1 && found[0].hasPrefix("the experiment: line"))
      var model = old
      model.models[0].text = model.models[0].text.replacing("V > 10 mV", with: "V > 11 mV")
      let changes = CampaignJournal.changes(from: old, to: model)
      #expect(changes.count == 1 && changes[0].contains("V > 11 mV"))
    }
  }
}
