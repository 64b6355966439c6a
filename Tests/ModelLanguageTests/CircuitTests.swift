import Diagnostics
import Testing
import Units

@testable import ModelLanguage

@Suite("Circuits")
struct CircuitTests {
  private func net() throws -> Circuit {
    let table = SourceFile(path: "pairs.csv", text: pairsOfEveryCircuit)
    return try circuit(SourceFile(path: "test.model", text: everyCircuitConstruct)) { _, _ in
      .success(table)
    }
  }

  private func index(_ path: String, in declarations: [Declaration]) throws -> Int {
    try #require(declarations.firstIndex { $0.path == path }, "\(declarations.map(\.path))")
  }

  @Test("populations have sizes, cells and what differs between them")
  func populations() throws {
    let net = try net()
    #expect(net.name == "Net" && net.documentation == "A net.")
    #expect(net.populations.map(\.declaration.path) == ["excitatory", "inhibitory", "outside"])
    #expect(net.populations[0].declaration.documentation == "The first.")
    #expect(net.populations.map { $0.cell.value($0.size) } == [80, 20, 80])
    let cell = net.populations[0].cell
    #expect(try cell.value(of: "excitatory.C") == 150e-12)
    #expect(
      net.populations[0].variations.map(\.declaration.path) == [
        "excitatory.g", "excitatory.E", "excitatory.w", "excitatory.slow_current.sigma",
        "excitatory.ee.reversal", "excitatory.ee.g",
      ])
    guard case .lognormal(let mean, let deviation) = net.populations[0].variations[0].law,
      case .formula(let formula) = net.populations[0].variations[1].law
    else {
      Issue.record("the laws are of another kind")
      return
    }
    #expect(cell.value(mean) == 10e-9 && abs(cell.value(deviation) - 1e-9) < 1e-24)
    #expect(
      cell.text(of: formula) == "rest + 0.001 * excitatory.population.index / "
        + "(excitatory.population.count - 1.0)")
  }

  @Test("what a circuit declares has one path in all cells")
  func shared() throws {
    for population in try net().populations {
      let paths = population.cell.parameters.map(\.declaration.path)
      #expect(paths.starts(with: ["n", "rest", "strong"]))
      #expect(population.cell.inputs.map(\.declaration.path).contains("block"))
    }
  }

  @Test("inputs of a circuit's instances that keep their defaults are no cause for a warning")
  func defaultsOfInstances() throws {
    let file = SourceFile(
      path: "test.model",
      text: """
        component Pair {
            input a : 1/s = 1 /s
            input b : 1/s = 1 /s
            state x, y = 0
            x' = a - x/(1 s)
            y' = b - y/(1 s)
        }
        neuron Cell {
            state V = 0 mV
            V' = -V/(10 ms)
            event spike when V > 10 mV { V = 0 mV }
        }
        circuit Watched {
            population cells : Cell[2]
            instance pair : Pair { a = rate(cells) }
        }
        """)
    // `circuit` expects that nothing is said. The circuit itself is stepped like one more population.
    #expect(try circuit(file).populations.count == 2)
  }

  @Test("the inputs of a cell have roles")
  func roles() throws {
    let population = try net().populations[0]
    let cell = population.cell
    var roles: [String: String] = [:]
    for input in cell.inputs { roles[input.declaration.path] = "\(input.role)" }
    #expect(roles["block"] == "driven")
    #expect(roles["excitatory.block"] == nil)
    #expect(roles["excitatory.drive"] == "driven")
    #expect(roles["excitatory.xi"] == "whiteNoise")
    #expect(roles["excitatory.slow_current.eta"] == "whiteNoise")
    #expect(roles["excitatory.kick"] == "arrivals")
    #expect(roles["excitatory.played"] == "recorded")
    #expect(roles["excitatory.ee.weight"] == "arrivals")
    #expect(roles["excitatory.refractory"] == "refractory")
    #expect(roles["excitatory.egap.sum"] == "sum")
    #expect(roles["excitatory.egap.total"] == "sum")
    let background = cell.inputs[
      try index("excitatory.background", in: cell.inputs.map(\.declaration))]
    guard case .poisson(let rate) = background.role else {
      Issue.record("random arrivals have another role")
      return
    }
    #expect(cell.value(rate) == 2400)
    let noise = cell.inputs[try index("excitatory.xi", in: cell.inputs.map(\.declaration))]
    #expect(noise.declaration.unit.symbol == "s^-0.5")
  }

  @Test("what arrives changes states in the order of the declarations")
  func receivers() throws {
    let population = try net().populations[0]
    #expect(
      population.receivers.map(\.declaration.path) == [
        "excitatory.background", "excitatory.played", "excitatory.kick", "excitatory.ee.weight",
      ])
    let names = population.receivers[2].assignments.map {
      population.cell.states[$0.state].declaration.path
    }
    #expect(names == ["excitatory.V", "excitatory.w"])
    #expect(population.spike == 0)
    let spike = population.cell.events[0]
    #expect(spike.needsCrossing && spike.assignments.count == 2)
    #expect(population.cell.value(try #require(spike.refractoryTime)) == 0.003)
  }

  @Test("an input is the sum of what drives it and what projects to it")
  func sums() throws {
    let cell = try net().populations[0].cell
    let quantities = cell.quantities.map(\.declaration)
    let drive = cell.quantities[try index("excitatory.input.drive", in: quantities)]
    #expect(cell.text(of: drive.value) == "excitatory.drive + excitatory.ee.current")
    let gap = cell.quantities[try index("excitatory.gap_sum", in: quantities)]
    #expect(cell.text(of: gap.value) == "excitatory.egap.sum")
    let voltage = cell.quantities[try index("excitatory.ee.V", in: quantities)]
    #expect(cell.text(of: voltage.value) == "excitatory.E")
    let strength = cell.quantities[try index("excitatory.ee.strength", in: quantities)]
    #expect(cell.text(of: strength.value) == "open")
    let inhibitory = try net().populations[1].cell
    let own = inhibitory.quantities[
      try index("inhibitory.ei.V", in: inhibitory.quantities.map(\.declaration))]
    #expect(inhibitory.text(of: own.value) == "inhibitory.V")
  }

  @Test("projections have rules, weights and delays over the parameters of their target")
  func projections() throws {
    let net = try net()
    var texts: [String: String] = [:]
    for projection in net.projections {
      let cell = net.populations[projection.target].cell
      texts[projection.declaration.path] =
        "\(cell.text(of: projection.rule)) \(cell.text(of: projection.weight)) "
        + cell.text(of: projection.delay)
    }
    #expect(
      texts == [
        "ee":
          "random(0.02) ~ lognormal(strong, strong / 10.0) ~ uniform(0.001, 0.002)",
        "ei": "fixed_in_degree(n / 8.0) = 6e-09 = 0.001",
        "kicks": "fixed_out_degree(3.0) = 0.0001 = 0.0",
        "more":
          "distance(ring, gaussian, 0.8, 0.1) = 0.0001 * (1.0 + inhibitory.population.index / "
          + "inhibitory.population.count) = 0.0",
        "listed": "list of 3 = 0.0 = 0.0",
        "paired": "one_to_one = 0.001 = 0.0",
        "gap": "all = 1e-09 = 0.0",
        "egap": "all = 1e-09 = 0.0",
      ])
    #expect(
      net.projections.map(\.declaration.path) == [
        "ee", "ei", "kicks", "more", "listed", "paired", "gap", "egap",
      ])
    // Two projections share the receiver that the cell declares.
    #expect(net.projections[2].signal == net.projections[3].signal)
  }

  @Test("a list has its own weights and delays, in SI units")
  func list() throws {
    let listed = try #require(try net().projections.first { $0.declaration.path == "listed" })
    guard case .list(let rows) = listed.rule else {
      Issue.record("it is of another kind")
      return
    }
    #expect(rows.map(\.source) == [0, 79, 3])
    #expect(rows.map(\.target) == [1, 79, 4])
    #expect(rows.map(\.weight) == [1e-4, -2e-4, 2.5e-4])
    #expect(rows.map(\.delay) == [0.001, 0, 0.0015])
    let sources = try net().populations[0].cell.sources.map(\.path)
    #expect(sources == ["test.model", "pairs.csv"])
  }

  @Test("a projection of a variable sums it and its weights")
  func continuous() throws {
    let net = try net()
    let gap = try #require(net.projections.first { $0.declaration.path == "gap" })
    let cell = net.populations[1].cell
    guard case .continuous(let source, let input, let total) = gap.signal else {
      Issue.record("it carries spikes")
      return
    }
    #expect(cell.text(of: source) == "inhibitory.V")
    #expect(cell.inputs[input].declaration.path == "inhibitory.gap.sum")
    #expect(cell.inputs[input].declaration.unit.symbol == "nA")
    #expect(cell.inputs[try #require(total)].declaration.path == "inhibitory.gap.total")
    #expect(gap.weightDeclaration.unit.symbol == "nS")
  }

  @Test("a circuit is printed as a fixed point, with every construct")
  func printing() {
    let first = parse(SourceFile(path: "a.model", text: everyCircuitConstruct))
    #expect(first.diagnostics.isEmpty, "\(DiagnosticPrinter().text(of: first.diagnostics))")
    let printed = SyntaxPrinter().text(of: first.syntax)
    let second = parse(SourceFile(path: "b.model", text: printed))
    #expect(second.diagnostics.isEmpty, "\(DiagnosticPrinter().text(of: second.diagnostics))")
    #expect(SyntaxPrinter().text(of: second.syntax) == printed)
    #expect(
      second.syntax.components.map(\.declarations.count)
        == first.syntax.components.map(\.declarations.count))
  }

  @Test("what is printed elaborates to the same circuit")
  func printedCircuit() throws {
    let table = SourceFile(path: "pairs.csv", text: pairsOfEveryCircuit)
    let first = try net().printed
    let text = SyntaxPrinter().text(
      of: parse(SourceFile(path: "a.model", text: everyCircuitConstruct)).syntax)
    let second = try circuit(SourceFile(path: "b.model", text: text)) { _, _ in .success(table) }
    #expect(first == second.printed)
  }

  @Test("a neuron by itself runs as a model, if it has nothing that needs a population")
  func single() throws {
    let text = """
      neuron Cell {
        input drive : mV/ms = 1 mV/ms
        state V : mV = -65 mV
        V' = drive
        event spike when V rises through -50 mV { V = -65 mV }
      }
      """
    #expect(try elaborated(text).events.count == 1)
    let inModel = try elaborated(text + "\nmodel M {\n  instance cell : Cell { }\n}\n")
    #expect(inModel.states.map(\.declaration.path) == ["cell.V"])
    let needy = text.replacing("drive : mV/ms = 1 mV/ms", with: "drive : mV/ms")
    #expect(ids(needy) == ["nothing-to-run"])
    let noisy = text.replacing("V' = drive", with: "noise xi\n  V' = drive + 1 mV*xi/sqrt(1 ms)")
    #expect(ids(noisy) == ["nothing-to-run"])
    #expect(ids(noisy + "\nmodel M {\n  instance cell : Cell { }\n}\n") == ["needs-population"])
  }

  @Test("an input of the circuit that one population uses is used")
  func unusedInputs() throws {
    let text = """
      neuron Cell {
        input drive : mV/ms = 0 mV/ms
        state V : mV = -65 mV
        V' = drive
      }
      circuit Net {
        input push : mV/ms = 0 mV/ms
        input idle : mV/ms = 0 mV/ms
        population a : Cell[3] { drive = push }
        population b : Cell[3]
      }
      """
    let diagnostics = load(SourceFile(path: "test.model", text: text)) { _, _ in
      .failure(.notFound)
    }.diagnostics
    #expect(diagnostics.map(\.message) == ["the input `idle` is not used"])
  }
}
