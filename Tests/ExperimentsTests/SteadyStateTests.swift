import Diagnostics
import Foundation
import Programs
import Testing

@testable import Experiments

/// Steady states of doses where elimination is saturable, something is conserved, or there is none.
///
/// The solver works at 1e-6, and steady states settle within it: 1e-6 of the value is the bound.
@Suite("Steady states of doses")
struct SteadyStateTests {
  private static let capacity = 10.0
  private static let halfSaturation = 5.0

  /// Elimination by Michaelis and Menten, of 10 mg/h at the most.
  private static let saturable = SourceFile(
    path: "Models/saturable.model",
    text: """
      model Saturable {
        parameter Vmax : mg/h = 10 mg/h  assumed "a test value"
        parameter Km : mg = 5 mg         assumed "a test value"
        parameter ka : 1/h = 1 /h        assumed "a test value"
        state depot : mg = 0 mg
        state central : mg = 0 mg
        depot' = -ka*depot
        central' = ka*depot - Vmax*central/(Km + central)
        route oral { into depot }
        route intravenous { into central }
      }
      """)

  /// A deep compartment with a rate of 1e-5 /h, receptors of which there are always as many, and
  /// the area under the curve.
  private static let slow = SourceFile(
    path: "Models/slow.model",
    text: """
      model Slow {
        parameter k : 1/h = 0.2 /h           assumed "a test value"
        parameter kd : 1/h = 1e-5 /h         assumed "a test value"
        parameter kon : 1/mg/h = 0.1 /mg/h   assumed "a test value"
        parameter koff : 1/h = 0.5 /h        assumed "a test value"
        parameter counts : 1 = 0             assumed "a test value"
        state central : mg = 0 mg
        state deep : mg = 0 mg
        state free : 1 = 1
        state bound : 1 = 0
        state area : mg*h = 0 mg*h
        central' = -(k + kd)*central + kd*deep
        deep' = kd*(central - deep)
        free' = koff*bound - kon*central*free
        bound' = kon*central*free - koff*bound
        area' = counts*central
        route intravenous { into central }
      }
      """)

  private struct Found {
    var values: [Double]
    var failure: String
  }

  private func simulate(
    _ model: SourceFile, _ rows: String, variables: String = "central",
    compartments: String = "{1: oral, 2: intravenous}", parameters: String = "",
    solver: String = "relative_tolerance: 1e-6, absolute_tolerance: 1e-6", threads: Int = 1
  ) throws -> [Found] {
    let (experiment, diagnostics) = Experiment.read(
      SourceFile(
        path: "test.yaml",
        text: """
          model: test
          duration: 12 h
          parameters: {\(parameters)}
          table: {file: doses.csv, time_unit: h, amount_unit: mg, compartments: \(compartments)}
          record: {times: [0 h], variables: [\(variables)]}
          solver: {\(solver)}
          """),
      library: FileLibrary(
        mainModel: model, files: [SourceFile(path: "doses.csv", text: rows)]))
    try #require(!diagnostics.hasErrors, "\(DiagnosticPrinter().text(of: diagnostics))")
    let read = try #require(experiment)
    let output = CollectedRuns(read)
    try Campaign(read, options: CampaignOptions(threads: threads, backend: .interpreter))
      .run(into: output)
    return output.reports.indices.map { run in
      Found(
        values: (0..<variables.split(separator: ",").count).map {
          Array(output.samples(of: $0, run: run))[0]
        }, failure: output.reports[run].reason ?? "")
    }
  }

  /// What a bolus every 12 h comes to just after it.
  ///
  /// Between two of them Km·ln(p/x) + (p − x) = Vmax·T for the peak p and the trough x = p − D, so that
  /// x = D/(exp((Vmax·T − D)/Km) − 1).
  private static func peak(_ dose: Double) -> Double {
    dose / expm1((capacity * 12 - dose) / halfSaturation) + dose
  }

  @Test(
    "boluses near saturation come to the closed form",
    arguments: [60, 108, 118.8, 119.88, 119.988])
  func boluses(dose: Double) throws {
    let found = try simulate(Self.saturable, "TIME,AMT,II,SS,CMT\n0,\(dose),12,1,2")
    let value = found[0].values[0] * 1e6
    #expect(abs(value / Self.peak(dose) - 1) < 1e-6, "\(value) mg")
  }

