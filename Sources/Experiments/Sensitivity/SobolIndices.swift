/// How much of the variance of an output is due to each parameter.
///
/// A run that failed leaves a gap in its block. An index leaves out the blocks in which a point
/// that it needs is missing, as a whole and for the variance as well, so that all its sums are over
/// the same rows. `nil` stands for an index with too few rows left, or of an output that does not
/// vary.
public struct SobolIndices: Sendable {
  /// By parameter: the part of the variance that would vanish, on average, if it were known.
  public var first: [SampleEstimate?]
  /// By parameter: the part that would remain, on average, if all others were known.
  public var total: [SampleEstimate?]
  /// By pair: what the two do together beyond what each does alone.
  public var second: [Pair]
  /// How many base rows there are, and how many of them are whole.
  public var rows: Int
  public var wholeRows: Int
  /// The mean and the standard deviation of the output over the points A and B.
  public var mean: Double
  public var deviation: Double

  /// Two parameters and their index of second order.
  public struct Pair: Sendable {
    public var parameters: (Int, Int)
    public var estimate: SampleEstimate?
  }

  /// Estimates the indices.
  ///
  /// - Source: First order by Saltelli et al. (2010), Computer Physics Communications 181, 259,
  ///   table 2 (b); total by Jansen (1999), ibid. 117, 35; second order by Saltelli (2002), ibid.
  ///   145, 280, theorem 2.
  /// - Parameters:
  ///   - outputs: One number for each point of the design; NaN for a run that failed.
  ///   - design: Which points those are.
  ///   - settings: How intervals are made.
  public init(_ outputs: [Double], design: SaltelliDesign, settings: SensitivitySettings) {
    let blocks = BlockTable(outputs, design)
    rows = blocks.count
    wholeRows = (0..<blocks.count).count { row in
      outputs[row * design.blockSize..<(row + 1) * design.blockSize].allSatisfy(\.isFinite)
    }
    mean = blocks.mean
    let count = design.parameters
    // A variance of rounding errors is none.
    let isConstant = !(blocks.variance > 1e-24 * blocks.mean * blocks.mean)
    deviation = isConstant ? 0 : blocks.variance.squareRoot()
    func usable(_ rows: [Int]) -> [Int]? {
      isConstant || !settings.isEnough(rows.count, of: blocks.count) ? nil : rows
    }
    let singleRows = (0..<count).map { usable(blocks.rows(having: [.a, .b, .ab($0)])) }
    let pairs =
      design.secondOrder
      ? (0..<count).flatMap { one in (one + 1..<count).map { (one, $0) } } : []
    let pairRows = pairs.map { one, other in
      usable(blocks.rows(having: [.a, .b, .ab(one), .ab(other), .ba(one)]))
    }
    let resampling = Resampling(
      rows: blocks.count, count: settings.resamples, seed: settings.seed)
    let whole = resampling.whole
    var firsts: [BootstrapCollector?] = []
    var totals: [BootstrapCollector?] = []
    for (parameter, rows) in singleRows.enumerated() {
      let values = rows.map { blocks.indices(of: parameter, rows: $0, whole) }
      firsts.append(values.map { BootstrapCollector(value: $0.first[0], rows: rows?.count ?? 0) })
      totals.append(values.map { BootstrapCollector(value: $0.total[0], rows: rows?.count ?? 0) })
    }
    var seconds = zip(pairs, pairRows).map { pair, rows in
      rows.map {
        BootstrapCollector(value: blocks.second(pair, rows: $0, whole)[0], rows: $0.count)
      }
    }
    resampling.forEachBatch { lanes, weights in
      for (parameter, rows) in singleRows.enumerated() {
        guard let rows else { continue }
        let values = blocks.indices(of: parameter, rows: rows, weights)
        firsts[parameter]?.add(values.first, count: lanes)
        totals[parameter]?.add(values.total, count: lanes)
      }
      for (index, rows) in pairRows.enumerated() {
        guard let rows else { continue }
        seconds[index]?.add(blocks.second(pairs[index], rows: rows, weights), count: lanes)
      }
    }
    first = firsts.map { $0?.estimate(confidence: settings.confidence) }
    total = totals.map { $0?.estimate(confidence: settings.confidence) }
    second = zip(pairs, seconds).map {
      Pair(parameters: $0, estimate: $1?.estimate(confidence: settings.confidence))
    }
  }
}

