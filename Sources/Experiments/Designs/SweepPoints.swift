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
      var values: [Double] = []
      values.reserveCapacity(count * axes)
      for point in 0..<count {
        var stride = count
        for list in lists {
          stride /= list.count
          values.append(list[point / stride % list.count])
        }
      }
      self.values = values
      return
    }
    count = sweep.samples
    shape = [count]
    let uniform = Self.uniform(sweep.design, count: count, dimensions: axes, seed: seed)
    var values: [Double] = []
    values.reserveCapacity(count * axes)
    for point in 0..<count {
      for (dimension, axis) in sweep.axes.enumerated() {
        switch axis.form {
        case .values(let list): values.append(list[point])
        case .distribution(let distribution):
          values.append(distribution.quantile(uniform(point, dimension)))
        }
      }
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

  /// A number between 0 and 1 for each point and dimension.
  private static func uniform(
    _ design: Sweep.Design, count: Int, dimensions: Int, seed: UInt64
  ) -> (Int, Int) -> Double {
    switch design {
    case .grid, .list: return { _, _ in 0.5 }
    case .random:
      let generator = Philox(seed: seed)
      return { generator.uniform(index: $0, dimension: $1, purpose: .randomDesign) }
    case .latinHypercube(let centred, let generator):
      let cube = LatinHypercube(
        count: count, dimensions: dimensions, seed: seed,
        placement: centred ? .centred : .random,
        generator: generator)
      return { cube.coordinate(point: $0, dimension: $1) }
    case .sobol:
      let sequence = SobolSequence(dimensions: dimensions, seed: seed)
      return { sequence.coordinate(point: $0, dimension: $1) }
    }
  }
}
