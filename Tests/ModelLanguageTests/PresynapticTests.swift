import Diagnostics
import Testing

@testable import ModelLanguage

/// What synapses have in their source cells.
@Suite("Presynaptic parts of synapses")
struct PresynapticTests {
  static let text = """
    neuron Cell {
      parameter E = -65 mV    assumed "an example"
      input drive : nA = 0 nA
      state V : mV = E
      V' = (E - V)/(10 ms) + drive/(200 pF)
      event spike when V rises through -50 mV { V = E }
    }

    /// Receptors whose release wears out.
    synapse Depressing {
      /// What the source has.
      presynaptic {
        parameter U = 0.5             assumed "an example"
        parameter recovery = 0.8 s    assumed "an example"
        input V : mV
        function share(x) = U*x
        /// What is ready.
        state x = 1
        state peak : mV = 0 mV
        x' = (1 - x)/recovery
        peak' = -peak/(10 ms)
        output release = share(x)
        on spike {
          x = x - share(x)
          peak = V
        }
      }
      state g = 0 nS
      state trace = 0
      g' = -g/(5 ms)
      trace' = -trace/(20 ms)
      on spike { trace = trace + 1 }
      receive weight : nS { g = g + weight }
      on presynaptic spike { weight = max(0 nS, weight*(1 - trace)) }
      on postsynaptic spike { weight = weight + presynaptic.x*1 nS }
      output current : nA = 50 mV*g*(1 + trace)
    }

    /// Receptors that feel transmitter at every step.
    synapse Graded {
      presynaptic {
        input V : mV
        output open = 1/(1 + exp((-40 mV - V)/5 mV))
      }
      receive g : nS
      output current : nA = 50 mV*g
    }

    synapse Ohmic {
      receive g : nS
      output current : nA = 50 mV*g
    }

    synapse Concentrated {
      presynaptic { output transmitter = 1 mM }
      receive g : nS { }
      output current : nA = 0.05 nA
    }

    circuit Net {
      parameter rest = -70 mV    assumed "an example"
      population e : Cell[8]
      population i : Cell[4]
      projection ei : e -> i.drive : Depressing {
        connect all
        weight = 1 nS
        presynaptic.U ~ uniform(0.2, 0.4)    assumed "an example"
        presynaptic.V = E + rest
      }
      projection ee : e -> e.drive : Depressing { connect all  weight = 2 nS  delay = 1 ms }
      projection graded : e -> i.drive : Graded { connect all  weight = 1 nS  delay = 1 ms }
      projection ohmic : e.V -> e.drive : Ohmic { connect all  weight = 1 nS/mV }
      projection strange : e -> i.drive : Concentrated { connect all  weight = 1 nS/mM }
    }
    """

  private func net() throws -> Circuit {
    try circuit(SourceFile(path: "net.model", text: Self.text))
  }

  @Test("the text is printed as a fixed point")
  func printed() throws {
    let printer = SyntaxPrinter()
    let (syntax, diagnostics) = parse(SourceFile(path: "net.model", text: Self.text))
    #expect(diagnostics.isEmpty)
    let once = printer.text(of: syntax)
    let (again, others) = parse(SourceFile(path: "net.model", text: once))
    #expect(others.isEmpty, "\(DiagnosticPrinter().text(of: others))")
    #expect(printer.text(of: again) == once)
    #expect(once.contains("/// What is ready."))
    let file = SourceFile(path: "net.model", text: once)
    #expect(try circuit(file).printed == net().printed)
  }

