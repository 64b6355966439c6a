/// What moving each parameter does to an output, on average and how differently.
///
/// An elementary effect is the change of the output over that of the parameter's place in its
/// range, from 0 to 1. It has the unit of the output, and parameters of different units can be
/// compared. An effect needs the two runs at its ends: a walk in which one of them failed is left
/// out for that parameter.
public struct MorrisEffects: Sendable {
  /// One parameter; `nil` where too few walks are left.
  public struct Effect: Sendable {
    /// The mean effect: the sign says which way, but opposite effects cancel.
    public var mu: SampleEstimate
    /// The mean size of the effects: how much the parameter matters.
    public var muStar: SampleEstimate
    /// The standard deviation of the effects: curvature, and dependence on other parameters.
    public var sigma: SampleEstimate
  }

  public var effects: [Effect?]
  /// How many walks there are.
  public var trajectories: Int

  /// Estimates the effects.
  ///
  /// - Source: Morris (1991), Technometrics 33, 161; the mean size by Campolongo, Cariboni &
  ///   Saltelli (2007), Environmental Modelling & Software 22, 1509.
  /// - Parameters:
  ///   - outputs: One number for each point of the design; NaN for a run that failed.
  ///   - design: The walks.
  ///   - settings: How intervals are made.
  public init(_ outputs: [Double], design: MorrisDesign, settings: SensitivitySettings) {
    trajectories = design.trajectories
    let columns = (0..<design.parameters).map { parameter in
      (0..<design.trajectories).map { walk in
        let ends = design.ends(walk: walk, parameter: parameter)
        return (outputs[ends.high] - outputs[ends.low]) / design.stepLength
      }
    }
    let rows = columns.map { column -> [Int]? in
      let whole = column.indices.filter { column[$0].isFinite }
      return settings.isEnough(whole.count, of: column.count) ? whole : nil
    }
    let resampling = Resampling(
      rows: design.trajectories, count: settings.resamples, seed: settings.seed)
    let whole = resampling.whole
    var collectors = zip(columns, rows).map { column, rows in
      rows.map { rows in
        Self.moments(of: column, rows: rows, whole).map {
          BootstrapCollector(value: $0[0], rows: rows.count)
        }
      }
    }
    resampling.forEachBatch { lanes, weights in
      for (parameter, rows) in rows.enumerated() {
        guard let rows else { continue }
        let moments = Self.moments(of: columns[parameter], rows: rows, weights)
        for (index, values) in moments.enumerated() {
          collectors[parameter]?[index].add(values, count: lanes)
        }
      }
    }
    effects = collectors.map { collectors in
      guard let found = collectors?.map({ $0.estimate(confidence: settings.confidence) }) else {
        return nil
      }
      return Effect(mu: found[0], muStar: found[1], sigma: found[2])
    }
  }

  /// The mean, the mean size and the standard deviation of effects, in eight samples.
  private static func moments(
    of effects: [Double], rows: [Int], _ weights: Resampling.Weights
  ) -> [SIMD8<Double>] {
    var count = SIMD8<Double>.zero
    var sum = SIMD8<Double>.zero
    var sizes = SIMD8<Double>.zero
    for row in rows {
      count += weights[row]
      sum += weights[row] * effects[row]
      sizes += weights[row] * abs(effects[row])
    }
    let mean = sum / count
    var squares = SIMD8<Double>.zero
    for row in rows {
      let distance = effects[row] - mean
      squares += weights[row] * distance * distance
    }
    return [mean, sizes / count, (squares / (count - 1)).squareRoot()]
  }
}
