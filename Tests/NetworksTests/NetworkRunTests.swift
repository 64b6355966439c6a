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
    for threads in [1, 1, 2] {
      var t = clock.now
      let run = try NetworkRun(network, settings: NetworkSettings(seed: 3), threads: threads)
      print("build", clock.now - t, run.connectionCounts)
      t = clock.now
      try run.advance(toStep: 10_000)
      print(
        "threads", threads, "run", clock.now - t, "rate",
        Double(run.takeSpikes(of: 0).count + run.takeSpikes(of: 1).count) / 4000)
    }
  }
}
