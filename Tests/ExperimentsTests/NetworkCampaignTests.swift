import Foundation
import ModelLanguage
import Networks
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

@Suite("Experiments with circuits")
struct NetworkCampaignTests {
  static let single = """
    title: One run
    model: network
    duration: 200 ms
    seed: 5
    solver: {step: 0.1 ms}
    inputs: {current: 1.5 mV/ms}
    record: {spikes: all, every: 1 ms, variables: [many.V, few.V], cells: {many: [2, 7, 29]}}
    reduce:
      rate: rate(many, 50 ms, 150 ms)
      count: count(few)
      mean: mean(many.V)
      most: max(many.V, 20 ms, 30 ms)
      there: at(few.V, 5 ms)
    """

  @Test("the file has the spikes and the samples of the network by itself")
  func contents() throws {
    let experiment = try rightNetworkExperiment(Self.single)
    let results = try NetworkResults(experiment)
    let circuit = try #require(experiment.network?.circuit)
    let network = Network(
      circuit,
      NetworkConfiguration(
        timeStep: 1e-4,
        recorded: ["many.V", "few.V"].compactMap { path in
          circuit.variable(path).map { .init(population: $0.population, expression: $0.expression) }
        }), backend: .interpreter)
    let live = try NetworkRun(
      network, settings: NetworkSettings(inputs: ["current": 1.5], seed: 5))
    // Reductions look at every step, samples at every tenth.
    var samples = [live.recorded(0)]
    var means = [live.meanRecorded(0)]
    for step in 1...2000 {
      try live.advance(toStep: step)
      means.append(live.meanRecorded(0))
      if step % 10 == 0 { samples.append(live.recorded(0)) }
    }
    for (index, population) in ["many", "few"].enumerated() {
      let train = live.takeSpikes(of: index)
      let (times, cells) = try results.spikes(population)
      #expect(train.count > 10)
      // Ends of steps of 0.1 ms, as one would write them.
      #expect(times == train.times.map { ($0 * 1e4).rounded() / 10 })
      #expect(cells == train.cells.map(Double.init))
    }
    #expect(results.reader.shape(of: "many.V") == [201, 3])
    #expect(try results.reader.numbers("cell_many") == [2, 7, 29])
    let kept = try results.reader.numbers("many.V")
    // Samples are kept in single precision, in mV.
    let expected = samples.flatMap { row in [2, 7, 29].map { Double(Float(row[$0] / 1e-3)) } }
    #expect(kept == expected)
    let reductions = try #require(results.summary.results.first).result.reductions
    let many = try results.spikes("many").times.count { $0 >= 50 && $0 < 150 }
    #expect(abs(reductions[0] - Double(many) / 30 / 0.1) < 1e-9)
    #expect(reductions[1] == Double(try results.spikes("few").times.count { $0 < 200 }))
    #expect(abs(means[500] - samples[50].reduce(0, +) / 30) < 1e-15)
    #expect(abs(reductions[2] - means.reduce(0, +) / 2001) < 1e-15)
    #expect(reductions[3] == means[200...300].max())
    #expect(reductions[4] > 0 && reductions[4] < 10e-3)
  }

