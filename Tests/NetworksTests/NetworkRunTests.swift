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
    let circuit = TestCircuits.cobahh(4000)
    let network = Network(
      circuit, NetworkConfiguration(timeStep: 1e-4), backend: .native(Self.toolchain))
    print(network.notes)
    let clock = ContinuousClock()
    for threads in [1, 2] {
      var best = 1e9
      var best2 = 1e9
      for seed in 3..<9 {
        let run = try NetworkRun(
          network, settings: NetworkSettings(seed: UInt64(seed)), threads: threads)
        let t = clock.now
        let c = Foundation.clock()
        try run.advance(toStep: 10_000)
        let e = clock.now - t
        best = min(best, Double(e.components.attoseconds) * 1e-18 + Double(e.components.seconds))
        best2 = min(best2, Double(Foundation.clock() - c) / 1e6)
      }
      print("threads", threads, "run", best, best2)
    }
  }
}
