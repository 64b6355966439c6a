import Foundation
import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

/// What a circuit itself works out while it runs, and what it takes over its cells.
@Suite("The circuit itself")
struct CircuitItselfTests {
  private static let text = """
    component Store {
      parameter clearance = 50 /s    assumed "test"
      input inflow : /s = 0 /s
      state level = 1
      level' = inflow - clearance*level
      output half : 1 = level/2
    }
    neuron Leaky {
      parameter tau = 10 ms          assumed "test"
      parameter start = 0 mV         assumed "test"
      parameter threshold = 10 mV    assumed "test"
      input drive : mV = 0 mV
      input scale = 1
      state V = start
      V' = (drive*scale - V)/tau
      event spike when V > threshold { V = 0 mV }
    }
    circuit Whole {
      parameter n = 20               assumed "test"
      parameter filter = 5 ms        assumed "test"
      input current : mV = 0 mV
      instance store : Store { inflow = rate(cells)*0 }
      state activity : Hz = 0 Hz
      activity' = (rate(cells) - activity)/filter
      quantity level : mV = mean(cells.V)
      quantity total : mV = sum(cells.V)
      quantity above : 1 = fraction(cells.V > 4 mV and cells.V < 8 mV)
      quantity clock : mV = time/(1 ms)*1 mV
      population cells : Leaky[n] {
        start = 9 mV*index/count     assumed "test"
        drive = current - level
        scale = store.half
      }
    }
    """

  private func network(
    _ paths: [String], backend: Backend = TestCircuits.native,
    method: CellMethod = .exponentialEuler
  ) throws -> Network {
    let circuit = try TestCircuits.circuit(Self.text)
    let recorded = try paths.map { path in
      let found = try #require(circuit.variable(path))
      return NetworkConfiguration.Recorded(
        population: found.population, expression: found.expression)
    }
    return Network(
      circuit, NetworkConfiguration(method: method, timeStep: 1e-4, recorded: recorded),
      backend: backend)
  }

  @Test("means, sums and fractions are those of the cells")
  func reductions() throws {
    let network = try network(["cells.V", "level", "total", "above", "clock"])
    let run = try NetworkRun(network)
    for step in [0, 1, 7, 100] {
      try run.advance(toStep: step)
      let voltages = run.recorded(0)
      let sum = voltages.reduce(0, +)
      let mean = run.recorded(1)
      #expect(mean.count == 1 && abs(mean[0] - sum / 20) <= 1e-15)
      #expect(abs(run.recorded(2)[0] - sum) <= 1e-15)
      let count = voltages.count { $0 > 4e-3 && $0 < 8e-3 }
      #expect(run.recorded(3)[0] == Double(count) / 20)
      // A millisecond is 1 mV.
      #expect(abs(run.recorded(4)[0] - Double(step) * 1e-4) < 1e-15)
    }
  }

  @Test("a component of a circuit goes its own way, and cells hear of it one step later")
  func component() throws {
    let network = try network(["store.level", "cells.V"])
    let run = try NetworkRun(
      network, settings: NetworkSettings(parameters: ["n": 1], inputs: ["current": 8e-3]))
    // One cell: V' = ((8 mV − V)·level/2 − V)/tau with everything held during a step, exactly.
    var voltage = 0.0
    var level = 1.0
    for step in 1...50 {
      try run.advance(toStep: step)
      let held = 8e-3 * level / 2 - voltage * level / 2
      voltage = held + (voltage - held) * exp(-1e-4 / 10e-3)
      level *= exp(-50 * 1e-4)
      #expect(abs(run.recorded(0)[0] - level) < 1e-12)
      #expect(abs(run.recorded(1)[0] - voltage) < 1e-12)
    }
  }

