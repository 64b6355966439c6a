import Diagnostics
import Dynamics
import Experiments
import Foundation
import ModelLanguage
import Networks
import Programs
import Simulations
import Solvers
import Testing
import Units

/// A cell of the library, as a population of one and as an ordinary model.
struct CellCase: Sendable, CustomTestStringConvertible {
  /// What the test is called.
  var name: String
  /// The file in `Models/cells`, and the neuron in it.
  var file: String
  var neuron: String
  /// The current into the cell, in uA/cm^2.
  var drive: Double
  /// The threshold of the neuron's own spike, in mV.
  var threshold: Double
  /// How long it runs, in s.
  var duration: Double
  /// Parameters that are set to 0, with their units, by their paths within the neuron.
  var zeroed: [(path: String, unit: String)] = []

  var testDescription: String { name }

  private static let toolchain = KernelToolchain.detect(
    environment: ProcessInfo.processInfo.environment)
  private static let native = Backend.native(toolchain)
  private static let models = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Models").path

  private struct Unreadable: Error {
    var messages: [String]
  }

  private func load(_ text: String) throws -> LoadedModel {
    let source = SourceFile(path: "\(Self.models)/test.model", text: text)
    let (loaded, diagnostics) = FileLibrary(modelRoots: [Self.models]).load(source)
    guard let loaded else { throw Unreadable(messages: diagnostics.map(\.message)) }
    return loaded
  }

  // MARK: As a population

  private var settings: String {
    zeroed.map { "\($0.path) = 0 \($0.unit)    assumed \"test\"\n" }.joined()
  }

  /// The spike times of the cell at a fixed step, in s.
  func spikeTimes(_ method: CellMethod, stepCount: Int) throws -> [Double] {
    let loaded = try load(
      """
      import "cells/\(file).model"
      circuit One {
        population cell : \(neuron)[1] {
          drive = \(drive) uA/cm^2
          \(settings)
        }
      }
      """)
    guard case .circuit(let circuit) = loaded else { throw Unreadable(messages: []) }
    let network = Network(
      circuit,
      NetworkConfiguration(method: method, timeStep: duration / Double(stepCount)),
      backend: Self.native)
    let run = try NetworkRun(network)
    try run.advance(toStep: stepCount)
    return run.takeSpikes(of: 0).times
  }

  // MARK: As an ordinary model

  /// The spike times of the same neuron with steps of its own and events located, in s.
  ///
  /// They are read off a counter beside the cell, which notes when the voltage last crossed the
  /// neuron's own threshold; it is looked at every quarter of a millisecond.
  func referenceSpikeTimes(_ method: Method, relativeTolerance: Double) throws -> [Double] {
    let loaded = try load(
      """
      import "cells/\(file).model"
      import "cells/spike_counter.model"
      model Reference {
        instance cell : \(neuron) { drive = \(drive) uA/cm^2 }
        instance spikes : SpikeCounter {
          V = cell.V
          threshold = \(threshold) mV    assumed "that of the neuron"
        }
      }
      """)
    guard case .model(let model) = loaded else { throw Unreadable(messages: []) }
    func state(_ path: String) throws -> Int {
      try #require(model.states.firstIndex { $0.declaration.path == path })
    }
    var overrides: [Int: Double] = [:]
    for entry in zeroed {
      let path = "cell.\(entry.path)"
      let index = model.parameters.firstIndex { $0.declaration.path == path }
      overrides[try #require(index, "there is no \(path)")] = 0
    }
    let parameters = model.parameterValues(overriding: overrides)
    let looks = Int((duration / 0.25e-3).rounded())
    let configuration = EnsembleConfiguration(
      method: .named(method), relativeTolerance: relativeTolerance,
      absoluteTolerances: model.states.map { relativeTolerance * $0.declaration.unit.scale },
      start: 0, end: duration,
      sampleTimes: (0...looks).map { duration * Double($0) / Double(looks) },
      recorded: [.state(try state("spikes.count")), .state(try state("spikes.last"))])
    let ensemble = try Ensemble(model: model, configuration: configuration, backend: Self.native)
    let setup = RunSetup(
      parameters: parameters, inputs: model.initialInputs(parameters: parameters),
      states: model.initialStates(parameters: parameters))
    var times: [Double] = []
    var isTaken = false
    try ensemble.makeWorker().run(
      nextChunk: {
        defer { isTaken = true }
        return isTaken ? nil : 0..<1
      },
      setup: { _ in setup },
      deliver: { chunk in
        #expect(chunk.outcomes[0].isDone, "\(chunk.outcomes[0])")
        // Samples are interpolated, so a count can be off by a rounding.
        let counts = chunk.samples(of: 0).map { $0.rounded() }
        let lasts = chunk.samples(of: 1)
        for look in 1..<counts.count where counts[look] != counts[look - 1] {
          #expect(counts[look] == counts[look - 1] + 1, "two spikes between two looks")
          times.append(lasts[look])
        }
      })
    return times
  }
}

extension CellCase {
  /// A squid axon that fires regularly.
  static let hodgkinHuxley = CellCase(
    name: "Hodgkin and Huxley 1952", file: "hodgkin_huxley", neuron: "HodgkinHuxley", drive: 10,
    threshold: 0, duration: 0.05)
  /// A fast-spiking interneuron.
  static let wangBuzsaki = CellCase(
    name: "Wang and Buzsaki 1996", file: "wang_buzsaki", neuron: "WangBuzsaki", drive: 1,
    threshold: 0, duration: 0.06)
  /// A relay cell in bursts.
  static let relayBurst = CellCase(
    name: "relay burst cell", file: "relay_burst", neuron: "RelayBurst", drive: 1,
    threshold: -20, duration: 0.1)
  /// A cell of the habenula, whose spikes open NMDA receptors and leave an afterhyperpolarisation.
  static let habenula = CellCase(
    name: "lateral habenula", file: "lateral_habenula", neuron: "QuietHabenulaCell", drive: 1,
    threshold: -10, duration: 0.1)
  /// The same without what its spikes do: a cell without jumps.
  static let habenulaWithoutJumps = CellCase(
    name: "lateral habenula without jumps", file: "lateral_habenula",
    neuron: "QuietHabenulaCell", drive: 1, threshold: -10, duration: 0.1,
    zeroed: [("kick", ""), ("membrane.g_A", "mS/cm^2")])
}
