import Diagnostics
import Foundation
import Programs
import Storage
import Testing
import Units

@testable import Experiments

@Suite("Virtual individuals")
struct IndividualsTests {
  static let text = """
    model: test
    duration: 200 h
    seed: 4
    arms:
      low: {doses: [{into: drug, route: intravenous, amount: 1 mg/kg, start: 0 h}]}
      high: {doses: [{into: drug, route: intravenous, amount: 2 mg/kg, start: 0 h}]}
    reduce: {peak: max(drug.plasma), exposure: integral(drug.plasma)}
    individuals:
      count: 60
      sampling: latin-hypercube
      correlation: [[drug.weight, drug.V, 0.7]]
      parameters:
        drug.weight: {normal: [70 kg, 12 kg], truncated: [45 kg, 110 kg]}
        drug.V: {log_normal: typical, cv: 0.25}
        drug.k: {log_normal: [typical, 0.3]}
    """

  /// What the file says of all individuals is worked out here again, from the runs.
  @Test("are summed up in the file: reductions, and what is recorded at every time")
  func summary() throws {
    let path = FileManager.default.temporaryDirectory.path + "/\(UUID().uuidString).h5"
    defer { unlink(path) }
    let experiment = try rightExperiment(
      Self.text + "\nrecord: {every: 50 h, variables: [drug.plasma]}"
        + "\nsweep: {design: grid, parameters: {drug.ka: {values: [1 /h, 2 /h, 3 /h]}}}")
    let campaign = Campaign(
      experiment, options: CampaignOptions(threads: 2, backend: .interpreter))
    let output = try ResultFileOutput(
      path: path, experiment: experiment, plan: campaign.plan, mayReplace: false, facts: [:])
    try output.commit(summary: try campaign.run(into: output))
    let reader = try ResultFileReader(path: path)
    let names = try reader.texts("statistic")
    #expect(reader.shape(of: "peak.across_individuals") == [2, 3, names.count])
    #expect(reader.shape(of: "drug.plasma.across_individuals") == [2, 3, 5, names.count])
    #expect(try reader.numbers("peak.individuals") == Array(repeating: 60, count: 6))
    func check(_ name: String, inner: Int) throws {
      let values = try reader.numbers(name)
      let spreads = try reader.numbers(name + ".across_individuals")
      for (arm, point, place) in (0..<2).flatMap({ arm in
        (0..<3).flatMap { point in (0..<inner).map { (arm, point, $0) } }
      }) {
        let sample = (0..<60).map { values[((arm * 60 + $0) * 3 + point) * inner + place] }
        let first = ((arm * 3 + point) * inner + place) * names.count
        let found = Dictionary(uniqueKeysWithValues: zip(names, spreads[first...]))
        let mean = sample.reduce(0, +) / 60
        let sorted = sample.sorted()
        #expect(abs(try #require(found["mean"]) - mean) <= 1e-12 * abs(mean))
        #expect(found["median"] == (sorted[29] + 0.5 * (sorted[30] - sorted[29])))
        let squares = sample.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 59
        let deviation = try #require(found["standard_deviation"])
        #expect(abs(deviation * deviation - squares) <= 1e-9 * squares)
        // 5 % of 59 intervals are 2.95 of them.
        let low = sorted[2] + 0.95 * (sorted[3] - sorted[2])
        #expect(abs(try #require(found["percentile_5"]) - low) <= 1e-12 * abs(low))
        let quartiles = [
          try #require(found["percentile_25"]), try #require(found["percentile_75"]),
        ]
        #expect(quartiles[0] <= quartiles[1])
      }
    }
    try check("peak", inner: 1)
    try check("exposure", inner: 1)
    try check("drug.plasma", inner: 5)
  }

  @Test("missing ones are left out of what is said of all, and counted")
  func missing() {
    let spread = IndividualSpread([2, 4])
    #expect(spread.mean == 3 && spread.count == 2 && spread.median == 3)
    #expect(abs(spread.standardDeviation - 2.0.squareRoot()) < 1e-15)
    #expect(IndividualSpread([5]).standardDeviation.isNaN)
    #expect(IndividualSpread([]).mean.isNaN && IndividualSpread([]).median.isNaN)
  }

  /// The peak is the dose over the volume, the exposure that over the rate.
  @Test("each individual has its own parameters, the same in every arm")
  func ownParameters() throws {
    let experiment = try rightExperiment(Self.text)
    let plan = RunPlan(experiment)
    #expect(plan.individualCount == 60 && plan.count == 120)
    let output = try results(of: experiment)
    for individual in 0..<60 {
      let (low, high) = (plan.parameters(of: individual), plan.parameters(of: 60 + individual))
      #expect(low == high)
      let (weight, volume, rate) = (low[0], low[1], low[2])
      let peak = weight * 1e-6 / volume
      // The tolerance of the solver, 1e-6, with a margin of ten.
      #expect(abs(output.reductions[0][individual] / peak - 1) < 1e-5)
      #expect(abs(output.reductions[0][60 + individual] / peak - 2) < 2e-5)
      let left = exp(-rate * 200 * 3600)
      #expect(abs(output.reductions[1][individual] / (peak / rate * (1 - left)) - 1) < 1e-5)
    }
    let weights = plan.individualValues(onAxis: 0)
    #expect(weights.allSatisfy { (45...110).contains($0) })
    #expect(Set(weights).count == 60)
  }

