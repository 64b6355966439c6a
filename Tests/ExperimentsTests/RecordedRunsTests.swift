import Diagnostics
import Foundation
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

@Suite("Chosen runs")
struct RecordedRunsTests {
  private static let text = """
    model: test
    duration: 6 h
    seed: 4
    arms:
      low: {doses: [{into: drug, route: intravenous, amount: 1 mg/kg, start: 0 h}]}
      high: {doses: [{into: drug, route: intravenous, amount: 2 mg/kg, start: 0 h}]}
    reduce: {peak: max(drug.plasma), exposure: integral(drug.plasma)}
    individuals: {count: 7, parameters: {drug.k: {log_normal: typical, cv: 0.3}}}
    sweep: {design: grid, parameters: {drug.V: {values: [10 L, 20 L, 30 L]}}}
    record: {every: 1 h, variables: [drug.plasma]
    """

  private static func experiment(_ runs: String) throws -> Experiment {
    try rightExperiment(text + (runs.isEmpty ? "}" : ", runs: \(runs)}"))
  }

  @Test(
    "are numbers, or combinations of arms, individuals and points",
    arguments: [
      ("3", [0, 1, 2]), ("20..22", [20, 21, 22]), ("[41, 0]", [0, 41]),
      ("{arms: high, individuals: [0, 6], points: 2}", [21, 22, 39, 40]),
      ("{individuals: [1], points: [2]}", [5, 26]),
      (
        "{arms: [high, low], individuals: [6]}",
        [18, 19, 20, 39, 40, 41]
      ),
    ])
  func numbers(runs: String, expected: [Int]) throws {
    #expect(try RunPlan(Self.experiment(runs)).sampled.chosen == expected)
  }

  @Test("a selection beyond what there is has nothing of it")
  func selections() {
    func chosen(_ form: IndexSelection.Form) -> [Int] {
      IndexSelection(
        form: form, range: SourceRange(file: drugModel, lowerBound: 0, upperBound: 1)
      ).indices(of: 4)
    }
    #expect(chosen(.first(9)) == [0, 1, 2, 3])
    #expect(chosen(.range(2...9)) == [2, 3])
    #expect(chosen(.range(4...9)) == [])
    #expect(chosen(.chosen([1, 3, 4])) == [1, 3])
  }

  @Test("have the samples that they have among all, and nothing else changes")
  func samples() throws {
    let all = try results(of: Self.experiment(""), chunk: 5)
    for threads in [1, 2] {
      let some = try results(of: Self.experiment("[0, 5, 6, 41]"), threads: threads, chunk: 5)
      #expect(some.reductions == all.reductions)
      for run in 0..<42 {
        let samples = some.samples(of: 0, run: run)
        if [0, 5, 6, 41].contains(run) {
          #expect(samples.elementsEqual(all.samples(of: 0, run: run)))
        } else {
          #expect(!samples.contains { !$0.isNaN })
        }
      }
    }
  }

  @Test("stand in the file along an axis of their own, which says where they come from")
  func file() throws {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).h5"
    defer { unlink(path) }
    let experiment = try Self.experiment("{arms: high, individuals: [2, 5], points: [1]}")
    let campaign = Campaign(
      experiment, options: CampaignOptions(threads: 2, backend: .interpreter))
    let output = try ResultFileOutput(
      path: path, experiment: experiment, plan: campaign.plan, mayReplace: false, facts: [:])
    try output.commit(summary: try campaign.run(into: output))
    let reader = try ResultFileReader(path: path)
    #expect(reader.shape(of: "drug.plasma") == [2, 7])
    #expect(reader.shape(of: "peak") == [2, 7, 3])
    #expect(try reader.numbers("sampled_run") == [28, 37])
    #expect(try reader.texts("sampled_arm") == ["high", "high"])
    #expect(try reader.numbers("sampled_individual") == [2, 5])
    #expect(try reader.numbers("sampled_drug.V") == [20, 20])
    let factors = try reader.numbers("drug.k.factor")
    #expect(try reader.numbers("sampled_drug.k.factor") == [factors[2], factors[5]])
    let samples = try reader.numbers("drug.plasma")
    // 2 mg/kg for 70 kg in 20 L.
    #expect(abs(samples[0] - 7) < 1e-12 && abs(samples[7] - 7) < 1e-12)
    #expect(samples[6] > 0 && samples[6] != samples[13])
  }

  /// A run without samples is not taken over where its samples are wanted.
  @Test("are other runs than those without samples")
  func identities() throws {
    let few = RunPlan(try Self.experiment("[0]"))
    let more = RunPlan(try Self.experiment("[0, 1]"))
    let all = RunPlan(try Self.experiment(""))
    #expect(few.identity(of: 0) == more.identity(of: 0))
    #expect(few.identity(of: 0) == all.identity(of: 0))
    #expect(few.identity(of: 1) != more.identity(of: 1))
    #expect(few.identity(of: 2) == more.identity(of: 2))
    for run in [0, 1] {
      #expect(few.setup(of: run, steadyStates: []).identity == few.identity(of: run))
    }
  }

  @Test("a journal whose runs are recorded otherwise than its experiment says is refused")
  func foreignJournal() throws {
    let place = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString)"
    defer {
      unlink(place + ".journal")
      unlink(place + ".h5")
    }
    let (few, more) = (try Self.experiment("[0]"), try Self.experiment("[0, 1, 2]"))
    let header = CampaignJournal.header(
      few, RunPlan(few), overrides: ExperimentOverrides(), version: "1")
    let journal = try JournalWriter(path: place + ".journal", header: header)
    let options = CampaignOptions(threads: 1, backend: .interpreter)
    _ = try Campaign(few, options: options).run(into: JournaledOutput(journal, header, nil))
    journal.close()
    let reader = try JournalReader(path: place + ".journal")
    let finished = FinishedRuns(reader)
    let output = try ResultFileOutput(
      path: place + ".h5", experiment: more, plan: RunPlan(more), mayReplace: false, facts: [:])
    #expect(throws: StorageFailure.journalDoesNotFit(path: place + ".h5")) {
      try output.restore(try JournalReader(path: place + ".journal"), finished)
    }
    output.abandon()
  }

  @Test("a journal that names impossible runs is none")
  func damagedJournal() throws {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).journal"
    for chosen in [[0, 42], [-1], [3, 3], [5, 2]] {
      let experiment = try Self.experiment("[0, 5]")
      var header = CampaignJournal.header(
        experiment, RunPlan(experiment), overrides: ExperimentOverrides(), version: "1")
      #expect(header.sampledRuns == [0, 5])
      header.sampledRuns = chosen
      let journal = try JournalWriter(path: path, header: header)
      journal.close()
      defer { unlink(path) }
      #expect(throws: StorageFailure.self) { try JournalReader(path: path) }
    }
  }
}
