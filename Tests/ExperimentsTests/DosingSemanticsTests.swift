import Foundation
import Testing

@testable import Experiments

/// The rules of NONMEM's event records, against closed-form solutions.
///
/// Repeated and steady-state regimens are sums of the single-dose solution, which is exact for
/// linear systems. The solver works at 1e-9, and a run takes some hundred steps, so 1e-6 of the
/// largest value is a bound with room to spare.
@Suite("Dosing semantics")
struct DosingSemanticsTests {
  static let k = 0.2
  static let ka = 1.0

  /// The amount in the central compartment, t hours after a bolus of 1 mg.
  static func bolus(_ t: Double) -> Double { t <= 0 ? 0 : exp(-k * t) }

  /// The same, after the start of an infusion of 1 mg/h for some hours.
  static func infusion(_ t: Double, hours: Double) -> Double {
    if t <= 0 { return 0 }
    if t <= hours { return (1 - exp(-k * t)) / k }
    return (1 - exp(-k * hours)) / k * exp(-k * (t - hours))
  }

  /// The same, after 1 mg into the depot.
  static func oral(_ t: Double) -> Double {
    t <= 0 ? 0 : ka / (ka - k) * (exp(-k * t) - exp(-ka * t))
  }

  /// A single-dose solution summed over all doses of the past.
  static func steady(_ interval: Double, _ single: (Double) -> Double, _ t: Double) -> Double {
    (0..<2000).reduce(0) { $0 + single(t + Double($1) * interval) }
  }

  static let times: [Double] = [
    0.25, 1.5, 3.5, 5.75, 7.5, 9.25, 12.5, 17.5, 23.5, 29.5, 40.5, 47.5,
  ]

  /// Runs a table and gives the amount in the central compartment at `times`, in mg.
  static func simulate(
    _ rows: String, parameters: String = "",
    compartments: String = "{1: drug.oral, 2: drug.intravenous, 3: drug.spray}"
  ) throws -> [Double] {
    let list = times.map { "\($0) h" }.joined(separator: ", ")
    let experiment = try rightExperiment(
      """
      model: test
      duration: 48 h
      parameters: {\(parameters)}
      table: {file: doses.csv, time_unit: h, amount_unit: mg, compartments: \(compartments)}
      record: {times: [\(list)], variables: [drug.central]}
      solver: {relative_tolerance: 1e-9, absolute_tolerance: 1e-9}
      """, tables: ["doses.csv": rows])
    return try results(of: experiment).samples(of: 0, run: 0).map { $0 * 1e6 }
  }