/// The outputs of a Saltelli design by member of the blocks, less their mean.
///
/// Without its mean an output loses no digits in the products; the indices do not change.
private struct BlockTable {
  let count: Int
  let mean: Double
  let variance: Double
  private let a: [Double]
  private let b: [Double]
  private let ab: [[Double]]
  private let ba: [[Double]]

  typealias Weights = Resampling.Weights

  init(_ outputs: [Double], _ design: SaltelliDesign) {
    let count = outputs.count / design.blockSize
    func column(_ member: SaltelliDesign.Member) -> [Double] {
      let position = design.position(of: member)
      return (0..<count).map { outputs[$0 * design.blockSize + position] }
    }
    let known = (column(.a) + column(.b)).filter(\.isFinite)
    let mean = known.reduce(0, +) / Double(max(known.count, 1))
    variance =
      known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(known.count, 1))
    func centred(_ member: SaltelliDesign.Member) -> [Double] { column(member).map { $0 - mean } }
    self.count = count
    self.mean = mean
    a = centred(.a)
    b = centred(.b)
    ab = (0..<design.parameters).map { centred(.ab($0)) }
    ba = design.secondOrder ? (0..<design.parameters).map { centred(.ba($0)) } : []
  }

  /// The rows in which some members are all there.
  func rows(having members: [SaltelliDesign.Member]) -> [Int] {
    let columns = members.map { member in
      switch member {
      case .a: a
      case .b: b
      case .ab(let parameter): ab[parameter]
      case .ba(let parameter): ba[parameter]
      }
    }
    return (0..<count).filter { row in columns.allSatisfy { $0[row].isFinite } }
  }

  /// The first and the total index of a parameter, in eight samples.
  func indices(
    of parameter: Int, rows: [Int], _ weights: Weights
  ) -> (first: SIMD8<Double>, total: SIMD8<Double>) {
    let mixed = ab[parameter]
    var moments = Moments()
    var first = SIMD8<Double>.zero
    var total = SIMD8<Double>.zero
    for row in rows {
      let weight = weights[row]
      moments.add(a[row], b[row], weight)
      first += weight * (b[row] * (mixed[row] - a[row]))
      total += weight * ((a[row] - mixed[row]) * (a[row] - mixed[row]))
    }
    let scale = moments.count * moments.variance
    return (first / scale, total / (2 * scale))
  }

  /// The second index of a pair, in eight samples.
  func second(_ pair: (Int, Int), rows: [Int], _ weights: Weights) -> SIMD8<Double> {
    let (one, other) = (ab[pair.0], ab[pair.1])
    let back = ba[pair.0]
    var moments = Moments()
    var sum = SIMD8<Double>.zero
    for row in rows {
      let weight = weights[row]
      moments.add(a[row], b[row], weight)
      let together = back[row] * other[row] - a[row] * b[row]
      let alone = b[row] * (one[row] - a[row]) + b[row] * (other[row] - a[row])
      sum += weight * (together - alone)
    }
    return sum / (moments.count * moments.variance)
  }

  /// The variance of the points A and B.
  private struct Moments {
    var count = SIMD8<Double>.zero
    private var sum = SIMD8<Double>.zero
    private var squares = SIMD8<Double>.zero

    mutating func add(_ a: Double, _ b: Double, _ weight: SIMD8<Double>) {
      count += weight
      sum += weight * (a + b)
      squares += weight * (a * a + b * b)
    }

    var variance: SIMD8<Double> {
      let mean = sum / (2 * count)
      return squares / (2 * count) - mean * mean
    }
  }
}
