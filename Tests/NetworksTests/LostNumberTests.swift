import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

/// Runs in which something is not a finite number any more: what is said, and of which moment.
@Suite("Lost numbers")
struct LostNumberTests {
  static let backends = [TestCircuits.native, .interpreter]

  private struct Loss {
    var number: LostNumber
    var steps: Int
    var spikes: [Double]
  }

  /// What is lost when a circuit is run to a step, and how many steps there were before it.
  private func loss(
    _ text: String, until end: Int = 3000, method: CellMethod = .exponentialEuler,
    backend: Backend = .interpreter, threads: Int = 1, stretch: Int = 3000,
    settings: NetworkSettings = NetworkSettings()
  ) throws -> Loss {
    let network = Network(
      try TestCircuits.circuit(text), NetworkConfiguration(method: method, timeStep: 1e-4),
      backend: backend)
    let run = try NetworkRun(network, settings: settings, threads: threads)
    do throws(NetworkFailure) {
      while run.step < end { try run.advance(toStep: min(end, run.step + stretch)) }
    } catch {
      guard case .notFinite(let number) = error else { throw error }
      return Loss(number: number, steps: run.step, spikes: run.takeSpikes(of: 0).times)
    }
    throw NothingLost()
  }

  private struct NothingLost: Error {}

  /// x' = x² from 1 at 1 /ms reaches its pole at 1 ms; c breaks where x passes 2, g is never felt by others.
  private static let clocked = """
    neuron Cell {
      parameter late = 10 ms      assumed "test"
      state V = 0 mV
      state g = 1
      V' = -V/(10 ms)
      g' = if time > late then 1e300 /ms*g^2 else 0 /ms
      event spike when sin(2*pi*time/(1 ms)) rises through 0
    }
    circuit C { population cells : Cell[20] { late ~ uniform(50 ms, 90 ms) assumed "test" } }
    """

  @Test(
    "a state that nobody else feels is told of at the step in which it was lost, however it is run",
    arguments: backends)
  func time(_ backend: Backend) throws {
    let first = try loss(Self.clocked, backend: backend)
    #expect(first.number.name == "cells.g")
    #expect(first.number.owner == "cells")
    // A step by 1e300 /ms of 1e300 is infinite: the second step behind `late`, which is above 50 ms.
    #expect(first.number.time > 50e-3 && first.number.time < 60e-3)
    #expect(first.number.time == Double(first.steps + 1) * 1e-4)
    #expect(first.number.hint.contains("cells.g' = "))
    for threads in [1, 3] {
      for stretch in [1, 7, 500] {
        let other = try loss(Self.clocked, backend: backend, threads: threads, stretch: stretch)
        #expect(other.number == first.number)
        #expect(other.steps == first.steps)
      }
    }
  }

  @Test(
    "both backends tell of the same cell and step, with the spikes up to there",
    arguments: CellMethod.allCases)
  func agreement(_ method: CellMethod) throws {
    let native = try loss(Self.clocked, method: method, backend: TestCircuits.native)
    let interpreted = try loss(Self.clocked, method: method)
    #expect(native.number == interpreted.number)
    #expect(native.spikes == interpreted.spikes)
    #expect(native.spikes.allSatisfy { $0 <= Double(native.steps) * 1e-4 + 1e-12 })
    #expect(native.spikes.count > 0)
  }

  @Test("a rate that is 0/0 is named with what to write instead", arguments: CellMethod.allCases)
  func singularRate(_ method: CellMethod) throws {
    let circuit = """
      neuron Printed {
        state V = -40 mV
        state m = 0.05
        quantity opening : /ms = 0.1 /ms*((V + 40 mV)/(1 mV))/(1 - exp(-(V + 40 mV)/(10 mV)))
        V' = (m - 0.05)*(-40 mV - V)/(1 ms)
        m' = opening*(1 - m) - 4 /ms*m
      }
      circuit C { population cells : Printed[3] }
      """
    for backend in Self.backends {
      let lost = try loss(circuit, method: method, backend: backend).number
      #expect(lost.name == "cells.m")
      #expect(lost.time == 1e-4)
      #expect(lost.hint.contains("`cells.opening`") && lost.hint.contains("linoid"))
    }
  }

  @Test("what a reset, an event or an arrival would heal is told of", arguments: backends)
  func healed(_ backend: Backend) throws {
    func cell(_ body: String) -> String {
      """
      neuron Cell {
        state V = 0 mV
        state x = 0
        V' = if time > 5 ms and time < 5.15 ms then 1e300 mV/s*exp(time/(5 ms)*100) else 0 mV/ms
        x' = 0 /ms
        \(body)
      }
      circuit C { population cells : Cell[9] }
      """
    }
    let bodies = [
      "event spike when V > 10 mV { V = 0 mV }",
      "event spike when V rises through 10 mV { V = 0 mV }",
      "event low when V rises through 10 mV { V = 0 mV }",
      "poisson p = 10 kHz { V = 0 mV }",
    ]
    for body in bodies {
      let text = cell(body).replacing("exp(time/(5 ms)*100)", with: "1e300")
      let lost = try loss(text, backend: backend).number
      #expect(lost.name == "cells.V", "\(body)")
      #expect(abs(lost.time - 5.2e-3) < 1e-9, "\(body)")
    }
  }

