import ModelLanguage
import Programs
import Simulations
import Testing
import Units

@testable import Experiments

/// Shapes of inputs, which models and circuits read alike.
@Suite("Stimuli")
struct StimulusTests {
  /// The amount that has come in, sampled every quarter of an hour.
  private func amounts(_ course: String) throws -> [Double] {
    let experiment = try rightExperiment(
      """
      title: A stimulus
      model: test
      duration: 4 h
      seed: 7
      parameters: {drug.ka: 0 /h}
      inputs: {drug.feed: \(course)}
      record: {every: 15 min, variables: [drug.depot]}
      """)
    return try results(of: experiment).samples[0].map { $0 * 1e6 }
  }

  private func isClose(_ found: [Double], _ expected: [Double]) -> Bool {
    // The tolerance of the solver is 1e-6 of each step's amount.
    found.count == expected.count
      && zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
  }

  @Test("pulses come and go at their times")
  func pulses() throws {
    let found = try amounts(
      "{pulses: {value: 4 mg/h, width: 15 min, start: 30 min, every: 1 h, count: 2}}")
    #expect(isClose(found, [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]))
  }

  @Test("a pulse returns to its baseline")
  func baseline() throws {
    let found = try amounts(
      "{pulses: {value: 8 mg/h, width: 1 h, start: 1 h, baseline: 4 mg/h}}")
    #expect(isClose(found, (0...16).map { Double($0) + Double(min(max($0 - 4, 0), 4)) }))
  }

  @Test("a ramp brings in what the straight line would")
  func ramp() throws {
    let found = try amounts("{ramp: {from: 0 mg/h, to: 2 mg/h, start: 1 h, over: 2 h, pieces: 8}}")
    let expected = (0...16).map { quarter -> Double in
      let hours = min(max(Double(quarter) / 4 - 1, 0), 2)
      return hours * hours / 2 + 2 * max(0, Double(quarter) / 4 - 3)
    }
    // Pieces end at quarters of an hour, where staircase and line have the same area.
    #expect(isClose(found, expected))
  }

  @Test("noise has the mean, the deviation and the correlation that were asked for")
  func noise() throws {
    let noise = NoiseProtocol(
      mean: RunValue(form: .constant(3), text: ""),
      deviation: RunValue(form: .constant(2), text: ""),
      correlationTime: try WrittenQuantity(parsing: "5 ms"),
      every: try WrittenQuantity(parsing: "1 ms"))
    let values = noise.steps(input: 0, parameters: [], seed: 3, end: 200).map(\.value)
    #expect(values.count == 200_000)
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let products = zip(values, values.dropFirst(5)).map { ($0 - mean) * ($1 - mean) }
    let correlation = products.reduce(0, +) / count / variance
    // 20,000 independent pieces of 10 ms, twice the correlation time: standard errors of 0.014 for
    // the mean and 0.7 % for the variance; five of them happen once in two million seeds.
    #expect(abs(mean - 3) < 0.07)
    #expect(abs(variance - 4) < 0.14)
    #expect(abs(correlation - 0.3679) < 0.035)
    #expect(
      noise.steps(input: 0, parameters: [], seed: 3, end: 1).map(\.value)
        == values[..<1000].map { $0 })
    #expect(noise.steps(input: 1, parameters: [], seed: 3, end: 1)[0].value != values[0])
    #expect(noise.steps(input: 0, parameters: [], seed: 4, end: 1)[0].value != values[0])
  }

  @Test("white noise has the intensity that was asked for, however long it is held")
  func whiteNoise() throws {
    for every in [0.001, 0.004] {
      // 2·√s: over every the mean has the variance 4/every.
      let noise = NoiseProtocol(
        mean: RunValue(form: .constant(3), text: ""),
        deviation: RunValue(form: .constant(2 / every.squareRoot()), text: ""),
        correlationTime: WrittenQuantity(si: 0, in: .second),
        every: WrittenQuantity(si: every, in: .second))
      let values = noise.steps(input: 0, parameters: [], seed: 5, end: 100).map(\.value)
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      let products = zip(values, values.dropFirst()).map { ($0 - mean) * ($1 - mean) }
      // Five standard errors each: once in two million seeds.
      #expect(abs(mean - 3) < 5 * 2 / 100.0.squareRoot())
      #expect(abs(variance * every - 4) < 5 * 4 * (2 / count).squareRoot())
      #expect(abs(products.reduce(0, +) / count / variance) < 5 / count.squareRoot())
    }
  }

  @Test("white noise is read with its unit")
  func whiteNoiseOfModels() throws {
    let found = try amounts(
      "{white_noise: {mean: 1 mg/h, intensity: 0.1 mg/h*min^0.5, every: 1 min}}")
    // Over 240 min: a mean of 4 mg and a deviation of 0.1 mg/h·√(1 min·240 min) = 0.026 mg.
    #expect(abs(found[16] - 4) < 0.13 && found[16] != 4)
  }

  @Test("a model takes noise, and another seed another course")
  func noiseOfModels() throws {
    let course = "{noise: {mean: 1 mg/h, standard_deviation: 0.1 mg/h, correlation_time: 5 min}}"
    let found = try amounts(course)
    #expect(found == (try amounts(course)))
    // 24 independent pieces of 10 min: a standard error of 0.02 mg/h over four hours.
    #expect(abs(found[16] - 4) < 0.4 && found[16] != 4)
  }
}
