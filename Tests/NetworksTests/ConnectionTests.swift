import ModelLanguage
import Testing

@testable import Networks

/// Statistical tests draw once from a fixed seed; their bounds, at five standard deviations, would
/// fail one honest generator in a million.
@Suite("Connections")
struct ConnectionTests {
  private func connections(
    _ rule: String, sources: Int = 100, targets: Int = 80, isRecurrent: Bool = false,
    seed: UInt64 = 1, weight: String = "weight = 1 mV", extra: String = ""
  ) throws -> Connections {
    let circuit = try TestCircuits.circuit(
      """
      neuron Cell {
        state V = 0 mV
        V' = -V/(10 ms)
        receive kick : mV { V = V + kick }
        event spike when V rises through 10 mV
      }
      circuit Two {
        population a : Cell[\(sources)] { }
        population b : Cell[\(targets)] { }
        projection p : a -> \(isRecurrent ? "a" : "b").kick { connect \(rule)
          \(weight)
          \(extra) }
      }
      """)
    let projection = circuit.projections[0]
    let settings = NetworkSettings(seed: seed)
    var builder = ConnectionBuilder(
      projection, number: 0, sourceCount: sources, targetCount: isRecurrent ? sources : targets,
      values: SharedValues(circuit.populations[projection.target], settings), timeStep: 1e-4,
      seed: seed)
    return try builder.build()
  }

  private func pairs(_ connections: Connections) -> [[Int]] {
    (0..<connections.rows.count - 1).flatMap { source in
      connections.row(of: source).map { [source, Int(connections.targets[$0])] }
    }
  }

  @Test("all connects every pair, and a cell to itself only when asked")
  func all() throws {
    #expect(try connections("all").count == 8000)
    #expect(try connections("all", isRecurrent: true).count == 9900)
    #expect(try connections("all", isRecurrent: true, extra: "autapses").count == 10_000)
  }

  @Test("one_to_one pairs equal indices")
  func oneToOne() throws {
    let found = try pairs(connections("one_to_one", sources: 30, targets: 30))
    #expect(found == (0..<30).map { [$0, $0] })
    #expect(throws: (any Error).self) { _ = try connections("one_to_one") }
  }

  @Test("random takes every pair with the same chance", arguments: [0.02, 0.5, 0.97])
  func random(probability: Double) throws {
    let found = try connections("random(\(probability))", sources: 600, targets: 500)
    let deviation = (300_000 * probability * (1 - probability)).squareRoot()
    #expect(abs(Double(found.count) - 300_000 * probability) < 5 * deviation)
    // Rows ascend without repetition, and no target is preferred.
    var degrees = [Double](repeating: 0, count: 500)
    for source in 0..<600 {
      let row = found.row(of: source).map { found.targets[$0] }
      #expect(zip(row, row.dropFirst()).allSatisfy { $0 < $1 })
      for target in row { degrees[Int(target)] += 1 }
    }
    let expected = 600 * probability
    let chiSquare =
      degrees.reduce(0) { $0 + ($1 - expected) * ($1 - expected) }
      / (expected * (1 - probability))
    #expect(abs(chiSquare - 500) < 5 * (2.0 * 500).squareRoot())
  }

  @Test("the ends of the range of probabilities are exact")
  func certainty() throws {
    #expect(try connections("random(0)").count == 0)
    #expect(try connections("random(1)").count == 8000)
  }

  @Test("fixed degrees are exact and draw without repetition", arguments: [0, 1, 7, 60, 79])
  func degrees(degree: Int) throws {
    let incoming = try pairs(connections("fixed_in_degree(\(degree))"))
    #expect(Set(incoming).count == incoming.count)
    #expect(Dictionary(grouping: incoming) { $0[1] }.values.allSatisfy { $0.count == degree })
    #expect(incoming.count == 80 * degree)
    let outgoing = try pairs(connections("fixed_out_degree(\(degree))"))
    #expect(Set(outgoing).count == outgoing.count)
    #expect(Dictionary(grouping: outgoing) { $0[0] }.values.allSatisfy { $0.count == degree })
    let recurrent = try pairs(connections("fixed_in_degree(\(degree))", isRecurrent: true))
    #expect(recurrent.allSatisfy { $0[0] != $0[1] })
    #expect(throws: (any Error).self) { _ = try connections("fixed_in_degree(101)") }
  }

  @Test("nearby cells of a ring are connected more often, by the profile")
  func distance() throws {
    let found = try pairs(
      connections("distance(ring, gaussian, 0.8, 0.1)", sources: 400, targets: 400))
    var near = 0.0
    var far = 0.0
    for pair in found {
      let apart = abs(Double(pair[0] - pair[1])) / 400
      let distance = min(apart, 1 - apart)
      if distance < 0.025 { near += 1 }
      if distance > 0.3 { far += 1 }
    }
    // The mean of 0.8·exp(−d²/0.02) over d below 0.025, on 20 or so cells each side.
    #expect(abs(near / (400 * 19) - 0.79) < 0.03)
    #expect(far / (400.0 * 160) < 0.01)
  }

  @Test("the draw is a function of the seed alone")
  func seeds() throws {
    #expect(try pairs(connections("random(0.1)")) == pairs(connections("random(0.1)")))
    #expect(try pairs(connections("random(0.1)")) != pairs(connections("random(0.1)", seed: 2)))
  }

  @Test("drawn weights have their law, and a delay off the grid is refused")
  func weights() throws {
    let found = try connections("all", weight: "weight ~ lognormal(2 mV, 0.5 mV)")
    let mean = found.weights.reduce(0, +) / 8000
    let variance = found.weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7999
    #expect(abs(mean - 2e-3) < 5 * 0.5e-3 / 8000.0.squareRoot())
    #expect(abs(variance.squareRoot() / 0.5e-3 - 1) < 0.08)
    #expect(found.weights.allSatisfy { $0 > 0 })
    #expect(try connections("all", extra: "delay = 0.7 ms").longestDelay == 7)
    #expect(throws: NetworkFailure.self) { _ = try connections("all", extra: "delay = 0.05 ms") }
    #expect(throws: NetworkFailure.self) { _ = try connections("all", extra: "delay = 0.25 ms") }
    let drawn = try connections("all", extra: "delay ~ uniform(0.2 ms, 1 ms)")
    #expect(drawn.shortestDelay == 2 && drawn.longestDelay == 10)
  }
}