  static func expect(
    _ rows: String, parameters: String = "", location: SourceLocation = #_sourceLocation,
    _ solution: (Double) -> Double
  ) throws {
    let values = try simulate(rows, parameters: parameters)
    let expected = times.map(solution)
    let scale = expected.map(abs).max() ?? 1
    for (index, time) in times.enumerated() {
      #expect(
        abs(values[index] - expected[index]) <= 1e-6 * scale,
        "at \(time) h: \(values[index]) instead of \(expected[index])", sourceLocation: location)
    }
  }

  @Test("a bolus enters at once")
  func bolusDose() throws {
    try Self.expect("TIME,AMT,CMT\n1,100,2") { 100 * Self.bolus($0 - 1) }
  }

  @Test("a dose into the depot is absorbed")
  func oralDose() throws {
    try Self.expect("TIME,AMT,CMT\n1,100,1") { 100 * Self.oral($0 - 1) }
  }

  @Test("a positive RATE is an infusion that lasts as long as the amount does")
  func infusionDose() throws {
    try Self.expect("TIME,AMT,RATE,CMT\n1,100,20,2") { 20 * Self.infusion($0 - 1, hours: 5) }
  }

  @Test("overlapping infusions add up")
  func overlappingInfusions() throws {
    try Self.expect("TIME,AMT,RATE,CMT\n1,100,20,2\n3,60,10,2") {
      20 * Self.infusion($0 - 1, hours: 5) + 10 * Self.infusion($0 - 3, hours: 6)
    }
  }

  @Test("ADDL gives more doses at the interval II")
  func additionalDoses() throws {
    try Self.expect("TIME,AMT,II,ADDL,CMT\n1,100,6,3,2") { t in
      (0...3).reduce(0) { $0 + 100 * Self.bolus(t - 1 - 6 * Double($1)) }
    }
  }

  @Test("additional infusions may overlap")
  func additionalInfusions() throws {
    try Self.expect("TIME,AMT,RATE,II,ADDL,CMT\n1,100,10,6,3,2") { t in
      (0...3).reduce(0) { $0 + 10 * Self.infusion(t - 1 - 6 * Double($1), hours: 10) }
    }
  }

  @Test("bioavailability scales a bolus, and shortens an infusion of a given rate")
  func bioavailability() throws {
    try Self.expect("TIME,AMT,CMT\n1,100,1", parameters: "drug.F: 0.4") {
      40 * Self.oral($0 - 1)
    }
    try Self.expect("TIME,AMT,RATE,CMT\n1,100,20,2", parameters: "drug.F: 0.4") {
      20 * Self.infusion($0 - 1, hours: 2)
    }
  }

  @Test("a lag delays boluses, infusions and additional doses")
  func lag() throws {
    try Self.expect("TIME,AMT,II,ADDL,CMT\n1,100,6,1,1", parameters: "drug.delay: 1.25 h") {
      100 * Self.oral($0 - 2.25) + 100 * Self.oral($0 - 8.25)
    }
    try Self.expect("TIME,AMT,RATE,CMT\n1,100,20,2", parameters: "drug.delay: 1.25 h") {
      20 * Self.infusion($0 - 2.25, hours: 5)
    }
  }

  @Test("RATE -2 takes the duration from the model")
  func modelDuration() throws {
    try Self.expect("TIME,AMT,RATE,CMT\n1,100,-2,3", parameters: "drug.F: 0.5") {
      100 * Self.infusion($0 - 1, hours: 0.5)
    }
  }

  @Test("EVID 3 returns to the initial state and ends what is under way")
  func reset() throws {
    try Self.expect(
      "TIME,AMT,RATE,II,ADDL,EVID,CMT\n1,100,10,6,5,1,2\n9,0,0,0,0,3,2\n20,50,0,0,0,1,2"
    ) { t in
      let before = 10 * Self.infusion(t - 1, hours: 10) + 10 * Self.infusion(t - 7, hours: 10)
      return t < 9 ? before : 50 * Self.bolus(t - 20)
    }
  }

  @Test("EVID 4 resets and gives a dose")
  func resetAndDose() throws {
    try Self.expect("TIME,AMT,EVID,CMT\n1,100,1,2\n9,30,4,2") { t in
      t < 9 ? 100 * Self.bolus(t - 1) : 30 * Self.bolus(t - 9)
    }
  }

  @Test("EVID 0 and 2 change nothing")
  func observations() throws {
    try Self.expect("TIME,AMT,EVID,MDV,CMT\n1,100,1,1,2\n5,.,0,0,2\n6,.,2,1,2") {
      100 * Self.bolus($0 - 1)
    }
  }

  @Test("without EVID a row with an amount is a dose")
  func withoutEvent() throws {
    try Self.expect("TIME,AMT,CMT\n0,0,2\n1,100,2\n5,.,2") { 100 * Self.bolus($0 - 1) }
  }

  @Test("SS 1 starts from the steady state of repeated boluses")
  func steadyBolus() throws {
    try Self.expect("TIME,AMT,II,SS,CMT\n0.125,100,8,1,2") {
      $0 < 0.125 ? 0 : 100 * Self.steady(8, Self.bolus, $0 - 0.125)
    }
  }

  @Test("SS 1 of doses into the depot")
  func steadyOral() throws {
    try Self.expect("TIME,AMT,II,SS,CMT\n0.125,100,8,1,1") {
      100 * Self.steady(8, Self.oral, $0 - 0.125)
    }
  }

  @Test("SS 1 forgets what was given before, and ADDL continues it")
  func steadyReplaces() throws {
    try Self.expect("TIME,AMT,RATE,II,ADDL,SS,CMT\n1,500,25,0,0,0,2\n6,100,0,8,2,1,2") { t in
      if t < 6 { return 25 * Self.infusion(t - 1, hours: 20) }
      return 100 * Self.steady(8, Self.bolus, t - 6) + 100 * Self.bolus(t - 14)
        + 100 * Self.bolus(t - 22)
    }
  }

  @Test("SS 2 adds the steady state to what is there")
  func steadyAdds() throws {
    try Self.expect("TIME,AMT,RATE,II,SS,CMT\n1,500,25,0,0,2\n6,100,0,8,2,2") { t in
      25 * Self.infusion(t - 1, hours: 20)
        + (t < 6 ? 0 : 100 * Self.steady(8, Self.bolus, t - 6))
    }
  }

  @Test("SS 1 of infusions shorter and longer than the interval", arguments: [3.0, 8, 11, 20])
  func steadyInfusion(hours: Double) throws {
    let rate = 10.0
    try Self.expect("TIME,AMT,RATE,II,SS,CMT\n0.125,\(rate * hours),\(rate),8,1,2") { t in
      rate * Self.steady(8, { Self.infusion($0, hours: hours) }, t - 0.125)
    }
  }

  @Test("SS 1 with a lag, shorter and longer than the interval", arguments: [2.0, 9.5])
  func steadyLag(lag: Double) throws {
    try Self.expect(
      "TIME,AMT,II,SS,CMT\n0.125,100,8,1,2", parameters: "drug.delay: \(lag) h"
    ) { t in
      100 * Self.steady(8, { Self.bolus($0 - lag) }, t - 0.125)
    }
  }

  @Test("SS 1 of an infusion without end")
  func steadyConstant() throws {
    try Self.expect("TIME,AMT,RATE,SS,CMT\n0.125,0,10,1,2") { t in
      10 / Self.k * exp(-Self.k * (t - 0.125))
    }
  }

  @Test("a bolus in two compartments falls with two exponentials")
  func twoCompartments() throws {
    let (k, k12, k21) = (Self.k, 0.5, 0.3)
    let sum = k + k12 + k21
    let root = (sum * sum - 4 * k * k21).squareRoot()
    let (fast, slow) = ((sum + root) / 2, (sum - root) / 2)
    func single(_ t: Double) -> Double {
      if t <= 0 { return 0 }
      return (fast - k21) / (fast - slow) * exp(-fast * t)
        + (k21 - slow) / (fast - slow) * exp(-slow * t)
    }
    let parameters = "drug.k12: 0.5 /h, drug.k21: 0.3 /h"
    try Self.expect("TIME,AMT,CMT\n1,100,2", parameters: parameters) { 100 * single($0 - 1) }
    try Self.expect("TIME,AMT,II,SS,CMT\n0.125,100,8,1,2", parameters: parameters) {
      100 * Self.steady(8, single, $0 - 0.125)
    }
    // An infusion is the integral of boluses.
    func rising(_ t: Double) -> Double {
      if t <= 0 { return 0 }
      return (fast - k21) / (fast - slow) * (1 - exp(-fast * t)) / fast
        + (k21 - slow) / (fast - slow) * (1 - exp(-slow * t)) / slow
    }
    func infused(_ t: Double) -> Double { rising(t) - rising(t - 5) }
    try Self.expect(
      "TIME,AMT,RATE,II,ADDL,CMT\n1,50,10,8,2,2", parameters: parameters + ", drug.delay: 0.5 h"
    ) { t in
      10 * (infused(t - 1.5) + infused(t - 9.5) + infused(t - 17.5))
    }
    try Self.expect("TIME,AMT,RATE,II,SS,CMT\n1,100,0,0,0,2\n3,50,10,8,2,2", parameters: parameters)
    {
      t in
      100 * single(t - 1) + (t < 3 ? 0 : 10 * Self.steady(8, infused, t - 3))
    }
    try Self.expect(
      "TIME,AMT,EVID,CMT\n1,100,1,2\n6,0,3,2\n9,50,4,2\n20,0,2,2", parameters: parameters
    ) { t in t < 6 ? 100 * single(t - 1) : 50 * single(t - 9) }
  }

  /// NONMEM's records of one time are in the order of the rows, and a row of EVID 0 behind a dose sees it.
  @Test("what is observed at the time of a dose is what is there after it")
  func observedAtDose() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 24 h
      parameters: {drug.k: 0.1 /h}
      table: {file: doses.csv, time_unit: h, amount_unit: mg, compartments: {2: drug.intravenous}}
      record: {variables: [drug.plasma]}
      reduce: {early: "at(drug.plasma, 1 h)", late: "at(drug.plasma, 13 h)", last: final(drug.plasma)}
      solver: {method: dopri5, relative_tolerance: 1.0e-10}
      """,
      tables: [
        "doses.csv": """
        TIME,AMT,CMT,EVID
        1,100,2,1
        1,0,2,0
        13,100,2,1
        13,0,2,0
        24,100,2,1
        24,0,2,0
        """
      ])
    let found = try results(of: experiment)
    // 100 mg in 20 L; a change at the very end of a run has no effect.
    let second = 5 * (1 + exp(-1.2))
    let expected = [5, second, second * exp(-1.1)]
    let samples = found.samples(of: 0, run: 0).map { $0 * 1e3 }
    for (value, wanted) in zip(samples, expected) { #expect(abs(value - wanted) < 1e-8) }
    for (reduction, wanted) in expected.enumerated() {
      #expect(abs(found.reductions[reduction][0] * 1e3 - wanted) < 1e-8)
    }
  }

  /// Methods of Runge–Kutta keep linear invariants, so that only rounding is left.
  @Test(
    "what is in the body and what has left it are what was given, to rounding",
    arguments: ["dopri5", "rodas4", "rodas5p"])
  func massBalance(method: String) throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 30 h
      parameters: {drug.k12: 0.3 /h, drug.k21: 0.1 /h, drug.F: 0.7}
      doses:
        - {into: drug, route: oral, amount: 100 mg, start: 1 h, every: 8 h, count: 3}
        - {into: drug, route: intravenous, amount: 50 mg, start: 2.5 h, over: 3 h}
      solver: {method: \(method), relative_tolerance: 1.0e-5}
      reduce:
        left: integral(drug.k*drug.central)
        depot: final(drug.depot)
        central: final(drug.central)
        peripheral: final(drug.peripheral)
      """)
    let total = try results(of: experiment).reductions.map { $0[0] * 1e6 }.reduce(0, +)
    let given = 0.7 * (300 + 50)
    // Some hundred steps, each with a rounding of 1e-16.
    #expect(abs(total / given - 1) < 1e-13)
  }
}
