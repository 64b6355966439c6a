/// The points of a sweep: one row of values, in SI units, for each.
struct SweepPoints: Sendable {
  let count: Int
  /// The number of values on each axis of a grid; one entry, `count`, for other designs.
  let shape: [Int]
  private let axes: Int
  private let values: [Double]

  /// The largest number of points; each is kept in memory.
  static let limit = 10_000_000

  /// Lays out the points of a sweep.
  ///
  /// A grid counts like digits: the last axis changes fastest.
  init(_ sweep: Sweep, seed: UInt64) {
    axes = sweep.axes.count
    if sweep.design == .grid {
      let lists = sweep.axes.map { axis in
        if case .values(let values) = axis.form { values } else { [Double]() }
      }
      shape = lists.map(\.count)
      count = shape.reduce(1, *)
      values = Self.combinations(of: lists, count: count)
      return
    }
    count = sweep.samples * sweep.pointsPerSample
    shape = [count]
    let coordinate = Self.coordinates(sweep, seed: seed)
    var values = Array(repeating: 0.0, count: count * axes)
    for (dimension, axis) in sweep.axes.enumerated() {
      switch axis.form {
      case .values(let list):
        for point in 0..<count { values[point * axes + dimension] = list[point] }
      case .distribution(let distribution):
        if sweep.correlation?.axes.contains(dimension) == true { continue }
        for point in 0..<count {
          values[point * axes + dimension] = distribution.quantile(coordinate(point, dimension))
        }
      }
    }
    if let correlation = sweep.correlation {
      Self.fill(&values, sweep, correlation, count: count, coordinate)
    }
    self.values = values
  }

  /// The values of one point, in the order of the axes.
  func values(of point: Int) -> ArraySlice<Double> {
    values[point * axes..<(point + 1) * axes]
  }

  /// The values of one axis over all points.
  func values(onAxis axis: Int) -> [Double] {
    stride(from: axis, to: values.count, by: axes).map { values[$0] }
  }

  private static func combinations(of lists: [[Double]], count: Int) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(count * lists.count)
    for point in 0..<count {
      var stride = count
      for list in lists {
        stride /= list.count
        values.append(list[point / stride % list.count])
      }
    }
    return values
  }

  /// A number from 0 to 1 for each point and axis.
  private static func coordinates(_ sweep: Sweep, seed: UInt64) -> (Int, Int) -> Double {
    let dimensions = sweep.axes.count
    switch sweep.design {
    case .grid, .list: return { _, _ in 0.5 }
    case .random: return random(seed)
    case .latinHypercube(let centred, let generator):
      let cube = LatinHypercube(
        count: sweep.samples, dimensions: dimensions, seed: seed,
        placement: centred ? .centred : .random,
        generator: generator)
      return { cube.coordinate(point: $0, dimension: $1) }
    case .sobol: return sobol(dimensions, seed)
    case .sobolIndices(let secondOrder, let sampling):
      let design = SaltelliDesign(parameters: dimensions, secondOrder: secondOrder)
      let base = sampling == .sobol ? sobol(2 * dimensions, seed) : random(seed)
      return { point, dimension in
        let source = design.source(point: point, parameter: dimension)
        return base(source.row, source.dimension)
      }
    case .morris(let levels):
      let design = MorrisDesign(
        parameters: dimensions, trajectories: sweep.samples, levels: levels, seed: seed)
      return { design.coordinate(point: $0, parameter: $1) }
    }
  }

  private static func random(_ seed: UInt64) -> (Int, Int) -> Double {
    let generator = Philox(seed: seed)
    return { generator.uniform(index: $0, dimension: $1, purpose: .randomDesign) }
  }

  private static func sobol(_ dimensions: Int, _ seed: UInt64) -> (Int, Int) -> Double {
    let sequence = SobolSequence(dimensions: dimensions, seed: seed)
    return { sequence.coordinate(point: $0, dimension: $1) }
  }

  /// The values of the axes that vary together.
  private static func fill(
    _ values: inout [Double], _ sweep: Sweep, _ correlation: Correlation, count: Int,
    _ coordinate: (Int, Int) -> Double
  ) {
    let distributions = correlation.axes.map { axis -> Distribution in
      if case .distribution(let distribution) = sweep.axes[axis].form { return distribution }
      return .uniform(low: 0, high: 1)
    }
    func scores(_ point: Int) -> [Double] {
      correlation.mixed(correlation.axes.map { normalQuantile(coordinate(point, $0)) })
    }
    guard case .latinHypercube = sweep.design else {
      for point in 0..<count {
        for (index, score) in scores(point).enumerated() {
          values[point * sweep.axes.count + correlation.axes[index]] =
            distributions[index].value(atScore: score)
        }
      }
      return
    }
    // Mixing would spoil the intervals of a hypercube. Instead each column keeps its numbers and
    // takes them in the order of the mixed scores: Iman & Conover (1982), Communications in
    // Statistics B 11, 311.
    let mixed = (0..<count).map(scores)
    for (index, axis) in correlation.axes.enumerated() {
      let ascending = (0..<count).map { coordinate($0, axis) }.sorted()
      let order = (0..<count).sorted { (mixed[$0][index], $0) < (mixed[$1][index], $1) }
      for (rank, point) in order.enumerated() {
        values[point * sweep.axes.count + axis] = distributions[index].quantile(ascending[rank])
      }
    }
  }
}
