import ModelLanguage
import Networks
import Programs
import Testing

@Suite("Thresholds over time and inputs")
struct ThresholdTests {
  /// The numbers of the steps at whose ends the only cell spikes, within 10 ms.
  private func spikes(
    _ body: String, backend: Backend, inputs: [(step: Int, value: Double)] = []
  ) throws -> [Double] {
    let circuit = try TestCircuits.circuit(
      """
      neuron Cell {
        input drive : mV = -1 mV
        state V = 0 mV
        V' = 0 mV/ms
        \(body)
      }
      circuit One { population a : Cell[1] { } }
      """)
    let network = Network(circuit, NetworkConfiguration(timeStep: 1e-4), backend: backend)
    let run = try NetworkRun(network)
    for (step, value) in inputs {
      try run.advance(toStep: step)
      try run.setInput("a.drive", to: value)
    }
    try run.advance(toStep: 100)
    return run.takeSpikes(of: 0).times.map { ($0 / 1e-4 * 1e6).rounded() / 1e6 }
  }

  private static let backends = [TestCircuits.native, .interpreter]

  @Test("time that passes a threshold", arguments: backends)
  func time(_ backend: Backend) throws {
    let crossing = "event spike when time rises through 5 ms { V = 0 mV }"
    #expect(try spikes(crossing, backend: backend) == [50])
    // Within a step: the moment is found in it.
    let within = "event spike when time rises through 5.03 ms { V = 0 mV }"
    #expect(try spikes(within, backend: backend) == [50.3])
    let above = "event spike when time > 9.75 ms { V = 0 mV }"
    #expect(try spikes(above, backend: backend) == [98, 99, 100])
    let periodic = "event spike when sin(2*pi*time/(2 ms) - 0.1) rises through 0 { V = 0 mV }"
    #expect(try spikes(periodic, backend: backend).count == 5)
  }

  @Test("an input that jumps through a threshold does so once", arguments: backends)
  func input(_ backend: Backend) throws {
    let crossing = "event spike when drive + V rises through 0 mV { V = 0 mV }"
    let inputs = [(20, 1e-3), (40, 2e-3), (60, -1e-3), (80, 1e-3)]
    let found = try spikes(crossing, backend: backend, inputs: inputs)
    #expect(found.count == 2)
    #expect(found.map { $0.rounded(.up) } == [21, 81])
  }

  @Test("what a spike changes has the time of the spike", arguments: backends)
  func timeOfChange(_ backend: Backend) throws {
    let circuit = try TestCircuits.circuit(
      """
      neuron Cell {
        state V = 0 ms
        V' = 0
        event spike when time rises through 5 ms { V = time }
      }
      circuit One { population a : Cell[3] { } }
      """)
    let network = Network(circuit, NetworkConfiguration(timeStep: 1e-4), backend: backend)
    let run = try NetworkRun(network)
    try run.advance(toStep: 60)
    #expect(run.states(0, of: 0).allSatisfy { abs($0 - 5e-3) < 1e-15 })
  }
}