  @Test("an event that gives a state no value is told of in its step", arguments: backends)
  func assigned(_ backend: Backend) throws {
    let circuit = """
      neuron Cell {
        state V = 0 mV
        V' = 1 mV/ms
        event spike when V rises through 3 mV { V = 1 mV*log(2 - V/(1 mV)) }
      }
      circuit C { population cells : Cell[1] }
      """
    let lost = try loss(circuit, backend: backend).number
    #expect(abs(lost.time - 3e-3) < 1.1e-4)
  }

  @Test("sums of continuous projections are told of")
  func sums() throws {
    let circuit = """
      neuron Cell {
        input total : mV = 0 mV
        state V = 1 mV
        state seen = 0
        V' = 0 mV/ms
        seen' = if total > 0 mV then 0 /ms else 1 /ms
        output shown = 1 mV*log(5 - time/(1 ms))
      }
      circuit C {
        population cells : Cell[20]
        projection p : cells.shown -> cells.total { connect all weight = 1 }
      }
      """
    let lost = try loss(circuit).number
    #expect(lost.name == "cells.p.sum" && lost.cell == 0)
    #expect(abs(lost.time - 5e-3) < 1.1e-4)
    #expect(lost.hint.contains("`p`"))
    #expect(try loss(circuit, threads: 3).number == lost)
  }

  /// Cells that spike each millisecond, and synapses in which something has no value after 5 ms.
  private static func synapse(release: String, weight: String) -> String {
    """
    neuron Clock {
      state phase = 0
      phase' = 1 /ms
      event spike when phase > 1 - 1e-9 { phase = 0 }
    }
    neuron Listener {
      input heard = 0
      state V = 0 mV
      V' = -V/(10 ms)
      event spike when V > 1 mV
    }
    synapse Learning {
      presynaptic {
        state x = 0
        x' = 1 /ms
        output release = \(release)
      }
      state y = 0
      y' = 1 /ms
      receive weight : 1 { y = y + 0*weight }
      on presynaptic spike { weight = \(weight) }
      output current = y
    }
    circuit C {
      population clocks : Clock[20]
      population cells : Listener[20]
      projection p : clocks -> cells.heard : Learning { connect all weight = 1 delay = 2 ms }
    }
    """
  }

  @Test("weights and what spikes tell are told of", arguments: backends)
  func weights(_ backend: Backend) throws {
    let weight = Self.synapse(release: "1", weight: "weight*sqrt(5.5 - y)")
    let release = Self.synapse(release: "log(5.5 - x)", weight: "weight")
    for threads in [1, 3] {
      let ofWeight = try loss(weight, backend: backend, threads: threads).number
      #expect(ofWeight.owner == "p" && ofWeight.name == "weight" && ofWeight.cell == 0)
      #expect(abs(ofWeight.time - 6e-3) < 1e-9)
      let ofRelease = try loss(release, backend: backend, threads: threads).number
      #expect(ofRelease.owner == "clocks" && ofRelease.name == "release")
      #expect(abs(ofRelease.time - 6e-3) < 1e-9)
    }
  }

  @Test("a state that begins as no number is refused with its beginning")
  func beginning() throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Cell {
        parameter a = 1 assumed "test"
        state x = log(a)
        x' = -x/(1 ms)
      }
      circuit C { population cells : Cell[3] }
      """)
    let network = Network(circuit, NetworkConfiguration(timeStep: 1e-4), backend: .interpreter)
    _ = try NetworkRun(network)
    do throws(NetworkFailure) {
      _ = try NetworkRun(network, settings: NetworkSettings(parameters: ["cells.a": 0]))
      Issue.record("it begins at -inf")
    } catch {
      #expect(error.message.contains("`cells.x = log("))
      #expect(error.message.contains("t = 0 s"))
    }
  }

  @Test("a recorded formula without a value is named")
  func recorded() throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Cell {
        state x = 1
        x' = -1 /ms
        output depth = log(x)
      }
      circuit C { population cells : Cell[3] }
      """)
    let entry = try #require(circuit.variable("cells.depth"))
    let run = try TestCircuits.run(
      circuit, step: 1e-4, until: 5,
      recorded: [.init(population: entry.population, expression: entry.expression)])
    try run.checkRecorded(0)
    try run.advance(toStep: 20)
    do throws(NetworkFailure) {
      try run.checkRecorded(0)
      Issue.record("the logarithm of a negative number has no value")
    } catch {
      #expect(error.message.contains("`cells.depth` of cell 0"))
      #expect(error.message.contains("t = 0.002 s"))
    }
  }
}
