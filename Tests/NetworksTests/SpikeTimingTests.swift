import Foundation
import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

@Suite("Weights that depend on the timing of spikes")
struct SpikeTimingTests {
  /// One pair of spikes for each target: the source spikes once, and each target once.
  static let pairs = """
    neuron Once {
      parameter at = 100.05 ms    assumed "test"
      state t = 0 ms
      t' = 1
      event spike when t rises through at
    }
    neuron Target {
      parameter at = 100.05 ms    assumed "test"
      input heard : 1
      state t = 0 ms
      state sum = 0
      t' = 1
      sum' = heard/(1 ms)
      event spike when t rises through at
    }
    synapse Pair {
      presynaptic {
        parameter tau = 17 ms    assumed "test"
        state trace = 0
        trace' = -trace/tau
        on spike { trace = trace + 1 }
      }
      parameter tau = 34 ms      assumed "test"
      parameter A_plus = 0.01    assumed "test"
      parameter A_minus = 0.005  assumed "test"
      state trace = 0
      trace' = -trace/tau
      on spike { trace = trace + 1 }
      on presynaptic spike { weight = weight - A_minus*trace }
      on postsynaptic spike { weight = weight + A_plus*presynaptic.trace }
      receive weight : 1 { arrived = arrived + weight }
      state arrived = 0
      arrived' = 0 /ms
      output current = arrived
    }
    circuit Pairs {
      population first : Once[1]
      population target : Target[41] { at = (60.05 + 2*index)*1 ms  assumed "test" }
      projection pairs : first -> target.heard : Pair { connect all  weight = 1  delay = 3 ms }
    }
    """

  @Test("pairs of spikes give the two exponentials", arguments: [1, 3])
  func window(threads: Int) throws {
    let circuit = try TestCircuits.circuit(Self.pairs)
    for backend in [TestCircuits.native, .interpreter] {
      let run = try TestCircuits.run(
        circuit, step: 1e-4, until: 2000, backend: backend, threads: threads)
      #expect(run.takeSpikes(of: 0).count == 1)
      #expect(run.takeSpikes(of: 1).count == 41)
      let weights = try #require(run.weights(of: 0))
      for (index, weight) in weights.enumerated() {
        // Both at once are not a pair: each sees the other before its spike.
        let lag = (60.05 + 2 * Double(index) - 100.05) * 1e-3
        let change =
          abs(lag) < 1e-5 ? 0 : lag > 0 ? 0.01 * exp(-lag / 0.017) : -0.005 * exp(lag / 0.034)
        // The rounding of up to 400 steps of an exponential.
        #expect(abs(weight - 1 - change) < 1e-13, "lag \(lag)")
      }
      // A spike carries the weight from before it.
      let arrived = try TestCircuits.state("target.pairs.arrived", of: 1, in: circuit)
      #expect(run.states(arrived, of: 1) == [Double](repeating: 1, count: 41))
    }
  }

  static func competition() throws -> Circuit {
    let url = TestCircuits.root.appendingPathComponent("Models/synapses/song_2000.model")
    return try TestCircuits.circuit(String(contentsOf: url, encoding: .utf8))
  }