  @Test("the rate over time counts every spike once")
  func rate() throws {
    let network = try network(["activity"])
    let run = try NetworkRun(network, settings: NetworkSettings(inputs: ["current": 90e-3]))
    let circuit = network.circuit
    let cells = try #require(
      circuit.populations.firstIndex { $0.declaration.path == "cells" })
    try run.advance(toStep: 200)
    let before = run.recorded(0)[0]
    let spikes = run.takeSpikes(of: cells).times
    #expect(spikes.count > 20)
    // Each spike adds slow·(1 − exp(−h/slow))/(n·h) divided by slow, and decays from its step on.
    let (step, slow) = (1e-4, 5e-3)
    let jump = (1 - exp(-step / slow)) / (20 * step)
    let end = 200 * step
    let expected = spikes.reduce(0.0) { sum, time in
      // Spikes of the last step have not arrived.
      let steps = ((end - time) / step).rounded()
      return steps < 1 ? sum : sum + jump * exp(-(steps - 1) * step / slow)
    }
    #expect(abs(before - expected) < 1e-9 * expected)
  }

  @Test("threads, pieces and the interpreter give the same bits", arguments: CellMethod.allCases)
  func sameBits(method: CellMethod) throws {
    func values(_ backend: Backend, threads: Int, _ pieces: [Int]) throws -> [UInt64] {
      let network = try network(
        ["cells.V", "level", "above", "activity", "store.half"], backend: backend, method: method)
      let run = try NetworkRun(
        network,
        settings: NetworkSettings(parameters: ["n": 100], inputs: ["current": 60e-3]),
        threads: threads)
      for step in pieces {
        try run.advance(toStep: step)
        // Looking at a run does not change it.
        _ = run.recorded(1)
      }
      return (0..<5).flatMap { run.recorded($0) }.map(\.bitPattern)
    }
    let expected = try values(.interpreter, threads: 1, [150])
    for threads in [1, 2, 3] {
      #expect(try values(TestCircuits.native, threads: threads, [150]) == expected)
      #expect(try values(TestCircuits.native, threads: threads, [1, 2, 77, 150]) == expected)
    }
    #expect(try values(.interpreter, threads: 2, [13, 150]) == expected)
  }

  @Test("doses enter a component of a circuit")
  func doses() throws {
    let network = try network(["store.level"])
    let run = try NetworkRun(network)
    try run.advance(toStep: 10)
    let before = run.recorded(0)[0]
    try run.changeState("store.level") { $0 + 2 }
    #expect(run.recorded(0)[0] == before + 2)
  }

  /// An Ornstein–Uhlenbeck process and shot noise in a component, which all cells share.
  @Test("noise and arrivals of its components are one value, with the statistics that they state")
  func randomness() throws {
    let text = """
      component Arousal {
        parameter tau = 5 ms     assumed "test"
        parameter sigma = 2 mV   assumed "test"
        noise xi
        state level = 0 mV
        level' = -level/tau + sigma*sqrt(2/tau)*xi
        state seen = 0 mV
        seen' = -seen/tau
        poisson shots = 400 Hz { seen = seen + 1 mV*shots }
      }
      neuron Leaky {
        input drive : mV = 0 mV
        state V = 0 mV
        V' = (drive - V)/(1 ms)
        event spike when V > 1 V { V = 0 mV }
      }
      circuit Shared {
        instance arousal : Arousal
        population cells : Leaky[9] { drive = arousal.level + arousal.seen }
      }
      """
    let circuit = try TestCircuits.circuit(text)
    let recorded = try ["arousal.level", "arousal.seen", "cells.V"].map { path in
      let found = try #require(circuit.variable(path))
      return NetworkConfiguration.Recorded(
        population: found.population, expression: found.expression)
    }
    var courses: [[[Double]]] = []
    for backend in [TestCircuits.native, .interpreter] {
      let network = Network(
        circuit,
        NetworkConfiguration(method: .exponentialEuler, timeStep: 1e-4, recorded: recorded),
        backend: backend)
      let run = try NetworkRun(network, settings: NetworkSettings(seed: 5))
      var course: [[Double]] = []
      // Two time constants apart, so that samples are nearly independent.
      for sample in 1...4000 {
        try run.advance(toStep: 100 * sample)
        let voltages = run.recorded(2)
        #expect(Set(voltages).count == 1)
        course.append([run.recorded(0)[0], run.recorded(1)[0], voltages[0]])
      }
      courses.append(course)
    }
    #expect(courses[0] == courses[1])
    func mean(_ index: Int) -> Double { courses[0].reduce(0) { $0 + $1[index] } / 4000 }
    let squares = courses[0].reduce(0) { $0 + $1[0] * $1[0] } / 4000
    // Six standard deviations, widened by the correlation exp(-2) between samples: below one false
    // alarm in ten million. The mean of shots is rate · tau, their variance half of it.
    let widening = ((1 + exp(-2.0)) / (1 - exp(-2.0))).squareRoot()
    #expect(abs(mean(0)) < 6 * widening * 2e-3 / 4000.0.squareRoot())
    #expect(abs(squares / 4e-6 - 1) < 6 * widening * (2.0 / 4000).squareRoot() + 0.02)
    #expect(abs(mean(1) - 2e-3) < 6 * widening * 1e-3 / 4000.0.squareRoot() + 0.02 * 2e-3)
  }

  /// Clocks without rounding errors: a step of 1/1024 s, and rates of whole numbers of steps.
  @Test("events of cells and of the circuit happen at the ends of steps, in their order")
  func events() throws {
    let text = """
      component Counter {
        state phase = 0
        phase' = 128 /s
        state full = 0
        full' = 0 /s
        event over when phase rises through 1 {
          phase = phase - 1
          full = full + 1
        }
      }
      neuron Cell {
        input limit = 100
        state x = 0
        x' = 64 /s
        state turns = 0
        turns' = 0 /s
        event first when x rises through 1 { x = 0 }
        event second when x rises through 0.75 { turns = turns + 1 }
        event low when x falls through 0.5 { turns = turns + 0.25 }
        event spike when turns rises through limit { turns = 0 }
      }
      circuit Counting {
        instance counter : Counter
        state doubled = 0
        doubled' = 0 /s
        event fourth when counter.full rises through 3.5 { doubled = 8 }
        population cells : Cell[3] { limit = 2.5 + doubled }
      }
      """
    let circuit = try TestCircuits.circuit(text)
    let recorded = try ["counter.full", "doubled", "cells.turns", "cells.x"].map { path in
      let found = try #require(circuit.variable(path))
      return NetworkConfiguration.Recorded(
        population: found.population, expression: found.expression)
    }
    for backend in [TestCircuits.native, .interpreter] {
      let network = Network(
        circuit,
        NetworkConfiguration(
          method: .exponentialEuler, timeStep: 1.0 / 1024, recorded: recorded),
        backend: backend)
      let run = try NetworkRun(network)
      // The phase is 1 after 8 steps; x is 0.75 after 12 and 1 after 16, where it is put to 0 and thereby
      // falls. The fourth event of the counter comes behind that of the circuit, which happens in its step
      // all the same.
      for (step, full, doubled, turns, x) in [
        (7, 0.0, 0.0, 0.0, 7.0 / 16), (8, 1, 0, 0, 0.5), (12, 1, 0, 1, 0.75),
        (16, 2, 0, 1.25, 0), (28, 3, 0, 2.25, 0.75), (32, 4, 8, 0, 0), (33, 4, 8, 0, 0.0625),
        (44, 5, 8, 1, 0.75), (140, 17, 8, 8.5, 0.75), (171, 21, 8, 10, 0.6875),
        (172, 21, 8, 0, 0.75),
      ] {
        try run.advance(toStep: step)
        #expect(run.recorded(0) == [full])
        #expect(run.recorded(1) == [doubled])
        #expect(run.recorded(2) == [turns, turns, turns], "step \(step)")
        #expect(run.recorded(3) == [x, x, x])
      }
    }
  }
}
