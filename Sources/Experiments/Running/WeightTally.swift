/// What the weights of projections are like at the end of a run.
struct WeightTally {
  private struct Moments {
    var count = 0.0
    var mean = 0.0
    /// The sum of squared deviations by Welford's recurrence.
    var squares = 0.0
    var least = Double.infinity
    var most = -Double.infinity

    mutating func add(_ weight: Double) {
      count += 1
      let deviation = weight - mean
      mean += deviation / count
      squares += deviation * (weight - mean)
      least = min(least, weight)
      most = max(most, weight)
    }
  }

  private let reductions: [WeightReduction]
  private var moments: [Int: Moments] = [:]

  init(_ reductions: [WeightReduction]) { self.reductions = reductions }

  /// The projections that are asked for.
  var projections: Set<Int> { Set(reductions.map(\.projection)) }

  /// Takes the next weights of a projection.
  mutating func add(_ weights: [Double], of projection: Int) {
    guard projections.contains(projection) else { return }
    for weight in weights { moments[projection, default: Moments()].add(weight) }
  }

  /// The reductions in SI units, in their order; NaN where there is no connection.
  var values: [Double] {
    reductions.map { reduction in
      guard let found = moments[reduction.projection] else { return .nan }
      switch reduction.kind {
      case .mean: return found.mean
      case .deviation: return (found.squares / found.count).squareRoot()
      case .least: return found.least
      case .most: return found.most
      }
    }
  }
}
