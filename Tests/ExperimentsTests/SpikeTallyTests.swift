import Diagnostics
import Foundation
import Networks
import Programs
import Testing

@testable import Experiments

/// Windows and bins of what is reduced from spikes; the statistics have tests of their own.
@Suite("Windows and bins of spikes")
struct SpikeTallyTests {
  /// A cell that spikes at each step's end with a chance, and nothing else in it.
  private static let circuit = """
    neuron Source {
      parameter r = 100 Hz assumed "test"
      poisson p = r
      event spike when p > 0
    }
    circuit Sources { population a : Source[50] { } }
    """
  private static let clock = """
    neuron Clock {
      parameter period = 10 s assumed "test"
      state phase = 0
      phase' = 1/period
      event spike when phase rises through 1 { phase = 0 }
    }
    circuit Clocks { population a : Clock[2] { } }
    """

  private func values(
    _ model: String, step: String, duration: String, _ reductions: String
  ) throws -> [Double] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try model.write(
      to: folder.appendingPathComponent("m.model"), atomically: true, encoding: .utf8)
    let text = """
      model: m
      duration: \(duration)
      solver: {step: \(step)}
      reduce:
      \(reductions.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
      """
    let place = folder.appendingPathComponent("e.yaml")
    try text.write(to: place, atomically: true, encoding: .utf8)
    let file = try FileLibrary.file(place.path)
    let (experiment, diagnostics) = Experiment.read(file, library: FileLibrary(modelRoots: []))
    #expect(diagnostics.map(\.message) == [])
    let results = try NetworkResults(try #require(experiment))
    return try #require(results.summary.results.first).result.reductions
  }

  @Test("independent cells are not synchronous, whatever the step", arguments: ["0.3 ms", "3 ms"])
  func independence(_ step: String) throws {
    // Over 30 s the deviation of the mean of 1,225 correlations is about 4e-4.
    let found = try values(Self.circuit, step: step, duration: "30 s", "s: synchrony(a)")
    #expect(abs(found[0]) < 0.002)
  }

  @Test("the bins of powers hold equal numbers of steps")
  func evenBins() throws {
    let exact = try values(
      Self.circuit, step: "1 ms", duration: "19.95 s", "g: gamma_power(a)")
    let odd = try values(
      Self.circuit, step: "0.95 ms", duration: "19.95 s", "g: gamma_power(a)")
    #expect(odd[0] < 1.3 * exact[0])
  }

  @Test("a window leaves out its start and has its end")
  func ends() throws {
    let circuit = Self.circuit.replacingOccurrences(of: "100 Hz", with: "100 kHz")
    // So many arrivals that every cell spikes in every step.
    let found = try values(
      circuit, step: "1 ms", duration: "10 ms",
      "all: count(a)\nfirst: count(a, 0 ms, 5 ms)\nlast: count(a, 5 ms, 10 ms)\nr: rate(a)")
    #expect(found[0...2] == [500, 250, 250])
    #expect(abs(found[3] - 1000) < 1e-6)
  }

  @Test("once in ten seconds is not silent, wherever the window begins")
  func silence() throws {
    let found = try values(
      Self.clock, step: "1 ms", duration: "40 s",
      "one: silent(a, 2 s, 32 s)\ntwo: silent(a, 2.2 s, 32.2 s)\nthree: silent(a, 2 s, 9 s)")
    #expect(found == [0, 0, 1])
  }

  @Test("a band of which a window resolves no frequency has no power")
  func unresolved() throws {
    let found = try values(
      Self.circuit, step: "1 ms", duration: "1 s",
      "short: delta_power(a, 0.8 s, 1 s)\nlong: gamma_power(a)")
    #expect(found[0].isNaN)
    #expect(found[1] > 0)
  }
}