  @Test("results do not depend on threads, and written out the experiment gives the same bits")
  func sameBits() throws {
    let experiment = try rightExperiment(Self.text)
    let reference = try results(of: experiment)
    #expect(try results(of: experiment, threads: 2, chunk: 7).reductions == reference.reductions)
    let again = try rightExperiment(experiment.resolved.yaml())
    #expect(again.resolved == experiment.resolved)
    #expect(try results(of: again).reductions == reference.reductions)
  }

  @Test("a factor multiplies what a parameter is without it, also a formula, and a swept value")
  func factors() throws {
    let model = SourceFile(
      path: "clearance.model",
      text: """
        model Clearance {
          parameter weight = 70 kg              assumed "a test value"
          parameter CL = 0.1 L/h/kg * weight    assumed "a test value"
          parameter k : 1/h = CL/(10 L)             derived
          state x : mg = 1 mg
          x' = -k*x
        }
        """)
    let (found, diagnostics) = Experiment.read(
      SourceFile(
        path: "test.yaml",
        text: """
          model: clearance
          duration: 1 h
          reduce: {end: final(x)}
          individuals: {count: 3, parameters: {CL: {log_normal: typical, cv: 0.3}}}
          sweep: {design: grid, parameters: {weight: {values: [50 kg, 100 kg]}}}
          """), library: FileLibrary(mainModel: model, files: []))
    let experiment = try #require(found, "\(DiagnosticPrinter().text(of: diagnostics))")
    let plan = RunPlan(experiment)
    #expect(plan.count == 6)
    let factors = plan.individualValues(onAxis: 0)
    for run in 0..<6 {
      let values = plan.parameters(of: run)
      let factor = factors[plan.place(of: run).individual]
      let weight = run % 2 == 0 ? 50.0 : 100
      // 0.1 L/h/kg in SI units; three roundings.
      let clearance = 0.1e-3 / 3600 * weight * factor
      #expect(abs(values[1] / clearance - 1) < 1e-15)
      #expect(abs(values[2] / (clearance / 10e-3) - 1) < 1e-15)
    }
  }

  @Test("individuals of a table are dosed as it says, each as often as is asked for")
  func table() throws {
    let experiment = try rightExperiment(
      """
      model: test
      duration: 4 h
      table: {file: doses.csv, time_unit: h, amount_unit: mg, compartments: {1: drug.intravenous}}
      parameters: {drug.k: 0 /h}
      reduce: {end: final(drug.central)}
      individuals:
        count: 4
        parameters: {drug.V: {log_normal: typical, cv: 0.2}}
      """,
      tables: [
        "doses.csv": """
        ID,TIME,AMT,CMT,drug.V [L]
        1,0,10,1,15
        2,0,30,1,25
        """
      ])
    let plan = RunPlan(experiment)
    #expect(plan.individualCount == 8)
    #expect(plan.described(6, of: experiment) == "individual 6 (ID 2): ")
    let output = try results(of: experiment)
    let ends = output.reductions[0].map { ($0 * 1e6).rounded() }
    #expect(ends == [10, 10, 10, 10, 30, 30, 30, 30])
    let volumes = (0..<8).map { plan.parameters(of: $0)[1] }
    #expect(Set(volumes).count == 8)
    for (individual, factor) in plan.individualValues(onAxis: 0).enumerated() {
      #expect(abs(volumes[individual] / ((individual < 4 ? 15e-3 : 25e-3) * factor) - 1) < 1e-15)
    }
  }

  @Test("the example of the page on experiments is right, and its file has the drawn values")
  func documented() throws {
    let page = LanguageReferenceTests.root.appendingPathComponent("Documentation/experiments.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let examples = text.components(separatedBy: "```yaml\n").dropFirst()
      .map { $0.components(separatedBy: "\n```")[0] }.filter { $0.contains("individuals:") }
    try #require(examples.count == 1)
    let models = LanguageReferenceTests.root.appendingPathComponent("Models").path
    let (found, diagnostics) = Experiment.read(
      SourceFile(path: "test.yaml", text: examples[0]), library: FileLibrary(modelRoots: [models]))
    let experiment = try #require(found, "\(DiagnosticPrinter().text(of: diagnostics))")
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("afterglow-\(UUID().uuidString).h5").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let campaign = Campaign(
      experiment, options: CampaignOptions(threads: 2, backend: .interpreter))
    let output = try ResultFileOutput(
      path: path, experiment: experiment, plan: campaign.plan, mayReplace: false, facts: [:])
    let summary = try campaign.run(into: output)
    try output.commit(summary: summary)
    let reader = try ResultFileReader(path: path)
    #expect(reader.shape(of: "exposure") == [2, 200])
    let factors = try reader.numbers("CL.factor")
    let fractions = try reader.numbers("F")
    let exposures = try reader.numbers("exposure")
    for individual in 0..<200 {
      // mg/L*s of 50 mg: the fraction that is absorbed, over a clearance of 5 L/h, less what is
      // left after a day.
      let whole = 50 * fractions[individual] / (5 / 3600 * factors[individual])
      #expect(exposures[individual] < whole && exposures[individual] > 0.5 * whole)
    }
    let spread = output.digest.spreads(arm: 1, in: campaign.plan, reductions: 2)[0]
    let sorted = try reader.numbers("peak").suffix(200).sorted()
    #expect(spread.count == 200)
    let unit = experiment.reductions[0].unit
    #expect(abs(unit.value(ofSI: spread.median) - (sorted[99] + sorted[100]) / 2) < 1e-12)
    #expect(
      unit.value(ofSI: spread.lower) > sorted[9] && unit.value(ofSI: spread.upper) < sorted[190])
  }
}
