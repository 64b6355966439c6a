import ModelLanguage
import Networks
import Programs
import Testing

@Suite("What a network cannot be")
struct NetworkLimitsTests {
  /// What building a circuit says, or `nil` if it can be built.
  private func problem(
    _ text: String, parameters: [String: Double] = [:], inputs: [String: Double] = [:]
  ) throws -> String? {
    let network = Network(
      try TestCircuits.circuit(text), NetworkConfiguration(timeStep: 1e-4),
      backend: .interpreter)
    do throws(NetworkFailure) {
      _ = try NetworkRun(
        network, settings: NetworkSettings(parameters: parameters, inputs: inputs))
    } catch {
      return error.message
    }
    return nil
  }

  private static let source = """
    neuron Source {
      parameter r = 100 Hz assumed "test"
      input more : Hz = 0 Hz
      poisson p = r + more
      event spike when p > 0
    }
    circuit Sources {
      parameter high = 1e6 Hz assumed "test"
      population a : Source[20] { r ~ uniform(0 Hz, high) assumed "test" }
    }
    """

  @Test("rates of random arrivals stay within what can be drawn")
  func rates() throws {
    #expect(try problem(Self.source) == nil)
    #expect(try problem(Self.source, parameters: ["high": 1e9])?.contains("shorter step") == true)
    #expect(
      try problem(Self.source, inputs: ["a.more": -1e5])?.contains("cannot be negative") == true)
  }

  @Test("a rate that leaves its bounds on the way ends the run")
  func ratesLater() throws {
    let network = Network(
      try TestCircuits.circuit(Self.source), NetworkConfiguration(timeStep: 1e-4),
      backend: .interpreter)
    let run = try NetworkRun(network)
    try run.setInput("a.more", to: 1e3)
    #expect(throws: NetworkFailure.self) { try run.setInput("a.more", to: 1e8) }
  }

  private static let cell = """
    neuron Cell {
      parameter pause = 1 ms assumed "test"
      state V = 0 mV
      V' = 0 mV/ms
      receive kick : mV { V = V + kick }
      event spike when V rises through 1 mV refractory pause { V = 0 mV }
    }

    """

  @Test("a negative refractory time is refused")
  func refractoryTime() throws {
    let circuit = Self.cell + "circuit C { population a : Cell[2] { } }"
    #expect(try problem(circuit) == nil)
    #expect(try problem(circuit, parameters: ["a.pause": -1e-3])?.contains("refractory") == true)
  }

  @Test("delays that no memory could hold fail the run, and not the process")
  func memory() throws {
    let circuit =
      Self.cell + """
        circuit C {
          parameter n = 10 assumed "test"
          population a : Cell[n] { }
          projection p : a -> a.kick { connect one_to_one autapses weight = 1 mV delay = 6 s }
        }
        """
    #expect(try problem(circuit) == nil)
    #expect(try problem(circuit, parameters: ["n": 5e6])?.contains("memory") == true)
  }

  @Test("one_to_one within a population needs autapses")
  func oneToOne() throws {
    let circuit =
      Self.cell + """
        circuit C {
          population a : Cell[4] { }
          projection p : a -> a.kick { connect one_to_one weight = 1 mV }
        }
        """
    #expect(try problem(circuit)?.contains("autapses") == true)
  }

  @Test("arguments of laws are looked at with the values that are set")
  func laws() throws {
    let circuit =
      Self.cell + """
        circuit C {
          parameter q = 1 assumed "test"
          population a : Cell[4] { }
          projection p : a -> a.kick { connect all weight ~ exponential(q*1 mV) }
        }
        """
    #expect(try problem(circuit) == nil)
    #expect(try problem(circuit, parameters: ["q": -1])?.contains("not positive") == true)
    #expect(try problem(circuit, parameters: ["q": .nan])?.contains("no finite") == true)
  }

  @Test("more threads than there are blocks change nothing")
  func threads() throws {
    let network = Network(
      try TestCircuits.circuit(Self.source), NetworkConfiguration(timeStep: 1e-4),
      backend: .interpreter)
    let run = try NetworkRun(network, threads: 1_000_000)
    let alone = try NetworkRun(network)
    try run.advance(toStep: 20)
    try alone.advance(toStep: 20)
    #expect(run.takeSpikes(of: 0).cells == alone.takeSpikes(of: 0).cells)
  }
}
