import Diagnostics
import Programs
import Simulations
import Synchronization
import Testing

@testable import Experiments

@Suite("Campaigns")
struct CampaignTests {
  static let sweep = """
    model: test
    duration: 12 h
    seed: 3
    arms:
      drug: {doses: [{into: drug, route: oral, amount: 1.5 mg/kg, start: 1 h}]}
      placebo: {}
    record: {every: 2 h, variables: [drug.plasma]}
    reduce: {peak: max(drug.plasma), end: final(drug.central)}
    sweep:
      design: latin-hypercube
      samples: 37
      parameters:
        drug.k: {log_uniform: [0.1 /h, 1 /h]}
        drug.weight: [50 kg, 90 kg]
    """

  @Test("results do not depend on threads and chunks")
  func determinism() throws {
    let experiment = try rightExperiment(Self.sweep)
    let reference = try results(of: experiment)
    for (threads, chunk) in [(2, nil), (2, 1), (1, 7), (2, 100)] as [(Int, Int?)] {
      let other = try results(of: experiment, threads: threads, chunk: chunk)
      #expect(other.samples == reference.samples)
      #expect(other.reductions == reference.reductions)
    }
  }

  @Test("some runs alone are what they are among all")
  func chosenRuns() throws {
    let experiment = try rightExperiment(Self.sweep)
    let reference = try results(of: experiment)
    let some = CollectedRuns(experiment)
    let chosen = [40, 3, 73]
    try Campaign(experiment, options: CampaignOptions(threads: 1, backend: .interpreter))
      .run(only: chosen, into: some)
    for run in chosen {
      #expect(some.reductions[0][run] == reference.reductions[0][run])
      #expect(some.reports[run].status == .done)
    }
    #expect(some.reports.count { $0.status == .done } == chosen.count)
  }

  @Test("runs are arms times points, and placebo stays at nothing")
  func arms() throws {
    let experiment = try rightExperiment(Self.sweep)
    let plan = RunPlan(experiment)
    #expect(plan.count == 74)
    #expect(plan.place(of: 40) == (arm: 1, individual: 0, point: 3))
    let output = try results(of: experiment)
    #expect(output.reductions[0][..<37].allSatisfy { $0 > 0 })
    #expect(output.reductions[0][37...].allSatisfy { $0 == 0 })
  }