  @Test("methods of fixed and of variable step find the same", arguments: ["rodas5p", "rk4"])
  func methods(method: String) throws {
    let step = method == "rk4" ? "method: rk4, step: 6 min" : "method: \(method)"
    let found = try simulate(
      Self.saturable, "TIME,AMT,II,SS,CMT\n0,118.8,12,1,2", solver: step)
    // The error of rk4 with 6 min is far below a millionth here: rates change over hours.
    #expect(abs(found[0].values[0] * 1e6 / Self.peak(118.8) - 1) < 2e-6)
  }

  /// By `scipy.integrate.solve_ivp` (DOP853 at 1e-13) over one interval and `scipy.optimize.brentq`
  /// for the amount in the central compartment that it leaves as it is.
  @Test(
    "swallowed doses near saturation come to a reference",
    arguments: [(108.0, 13.200156573), (119.88, 4945.189320601)])
  func swallowed(dose: Double, trough: Double) throws {
    let found = try simulate(Self.saturable, "TIME,AMT,II,SS,CMT\n0,\(dose),12,1,1")
    #expect(abs(found[0].values[0] * 1e6 / trough - 1) < 1e-6)
  }

  @Test("a constant infusion comes to Km·R/(Vmax − R)", arguments: [1e-5, 5, 9.9, 9.999])
  func constant(rate: Double) throws {
    let found = try simulate(Self.saturable, "TIME,AMT,RATE,II,SS,CMT\n0,0,\(rate),0,1,2")
    let expected = Self.halfSaturation * rate / (Self.capacity - rate)
    #expect(abs(found[0].values[0] * 1e6 / expected - 1) < 1e-6)
  }

  @Test("doses every third of a second add up to their steady state")
  func shortInterval() throws {
    let found = try simulate(Self.saturable, "TIME,AMT,II,SS,CMT\n0,0.0005,1e-4,1,2")
    let expected = 5e-4 / expm1((1e-3 - 5e-4) / Self.halfSaturation) + 5e-4
    #expect(abs(found[0].values[0] * 1e6 / expected - 1) < 1e-6)
  }

  @Test(
    "where as much or more enters than can leave, both amounts are said",
    arguments: [(120.0, "120 mg"), (132.0, "132 mg")], [1, 2])
  func none(dose: (amount: Double, text: String), compartment: Int) throws {
    let found = try simulate(
      Self.saturable, "TIME,AMT,II,SS,CMT\n0,\(dose.amount),12,1,\(compartment)")
    #expect(found[0].values[0].isNaN)
    let text = found[0].failure
    #expect(text.contains("the doses reach no steady state"), "\(text)")
    #expect(text.contains("brings \(dose.text), and no more than 120 mg leave in it"), "\(text)")
    #expect(text.contains("`central` grows by"), "\(text)")
  }

  @Test("a constant infusion at or above capacity is refused with both", arguments: [10, 11])
  func noneOfInfusion(rate: Int) throws {
    let found = try simulate(Self.saturable, "TIME,AMT,RATE,II,SS,CMT\n0,0,\(rate),0,1,2")
    let text = found[0].failure
    #expect(text.contains("each hour brings \(rate) mg, and no more than 10 mg leave"), "\(text)")
  }

  /// From the exponential of the two compartments' matrix; with the mean amount of 62.5 mg, what the
  /// deep compartment lags behind in an interval is 6e-5 of it.
  @Test("a compartment that takes thousands of intervals to fill is full")
  func slowCompartment() throws {
    let found = try simulate(
      Self.slow, "TIME,AMT,II,SS,CMT\n0,100,8,1,2", variables: "central, deep, free, bound",
      compartments: "{2: intravenous}")
    let values = found[0].values
    #expect(abs(values[0] * 1e6 / 125.29762438 - 1) < 1e-6, "\(found[0].failure)")
    #expect(abs(values[1] * 1e6 / 62.49936015 - 1) < 1e-6)
    // As many receptors as at the start, to rounding and the tolerance of the state.
    #expect(abs(values[2] + values[3] - 1) < 1e-6)
  }

