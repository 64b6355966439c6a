/// A distribution of a swept quantity, in SI units.
public indirect enum Distribution: Sendable, Hashable {
  case uniform(low: Double, high: Double)
  /// The logarithm is uniform.
  case logUniform(low: Double, high: Double)
  case normal(mean: Double, deviation: Double)
  /// The logarithm is normal: `deviation` is the standard deviation of the natural logarithm.
  case logNormal(median: Double, deviation: Double)
  /// What remains of a normal or log-normal distribution between two limits, which may be infinite.
  case truncated(Distribution, low: Double, high: Double)
  /// Some values, the last entry of `cumulative` being 1.
  case choice(values: [Double], cumulative: [Double])

  /// The value below which a part of the distribution lies.
  ///
  /// - Parameter probability: Strictly between 0 and 1; 0 and 1 as well where `bounds` is finite.
  /// - Returns: The quantile, in SI units.
  public func quantile(_ probability: Double) -> Double {
    switch self {
    case .uniform(let low, let high):
      probability == 1 ? high : low + probability * (high - low)
    case .logUniform(let low, let high):
      probability == 1 ? high : low * exponential(probability * logarithm(high / low))
    case .normal, .logNormal: value(atScore: normalQuantile(probability))
    case .truncated(let whole, let low, let high):
      if probability == 0 {
        low
      } else if probability == 1 {
        high
      } else {
        // Rounding may lead a little beyond the limits.
        min(max(whole.value(atScore: score(probability, of: whole, low, high)), low), high)
      }
    case .choice(let values, let cumulative):
      values[cumulative.firstIndex { probability < $0 } ?? values.count - 1]
    }
  }

  /// The value that stands where a standard normal number stands among its like.
  ///
  /// For normal and log-normal distributions this is a line or its exponential, and scores far from
  /// 0 lose nothing.
  ///
  /// - Parameter score: In standard deviations.
  /// - Returns: The value, in SI units.
  func value(atScore score: Double) -> Double {
    switch self {
    case .normal(let mean, let deviation): return mean + deviation * score
    case .logNormal(let median, let deviation): return median * exponential(deviation * score)
    default:
      let probability = normalProbability(score)
      return quantile(min(max(probability, .leastNormalMagnitude), 1.0.nextDown))
    }
  }

  /// The standard normal number that a value corresponds to, for normal and log-normal ones.
  private func score(ofValue value: Double) -> Double {
    switch self {
    case .normal(let mean, let deviation): (value - mean) / deviation
    case .logNormal(let median, let deviation):
      value <= 0 ? -.infinity : logarithm(value / median) / deviation
    case .uniform, .logUniform, .truncated, .choice:
      preconditionFailure("only normal and log-normal distributions are truncated")
    }
  }

  /// The score below which a part of what lies between two values lies.
  private func score(
    _ probability: Double, of whole: Distribution, _ low: Double, _ high: Double
  ) -> Double {
    let (from, to) = (whole.score(ofValue: low), whole.score(ofValue: high))
    // The lower tail keeps small probabilities exact, the upper one does not.
    if from > 0 {
      let (least, most) = (normalProbability(-to), normalProbability(-from))
      return -normalQuantile(most - probability * (most - least))
    }
    let (least, most) = (normalProbability(from), normalProbability(to))
    return normalQuantile(min(least + probability * (most - least), 1.0.nextDown))
  }

  /// How much of a normal or log-normal distribution lies between two values.
  func part(from low: Double, to high: Double) -> Double {
    let (from, to) = (score(ofValue: low), score(ofValue: high))
    return from > 0
      ? normalProbability(-from) - normalProbability(-to)
      : normalProbability(to) - normalProbability(from)
  }

  /// The least and the greatest value, which may be infinite.
  var bounds: ClosedRange<Double> {
    switch self {
    case .uniform(let low, let high), .logUniform(let low, let high): low...high
    case .normal: -Double.infinity...Double.infinity
    case .logNormal: 0...Double.infinity
    case .truncated(let whole, let low, let high):
      max(low, whole.bounds.lowerBound)...min(high, whole.bounds.upperBound)
    case .choice(let values, _): (values.min() ?? 0)...(values.max() ?? 0)
    }
  }

  /// Whether both ends are values that can be reached, so that a design may step to them.
  var reachesItsEnds: Bool {
    switch self {
    case .uniform, .logUniform, .choice: true
    case .normal, .logNormal: false
    case .truncated(let whole, let low, let high):
      high < .infinity && low > whole.bounds.lowerBound
    }
  }
}
