import Diagnostics
import Programs
import Simulations
import Testing

@testable import Experiments

@Suite("Validation")
struct ValidationTests {
  private func read(_ text: String) -> (cases: [ValidationCase], diagnostics: [Diagnostic]) {
    ValidationCase.read(
      SourceFile(path: "rows.yaml", text: text),
      library: FileLibrary(mainModel: drugModel, files: []))
  }

  private func row(accept: String, value: String = "peak") -> String {
    """
    id: T1
    title: Peak after a bolus
    source: a test
    kind: validation
    published: 5 mg/L
    accept: \(accept)
    model: test
    duration: 6 h
    every: 1 min
    arms:
      drug: {doses: [{into: drug, route: intravenous, amount: 100 mg, start: 1 h}]}
      double: {doses: [{into: drug, route: intravenous, amount: 200 mg, start: 1 h}]}
    measure:
      peak: "drug: max(drug.plasma)"
      twice: "double: max(drug.plasma)"
    value: \(value)
    """
  }

  private let options = CampaignOptions(threads: 1, backend: .interpreter)

  @Test("a value within the accepted range passes, another fails")
  func verdicts() throws {
    let good = try #require(read(row(accept: "[4.9 mg/L, 5.1 mg/L]")).cases.first).run(
      options: options)
    #expect(good.verdict == .pass)
    // The peak is the dose over the volume, to one rounding per operation.
    #expect(abs(good.value - 5e-3) < 1e-15)
    #expect(good.shown.low == "4.9 mg/L")
    let bad = try #require(read(row(accept: "[1 mg/L, 2 mg/L]")).cases.first).run(options: options)
    #expect(bad.verdict == .fail)
  }

  @Test("a value may combine measures of several arms")
  func arithmetic() throws {
    let (cases, diagnostics) = read(row(accept: "[1.99, 2.01]", value: "twice / peak"))
    #expect(diagnostics.isEmpty)
    #expect(try #require(cases.first).run(options: options).verdict == .pass)
  }

  @Test("a file may hold several rows")
  func severalRows() {
    let one = row(accept: "[4.9 mg/L, 5.1 mg/L]").split(separator: "\n")
      .enumerated().map { ($0 == 0 ? "- " : "  ") + $1 }.joined(separator: "\n")
    #expect(read(one + "\n" + one).cases.count == 2)
  }

  @Test(
    "what does not fit is reported",
    arguments: [
      ("accept: [1 mg/L, 2 mg/L]", "accept: [2 mg/L, 1 mg/L]", "range-reversed"),
      ("accept: [1 mg/L, 2 mg/L]", "accept: [2 mg, 3 mg]", "unit-mismatch"),
      ("\"drug: max", "\"drag: max", "unknown-arm"), ("\"drug: max", "\"max", "unknown-arm"),
      ("kind: validation", "kind: guess", "unknown-word"),
      ("source: a test\n", "", "missing-key"), ("every:", "evry:", "unknown-key"),
    ])
  func problems(old: String, new: String, id: String) {
    let (cases, diagnostics) = read(row(accept: "[1 mg/L, 2 mg/L]").replacing(old, with: new))
    #expect(cases.isEmpty)
    #expect(diagnostics.first?.id == id)
  }
}
