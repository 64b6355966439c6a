import Datasets
import Simulations
import Storage
import Testing

@testable import Experiments

/// Times and swept values are the numbers nearest to what was asked.
@Suite("Nearest numbers")
struct NearestNumbersTests {
  private func read(_ lines: String) throws -> Experiment {
    try rightExperiment("title: Numbers\nmodel: test\n" + lines)
  }

  private func times(_ record: String, duration: String) throws -> [Double] {
    let experiment = try read(
      "duration: \(duration)\nrecord: {\(record), variables: [drug.plasma]}")
    let layout = ResultLayout(experiment, RunPlan(experiment), facts: [:])
    guard case .numbers(let values)? = layout.time?.values else { return [] }
    return values
  }

  @Test("sample times in the unit of the file")
  func sampleTimes() throws {
    #expect(
      try times("every: 0.1 s", duration: "100 s") == (0...1000).map { Double($0) / 10 })
    #expect(try times("every: 0.3 s", duration: "1 s") == [0, 0.3, 0.6, 0.9])
    #expect(
      try times("times: {from: 0.2 s, to: 1 s, every: 0.1 s}", duration: "1 s")
        == (2...10).map { Double($0) / 10 })
    #expect(try times("every: 6 min", duration: "20 h") == (0...200).map { Double($0) / 10 })
  }

  @Test("the values of a range, in the unit in which it is written")
  func range() throws {
    let experiment = try read(
      """
      duration: 1 h
      sweep:
        design: grid
        parameters:
          drug.k: {from: 0.1 /h, to: 1 /h, count: 10}
          drug.V: {from: 0.1 L, to: 1.2 L, count: 12}
      reduce: {end: final(drug.plasma)}
      """)
    let layout = ResultLayout(experiment, RunPlan(experiment), facts: [:])
    let values = layout.runAxes.compactMap { axis in
      if case .numbers(let numbers) = axis.values { numbers } else { nil }
    }
    let rates = (1...10).map { Double($0) / 10 }
    let volumes = (1...12).map { Double($0) / 10 }
    #expect(values == [rates, volumes])
  }

  @Test("a repeated dose is given at the moment of a sample")
  func doses() throws {
    let experiment = try read(
      """
      duration: 2 s
      doses: [{into: drug, route: intravenous, amount: 1 mg, start: 0 s, every: 0.1 s, count: 12}]
      record: {every: 0.1 s, variables: [drug.plasma]}
      """)
    let plan = RunPlan(experiment)
    let given = plan.setup(of: 0, steadyStates: []).schedule.map(\.time)
    let samples = try #require(experiment.recording).times
    #expect(given == Array(samples.prefix(12)))
  }

  @Test("the median of an even number is the mean of the two in the middle")
  func medians() {
    #expect(median(ofSorted: [1, 2, 4, 8]) == 3)
    #expect(median(ofSorted: [1, 2, 4]) == 2)
    #expect(median(ofSorted: [5]) == 5)
    #expect(median(ofSorted: []).isNaN)
    #expect(median(ofSorted: [-1e308, 1e308, 1.5e308, 1.7e308]) == 1.25e308)
  }
}
