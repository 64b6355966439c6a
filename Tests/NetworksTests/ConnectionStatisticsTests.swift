import Diagnostics
import Foundation
import ModelLanguage
import Testing

@testable import Networks

/// What each rule of connection draws, beside its law; `Deviations` says how often an honest generator
/// would fail.
@Suite("Statistics of connections")
struct ConnectionStatisticsTests {
  private struct Draw {
    var connections: Connections
    var matrix: [[Bool]]
    var inDegrees: [Int]
    var outDegrees: [Int]

    init(_ connections: Connections, sources: Int, targets: Int) {
      self.connections = connections
      matrix = Array(repeating: Array(repeating: false, count: targets), count: sources)
      inDegrees = Array(repeating: 0, count: targets)
      outDegrees = Array(repeating: 0, count: sources)
      for source in 0..<sources {
        for position in connections.row(of: source) {
          let target = Int(connections.targets[position])
          matrix[source][target] = true
          inDegrees[target] += 1
          outDegrees[source] += 1
        }
      }
    }
  }

  private func draw(
    _ rule: String, sources: Int, targets: Int? = nil, weight: String? = "= 1 mV",
    delay: String? = "= 1 ms", extra: String = "", tables: [String: String] = [:]
  ) throws -> Draw {
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
        population b : Cell[\(targets ?? 1)] { }
        projection p : a -> \(targets == nil ? "a" : "b").kick {
          connect \(rule)
          \(weight.map { "weight \($0)" } ?? "")
          \(delay.map { "delay \($0)" } ?? "")
          \(extra)
        }
      }
      """, tables: tables)
    let projection = circuit.projections[0]
    let settings = NetworkSettings(seed: 11)
    var builder = ConnectionBuilder(
      projection, number: 0, sourceCount: sources, targetCount: targets ?? sources,
      values: SharedValues(circuit.populations[projection.target], settings), timeStep: 1e-4,
      seed: settings.seed)
    return Draw(try builder.build(), sources: sources, targets: targets ?? sources)
  }

  // MARK: Pairs

  @Test("random: degrees on both sides and reciprocal pairs are binomial", arguments: [0.02, 0.3])
  func random(probability: Double) throws {
    let count = 1000
    let draw = try draw("random(\(probability))", sources: count)
    let trials = Double(count - 1)
    for degrees in [draw.inDegrees, draw.outDegrees] {
      let chiSquare = degrees.reduce(0.0) {
        $0 + pow(Double($1) - trials * probability, 2)
      }
      let variance = trials * probability * (1 - probability)
      #expect(
        abs(Deviations.ofChiSquare(chiSquare / variance, degrees: Double(count)))
          < Deviations.bound)
    }
    var reciprocal = 0
    for one in 0..<count {
      #expect(!draw.matrix[one][one])
      for other in 0..<one where draw.matrix[one][other] && draw.matrix[other][one] {
        reciprocal += 1
      }
    }
    let deviation = Deviations.ofCount(
      reciprocal, trials: Double(count) * trials / 2, probability: probability * probability)
    #expect(abs(deviation) < Deviations.bound)
  }

  @Test("fixed degrees: the other side's degrees are binomial, and no pair is preferred")
  func fixedDegrees() throws {
    // Each of 900 cells draws 40 of 600 without repetition: each of the 600 is among them with a
    // chance of 1/15, and cells draw independently. The degrees of the 600 add up to a constant,
    // which takes one degree of freedom.
    for rule in ["fixed_in_degree(40)", "fixed_out_degree(40)"] {
      let isIn = rule.contains("in")
      let draw = try draw(rule, sources: isIn ? 600 : 900, targets: isIn ? 900 : 600)
      let degrees = isIn ? draw.outDegrees : draw.inDegrees
      let expected = 900.0 / 15
      let chiSquare = degrees.reduce(0.0) { $0 + pow(Double($1) - expected, 2) }
      let normalised = chiSquare / (expected * (1 - 1.0 / 15)) * (599.0 / 600)
      #expect(
        abs(Deviations.ofChiSquare(normalised, degrees: 599)) < Deviations.bound, "\(rule)")
      // Neighbours in the population that is drawn from are not drawn together more often.
      var together = 0
      for drawing in 0..<900 {
        for drawn in 0..<599 {
          let first = isIn ? draw.matrix[drawn][drawing] : draw.matrix[drawing][drawn]
          let second = isIn ? draw.matrix[drawn + 1][drawing] : draw.matrix[drawing][drawn + 1]
          if first && second { together += 1 }
        }
      }
      let deviation = Deviations.ofCount(
        together, trials: 900 * 599, probability: 40.0 / 600 * 39 / 599)
      #expect(abs(deviation) < Deviations.bound, "\(rule): \(deviation)")
    }
  }

  @Test("fixed degrees within one population skip the cell itself and nobody else")
  func recurrentDegrees() throws {
    for rule in ["fixed_in_degree(30)", "fixed_out_degree(30)"] {
      let draw = try draw(rule, sources: 400)
      let degrees = rule.contains("in") ? draw.outDegrees : draw.inDegrees
      let chance = 30.0 / 399
      let chiSquare = degrees.reduce(0.0) { $0 + pow(Double($1) - 30, 2) }
      let normalised = chiSquare / (399 * chance * (1 - chance)) * (399.0 / 400)
      #expect(abs(Deviations.ofChiSquare(normalised, degrees: 399)) < Deviations.bound, "\(rule)")
      for cell in 0..<400 { #expect(!draw.matrix[cell][cell]) }
    }
  }

  @Test(
    "distance: the chance of a connection falls by its profile in every shape",
    arguments: ["line", "ring", "sheet"], ["gaussian", "exponential"])
  func distance(shape: String, profile: String) throws {
    let count = 900
    let draw = try draw("distance(\(shape), \(profile), 0.7, 0.15)", sources: count)
    // Twelve bins of distance. Trials have chances of their own, so means and variances add up.
    var found = [Double](repeating: 0, count: 12)
    var expected = found
    var variance = found
    for source in 0..<count {
      for target in 0..<count where target != source {
        let apart = Self.distance(shape, source, target, count)
        let ratio = apart / 0.15
        let chance = 0.7 * exp(profile == "gaussian" ? -ratio * ratio / 2 : -ratio)
        let bin = min(11, Int(apart / 0.06))
        expected[bin] += chance
        variance[bin] += chance * (1 - chance)
        if draw.matrix[source][target] { found[bin] += 1 }
      }
    }
    for bin in 0..<12 where variance[bin] > 25 {
      let deviation = (found[bin] - expected[bin]) / variance[bin].squareRoot()
      #expect(abs(deviation) < Deviations.bound, "bin \(bin): \(deviation)")
    }
    #expect(variance.filter { $0 > 25 }.count >= 6)
  }

  /// Cells stand in the middles of equal parts of a line or ring of length 1; on a sheet, which
  /// closes on itself, row by row on a square of so many places as are needed.
  private static func distance(_ shape: String, _ one: Int, _ other: Int, _ count: Int) -> Double {
    switch shape {
    case "sheet":
      let side = Int(Double(count).squareRoot().rounded(.up))
      let x = abs(Double(one % side - other % side)) / Double(side)
      let y = abs(Double(one / side - other / side)) / Double(side)
      return hypot(min(x, 1 - x), min(y, 1 - y))
    default:
      let apart = abs(Double(one - other)) / Double(count)
      return shape == "ring" ? min(apart, 1 - apart) : apart
    }
  }

  @Test("list: the rows of the table and nothing else")
  func list() throws {
    let table = """
      source,target,weight (mV),delay (ms)
      2,0,1.5,0.3
      0,3,-2,1
      2,4,0.25,0
      0,1,7,12
      """
    let connections = try draw(
      "list(\"pairs.csv\")", sources: 4, targets: 5, weight: nil, delay: nil,
      tables: ["pairs.csv": table]
    ).connections
    #expect(connections.count == 4)
    #expect(connections.targetNumbers == [1, 3, 0, 4])
    for (weight, expected) in zip(connections.weightValues, [7e-3, -2e-3, 1.5e-3, 0.25e-3]) {
      #expect(abs(weight - expected) < 1e-15)
    }
    #expect(connections.delayValues == [120, 10, 3, 0])
  }

  // MARK: Weights and delays

  @Test("drawn weights follow their law")
  func weights() throws {
    func normal(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
    // A log-normal of mean 2 and deviation 0.5.
    let spread = log(1 + 0.0625).squareRoot()
    let centre = log(2) - spread * spread / 2
    let laws: [(String, (Double) -> Double)] = [
      ("normal(1 mV, 0.3 mV)", { normal(($0 * 1e3 - 1) / 0.3) }),
      ("lognormal(2 mV, 0.5 mV)", { normal((log($0 * 1e3) - centre) / spread) }),
      ("uniform(-1 mV, 3 mV)", { ($0 * 1e3 + 1) / 4 }),
      ("exponential(0.2 mV)", { -expm1(-$0 * 1e3 / 0.2) }),
    ]
    for (law, distribution) in laws {
      let weights = try draw("all", sources: 200, targets: 200, weight: "~ \(law)").connections
        .weightValues
      try #require(weights.count == 40_000)
      let distance = Deviations.kolmogorov(Array(weights), distribution)
      #expect(distance < Deviations.kolmogorovBound, "\(law): \(distance)")
      // A weight knows nothing of the one before, nor of that of the same target from the next
      // source.
      let moments = Deviations.moments(Array(weights))
      for lag in [1, 200] {
        let sum = zip(weights, weights.dropFirst(lag)).reduce(0.0) {
          $0 + ($1.0 - moments.mean) * ($1.1 - moments.mean)
        }
        let correlation = sum / Double(40_000 - lag) / moments.variance
        #expect(abs(correlation) * 200 < Deviations.bound, "\(law), lag \(lag)")
      }
    }
  }

  @Test("drawn delays go to the nearest step")
  func delays() throws {
    let delays = try draw("all", sources: 300, targets: 300, delay: "~ uniform(0.2 ms, 1 ms)")
      .connections.delayValues
    // Steps of 0.1 ms: the outermost ones take only half a step of the law.
    for steps in 2...10 {
      let share = steps == 2 || steps == 10 ? 1.0 / 16 : 1.0 / 8
      let found = delays.filter { Int($0) == steps }.count
      let deviation = Deviations.ofCount(found, trials: 90_000, probability: share)
      #expect(abs(deviation) < Deviations.bound, "\(steps) steps: \(deviation)")
    }
    #expect(delays.allSatisfy { (2...10).contains(Int($0)) })
  }
}