  @Test("what only adds up is named")
  func accumulation() throws {
    let found = try simulate(
      Self.slow, "TIME,AMT,II,SS,CMT\n0,100,8,1,2", compartments: "{2: intravenous}",
      parameters: "counts: 1")
    let text = found[0].failure
    #expect(
      text.contains("no steady state: `area` grows by 500 mg*h with each interval"), "\(text)")
  }

  @Test("a dose of picograms is followed as exactly as one of grams")
  func smallDose() throws {
    let rows = "TIME,AMT,II,SS,CMT\n0,1e-9,8,1,2"
    let found = try simulate(Self.slow, rows, compartments: "{2: intravenous}")
    // The linear part scales with the dose.
    #expect(abs(found[0].values[0] * 1e6 / 1.2529762438e-9 - 1) < 1e-6, "\(found[0].failure)")
  }

  @Test("infusions without end that overlap too often are refused with the reason")
  func overlap() throws {
    // Below the limit when the table is read, above it by a bioavailability of 1.5.
    let rows = "TIME,AMT,RATE,II,SS,CMT\n0,100,1e-4,12,1,2"
    let experiment = try rightExperiment(
      """
      model: test
      duration: 12 h
      parameters: {drug.F: 1.5}
      table: {file: doses.csv, time_unit: h, amount_unit: mg, compartments: {2: drug.intravenous}}
      record: {times: [0 h], variables: [drug.central]}
      """, tables: ["doses.csv": rows])
    let output = CollectedRuns(experiment)
    try Campaign(experiment, options: CampaignOptions(threads: 1, backend: .interpreter))
      .run(into: output)
    #expect(output.reports[0].reason?.contains("more than 100000 intervals") == true)
  }

  @Test("one individual's steady state has the same bits whoever the others are")
  func neighbours() throws {
    let doses = [60, 108, 119.88, 132, 118.8, 20]
    let rows = doses.enumerated().map { "\($0.offset),0,\($0.element),12,1,\(1 + $0.offset % 2)" }
    let header = "ID,TIME,AMT,II,SS,CMT\n"
    let together = try simulate(
      Self.saturable, header + rows.joined(separator: "\n"), threads: 3)
    for (index, row) in rows.enumerated() {
      let alone = try simulate(Self.saturable, header + row)
      #expect(alone[0].values[0].bitPattern == together[index].values[0].bitPattern)
      #expect(alone[0].failure.isEmpty == together[index].failure.isEmpty)
    }
  }
}

/// Sums over any number of intervals.
@Suite("Linearised intervals")
struct LinearisedPeriodTests {
  /// Makes the derivative that a matrix is.
  private func period(_ matrix: [[Double]], sizes: [Double]) -> LinearisedPeriod {
    let zero = matrix.map { _ in 0.0 }
    return LinearisedPeriod(
      end: zero,
      shifts: matrix.indices.map { column in (step: 1, end: matrix.map { $0[column] }) },
      sizes: sizes)
  }

  @Test(
    "a change that shrinks by a factor q moves a state by g/(1 − q)", arguments: [0, 0.5, -0.9])
  func geometric(q: Double) {
    let movement = period([[q]], sizes: [1]).movement(after: [3])
    #expect(movement.isAll)
    #expect(abs(movement.distances[0] - 3 / (1 - q)) < 1e-7 * 3 / (1 - q))
  }

  @Test("slow changes are summed to their end")
  func slow() {
    let movement = period([[1 - 1e-7]], sizes: [1]).movement(after: [1e-9])
    #expect(movement.isAll)
    #expect(abs(movement.distances[0] - 1e-2) < 1e-8)
  }

  @Test("what is conserved stays so, whatever the sizes")
  func conserved() {
    // Two states exchange; their sum is conserved. From (1, −1)·g they move by g/(1 − 0.5).
    let matrix = [[0.75, 0.25], [0.25, 0.75]]
    for size in [1.0, 1e-6] {
      let movement = period(matrix, sizes: [size, 4 * size]).movement(after: [3 * size, -3 * size])
      #expect(movement.isAll)
      #expect(abs(movement.distances[0] - 6 * size) < 1e-6 * size)
      #expect(abs(movement.distances[0] + movement.distances[1]) < 1e-9 * size)
    }
  }

  @Test("what grows steadily, or faster, has no sum")
  func growing() {
    #expect(!period([[1]], sizes: [1]).movement(after: [1e-3]).isAll)
    #expect(!period([[1.01]], sizes: [1]).movement(after: [1e-3]).isAll)
    #expect(!period([[-1]], sizes: [1]).movement(after: [1e-3]).isAll)
  }
}
