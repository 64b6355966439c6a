import Foundation
import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

@Suite("Short-term plasticity")
struct ShortTermPlasticityTests {
  /// A cell that spikes at a period of its own, and synapses whose release depends on the past.
  ///
  /// What arrives is counted and does not decay.
  static let synapses = """
    neuron Clock {
      parameter interval = 20 ms    assumed "test"
      state phase = 0
      phase' = 1/interval
      event spike when phase > 1 - 1e-9 { phase = 0 }
    }
    neuron Listener {
      input heard : pA
      state V = 0 mV
      V' = heard*(1 Mohm)/(10 ms) - V/(10 ms)
    }
    synapse Dynamic {
      presynaptic {
        parameter U = 0.5                 assumed "test"
        parameter facilitation = 50 ms    assumed "test"
        parameter recovery = 800 ms       assumed "test"
        state u = 0
        state x = 1
        u' = -u/facilitation
        x' = (1 - x)/recovery
        quantity used = u + U*(1 - u)
        output release = used*x
        on spike {
          u = used
          x = x - used*x
        }
      }
      state charge = 0 pA
      charge' = 0 pA/ms
      receive weight : pA { charge = charge + weight }
      output current : pA = charge
    }
    """

  static func circuit(delay: String) throws -> Circuit {
    try TestCircuits.circuit(
      synapses + """

        circuit Train {
          population clock : Clock[1] { }
          population listener : Listener[3] { }
          projection depressing : clock -> listener.heard : Dynamic {
            connect all
            weight = 250 pA
            delay = \(delay)
          }
          projection facilitating : clock -> listener.heard : Dynamic {
            connect all
            weight = 1540 pA
            delay = \(delay)
            presynaptic.U = 0.03              assumed "test"
            presynaptic.facilitation = 530 ms assumed "test"
            presynaptic.recovery = 130 ms     assumed "test"
          }
        }
        """)
  }

  /// What each spike of a train adds, by the recursion that Tsodyks, Pawelzik and Markram derive.
  private func releases(
    _ count: Int, interval: Double, use: Double, facilitation: Double, recovery: Double
  ) -> [Double] {
    var u = use
    var x = 1.0
    var result: [Double] = []
    for _ in 0..<count {
      result.append(u * x)
      x = 1 - (1 - x * (1 - u)) * exp(-interval / recovery)
      u = use + u * (1 - use) * exp(-interval / facilitation)
    }
    return result
  }

  @Test(
    "every spike of a regular train releases what the recursion says",
    arguments: [0, 3, 40])
  func recursion(delaySteps: Int) throws {
    let step = 1e-4
    let circuit = try Self.circuit(delay: "\(Double(delaySteps)/10) ms")
    let run = try NetworkRun(
      Network(circuit, NetworkConfiguration(timeStep: step), backend: TestCircuits.native))
    let states = try ["depressing", "facilitating"].map {
      try TestCircuits.state("listener.\($0).charge", of: 1, in: circuit)
    }
    let expected = [
      releases(50, interval: 0.02, use: 0.5, facilitation: 0.05, recovery: 0.8).map {
        $0 * 250e-12
      },
      releases(50, interval: 0.02, use: 0.03, facilitation: 0.53, recovery: 0.13).map {
        $0 * 1540e-12
      },
    ]
    var before = [0.0, 0.0]
    for spike in 0..<50 {
      // The spike at the end of step 200·(n + 1) has arrived one step and its delay later.
      try run.advance(toStep: 200 * (spike + 1) + 1 + delaySteps)
      for (number, state) in states.enumerated() {
        let charges = run.states(state, of: 1)
        #expect(Set(charges).count == 1)
        // The rounding of 200 steps of an exponential in each of 50 intervals.
        let added = charges[0] - before[number]
        #expect(
          abs(added - expected[number][spike]) < 1e-11 * expected[number][0] * 50,
          "spike \(spike): \(added), expected \(expected[number][spike])")
        before[number] = charges[0]
      }
    }
    #expect(run.takeSpikes(of: 0).count >= 50)
  }

  @Test("a long train settles at the closed form")
  func steadyState() throws {
    let interval = 0.02
    let circuit = try Self.circuit(delay: "0 ms")
    let run = try TestCircuits.run(circuit, step: 1e-4, until: 200 * 500 + 1)
    for (name, use, facilitation, recovery) in [
      ("depressing", 0.5, 0.05, 0.8), ("facilitating", 0.03, 0.53, 0.13),
    ] {
      let state = try TestCircuits.state("clock.\(name).presynaptic.u", of: 0, in: circuit)
      let resources = try TestCircuits.state("clock.\(name).presynaptic.x", of: 0, in: circuit)
      let decay = exp(-1e-4 / facilitation)
      // One step after the spike; just behind it u is U/(1 − (1 − U)·e^(−T/τ)).
      let u = use / (1 - (1 - use) * exp(-interval / facilitation))
      #expect(abs(run.states(state, of: 0)[0] - u * decay) < 1e-11)
      let rest = exp(-interval / recovery)
      let x = (1 - rest) / (1 - (1 - u) * rest)
      let behind = 1 - (1 - x * (1 - u)) * exp(-1e-4 / recovery)
      #expect(abs(run.states(resources, of: 0)[0] - behind) < 1e-11)
    }
  }

  static let network =
    synapses + """

      neuron Noisy {
        parameter gain = 1     assumed "test"
        input heard : pA
        noise xi
        state V = 0 mV
        V' = (heard*(100 Mohm) + 14 mV - V)/(10 ms)*gain + 3 mV/ms^0.5*xi
        event spike when V rises through 15 mV refractory 2 ms { V = 0 mV }
      }
      circuit Mixed {
        population clock : Clock[29] { interval = 3 ms + 0.1 ms*index  assumed "test" }
        population noisy : Noisy[53] { gain ~ uniform(0.5, 1.5)  assumed "test" }
        projection plain : clock -> noisy.heard : Dynamic {
          connect random(0.3)  weight = 1 pA  delay ~ uniform(0.8 ms, 4 ms)
        }
        projection late : clock -> noisy.heard : Dynamic {
          connect random(0.3)  weight ~ normal(1 pA, 0.2 pA)  delay = 1.1 ms
          presynaptic.U ~ uniform(0.1, 0.9)  assumed "test"
        }
        projection recurrent : noisy -> noisy.heard : Dynamic {
          connect fixed_in_degree(7)  weight = -2 pA  delay ~ uniform(0.8 ms, 4 ms)
          presynaptic.recovery = 20 ms  assumed "test"
        }
      }
      """

  @Test("the bits do not depend on backend, threads or pieces", arguments: CellMethod.allCases)
  func sameBits(method: CellMethod) throws {
    let circuit = try TestCircuits.circuit(Self.network)
    let expected = try TestCircuits.fingerprint(circuit, method: method)
    #expect(expected.count > 1000, "too few spikes to tell anything")
    for threads in [2, 3] {
      #expect(
        try TestCircuits.fingerprint(circuit, method: method, threads: threads) == expected)
    }
    #expect(
      try TestCircuits.fingerprint(circuit, method: method, backend: .interpreter) == expected)
    #expect(
      try TestCircuits.fingerprint(circuit, method: method, pieces: [1, 7, 100, 101, 399, 400])
        == expected)
  }
}
