public import ModelLanguage
import Programs
import Solvers

/// How fast the fastest part of a model moves at its start, and whether it decays.
public struct StiffnessEstimate: Sendable, Hashable {
  /// The spectral radius of the Jacobian, in 1/s; infinite where the Jacobian is not finite.
  public var rate: Double
  /// Whether what is fastest decays rather than oscillates or grows.
  ///
  /// Only that makes a problem stiff: an oscillation has to be followed, or was never there.
  public var isDecay: Bool

  /// Takes the Jacobian at the initial state.
  ///
  /// By power iteration on the numbers; the mean growth over the last rounds serves for complex
  /// pairs too, whose real part follows from three vectors in a row. An entry that is not finite, such
  /// as the slope of a root at 0, counts as 0: an infinite slope at one point does not say how fast the
  /// state moves once it has left that point.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - overrides: Parameters that do not have their defaults, by index and in SI units.
  public init(of model: Model, overriding overrides: [Int: Double] = [:]) {
    self = Self.estimate(model, overrides)
  }

  private init(rate: Double, isDecay: Bool) {
    self.rate = rate
    self.isDecay = isDecay
  }

  private static func estimate(_ model: Model, _ overrides: [Int: Double]) -> Self {
    guard !model.states.isEmpty else { return Self(rate: 0, isDecay: false) }
    var builder = EquationBuilder(model)
    let parameters = model.parameterValues(overriding: overrides)
    let given = model.initialInputs(parameters: parameters)
    let clock = ClockTimeline(
      builder.clock(from: 0), parameters: parameters, inputs: given, end: 0)
    let inputs = given + clock.values(from: 0)
    let states = model.initialStates(parameters: parameters)
    let system = builder.system
    let jacobian = builder.system.program.graph.partialDerivatives(
      of: system.derivatives, withRespectTo: system.state)
    let entries = builder.system.program.graph.finiteSlopes(
      jacobian.flatMap { $0.map(\.derivative) }, constants: [])
    let values = builder.system.program.graph.evaluate(entries) { array, element in
      switch array {
      case system.parameters: parameters[element]
      case system.inputs: inputs[element]
      case system.state: states[element]
      case system.time: 0
      default: preconditionFailure("the equations of a model read an array that is not theirs")
      }
    }
    var position = 0
    let rows = jacobian.map { row in
      row.map { entry -> (Int, Double) in
        defer { position += 1 }
        return (entry.element, values[position])
      }
    }
    guard values.allSatisfy(\.isFinite) else {
      return Self(rate: .infinity, isDecay: false)
    }
    return spectrum(rows)
  }

  private static func spectrum(_ rows: [[(column: Int, value: Double)]]) -> Self {
    let count = rows.count
    // A start with all directions in it, the same each time.
    var vectors = [(0..<count).map { 1 + 0.37 * Double($0 % 7) }]
    var growth: [Double] = []
    for _ in 0..<60 {
      let vector = vectors[vectors.count - 1]
      var next = rows.map { row in row.reduce(0) { $0 + $1.value * vector[$1.column] } }
      let norm = product(next, next).squareRoot()
      let old = product(vector, vector).squareRoot()
      guard norm > 0, norm.isFinite else {
        return Self(rate: norm.isFinite ? 0 : .infinity, isDecay: false)
      }
      growth.append(norm / old)
      for index in 0..<count { next[index] /= norm }
      vectors = vectors.suffix(2) + [next]
    }
    let last = growth.suffix(20)
    let rate = last.reduce(1) { $0 * ElementaryFunctions.power($1, 1 / Double(last.count)) }
    return Self(rate: rate, isDecay: isDecay(vectors, growth.suffix(2)))
  }

  /// Whether the eigenvalues that a power iteration has come to lie nearer to the negative real
  /// axis than to the imaginary one.
  ///
  /// With unit vectors u, v, w in a row, `J u = p v` and `J v = q w` of growths p and q, the
  /// eigenvalues are the roots of `λ² = bλ + c` for which `q w = b v + (c/p) u`; if v is u but for its
  /// sign there is one alone.
  private static func isDecay(_ vectors: [[Double]], _ growth: ArraySlice<Double>) -> Bool {
    guard vectors.count == 3, let p = growth.first, let q = growth.last else { return false }
    let (u, v, w) = (vectors[0], vectors[1], vectors[2])
    let uv = product(u, v)
    let rest = 1 - uv * uv
    // Where one eigenvalue is left, what is perpendicular to it is no more than rounding.
    guard rest > 1e-6 else { return uv < 0 }
    let (uw, vw) = (product(u, w), product(v, w))
    let b = q * (vw - uv * uw) / rest
    let c = p * q * (uw - uv * vw) / rest
    let radicand = b * b / 4 + c
    if radicand < 0 {
      // A complex pair of absolute value √−c: the angle to the negative axis is at most 45 degrees.
      return b < 0 && b * b / 4 >= -c / 2
    }
    // Two real ones: the larger in absolute value.
    return b < 0
  }

  private static func product(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
