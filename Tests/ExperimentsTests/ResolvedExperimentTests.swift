import Diagnostics
import Testing

@testable import Experiments

@Suite("Resolved experiments")
struct ResolvedExperimentTests {
  static let text = """
    title: "A \\"quoted\\" title: with signs"
    description: |
      Two lines
      of text.
    model: test
    duration: 0.3 d
    lead_in: 7 min
    parameters: {drug.weight: 71.3 kg}
    arms:
      drug:
        doses:
          - {into: drug, route: oral, amount: 0.123 mg/kg, start: 0.1 h, every: 1.7 h, count: 3}
          - {into: drug, route: intravenous, amount: 3.3 mg, start: 0.7 h, over: 0.3 h}
        parameters: {drug.F: 0.7}
      placebo: {}
    record: {every: 0.1 h, variables: [drug.plasma, drug.depot], precision: single}
    reduce: {peak: max(drug.plasma), late: "mean(drug.plasma, 3 h, 6 h)"}
    solver: {method: rodas5p, relative_tolerance: 1e-7, absolute_tolerance: {drug.central: 1 ug}}
    sweep:
      design: latin-hypercube
      samples: 5
      seed: 12
      centred: true
      parameters:
        drug.k: {log_uniform: [0.1 /h, 0.9 /h]}
        dose.amount: [0.1 mg/kg, 0.9 mg/kg]
    account: ["the peak is {peak}"]
    """

  @Test("written out and read back, an experiment gives the same bits")
  func roundTrip() throws {
    let first = try rightExperiment(
      Self.text.replacing(
        "          - {into: drug, route: intravenous, amount: 3.3 mg, start: 0.7 h, over: 0.3 h}\n",
        with: ""))
    let second = try rightExperiment(first.resolved.yaml())
    #expect(second.resolved == first.resolved)
    #expect(second.title == "A \"quoted\" title: with signs")
    #expect(second.description == "Two lines\nof text.\n")
    let (one, other) = (try results(of: first), try results(of: second))
    #expect(one.samples == other.samples)
    #expect(one.reductions == other.reductions)
    #expect(one.samples[0].contains { $0 > 0 })
  }

  @Test("seeds of 64 bits are read back as they are", arguments: [0, 1 << 62, 1 << 63, UInt64.max])
  func seeds(seed: UInt64) throws {
    let experiment = try rightExperiment(
      Self.text, overrides: ExperimentOverrides(seed: seed))
    #expect(experiment.seed == seed)
    #expect(try rightExperiment(experiment.resolved.yaml()).seed == seed)
    let written = try rightExperiment(
      "title: A seed\nmodel: test\nduration: 1 h\nseed: \(seed)\nreduce: {end: final(drug.plasma)}")
    #expect(written.seed == seed)
  }

  @Test("what was set from outside is in the title and the description, also when read again")
  func changes() throws {
    let overrides = ExperimentOverrides(
      settings: [("drug.V", "25 L"), ("drug.ka", "2 /h")])
    let experiment = try rightExperiment(Self.text, overrides: overrides)
    let plain = try rightExperiment(Self.text)
    #expect(experiment.title == plain.title + " (with drug.V = 25 L, drug.ka = 2 /h)")
    #expect(
      experiment.description
        == plain.description + "Set from outside the file: drug.V = 25 L, drug.ka = 2 /h.")
    let again = try rightExperiment(experiment.resolved.yaml())
    #expect(again.title == experiment.title && again.description == experiment.description)
    #expect(
      try rightExperiment(Self.text, overrides: ExperimentOverrides(seed: 7)).title == plain.title)
  }

  @Test("a byte order mark is skipped")
  func byteOrderMark() throws {
    let plain = try rightExperiment(Self.text)
    #expect(try rightExperiment("\u{FEFF}" + Self.text).resolved == plain.resolved)
  }

  @Test("overrides are part of what is written out")
  func overrides() throws {
    let overrides = ExperimentOverrides(
      settings: [("drug.weight", "65 kg"), ("drug.F", "0.5")], seed: 99)
    let experiment = try rightExperiment(Self.text, overrides: overrides)
    let again = try rightExperiment(experiment.resolved.yaml())
    #expect(again.seed == 99)
    #expect(again.resolved == experiment.resolved)
    let plan = RunPlan(experiment)
    for run in [0, plan.count - 1] {
      #expect(plan.parameters(of: run)[0] == 65)
      #expect(plan.parameters(of: run)[6] == 0.5)
    }
  }

  @Test(
    "overrides that do not fit are reported",
    arguments: [
      ("drug.wieght", "65 kg", "unknown-parameter"), ("drug.weight", "65 L", "unit-mismatch"),
      ("drug.k", "0.3 /h", "swept-parameter"), ("dose.amount", "1 mg", "swept-parameter"),
      ("drug.weight", "900 kg", "outside-allowed-range"),
      ("dose.ammount", "1 mg", "unknown-parameter"),
    ])
  func wrongOverrides(path: String, value: String, id: String) {
    let (_, diagnostics) = readExperiment(
      Self.text, overrides: ExperimentOverrides(settings: [(path, value)]))
    #expect(diagnostics.map(\.id) == [id])
  }

  @Test("JSON has the same content")
  func json() throws {
    let value = PlainValue.table([
      PlainValue.Entry("a", .list([.integer(1), .number(0.5)])),
      PlainValue.Entry("b c", .text("x\n\"y\"\u{1}")), PlainValue.Entry("d", .table([])),
    ])
    #expect(
      value.json() == """
        {
          "a": [
            1,
            0.5
          ],
          "b c": "x\\n\\"y\\"\\u0001",
          "d": {}
        }
        """)
  }
}
