import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

/// What happens in cells at the ends of steps, and in which order.
@Suite("Events of cells")
struct CellEventTests {
  static let backends = [TestCircuits.native, .interpreter]

  /// The states of one cell, by name, after some steps of 0.1 ms.
  private func states(
    _ body: String, _ names: [String], until end: Int = 100, backend: Backend,
    method: CellMethod = .exponentialEuler,
    changes: [(step: Int, state: String, value: Double)] = [],
    inputs: [(step: Int, value: Double)] = []
  ) throws -> [Double] {
    let circuit = try TestCircuits.circuit(
      "neuron Cell {\n\(body)\n}\ncircuit One { population a : Cell[3] }")
    let network = Network(
      circuit,
      NetworkConfiguration(
        method: method, timeStep: 1e-4, changedStates: Set(changes.map { "a." + $0.state })),
      backend: backend)
    let run = try NetworkRun(network)
    let stops = Set(changes.map(\.step) + inputs.map(\.step) + [end]).sorted()
    for stop in stops {
      try run.advance(toStep: stop)
      for change in changes where change.step == stop {
        try run.changeState("a." + change.state) { _ in change.value }
      }
      for input in inputs where input.step == stop {
        try run.setInput("a.drive", to: input.value)
      }
    }
    let cell = circuit.populations[0].cell
    return try names.map { name in
      let index = try #require(
        cell.states.firstIndex { $0.declaration.path == "a." + name })
      return run.states(index, of: 0)[0]
    }
  }

  @Test(
    "an event that an earlier or a later one carries across happens in the same step",
    arguments: backends)
  func chain(_ backend: Backend) throws {
    // The last in order starts, and each makes the one before it rise: three rounds.
    let backward = """
      state x, y, z : 1 = 0
      state t, seen : 1 = 0
      x' = 0 /ms
      y' = 0 /ms
      z' = 0 /ms
      seen' = 0 /ms
      t' = 1 /ms
      event third when y rises through 0.5 { z = z + 1 seen = t }
      event second when x rises through 0.5 { y = 1 }
      event first when t rises through 5.05 { x = 1 }
      """.replacing("{ z = z + 1 seen = t }", with: "{\n z = z + 1\n seen = t\n }")
    let found = try states(backward, ["x", "y", "z", "seen"], until: 52, backend: backend)
    #expect(found[0...2] == [1, 1, 1])
    // At the end of the step in which t passed 5.05 ms, not one or two later.
    #expect(abs(found[3] - 5.1) < 1e-9)
  }

  @Test("events that make each other rise for ever fail by name", arguments: backends)
  func endless(_ backend: Backend) throws {
    let body = """
      state t : 1 = 0
      state x : 1 = 0
      state y : 1 = 0
      t' = 1 /ms
      x' = 0 /ms
      y' = 0 /ms
      event start when t rises through 3.05 { x = 1 }
      event there when x rises through 0.5 {
        y = 1
        x = 0
      }
      event back when y rises through 0.5 {
        x = 1
        y = 0
      }
      """
    do {
      _ = try states(body, ["x"], backend: backend)
      Issue.record("there and back go on for ever")
    } catch let failure as NetworkFailure {
      #expect(failure.message.contains("`a.there` of cell 0 of `a` happens again and again"))
      #expect(failure.message.contains("t = 0.0031 s"))
    }
  }

  @Test("what a spike changes can make another event happen in its step", arguments: backends)
  func afterSpike(_ backend: Backend) throws {
    let body = """
      state V : mV = 0 mV
      state count : 1 = 0
      state n : 1 = 0
      V' = 1 mV/ms
      count' = 0 /ms
      n' = 0 /ms
      event third when count rises through 2.5 { n = n + 1 }
      event spike when V > 1 mV {
        V = 0 mV
        count = count + 1
      }
      """
    #expect(try states(body, ["n", "count"], until: 25, backend: backend) == [0, 2])
    #expect(try states(body, ["n", "count"], until: 36, backend: backend) == [1, 3])
  }

  @Test("a change from outside that carries an event or a spike across counts", arguments: backends)
  func outside(_ backend: Backend) throws {
    let body = """
      input drive : 1 = 0
      state A : 1 = 0
      state n, fired, driven : 1 = 0
      A' = -0.1 /ms*A
      n' = 0 /ms
      fired' = 0 /ms
      driven' = 0 /ms
      event high when A rises through 5 { n = n + 1 }
      event stimulus when drive + 0*A rises through 0.5 { driven = driven + 1 }
      event spike when A rises through 5 { fired = fired + 1 }
      """
    let twice = try states(
      body, ["n", "fired"], until: 90, backend: backend,
      changes: [(0, "A", 10), (30, "A", 0), (60, "A", 7)])
    #expect(twice == [2, 2])
    let driven = try states(
      body, ["driven", "n"], until: 90, backend: backend, inputs: [(20, 1), (40, 0), (60, 2)])
    #expect(driven == [2, 0])
  }

  @Test("what holds at the beginning does not count until it has gone back", arguments: backends)
  func beginning(_ backend: Backend) throws {
    let body = """
      state x : 1 = 1
      state n : 1 = 0
      x' = 0 /ms
      n' = 0 /ms
      event above when x + cos(2*pi*time/(4 ms)) rises through 1 { n = n + 1 }
      """
    // Above at 0 and from 3 ms on: once within 4 ms.
    #expect(try states(body, ["n"], until: 20, backend: backend) == [0])
    #expect(try states(body, ["n"], until: 40, backend: backend) == [1])
  }

  @Test(
    "a function that loses its value in the step counts with its last one", arguments: backends,
    CellMethod.allCases)
  func lost(_ backend: Backend, _ method: CellMethod) throws {
    let body = """
      state c : 1 = 1
      state n, fired : 1 = 0
      c' = -1 /ms
      n' = 0 /ms
      fired' = 0 /ms
      event low when log(c - 0.45) falls through -5 { n = n + 1 }
      event root when sqrt(c - 0.45) rises through 2 { n = n + 10 }
      event spike when log(c - 0.45) falls through -5 { fired = fired + 1 }
      """
    // The logarithm is -3 at 0.5 ms, and has no value at 0.6 ms.
    let found = try states(body, ["n", "fired"], until: 20, backend: backend, method: method)
    #expect(found == [1, 1])
  }
}
