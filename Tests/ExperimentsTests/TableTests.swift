import Diagnostics
import Testing

@testable import Experiments

@Suite("Tables")
struct TableTests {
  private func table(_ text: String) -> (CommaSeparatedTable?, [Diagnostic]) {
    let problems = ProblemList()
    let table = CommaSeparatedTable(SourceFile(path: "t.csv", text: text), problems: problems)
    return (table, problems.diagnostics)
  }

  @Test("quotes, comments, empty lines, spaces and line ends of other systems are understood")
  func forms() {
    let (table, _) = table("\u{FEFF}a , \"b,c\"\r\n# note\r\n\r\n 1,\"say \"\"x\"\"\"\r\n.,")
    #expect(table?.header.map(\.text) == ["a", "b,c"])
    #expect(table?.rows.map { $0.cells.map(\.text) } == [["1", "say \"x\""], [".", ""]])
    #expect(table?.rows.map(\.line) == [4, 5])
    #expect(table?.rows[1].cells.allSatisfy(\.isMissing) == true)
  }

  @Test("nothing, and a header alone, are no tables")
  func empty() {
    #expect(table("").1.map(\.id) == ["empty-table"])
    #expect(table("a,b\n").1.map(\.id) == ["empty-table"])
  }

  @Test("the rows of a list design are its points")
  func listDesign() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 1 h
      doses: [{into: drug, route: oral, amount: 1 mg, start: 0 h}]
      reduce: {end: final(drug.central)}
      sweep: {design: list, file: points.csv}
      """, tables: ["points.csv": "drug.V [mL],dose.amount [mg/kg]\n500,0.5\n250,0.25\n"])
    let plan = RunPlan(experiment)
    #expect(plan.count == 2)
    // One rounding for the unit.
    #expect(plan.values(ofPoint: 1).map { ($0 * 1e9).rounded() } == [250_000, 250])
  }

  @Test("observation times of a table are the sample times where the experiment gives none")
  func observationTimes() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 10 h
      table: {file: d.csv, time_unit: h, amount_unit: mg, compartments: {1: drug.oral}}
      record: {variables: [drug.plasma]}
      """, tables: ["d.csv": "ID,TIME,AMT\n1,0,5\n1,2,0\n1,4,0\n2,0,5\n2,3,.\n2,4,.\n"])
    #expect(experiment.recording?.times == [7200, 10800, 14400])
  }
}
