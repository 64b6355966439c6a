public import ModelLanguage
import Programs
public import Solvers

/// Whether the steps of a population's cells let small deviations from their start grow.
public struct CellStability: Sendable {
  private let jacobian: [[Double]]
  private let method: CellMethod

  /// Takes the Jacobian of a cell at its initial state.
  ///
  /// - Parameters:
  ///   - population: The population; parameters that differ between its cells have their defaults.
  ///   - method: How its cells are stepped.
  ///   - values: Values of parameters in SI units that replace their defaults, by path.
  public init(_ population: Population, method: CellMethod, parameters values: [String: Double]) {
    self.method = method
    let cell = population.cell
    var overrides: [Int: Double] = [:]
    for (index, parameter) in cell.parameters.enumerated() {
      overrides[index] = values[parameter.declaration.path]
    }
    let parameters = cell.parameterValues(overriding: overrides)
    let inputs = cell.initialInputs(parameters: parameters)
    let states = cell.initialStates(parameters: parameters)
    let equations = CellEquations(population)
    var system = equations.system
    let rows = system.program.graph.partialDerivatives(
      of: system.derivatives, withRespectTo: system.state)
    let uniform = parameters + inputs
    let entries = system.program.graph.evaluate(rows.flatMap { $0.map(\.derivative) }) {
      array, element in
      switch array {
      case system.uniform: uniform[element]
      case system.varied: parameters[equations.variedParameters[element]]
      case system.state: states[element]
      // Nothing arrives, nothing is noisy, and the time is 0.
      default: 0
      }
    }
    var position = 0
    jacobian = rows.map { row in
      var dense = [Double](repeating: 0, count: rows.count)
      for entry in row {
        dense[entry.element] = entries[position]
        position += 1
      }
      return dense
    }
  }

  /// How often a deviation is multiplied in the worst case in each step, where steps that are much shorter
  /// would let it become smaller within the same time; `nil` where steps of that length are stable, where the
  /// equations themselves let deviations grow, and where the Jacobian is not finite.
  public func growth(perStep step: Double) -> Double? {
    guard jacobian.joined().allSatisfy(\.isFinite), !jacobian.isEmpty else { return nil }
    let growth = Self.spectralRadius(stepMatrix(step))
    // A mode that stays is multiplied by 1, of which a radius of finite powers is some 1e-5 off.
    guard growth > 1.001 else { return nil }
    let parts = 256.0
    let fine = Self.spectralRadius(stepMatrix(step / parts))
    let reference = ElementaryFunctions.power(fine, parts)
    // By the equations themselves modes may grow, or stay for ever.
    return reference <= 1.01 && growth > reference ? growth : nil
  }

  /// The longest step up to a given one in which no deviation grows, within a thousandth.
  public func longestStableStep(below step: Double) -> Double {
    var (low, high) = (step, step)
    while growth(perStep: low) != nil, low > step * 1e-9 {
      high = low
      low /= 2
    }
    while high - low > 1e-3 * low {
      let middle = 0.5 * (low + high)
      if growth(perStep: middle) == nil { low = middle } else { high = middle }
    }
    return low
  }

  /// What a step makes of a small deviation from the start.
  private func stepMatrix(_ step: Double) -> [[Double]] {
    let count = jacobian.count
    let identity = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0 } }
    switch method {
    case .heun:
      let first = jacobian.map { row in row.map { entry in entry * step } }
      let second = Self.product(first, first)
      var matrix = identity
      for row in 0..<count {
        for column in 0..<count {
          matrix[row][column] += first[row][column] + 0.5 * second[row][column]
        }
      }
      return matrix
    case .exponentialEuler: return relaxation(step, others: identity)
    case .exponentialMidpoint:
      return relaxation(step, others: relaxation(0.5 * step, others: identity))
    }
  }

  /// What a step makes of a deviation in which each state relaxes exactly while the others stand where a
  /// matrix puts them.
  private func relaxation(_ step: Double, others: [[Double]]) -> [[Double]] {
    var coupling = jacobian
    for index in coupling.indices { coupling[index][index] = 0 }
    var matrix = Self.product(coupling, others)
    for row in jacobian.indices {
      let exponent = step * jacobian[row][row]
      let factor = step * ElementaryFunctions.evaluate(.exprel, exponent)
      for column in jacobian.indices { matrix[row][column] *= factor }
      matrix[row][row] += ElementaryFunctions.evaluate(.exp, exponent)
    }
    return matrix
  }

  private static func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    let count = a.count
    var result = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for row in 0..<count {
      for inner in 0..<count where a[row][inner] != 0 {
        let factor = a[row][inner]
        for column in 0..<count { result[row][column] += factor * b[inner][column] }
      }
    }
    return result
  }

  /// The largest magnitude of an eigenvalue, by squaring: ‖A^(2^k)‖^(1/2^k) for k = 20.
  ///
  /// Source: Gelfand's formula.
  private static func spectralRadius(_ matrix: [[Double]]) -> Double {
    var power = matrix
    var logarithm = 0.0
    let rounds = 20
    for round in 0...rounds {
      // A cell without states has an empty matrix, whose radius is 0.
      let norm = power.map { $0.reduce(0) { $0 + abs($1) } }.max() ?? 0
      guard norm.isFinite else { return .infinity }
      guard norm > 0 else { return 0 }
      logarithm += ElementaryFunctions.evaluate(.log, norm) / Double(1 << round)
      if round == rounds { break }
      power = power.map { $0.map { $0 / norm } }
      power = product(power, power)
    }
    return ElementaryFunctions.evaluate(.exp, logarithm)
  }
}