  @Test("the source cell has one for each projection, and the target cell its own")
  func paths() throws {
    let net = try net()
    let (e, i) = (net.populations[0], net.populations[1])
    let states = e.cell.states.map(\.declaration.path)
    #expect(
      states == [
        "e.V", "e.ee.g", "e.ee.trace", "e.ei.presynaptic.x", "e.ei.presynaptic.peak",
        "e.ee.presynaptic.x", "e.ee.presynaptic.peak",
      ])
    #expect(i.cell.states.map(\.declaration.path) == ["i.V", "i.ei.g", "i.ei.trace"])
    #expect(e.variations.map(\.declaration.path) == ["e.ei.presynaptic.U"])
    let voltage = try #require(
      e.cell.quantities.first { $0.declaration.path == "e.ei.presynaptic.V" })
    #expect(e.cell.text(of: voltage.value) == "e.E + rest")
  }

  @Test("a spike changes its parts on both sides")
  func spikes() throws {
    let net = try net()
    for (population, expected) in zip(
      net.populations,
      [
        [
          "e.V", "e.ee.trace", "e.ei.presynaptic.x", "e.ei.presynaptic.peak",
          "e.ee.presynaptic.x", "e.ee.presynaptic.peak",
        ],
        ["i.V", "i.ei.trace"],
      ])
    {
      let spike = try #require(population.spike)
      let changed = population.cell.events[spike].assignments.map {
        population.cell.states[$0.state].declaration.path
      }
      #expect(changed.sorted() == expected.sorted())
    }
  }

  @Test("what is released multiplies weights, and what is graded is summed")
  func signals() throws {
    let net = try net()
    func projection(_ name: String) throws -> Projection {
      try #require(net.projections.first { $0.declaration.path == name })
    }
    let e = net.populations[0].cell
    let release = try #require(try projection("ei").release)
    #expect(e.text(of: release) == "e.ei.presynaptic.release")
    guard case .continuous(let source, let input, nil) = try projection("graded").signal,
      case .continuous(let voltage, _, nil) = try projection("ohmic").signal
    else {
      Issue.record("the projections are of another kind")
      return
    }
    #expect(e.text(of: source) == "e.graded.presynaptic.open")
    #expect(net.populations[1].cell.inputs[input].declaration.path == "i.graded.g")
    #expect(e.text(of: voltage) == "e.V")
    guard case .formula(.number(let weight)) = try projection("strange").weight else {
      Issue.record("the weight is no number")
      return
    }
    // 1 nS/mM, as the release is in mM.
    #expect(weight == 1e-9)
  }

  @Test("spikes change weights by the values of both cells")
  func plasticity() throws {
    let net = try net()
    let projection = try #require(net.projections.first { $0.declaration.path == "ei" })
    let plasticity = try #require(projection.plasticity)
    let cell = net.populations[1].cell
    let after = try #require(plasticity.afterPresynapticSpike)
    #expect(cell.text(of: after) == "max(0.0, i.ei.weight * (1.0 - i.ei.trace))")
    #expect(plasticity.sources.count == 1)
    let source = try #require(plasticity.sources.first)
    #expect(net.populations[0].cell.text(of: source.value) == "e.ei.presynaptic.x")
    #expect(cell.inputs[source.input].declaration.path == "i.ei.source.x")
    let potentiated = try #require(plasticity.afterPostsynapticSpike)
    #expect(cell.text(of: potentiated) == "i.ei.weight + i.ei.source.x * 1e-09")
    #expect(
      try #require(net.projections.first { $0.declaration.path == "graded" }).plasticity == nil)
  }

  @Test("nothing that is cut off or nested brings the reader down")
  func damaged() {
    let bytes = Array(Self.text.utf8)
    for end in stride(from: 0, to: bytes.count, by: 7) {
      _ = load(SourceFile(path: "cut.model", bytes: Array(bytes[..<end]))) { _, _ in
        .failure(.notFound)
      }
      let without = bytes[..<end] + bytes[min(bytes.count, end + 40)...]
      _ = load(SourceFile(path: "gap.model", bytes: Array(without))) { _, _ in
        .failure(.notFound)
      }
    }
    let deep = "synapse S { " + String(repeating: "presynaptic { ", count: 50_000)
    let (_, diagnostics) = load(SourceFile(path: "deep.model", text: deep)) { _, _ in
      .failure(.notFound)
    }
    #expect(diagnostics.hasErrors)
  }
}
