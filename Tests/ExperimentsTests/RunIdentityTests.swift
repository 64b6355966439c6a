import Foundation
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// The same run has the same identity wherever it is, and every difference that counts gives another.
@Suite("The identity of runs")
struct RunIdentityTests {
  private let text = """
    title: A sweep
    model: test
    duration: 12 h
    doses: [{into: drug, route: oral, amount: 10 mg, start: 1 h}]
    reduce: {peak: max(drug.plasma)}

    """

  private func identities(
    _ text: String, seed: UInt64? = nil, tables: [String: String] = [:]
  ) throws -> [UInt64] {
    let plan = RunPlan(
      try rightExperiment(text, tables: tables, overrides: ExperimentOverrides(seed: seed)))
    return (0..<plan.count).map(plan.identity)
  }

  @Test("what does not reach a run does not count")
  func same() throws {
    let one = try identities(text)
    #expect(one == (try identities(text.replacing("A sweep", with: "Another title"))))
    #expect(one == (try identities(text, seed: 5)))
    #expect(one == (try identities(text.replacing("10 mg", with: "0.01 g"))))
    #expect(one == (try identities(text + "parameters: {drug.V: 20 L}")))
    // A point of a sweep is the run that it would be by itself, and the same in another design.
    let grid = "sweep: {design: grid, parameters: {drug.V: {values: [10 L, 20 L, 30 L]}}}"
    let swept = try identities(text + grid)
    #expect(swept[1] == one[0] && Set(swept).count == 3)
    let list = try identities(
      text + "sweep: {design: list, file: points.csv}",
      tables: ["points.csv": "drug.V [L]\n30\n20\n"])
    #expect(list == [swept[2], swept[1]])
  }

  @Test("what reaches a run counts")
  func different() throws {
    var seen: Set<UInt64> = [try identities(text)[0]]
    for (old, new) in [
      ("10 mg", "10.000001 mg"), ("start: 1 h", "start: 2 h"), ("oral", "intravenous"),
      ("duration: 12 h", "duration: 13 h"), ("max(drug", "min(drug"), ("peak:", "most:"),
    ] {
      #expect(seen.insert(try identities(text.replacing(old, with: new))[0]).inserted, "\(new)")
    }
    for added in [
      "parameters: {drug.V: 21 L}", "solver: {method: rodas4}",
      "solver: {relative_tolerance: 1e-7}", "solver: {maximum_step: 1 h}", "lead_in: 1 h",
      "record: {every: 1 h, variables: [drug.plasma]}",
      "record: {every: 2 h, variables: [drug.plasma]}",
      "record: {every: 2 h, variables: [drug.plasma], precision: single}",
      "verdict: [high: peak > 0.2 mg/L, otherwise: low]",
      "verdict: [high: peak > 0.3 mg/L, otherwise: low]", "inputs: {drug.feed: 1 mg/h}",
    ] {
      #expect(seen.insert(try identities(text + added)[0]).inserted, "\(added)")
    }
  }

  @Test("a seed counts where random numbers reach a run")
  func seeds() throws {
    let noise =
      "inputs: {drug.feed: {noise: {mean: 2 mg/h, standard_deviation: 0.5 mg/h, correlation_time: 1 h}}}\n"
    #expect(try identities(text + noise, seed: 1) != identities(text + noise, seed: 2))
    #expect(try identities(text + noise, seed: 1) == identities(text + noise, seed: 1))
  }

  @Test("runs from a steady state are told apart by the doses that lead to it")
  func steadyStates() throws {
    func of(_ amount: String) throws -> [UInt64] {
      try identities(
        """
        model: test
        duration: 12 h
        table: {file: doses.csv, time_unit: h, amount_unit: mg, compartments: {1: drug.oral}}
        reduce: {peak: max(drug.plasma)}
        """, tables: ["doses.csv": "ID,TIME,AMT,CMT,EVID,SS,II\n1,0,\(amount),1,1,1,6\n"])
    }
    #expect(try of("10") == of("10.0"))
    #expect(try of("10") != of("11"))
  }

  @Test("no two of many runs agree by chance")
  func collisions() throws {
    let found = try identities(
      text + "sweep: {design: random, samples: 20000, parameters: {drug.V: [10 L, 60 L]}}")
    #expect(Set(found).count == found.count)
    // Each bit is set as often as not.
    for bit in 0..<64 {
      let count = found.count { $0 >> UInt64(bit) & 1 == 1 }
      #expect(abs(Double(count) - 10_000) < 5 * 70.7)
    }
  }

  @Test("the file has the identity of every run, and what failed runs reached last")
  func file() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/afterglow-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // Some runs need more steps than they may take.
    let experiment = try rightExperiment(
      text + """
        solver: {method: dopri5, maximum_steps: 200}
        sweep: {design: random, samples: 40, parameters: {drug.k: {log_uniform: [0.1 /h, 10000 /h]}}}
        """)
    let campaign = Campaign(
      experiment, options: CampaignOptions(threads: 2, backend: .interpreter, chunk: 3))
    let path = folder + "/x.h5"
    let header = CampaignJournal.header(
      experiment, campaign.plan, overrides: ExperimentOverrides(), version: "1")
    let journal = try JournalWriter(path: path + ".journal", header: header)
    let output = try ResultFileOutput(
      path: path, experiment: experiment, plan: campaign.plan, mayReplace: false, facts: [:])
    let summary = try campaign.run(into: JournaledOutput(journal, header, output))
    try output.commit(summary: summary)
    journal.close()
    let failed = summary.progress.failed
    #expect(failed > 3 && failed < 37)
    let reader = try ResultFileReader(path: path)
    #expect(
      try reader.identities() == (0..<40).map(campaign.plan.identity))
    let runs = try reader.numbers("failures/failed_run")
    let times = try reader.numbers("failures/last_time")
    let depot = try reader.numbers("failures/drug.depot")
    let status = try reader.numbers("status")
    let reasons = try reader.texts("failure_reason")
    #expect(runs.map { Int($0) } == (0..<40).filter { status[$0] == 2 })
    #expect(times.allSatisfy { $0 >= 3600 && $0 < 43_200 })
    #expect((0..<40).allSatisfy { reasons[$0].isEmpty == (status[$0] == 1) })
    // The depot empties at a known rate.
    for (time, left) in zip(times, depot) {
      #expect(abs(left - 10 * exp(-(time - 3600) / 3600)) < 1e-3)
    }
    // The journal has them too.
    let journaled = try JournalReader(path: path + ".journal")
    var found: [Int: RunRecord] = [:]
    while let entry = journaled.next() {
      for (run, record) in zip(entry.runs, entry.records) { found[run] = record }
    }
    for (place, run) in runs.enumerated() {
      #expect(found[Int(run)]?.lastTime == times[place])
      #expect(found[Int(run)]?.lastStates.count == 3)
    }
    // Runs of another version of the numerics are not taken over.
    var finished = FinishedRuns(try JournalReader(path: path + ".journal"))
    #expect(finished.forgetOthers(than: campaign.plan) == 0)
    let other = RunPlan(
      try rightExperiment(
        text.replacing("10 mg", with: "11 mg") + """
          solver: {method: dopri5, maximum_steps: 200}
          sweep: {design: random, samples: 40, parameters: {drug.k: {log_uniform: [0.1 /h, 10000 /h]}}}
          """))
    #expect(finished.forgetOthers(than: other) == 40 && finished.leftCount == 40)
  }
}
