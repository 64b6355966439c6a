import Foundation
import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

@Suite("Graded synapses and continuous projections")
struct GradedSynapseTests {
  /// The same two cells with their transmitter in the synapse, and in the cell by hand.
  static let oscillators = """
    neuron Cell {
      parameter drive = 1.2       assumed "test"
      input synapses : mV/ms
      state V = -60 mV
      state w = 0 mV/ms
      V' = drive*(2 mV/ms) - (V + 60 mV)/(5 ms) - w + synapses
      w' = ((V + 60 mV)/(2 ms) - w)/(30 ms)
    }
    neuron CellWithTransmitter {
      parameter drive = 1.2       assumed "test"
      input g : 1/ms = 0 /ms
      state V = -60 mV
      state w = 0 mV/ms
      quantity synapses = g*(-75 mV - V)
      V' = drive*(2 mV/ms) - (V + 60 mV)/(5 ms) - w + synapses
      w' = ((V + 60 mV)/(2 ms) - w)/(30 ms)
      state s = 0
      s' = 2 /ms/(1 + exp(-(V + 55 mV)/(2 mV)))*(1 - s) - 0.1 /ms*s
    }
    synapse Graded {
      parameter reversal = 0 mV   assumed "test"
      presynaptic {
        input V : mV
        state s = 0
        s' = 2 /ms/(1 + exp(-(V + 55 mV)/(2 mV)))*(1 - s) - 0.1 /ms*s
        output open = s
      }
      input V : mV
      receive g : 1/ms
      output current : mV/ms = g*(reversal - V)
    }
    synapse Ohmic {
      input V : mV
      receive g : 1/ms
      output current : mV/ms = g*(-75 mV - V)
    }
    """

  static func pair(_ populations: String, _ projections: String) throws -> Circuit {
    try TestCircuits.circuit(
      oscillators + "\ncircuit Pair {\n\(populations)\n\(projections)\n}\n")
  }

  private static let block = "{ connect random(0.4)  weight = 0.05 /ms  delay = 0.7 ms"

  @Test("a graded synapse does what its equations do in the cell itself")
  func sameAsInCell() throws {
    let graded = try Self.pair(
      "population a : Cell[20] { drive ~ uniform(0.5, 2) assumed \"test\" }",
      "projection aa : a -> a.synapses : Graded \(Self.block)\n"
        + "reversal = -75 mV assumed \"test\" }")
    let byHand = try Self.pair(
      "population a : CellWithTransmitter[20] { drive ~ uniform(0.5, 2) assumed \"test\" }",
      "projection aa : a.s -> a.g \(Self.block) }")
    var voltages: [[Double]] = []
    for circuit in [graded, byHand] {
      let run = try TestCircuits.run(circuit, step: 5e-5, until: 4000)
      voltages.append(run.states(0, of: 0))
    }
    #expect(Set(voltages[0]).count > 10)
    for (one, other) in zip(voltages[0], voltages[1]) {
      // The sums round in another order.
      #expect(abs(one - other) < 1e-12)
    }
  }

  @Test("a synapse without a presynaptic part sums a variable that the projection names")
  func namedVariable() throws {
    let circuit = try Self.pair(
      "population a : CellWithTransmitter[5] { }\npopulation b : Cell[7] { }",
      "projection ab : a.s -> b.synapses : Ohmic { connect all  weight = 0.05 /ms }")
    let current = try #require(circuit.variable("b.ab.current"))
    let sum = try #require(circuit.variable("b.ab.g"))
    let recorded = [current, sum].map {
      NetworkConfiguration.Recorded(population: $0.population, expression: $0.expression)
    }
    for backend in [TestCircuits.native, .interpreter] {
      let run = try TestCircuits.run(
        circuit, step: 1e-4, until: 300, recorded: recorded, backend: backend)
      let s = run.states(
        try TestCircuits.state("a.s", of: 0, in: circuit), of: 0)
      let voltages = run.states(try TestCircuits.state("b.V", of: 1, in: circuit), of: 1)
      #expect(s[0] > 0.01)
      // What is recorded is that of the moment, not what the last step had.
      let g = s.reduce(0) { $0 + 50 * $1 }
      #expect(run.recorded(1) == [Double](repeating: g, count: 7))
      for (current, voltage) in zip(run.recorded(0), voltages) {
        #expect(abs(current - g * (-75e-3 - voltage)) < 1e-12)
      }
    }
  }

  @Test("what depends on time is recorded at its time")
  func recordedTime() throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Cell {
        state V = 0 mV
        quantity wave : mV = 1 mV*sin(time/(1 ms))
        V' = wave/(1 ms)
      }
      circuit One { population a : Cell[3] }
      """)
    let wave = try #require(circuit.variable("a.wave"))
    for backend in [TestCircuits.native, .interpreter] {
      let run = try TestCircuits.run(
        circuit, step: 1e-4, until: 27,
        recorded: [.init(population: 0, expression: wave.expression)], backend: backend)
      for value in run.recorded(0) { #expect(abs(value - 1e-3 * sin(2.7)) < 1e-17) }
    }
  }

  /// A ramp, and cells that integrate what they hear of it.
  static func ramp(delay: String) throws -> Circuit {
    try TestCircuits.circuit(
      """
      neuron Ramp {
        parameter start = 3      assumed "test"
        state x = start
        x' = 1/(1 ms)
      }
      neuron Ear {
        input heard : 1
        state y = 0
        y' = heard/(1 ms)
      }
      circuit Delayed {
        population ramp : Ramp[2] { }
        population ear : Ear[3] { }
        projection rising : ramp.x -> ear.heard { connect all  weight = 0.5  delay \(delay) }
      }
      """)
  }

  @Test("a continuous projection is late by its delay", arguments: [0, 1, 5, 64])
  func delay(steps: Int) throws {
    // Steps and values are powers of two, so that every sum is exact.
    let step = 0x1p-4 * 1e-3
    let circuit = try Self.ramp(delay: "= \(Double(steps)/16) ms")
    let run = try NetworkRun(
      Network(circuit, NetworkConfiguration(timeStep: step), backend: TestCircuits.native))
    var before = 0.0
    for end in 1...100 {
      try run.advance(toStep: end)
      let heard = run.states(0, of: 1)
      let expected = 3 + Double(max(0, end - 1 - steps)) / 16
      for value in heard { #expect(abs((value - before) * 16 - expected) < 1e-10) }
      before = heard[0]
    }
  }

  @Test("the bits of delayed sums do not depend on backend, threads or pieces")
  func sameBits() throws {
    let circuit = try Self.pair(
      """
      population a : Cell[37] { drive ~ uniform(0.5, 2) assumed "test" }
      population b : CellWithTransmitter[21] { drive ~ uniform(0.5, 2) assumed "test" }
      """,
      """
      projection aa : a -> a.synapses : Graded {
        connect random(0.4)  weight ~ normal(0.05 /ms, 0.01 /ms)  delay ~ uniform(0 ms, 3 ms)
      }
      projection ab : a.V -> b.g { connect all  weight = -1e-5 /mV/ms  delay = 1 ms }
      projection ba : b.s -> a.synapses : Ohmic { connect fixed_in_degree(4)  weight = 0.1 /ms }
      """)
    let expected = try TestCircuits.fingerprint(circuit)
    for threads in [2, 3] {
      #expect(try TestCircuits.fingerprint(circuit, threads: threads) == expected)
    }
    #expect(try TestCircuits.fingerprint(circuit, backend: .interpreter) == expected)
    #expect(try TestCircuits.fingerprint(circuit, pieces: [1, 7, 100, 399, 400]) == expected)
  }
}
