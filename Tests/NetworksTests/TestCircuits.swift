import Diagnostics
import Foundation
import ModelLanguage
import Networks
import Programs
import Solvers

/// Circuits from texts, and the ways to run them.
enum TestCircuits {
  static let toolchain = KernelToolchain.detect(
    environment: ProcessInfo.processInfo.environment)
  static let native = Backend.native(toolchain)
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  struct Unreadable: Error {
    var diagnostics: [String]
  }

  /// The circuit in a text, with the tables that it names.
  static func circuit(_ text: String, tables: [String: String] = [:]) throws -> Circuit {
    let source = SourceFile(path: "test.model", text: text)
    let (loaded, diagnostics) = load(source) { _, name in
      tables[name].map { .success(SourceFile(path: name, text: $0)) } ?? .failure(.notFound)
    }
    guard case .circuit(let circuit)? = loaded else {
      throw Unreadable(diagnostics: diagnostics.map(\.message))
    }
    return circuit
  }

  /// The circuit of a benchmark.
  static func benchmark(_ name: String) throws -> Circuit {
    let url = root.appendingPathComponent("Benchmarks/\(name).model")
    return try circuit(String(contentsOf: url, encoding: .utf8))
  }

  /// A run that has been taken to its end.
  static func run(
    _ circuit: Circuit, step: Double, until end: Int, method: CellMethod = .exponentialEuler,
    recorded: [NetworkConfiguration.Recorded] = [], settings: NetworkSettings = NetworkSettings(),
    backend: Backend = native, threads: Int = 1
  ) throws -> NetworkRun {
    let configuration = NetworkConfiguration(method: method, timeStep: step, recorded: recorded)
    let network = Network(circuit, configuration, backend: backend)
    let run = try NetworkRun(network, settings: settings, threads: threads)
    try run.advance(toStep: end)
    return run
  }

  /// A leaky cell that spikes when its input drives it over the threshold, and one that hears it.
  static let chain = """
    neuron Leaky {
      parameter tau = 10 ms        assumed "test"
      parameter rest = -65 mV      assumed "test"
      parameter threshold = -50 mV assumed "test"
      parameter drive = 0 mV       assumed "test"
      state V = -65 mV
      V' = if refractory then 0 mV/ms else (rest + drive - V)/tau
      receive kick : mV { V = V + kick }
      event spike when V > threshold refractory 2 ms { V = rest }
    }
    circuit Chain {
      parameter delay = 0 ms       assumed "test"
      population first : Leaky[1] { drive = 30 mV assumed "test" }
      population second : Leaky[1] { }
      projection link : first -> second.kick { connect all weight = 20 mV delay = delay }
    }
    """
}
