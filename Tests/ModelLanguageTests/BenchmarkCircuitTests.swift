import Diagnostics
import Foundation
import Testing

@testable import ModelLanguage

/// Reads a circuit that is right.
func circuit(
  _ file: SourceFile, location: SourceLocation = #_sourceLocation,
  resolver: ImportResolver = { _, _ in .failure(.notFound) }
) throws -> Circuit {
  let (loaded, diagnostics) = load(file, resolver: resolver)
  #expect(
    diagnostics.isEmpty, "\(DiagnosticPrinter().text(of: diagnostics))", sourceLocation: location)
  guard case .circuit(let circuit) = try #require(loaded, sourceLocation: location) else {
    throw NoCircuit()
  }
  return circuit
}

struct NoCircuit: Error {}

extension Model {
  /// The values of expressions over parameters, by default.
  func value(_ expression: ModelLanguage.Expression) -> Double {
    var values = [Double](repeating: .nan, count: parameters.count)
    // Parameters may refer to later ones, so that each pass settles at least one more.
    for _ in parameters.indices {
      for (index, parameter) in parameters.enumerated() where values[index].isNaN {
        values[index] = parameter.defaultValue.value(in: ExpressionValues(parameters: values))
      }
    }
    return expression.value(in: ExpressionValues(parameters: values))
  }

  func value(of path: String) throws -> Double {
    value(try #require(parameters.first { $0.declaration.path == path }).defaultValue)
  }
}

/// The circuits that are measured against other simulators, as they are defined there.
@Suite("Benchmark circuits")
struct BenchmarkCircuitTests {
  private func benchmark(_ name: String) throws -> Circuit {
    let path = DiagnosticPageTests.root.appendingPathComponent("Benchmarks/\(name).model")
    return try circuit(
      SourceFile(path: path.path, text: try String(contentsOf: path, encoding: .utf8)))
  }

  @Test("COBAHH has two populations and four projections")
  func cobahh() throws {
    let circuit = try benchmark("cobahh")
    #expect(circuit.populations.map(\.declaration.path) == ["excitatory", "inhibitory"])
    #expect(circuit.populations.map { $0.cell.value($0.size) } == [3200, 800])
    #expect(circuit.projections.map(\.declaration.path) == ["ee", "ei", "ie", "ii"])
    #expect(circuit.projections.map(\.source) == [0, 0, 1, 1])
    #expect(circuit.projections.map(\.target) == [0, 1, 0, 1])
    #expect(circuit.projections.map(\.allowsAutapses) == [true, false, false, true])
    for projection in circuit.projections {
      let cell = circuit.populations[projection.target].cell
      guard case .random(let probability) = projection.rule,
        case .formula(let weight) = projection.weight,
        case .formula(let delay) = projection.delay,
        case .spikes(let receiver) = projection.signal
      else {
        Issue.record("\(projection.declaration.path) is of another kind")
        continue
      }
      #expect(cell.value(probability) == 0.02)
      #expect(cell.value(weight) == (projection.source == 0 ? 6e-9 : 67e-9))
      #expect(cell.value(delay) == 0)
      let path = circuit.populations[projection.target].receivers[receiver].declaration.path
      let target = circuit.populations[projection.target].declaration.path
      #expect(path == "\(target).\(projection.declaration.path).weight")
    }
  }

  @Test("the cells of COBAHH have a pool for each source")
  func pools() throws {
    let excitatory = try benchmark("cobahh").populations[0]
    let cell = excitatory.cell
    #expect(
      cell.states.map(\.declaration.path) == [
        "excitatory.V", "excitatory.m", "excitatory.h", "excitatory.n", "excitatory.ee.g",
        "excitatory.ie.g",
      ])
    #expect(try cell.value(of: "excitatory.ee.decay") == 0.005)
    #expect(try cell.value(of: "excitatory.ie.decay") == 0.010)
    #expect(try cell.value(of: "excitatory.ie.reversal") == -0.080)
    let spike = cell.events[try #require(excitatory.spike)]
    #expect(spike.direction == .rising && !spike.needsCrossing && spike.assignments.isEmpty)
    #expect(cell.value(try #require(spike.refractoryTime)) == 0.003)
    #expect(excitatory.receivers.count == 2)
    for receiver in excitatory.receivers {
      guard case .arrivals = cell.inputs[receiver.input].role else {
        Issue.record("spikes arrive elsewhere")
        continue
      }
      #expect(
        receiver.assignments.map(\.value)
          == receiver.assignments.map {
            .binary(.add, .state($0.state), .input(receiver.input))
          })
    }
    var starts: [String: [Double]] = [:]
    for variation in excitatory.variations {
      guard case .normal(let mean, let deviation) = variation.law else { continue }
      starts[variation.declaration.path] = [cell.value(mean), cell.value(deviation)]
    }
    #expect(
      starts == [
        "excitatory.V": [-0.065, 0.005], "excitatory.ee.g": [40e-9, 15e-9],
        "excitatory.ie.g": [200e-9, 120e-9],
      ])
  }

  @Test("the bank of burst cells varies by the number of the cell")
  func burstBank() throws {
    let cells = try benchmark("burst_bank").populations[0]
    let cell = cells.cell
    #expect(cell.value(cells.size) == 10_000)
    #expect(cells.variations.map(\.declaration.path) == ["cells.g_T", "cells.I"])
    let spike = cell.events[try #require(cells.spike)]
    #expect(spike.needsCrossing && spike.direction == .rising)
    let roles = cell.inputs.map { "\($0.role)" }
    #expect(roles == ["cellIndex", "cellCount"])
    // With numbers in place of the inputs, the formulas give the ends of the bank.
    for (index, expected) in [(0.0, 5.0), (9999, 35)] {
      guard case .formula(let formula) = cells.variations[0].law else { continue }
      let value = cell.value(formula.replacingInputs([index, 10_000]))
      #expect(abs(value - expected) < 1e-12)
    }
    guard case .formula(let current) = cells.variations[1].law else { return }
    let first = cell.value(current.replacingInputs([0, 10_000]))
    #expect(abs(first - (-2 + 4 * 0.6180339887498949) * 0.01) < 1e-15)
    #expect(
      cell.states.map { cell.value($0.initialValue) }.allSatisfy { $0.isFinite })
  }
}

extension ModelLanguage.Expression {
  /// The expression with numbers in place of inputs.
  fileprivate func replacingInputs(_ values: [Double]) -> ModelLanguage.Expression {
    switch self {
    case .input(let index): .number(values[index])
    case .negate(let operand): .negate(operand.replacingInputs(values))
    case .binary(let symbol, let left, let right):
      .binary(symbol, left.replacingInputs(values), right.replacingInputs(values))
    case .call(let function, let arguments):
      .call(function, arguments.map { $0.replacingInputs(values) })
    default: self
    }
  }
}