  @Test("a dose per kilogram follows the weight of each run")
  func perKilogram() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 1 h
      doses: [{into: drug, route: intravenous, amount: 2 mg/kg, start: 0 h}]
      reduce: {end: final(drug.central)}
      parameters: {drug.k: 0 /h, drug.ka: 0 /h}
      sweep: {design: grid, parameters: {drug.weight: {values: [50 kg, 80 kg]}}}
      """)
    let amounts = try results(of: experiment).reductions[0].map { $0 * 1e6 }
    // One rounding for the product, one for the sum with 0, one for the shown unit.
    #expect(abs(amounts[0] - 100) < 1e-11)
    #expect(abs(amounts[1] - 160) < 1e-11)
  }

  @Test("driven inputs may follow parameters, and keep their value until the next time")
  func drivenInputs() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 10 h
      parameters: {drug.ka: 0 /h}
      inputs: {drug.feed: [[1 h, 10 mg/h], [3 h, drug.k * 100 mg]]}
      doses: [{into: drug, route: oral, amount: 7 mg, start: 2 h, over: 2 h}]
      reduce: {end: final(drug.depot)}
      sweep: {design: grid, parameters: {drug.k: {values: [0.2 /h, 0.4 /h]}}}
      """)
    let amounts = try results(of: experiment).reductions[0].map { $0 * 1e6 }
    // Constant rates are integrated exactly, to a rounding per step.
    #expect(abs(amounts[0] - (7 + 20 + 140)) < 1e-9)
    #expect(abs(amounts[1] - (7 + 20 + 280)) < 1e-9)
  }

  @Test("the settings of doses can be swept")
  func sweptDoses() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 10 h
      parameters: {drug.k: 0 /h}
      doses: [{into: drug, route: intravenous, amount: 1 mg, start: 0 h, every: 1 h, count: 2}]
      reduce: {end: final(drug.central)}
      sweep:
        design: grid
        parameters:
          dose.amount: {values: [2 mg, 3 mg]}
          dose.count: {values: [1, 3]}
      """)
    let amounts = try results(of: experiment).reductions[0].map { ($0 * 1e6).rounded() }
    #expect(amounts == [2, 6, 3, 9])
  }

  @Test("a rate that falls back to nothing is exactly nothing")
  func exactZero() {
    let pieces = [(0.0, 3.0, 0.1), (1, 4, 0.2), (2, 5, 0.3)].map {
      Administration.Infusion(input: 0, start: $0.0, end: $0.1, rate: $0.2)
    }
    let totals = RunSchedule.totals(pieces, base: [], initial: 0, start: -1, end: 10)
    #expect(totals.map(\.time) == [-1, 0, 1, 2, 3, 4, 5])
    #expect(totals.last?.value == 0)
    #expect(totals[5].value == 0.3)
  }

  @Test("a verdict is the first condition that holds")
  func verdicts() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 10 h
      arms:
        high: {doses: [{into: drug, route: intravenous, amount: 90 mg, start: 1 h}]}
        low: {doses: [{into: drug, route: intravenous, amount: 9 mg, start: 1 h}]}
        none: {}
      reduce: {peak: max(drug.plasma)}
      verdict:
        - strong: peak > 1 mg/L
        - weak: peak > 0.1 mg/L and peak <= 1 mg/L
        - otherwise: absent
      """)
    let output = try results(of: experiment)
    #expect(output.reports.map(\.verdict) == [0, 1, 2])
    #expect(experiment.verdict?.names == ["strong", "weak", "absent"])
  }

  @Test("a run that cannot be computed fails alone, with its reason")
  func failure() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 10 h
      doses: [{into: drug, route: intravenous, amount: 90 mg, start: 1 h}]
      reduce: {end: final(drug.central)}
      solver: {method: dopri5, maximum_steps: 200}
      sweep: {design: grid, parameters: {drug.k: {values: [0.1 /h, 1e9 /h, 0.2 /h]}}}
      """)
    let output = CollectedRuns(experiment)
    let summary = try Campaign(
      experiment, options: CampaignOptions(threads: 1, backend: .interpreter)
    ).run(into: output)
    #expect(output.reports.map(\.status) == [.done, .failed, .done])
    let reason = try #require(output.reports[1].reason)
    #expect(reason.hasPrefix("drug.k = 1000000000 /h: "), "the parameter set: \(reason)")
    #expect(reason.contains("`drug.central' = "), "the equation: \(reason)")
    #expect(summary.progress.failed == 1)
    #expect(summary.firstFailure?.run == 1)
  }

  @Test("a raised flag stops taking runs, and what is done is kept")
  func cancellation() throws {
    let experiment = try rightExperiment(Self.sweep)
    let output = CollectedRuns(experiment)
    let flag = CancellationFlag()
    let summary = try Campaign(
      experiment, options: CampaignOptions(threads: 1, backend: .interpreter, chunk: 1)
    ).run(into: output, cancellation: flag) { _ in flag.raise() }
    #expect(summary.wasInterrupted)
    #expect(summary.progress.done > 0)
    #expect(summary.notRun > 0)
    #expect(output.reports.count { $0.status == .done } == summary.progress.done)
  }

  @Test("a steady state that never comes is a failure with a reason")
  func noSteadyState() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 10 h
      parameters: {drug.k: 0 /h}
      table: {file: doses.csv, time_unit: h, amount_unit: mg, compartments: {1: drug.intravenous}}
      reduce: {end: final(drug.central)}
      """, tables: ["doses.csv": "TIME,AMT,II,SS,CMT\n1,10,8,1,1"])
    let output = CollectedRuns(experiment)
    let summary = try Campaign(
      experiment, options: CampaignOptions(threads: 1, backend: .interpreter)
    ).run(into: output)
    #expect(summary.firstFailure?.text.contains("steady state") == true)
  }

  @Test("individuals of a table have their own doses and covariates")
  func individuals() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 10 h
      parameters: {drug.k: 0 /h}
      table: {file: doses.csv, time_unit: h, amount_unit: mg, compartments: {1: drug.intravenous}}
      reduce: {end: final(drug.plasma)}
      """,
      tables: ["doses.csv": "amt,id,time,drug.V [L],note\n10,a,1,2,x\n30,b,1,3,y\n"])
    let plan = RunPlan(experiment)
    #expect(plan.individualCount == 2)
    let levels = try results(of: experiment).reductions[0].map { ($0 * 1e6).rounded() / 1e3 }
    #expect(levels == [5, 10])
  }
}