  @Test("the interpreter, and threads, give the same file")
  func backends() throws {
    var experiment = try rightNetworkExperiment(Self.single)
    experiment.parameters = [
      ParameterSetting(
        parameter: try #require(
          experiment.model.parameters.firstIndex { $0.declaration.path == "size" }),
        value: try WrittenQuantity(parsing: "600"))
    ]
    let native = Backend.native(
      KernelToolchain.detect(environment: ProcessInfo.processInfo.environment))
    let expected = try NetworkResults(experiment)
    for threads in [1, 2] {
      let found = try NetworkResults(experiment, threads: threads, backend: native)
      #expect(try found.numbers() == expected.numbers())
      for population in ["many", "few"] {
        #expect(try found.spikes(population) == expected.spikes(population))
      }
    }
  }

  static let sweep = """
    title: A sweep
    model: network
    duration: 100 ms
    seed: 2
    solver: {step: 0.1 ms}
    inputs: {current: {noise: {mean: 1.3 mV/ms, standard_deviation: 0.5 mV/ms, correlation_time: 5 ms}}}
    record: {spikes: [many], every: 10 ms, variables: [many.V]}
    reduce: {rate: rate(many), voltage: mean(many.V)}
    sweep:
      design: latin-hypercube
      samples: 12
      parameters: {size: {values: [10, 20]}, many.tau: [5 ms, 20 ms]}
    """

  @Test("a sweep has the same contents with one thread and with two, and runs differ")
  func sweepThreads() throws {
    let text = Self.sweep.replacing("size: {values: [10, 20]}, ", with: "")
    let experiment = try rightNetworkExperiment(text)
    let one = try NetworkResults(experiment, threads: 1)
    let two = try NetworkResults(experiment, threads: 2)
    #expect(one.summary.progress.done == 12 && two.summary.progress.done == 12)
    #expect(try one.numbers() == two.numbers())
    var trains = Set<[Double]>()
    for run in 0..<12 {
      let spikes = try one.spikes("many", run: run)
      #expect(try two.spikes("many", run: run) == spikes)
      trains.insert(spikes.times)
    }
    #expect(trains.count == 12)
  }

  @Test("sizes may vary: cells that a run does not have are missing")
  func sizes() throws {
    let experiment = try rightNetworkExperiment(
      """
      title: Sizes
      model: network
      duration: 10 ms
      solver: {step: 0.1 ms}
      record: {every: 5 ms, variables: [many.V]}
      sweep: {design: grid, parameters: {size: {values: [3, 8, 5]}}}
      """)
    let results = try NetworkResults(experiment, threads: 2)
    #expect(results.reader.shape(of: "many.V") == [3, 3, 8])
    let values = try results.reader.numbers("many.V")
    let missing = (0..<3).map { run in values[run * 24..<run * 24 + 24].count(where: \.isNaN) }
    #expect(missing == [15, 0, 9])
  }

  @Test("a run that fails is marked with its reason and place, and the others go on")
  func failures() throws {
    let experiment = try rightNetworkExperiment(
      """
      title: Failures
      model: network
      duration: 10 ms
      solver: {step: 0.1 ms}
      record: {spikes: [many]}
      reduce: {rate: rate(many)}
      sweep:
        design: grid
        parameters:
          probability: {values: [0.5, 1.5]}
          many.wildness: {values: [0 /ms, 1 /ms]}
      """)
    let results = try NetworkResults(experiment, threads: 2)
    #expect(results.summary.progress.done == 1 && results.summary.progress.failed == 3)
    #expect(try results.reader.numbers("status") == [1, 2, 2, 2])
    let reasons = try results.reader.texts("failure_reason")
    #expect(reasons[0].isEmpty)
    // From 1 at 1 /ms the pole is at 1 ms, and a step of 0.1 ms is soon behind it.
    let lost = "`many.wild` of cell 0 of `many` is not a finite number at t = 0.0012 s: "
    #expect(reasons[1].hasPrefix("probability = 0.5, many.wildness = 1 /ms: " + lost))
    let place = "probability = 1.5, many.wildness = 0 /ms: Models/network.model:"
    #expect(reasons[2].hasPrefix(place) && reasons[2].contains("has to be from 0 to 1"))
    let rates = try results.reader.numbers("rate")
    #expect(rates[0] == 0 && rates[2].isNaN)
  }

  @Test("verdicts are passed on runs of circuits")
  func verdict() throws {
    let results = try NetworkResults(
      try rightNetworkExperiment(
        """
        title: Verdicts
        model: network
        duration: 50 ms
        solver: {step: 0.1 ms}
        arms: {driven: {inputs: {current: 2 mV/ms}}, quiet: {}}
        reduce: {rate: rate(many)}
        verdict:
          - fires: rate > 1 /s
          - otherwise: silent
        """))
    #expect(try results.reader.numbers("verdict") == [0, 1])
    #expect(results.summary.digest.verdict(of: 0) == 0)
  }

  @Test("the resolved experiment reads back to itself, shapes of inputs and chosen cells included")
  func resolved() throws {
    let text = Self.single.replacing(
      "inputs: {current: 1.5 mV/ms}",
      with: """
        arms:
          a: {inputs: {current: {pulses: {value: 2 mV/ms, width: 5 ms, start: 1 ms, every: 20 ms, count: 3}}}}
          b: {inputs: {current: {ramp: {from: 0 mV/ms, to: 2 mV/ms, start: 10 ms, over: 50 ms}}}}
          c: {inputs: {current: {noise: {mean: 1 mV/ms, standard_deviation: 1 mV/ms, correlation_time: 3 ms}}}}
        """)
    let first = try rightNetworkExperiment(text)
    let second = try rightNetworkExperiment(first.resolved.yaml())
    #expect(first.resolved == second.resolved)
    #expect(first.arms.map(\.inputs) == second.arms.map(\.inputs))
    #expect(second.network?.cells[0]?.form == .chosen([2, 7, 29]))
    #expect(try NetworkResults(first).numbers() == NetworkResults(second).numbers())
  }

  @Test("the distribution of intervals is reduced by every one of its names")
  func intervals() throws {
    let experiment = try rightNetworkExperiment(
      """
      title: Intervals
      model: network
      duration: 400 ms
      seed: 2
      solver: {step: 0.1 ms}
      inputs: {current: 2 mV/ms}
      reduce:
        low: interval_percentile_5(many)
        quarter: interval_percentile_25(many)
        half: interval_median(many)
        most: interval_percentile_75(many)
        high: interval_percentile_95(many)
        mean: interval_mean(many)
      """)
    let results = try NetworkResults(experiment)
    let found = try ["low", "quarter", "half", "most", "high"].map {
      try results.reader.numbers($0)[0]
    }
    #expect(found == found.sorted() && found[0] > 0 && found[0] < found[4])
    let mean = try results.reader.numbers("mean")[0]
    #expect(mean > found[0] && mean < found[4])
  }
}
