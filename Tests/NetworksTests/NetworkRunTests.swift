import Diagnostics
import Foundation
import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

@Suite("Networks")
struct NetworkRunTests {
  static let toolchain = KernelToolchain.detect(
    environment: ProcessInfo.processInfo.environment)

  @Test("speed") func speed() throws {
    for (name, step, steps) in [("cobahh", 1e-4, 10_000), ("burst_bank", 2.5e-5, 4_000)] {
      let path = "Benchmarks/\(name).model"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let (loaded, diagnostics) = load(SourceFile(path: path, text: text)) { _, _ in
        .failure(.notFound)
      }
      guard case .circuit(let circuit)? = loaded else { print(diagnostics); return }
      let network = Network(
        circuit, NetworkConfiguration(timeStep: step), backend: .native(Self.toolchain))
      print(network.notes)
      let clock = ContinuousClock()
      for threads in [1, 2] {
        var best = 1e9
        var best2 = 1e9
        var spikes = 0
        for seed in 3..<7 {
          let run = try NetworkRun(
            network, settings: NetworkSettings(seed: UInt64(seed)), threads: threads)
          let t = clock.now
          let c = Foundation.clock()
          try run.advance(toStep: steps)
          let e = clock.now - t
          spikes = circuit.populations.indices.map { run.takeSpikes(of: $0).count }.reduce(0, +)
          best = min(best, Double(e.components.attoseconds) * 1e-18 + Double(e.components.seconds))
          best2 = min(best2, Double(Foundation.clock() - c) / 1e6)
        }
        print(name, "threads", threads, "run", best, best2, "spikes", spikes)
      }
    }
  }
}