  @Test("the additive rule does to every weight what its definition says of the spikes")
  func song() throws {
    let circuit = try Self.competition()
    let step = 1e-4
    let steps = 20_000
    let run = try TestCircuits.run(circuit, step: step, until: steps)
    var sources = [[Int]](repeating: [], count: steps)
    let train = run.takeSpikes(of: 0)
    for (cell, time) in zip(train.cells, train.times) {
      sources[Int((time / step).rounded()) - 1].append(Int(cell))
    }
    var cell = Set<Int>()
    for time in run.takeSpikes(of: 2).times { cell.insert(Int((time / step).rounded()) - 1) }
    #expect(cell.count > 10)
    let decay = exp(-step / 0.02)
    var weights = [Double](repeating: 0.015, count: 1000)
    var before = [Double](repeating: 0, count: 1000)
    var after = 0.0
    var boundCount = 0
    for step in 0..<steps {
      for source in 0..<1000 { before[source] *= decay }
      after *= decay
      for source in sources[step] {
        weights[source] = max(0, weights[source] - 0.015 * 0.00525 * after)
      }
      if cell.contains(step) {
        for source in 0..<1000 {
          weights[source] = min(0.015, weights[source] + 0.015 * 0.005 * before[source])
          if weights[source] == 0.015 { boundCount += 1 }
        }
      }
      for source in sources[step] { before[source] += 1 }
      if cell.contains(step) { after += 1 }
    }
    let found = try #require(run.weights(of: 0))
    #expect(found.contains { $0 < 0.0149 })
    #expect(boundCount > 100, "the upper bound was never met")
    for (one, other) in zip(found, weights) { #expect(abs(one - other) < 1e-14) }
    #expect(run.weights(of: 1) == nil)
  }

  static let network = """
    neuron Noisy {
      parameter gain = 1     assumed "test"
      input heard : mV/ms
      noise xi
      state V = 0 mV
      V' = heard + ((14 mV - V)/(10 ms) + 3 mV/ms^0.5*xi)*gain
      event spike when V rises through 15 mV refractory 2 ms { V = 0 mV }
    }
    synapse Learning {
      presynaptic {
        parameter tau = 17 ms    assumed "test"
        input V : mV
        state trace = 0
        trace' = -trace/tau
        quantity used = 0.5*(1 + trace)
        output release = 1/used
        on spike { trace = trace + 1 }
      }
      parameter tau = 34 ms      assumed "test"
      parameter decay = 5 ms     assumed "test"
      input V : mV
      input gain = 1
      state trace = 0
      state I : mV/ms = 0 mV/ms
      quantity deep = exp(V/(10 mV))*gain
      trace' = -trace/tau
      I' = -I/decay
      on spike { trace = trace + 1 }
      on presynaptic spike {
        weight = max(0.01 mV/ms, weight*(1 - 0.1*trace*presynaptic.used/(1 + deep)))
      }
      on postsynaptic spike {
        weight = if weight > 0.3 mV/ms then weight
          else weight + 0.02 mV/ms*presynaptic.trace*exp(presynaptic.V/(10 mV))
      }
      receive weight : mV/ms { I = I + weight }
      output current : mV/ms = I
    }
    circuit Mixed {
      population a : Noisy[53] { gain ~ uniform(0.5, 1.5)  assumed "test" }
      population b : Noisy[29]
      projection aa : a -> a.heard : Learning {
        connect random(0.3)  weight ~ normal(0.1 mV/ms, 0.01 mV/ms)  delay ~ uniform(0 ms, 3 ms)
        tau ~ uniform(20 ms, 40 ms)  assumed "test"
      }
      projection ab : a -> b.heard : Learning { connect random(0.3)  weight = 0.1 mV/ms }
      projection ba : b -> a.heard : Learning {
        connect fixed_in_degree(3)  weight = 0.1 mV/ms  delay = 1 ms
        presynaptic.tau = 5 ms  assumed "test"
      }
    }
    """

  @Test("the bits do not depend on backend, threads or pieces")
  func sameBits() throws {
    let circuit = try TestCircuits.circuit(Self.network)
    func fingerprint(
      backend: Backend = TestCircuits.native, threads: Int = 1, pieces: [Int] = [600]
    ) throws -> [UInt64] {
      let network = Network(circuit, NetworkConfiguration(timeStep: 1e-4), backend: backend)
      let run = try NetworkRun(network, settings: NetworkSettings(seed: 5), threads: threads)
      for end in pieces { try run.advance(toStep: end) }
      var bits: [UInt64] = []
      for population in 0..<2 {
        bits += run.takeSpikes(of: population).times.map(\.bitPattern)
        for state in circuit.populations[population].cell.states.indices {
          bits += run.states(state, of: population).map(\.bitPattern)
        }
      }
      for projection in 0..<3 { bits += (run.weights(of: projection) ?? []).map(\.bitPattern) }
      let changed = Set(run.weights(of: 1) ?? [])
      #expect(changed.count > 100)
      return bits
    }
    let expected = try fingerprint()
    for threads in [2, 3] { #expect(try fingerprint(threads: threads) == expected) }
    #expect(try fingerprint(backend: .interpreter) == expected)
    #expect(try fingerprint(pieces: [1, 7, 100, 101, 399, 600]) == expected)
  }
}
