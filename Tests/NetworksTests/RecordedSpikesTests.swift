import Foundation
import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

@Suite("Recorded spikes")
struct RecordedSpikesTests {
  /// Noisy cells, or replaying ones in their place, that drive others by two kinds of synapse.
  static func circuit(_ source: String) throws -> Circuit {
    try TestCircuits.circuit(
      """
      neuron Leaky {
        parameter rest = 12 mV   assumed "test"
        input drive : mV = 0 mV
        noise xi
        state V = 0 mV
        V' = (rest + drive - V)/(10 ms) + 3 mV*sqrt(2/(10 ms))*xi
        receive kick : mV { V = V + kick }
        event spike when V rises through 10 mV refractory 2 ms { V = 0 mV }
      }
      neuron Replaying {
        recorded spikes
        event spike when spikes > 0
      }
      synapse Depressing {
        presynaptic {
          state x = 1
          x' = (1 - x)/(100 ms)
          output release = x
          on spike { x = x/2 }
        }
        state I = 0 mV
        I' = -I/(5 ms)
        receive weight : mV { I = I + weight }
        output current : mV = I
      }
      circuit Net {
        population relay : \(source)[23]
        population target : Leaky[37] { rest = 8 mV assumed "test" }
        projection kicks : relay -> target.kick {
          connect random(0.3)
          weight ~ normal(0.5 mV, 0.1 mV)
          delay ~ uniform(0.5 ms, 3 ms)
        }
        projection synapses : relay -> target.drive : Depressing {
          connect fixed_in_degree(5)
          weight = 2 mV
          delay = 1 ms
        }
        projection within : target -> target.kick {
          connect random(0.1)
          weight = -0.2 mV
          delay = 1.5 ms
        }
      }
      """)
  }

  static let timeStep = 1e-4
  static let end = 3000

  /// The spikes of both populations.
  static func trains(
    _ circuit: Circuit, _ settings: NetworkSettings, threads: Int = 1,
    backend: Backend = TestCircuits.native, pieces: [Int] = [end]
  ) throws -> [SpikeTrain] {
    let network = Network(
      circuit, NetworkConfiguration(timeStep: timeStep), backend: backend)
    let run = try NetworkRun(network, settings: settings, threads: threads)
    for end in pieces { try run.advance(toStep: end) }
    return [run.takeSpikes(of: 0), run.takeSpikes(of: 1)]
  }

  static func recording(_ train: SpikeTrain) throws -> RecordedSpikes {
    RecordedSpikes(
      steps: try train.times.map {
        // As a file has it: in ms.
        try #require(RecordedSpikes.step(of: $0 * 1e3 * 1e-3, timeStep: timeStep))
      }, cells: train.cells)
  }

  @Test("what replays a population drives others to the same spikes, bit for bit")
  func replay() throws {
    let original = try Self.trains(try Self.circuit("Leaky"), NetworkSettings(seed: 7))
    #expect(original[0].count > 200 && original[1].count > 200)
    var settings = NetworkSettings(seed: 7)
    settings.recordedSpikes["relay.spikes"] = try Self.recording(original[0])
    let circuit = try Self.circuit("Replaying")
    for threads in [1, 2, 3] {
      let again = try Self.trains(circuit, settings, threads: threads)
      #expect(again[1].times == original[1].times && again[1].cells == original[1].cells)
      #expect(again[0].count == original[0].count)
      // What replays spikes at the ends of steps, and replays itself the same again.
      #expect(
        try Self.recording(again[0]).steps == Self.recording(original[0]).steps)
    }
    let interpreted = try Self.trains(
      circuit, settings, threads: 2, backend: .interpreter, pieces: [1, 2, 41, 777, 3000])
    #expect(interpreted[1].times == original[1].times)
    let silent = try Self.trains(circuit, NetworkSettings(seed: 7))
    #expect(silent[0].count == 0 && silent[1].times != original[1].times)
  }

  @Test("a time belongs to the step within which it falls, its end included")
  func steps() {
    func step(_ time: Double) -> Int? { RecordedSpikes.step(of: time, timeStep: 1e-4) }
    #expect(step(1e-4) == 0 && step(1.01e-4) == 1 && step(2e-4) == 1 && step(0.99e-4) == 0)
    #expect(step(0) == -1 && step(-3) == -1)
    #expect(step(.infinity) == nil && step(.nan) == nil)
    // Ends of steps in decimals, and by way of milliseconds.
    let wrong = (1...200_000).filter { end in
      let time = Double(end) * 1e-4
      return step(time) != end - 1 || step(time * 1e3 * 1e-3) != end - 1
    }
    #expect(wrong.isEmpty)
  }

  @Test("spikes of one cell in one step are counted")
  func counts() throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Counter {
        state n = 0
        n' = 0 /s
        recorded played { n = n + played }
      }
      circuit Net { population cells : Counter[9] }
      """)
    let network = Network(circuit, NetworkConfiguration(timeStep: 1e-3), backend: .interpreter)
    var settings = NetworkSettings()
    settings.recordedSpikes["cells.played"] = RecordedSpikes(
      steps: [0, 2, 2, 2, 70], cells: [8, 1, 1, 0, 8])
    let run = try NetworkRun(network, settings: settings)
    try run.advance(toStep: 2)
    #expect(run.states(0, of: 0) == [0, 0, 0, 0, 0, 0, 0, 0, 1])
    try run.advance(toStep: 100)
    #expect(run.states(0, of: 0) == [1, 2, 0, 0, 0, 0, 0, 0, 2])
  }

  @Test("a spike of a cell that is not there is told")
  func unknownCell() throws {
    let circuit = try Self.circuit("Replaying")
    var settings = NetworkSettings()
    settings.recordedSpikes["relay.spikes"] = RecordedSpikes(steps: [3], cells: [23])
    #expect {
      try Self.trains(circuit, settings)
    } throws: { error in
      (error as? NetworkFailure)?.message.contains("recorded spike of cell 23") == true
    }
  }
}
