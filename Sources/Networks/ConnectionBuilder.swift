import ModelLanguage
import Programs
import Units

/// Builds the connections of a projection; a function of the rule, the sizes and the seed alone.
struct ConnectionBuilder {
  let projection: Projection
  let sourceCount: Int
  let targetCount: Int
  /// Whether the populations are one.
  let isRecurrent: Bool
  let values: SharedValues
  let timeStep: Double
  /// The parts of the name of every stream of this projection.
  let seed: UInt64
  let number: Int

  private var pairs = PairList()

  init(
    _ projection: Projection, number: Int, sourceCount: Int, targetCount: Int,
    values: SharedValues, timeStep: Double, seed: UInt64
  ) {
    self.projection = projection
    self.number = number
    self.sourceCount = sourceCount
    self.targetCount = targetCount
    isRecurrent = projection.source == projection.target
    self.values = values
    self.timeStep = timeStep
    self.seed = seed
  }

  private var skipsSelf: Bool { isRecurrent && !projection.allowsAutapses }

  private func stream(_ purpose: UInt64) -> RandomStream {
    RandomStream(seed: seed, 2, UInt64(number), purpose)
  }

  /// Draws the pairs, their weights and delays.
  ///
  /// - Throws: `NetworkFailure` if a number of the rule does not fit.
  mutating func build() throws(NetworkFailure) -> Connections {
    switch projection.rule {
    case .all:
      try checkCount(sourceCount, times: targetCount - (skipsSelf ? 1 : 0))
      for source in 0..<sourceCount {
        try pairs.beginRow(projection.declaration)
        for target in 0..<targetCount where !(skipsSelf && source == target) {
          pairs.append(target)
        }
      }
    case .oneToOne:
      try checkOneToOne()
      for source in 0..<sourceCount {
        try pairs.beginRow(projection.declaration)
        pairs.append(source)
      }
    case .random(let probability):
      try connectRandomly(try checkedProbability(probability))
    case .fixedInDegree(let degree):
      try connectInDegree(try checkedDegree(degree, among: sourceCount, "in-degree"))
    case .fixedOutDegree(let degree):
      let degree = try checkedDegree(degree, among: targetCount, "out-degree")
      try checkCount(sourceCount, times: degree)
      try connectOutDegree(degree)
    case .distance(let geometry, let profile, let peak, let width):
      try connectByDistance(
        geometry, profile, peak: try checkedProbability(peak), width: values.value(width))
    case .list(let entries): return try connectListed(entries)
    }
    try pairs.endRows(projection.declaration)
    let weight = try weights()
    let delay = try delays()
    return pairs.connections(weights: weight, delays: delay)
  }

  /// Looks at the numbers of the rule, and at a weight and a delay that all connections share, without
  /// drawing.
  ///
  /// - Throws: `NetworkFailure` with the first that does not fit.
  func check() throws(NetworkFailure) {
    switch projection.rule {
    case .all: try checkCount(sourceCount, times: targetCount - (skipsSelf ? 1 : 0))
    case .list(let entries): try checkCells(entries)
    case .oneToOne: try checkOneToOne()
    case .random(let probability): _ = try checkedProbability(probability)
    case .fixedInDegree(let degree):
      try checkCount(targetCount, times: checkedDegree(degree, among: sourceCount, "in-degree"))
    case .fixedOutDegree(let degree):
      try checkCount(sourceCount, times: checkedDegree(degree, among: targetCount, "out-degree"))
    case .distance(_, _, let peak, let width):
      _ = try checkedProbability(peak)
      try checkWidth(values.value(width))
    }
    let weight = try law(projection.weight, purpose: 5, projection.weightDeclaration)
    if let constant = weight.constant { try checkFiniteness(of: [constant]) }
    let delay = try law(projection.delay, purpose: 6, projection.delayDeclaration)
    if let constant = delay.constant { _ = try steps(of: constant, isExact: true) }
  }

  // MARK: Rules

  private func checkOneToOne() throws(NetworkFailure) {
    guard !skipsSelf else {
      throw .unsuitable(
        projection.ruleDeclaration,
        message: "one_to_one within one population connects each cell to itself, which it is only "
          + "with `autapses`")
    }
    guard sourceCount == targetCount else {
      throw .unsuitable(
        projection.ruleDeclaration,
        message: "one_to_one needs populations of one size, and these have \(sourceCount) and "
          + "\(targetCount) cells")
    }
  }

  private func checkCount(_ rows: Int, times length: Int) throws(NetworkFailure) {
    let (total, overflow) = rows.multipliedReportingOverflow(by: length)
    guard !overflow, total <= Connections.largestCount else {
      throw .tooManyConnections(projection.ruleDeclaration)
    }
  }

  private func checkWidth(_ width: Double) throws(NetworkFailure) {
    guard width > 0 else {
      throw .unsuitable(
        projection.ruleDeclaration,
        message: "the width of `\(projection.declaration.path)` has to be above 0")
    }
  }

  private func checkedProbability(_ expression: Expression) throws(NetworkFailure) -> Double {
    let value = values.value(expression)
    guard value >= 0, value <= 1 else {
      throw .unsuitable(
        projection.ruleDeclaration,
        message: "the probability of `\(projection.declaration.path)` is \(value); it has to be "
          + "from 0 to 1")
    }
    return value
  }

  private func checkedDegree(
    _ expression: Expression, among count: Int, _ what: String
  ) throws(NetworkFailure) -> Int {
    let value = values.value(expression)
    let available = count - (skipsSelf ? 1 : 0)
    guard value >= 0, value == value.rounded(), value <= Double(available) else {
      throw .unsuitable(
        projection.ruleDeclaration,
        message: "the \(what) of `\(projection.declaration.path)` is "
          + "\(PhysicalUnit.one.text(ofSI: value)); it has to be a "
          + "whole number from 0 to \(available)")
    }
    return Int(value)
  }

  /// Every pair by itself; the distance to the next target of a source is geometric.
  ///
  /// Source: Fan, Muller and Rezucha (1962), J. Am. Stat. Assoc. 57, 387.
  private mutating func connectRandomly(_ probability: Double) throws(NetworkFailure) {
    let factor =
      probability < 1 ? 1 / ElementaryFunctions.evaluate(.log1p, -probability) : -0.0
    for source in 0..<sourceCount {
      try pairs.beginRow(projection.declaration)
      guard probability > 0 else { continue }
      let stream = RandomStream(seed: seed, 2, UInt64(number), 1, UInt64(source))
      var place = 0
      var target = -1
      while true {
        let gaps = LogarithmOfUniforms.values(stream, from: place) * factor
        place += 8
        for lane in 0..<8 {
          let gap = gaps[lane].rounded(.down)
          // A gap beyond the last target ends the row, however large it is.
          guard gap < Double(targetCount - target - 1) else {
            target = targetCount
            break
          }
          target += 1 + Int(gap)
          if !(skipsSelf && target == source) { pairs.append(target) }
        }
        if target >= targetCount - 1 { break }
      }
    }
  }

  private mutating func connectInDegree(_ degree: Int) throws(NetworkFailure) {
    var draw = DistinctDraw(count: sourceCount)
    try checkCount(targetCount, times: degree)
    var chosen = [UInt32]()
    chosen.reserveCapacity(targetCount * degree)
    for target in 0..<targetCount {
      let stream = RandomStream(seed: seed, 2, UInt64(number), 2, UInt64(target))
      draw.draw(degree, stream, except: skipsSelf ? target : nil) { chosen.append(UInt32($0)) }
    }
    // Turned around, target by target, so that rows ascend.
    var rows = [Int](repeating: 0, count: sourceCount + 1)
    for source in chosen { rows[Int(source) + 1] += 1 }
    for source in 0..<sourceCount { rows[source + 1] += rows[source] }
    var next = rows
    var targets = [UInt32](repeating: 0, count: chosen.count)
    for (position, source) in chosen.enumerated() {
      targets[next[Int(source)]] = UInt32(position / max(1, degree))
      next[Int(source)] += 1
    }
    pairs.replace(rows: rows, targets: targets)
  }

  private mutating func connectOutDegree(_ degree: Int) throws(NetworkFailure) {
    var draw = DistinctDraw(count: targetCount)
    for source in 0..<sourceCount {
      try pairs.beginRow(projection.declaration)
      let stream = RandomStream(seed: seed, 2, UInt64(number), 3, UInt64(source))
      var row: [Int] = []
      draw.draw(degree, stream, except: skipsSelf ? source : nil) { row.append($0) }
      for target in row.sorted() { pairs.append(target) }
    }
  }

  private mutating func connectByDistance(
    _ geometry: ConnectionRule.Geometry, _ profile: ConnectionRule.Profile, peak: Double,
    width: Double
  ) throws(NetworkFailure) {
    try checkWidth(width)
    let places = CellPlaces(geometry, sourceCount: sourceCount, targetCount: targetCount)
    for source in 0..<sourceCount {
      try pairs.beginRow(projection.declaration)
      let stream = RandomStream(seed: seed, 2, UInt64(number), 4, UInt64(source))
      for first in stride(from: 0, to: targetCount, by: 8) {
        let uniforms = stream.uniforms(from: first)
        for target in first..<min(first + 8, targetCount) where !(skipsSelf && target == source) {
          let distance = places.distance(source, target) / width
          let exponent = profile == .gaussian ? -0.5 * distance * distance : -distance
          let probability = peak * ElementaryFunctions.evaluate(.exp, exponent)
          if uniforms[target - first] < probability { pairs.append(target) }
        }
      }
    }
  }

  private func checkCells(
    _ entries: [(source: Int, target: Int, weight: Double?, delay: Double?)]
  ) throws(NetworkFailure) {
    guard entries.allSatisfy({ $0.source < sourceCount && $0.target < targetCount }) else {
      throw .unsuitable(
        projection.ruleDeclaration,
        message: "the list of `\(projection.declaration.path)` names cells beyond the "
          + "\(sourceCount) and \(targetCount) of its populations")
    }
  }

  private func connectListed(
    _ entries: [(source: Int, target: Int, weight: Double?, delay: Double?)]
  ) throws(NetworkFailure) -> Connections {
    try checkCells(entries)
    let sorted = entries.enumerated().sorted {
      ($0.element.source, $0.element.target, $0.offset)
        < ($1.element.source, $1.element.target, $1.offset)
    }.map(\.element)
    var list = PairList()
    var position = 0
    for source in 0..<sourceCount {
      try list.beginRow(projection.declaration)
      while position < sorted.count, sorted[position].source == source {
        list.append(sorted[position].target)
        position += 1
      }
    }
    try list.endRows(projection.declaration)
    let weight = try law(projection.weight, purpose: 5, projection.weightDeclaration)
    let delay = try law(projection.delay, purpose: 6, projection.delayDeclaration)
    var weights: [Double] = []
    var delays: [UInt16] = []
    for entry in sorted {
      let place = entry.source * targetCount + entry.target
      weights.append(entry.weight ?? weight.value(at: place, index: entry.target))
      delays.append(
        try steps(of: entry.delay ?? delay.value(at: place, index: entry.target), isExact: false))
    }
    try checkFiniteness(of: weights)
    return list.connections(weights: weights, delays: delays)
  }

  // MARK: Weights and delays

  private func law(
    _ law: Law, purpose: UInt64, _ declaration: Declaration
  ) throws(NetworkFailure) -> SampledLaw {
    try SampledLaw(
      law, values: values, count: targetCount, stream: stream(purpose), declaration: declaration)
  }

  private func weights() throws(NetworkFailure) -> [Double] {
    let law = try law(projection.weight, purpose: 5, projection.weightDeclaration)
    if let constant = law.constant {
      try checkFiniteness(of: [constant])
      // Each connection has its own where spikes change it.
      return [Double](repeating: constant, count: projection.plasticity == nil ? 1 : pairs.count)
    }
    let drawn = pairs.values(of: law, targetCount: targetCount)
    try checkFiniteness(of: drawn)
    return drawn
  }

  private func checkFiniteness(of weights: [Double]) throws(NetworkFailure) {
    guard let wrong = weights.first(where: { !$0.isFinite }) else { return }
    throw .unsuitable(
      projection.weightDeclaration,
      message: "a weight of `\(projection.declaration.path)` is \(wrong), which is no finite number"
    )
  }

  private func delays() throws(NetworkFailure) -> [UInt16] {
    let law = try law(projection.delay, purpose: 6, projection.delayDeclaration)
    if let constant = law.constant { return [try steps(of: constant, isExact: true)] }
    var drawn: [UInt16] = []
    drawn.reserveCapacity(pairs.count)
    for delay in pairs.values(of: law, targetCount: targetCount) {
      drawn.append(try steps(of: delay, isExact: false))
    }
    return drawn
  }

  /// A delay in steps: a number that everybody shares has to lie on the grid, drawn ones go to the
  /// nearest point of it.
  private func steps(of delay: Double, isExact: Bool) throws(NetworkFailure) -> UInt16 {
    let steps = delay / timeStep
    let whole = steps.rounded()
    func fail(_ message: String) -> NetworkFailure {
      .unsuitable(projection.delayDeclaration, message: message)
    }
    let path = projection.declaration.path
    guard delay.isFinite else { throw fail("the delay of `\(path)` is no finite number") }
    guard delay >= 0 else {
      throw fail("the delay of `\(path)` is negative: \(Self.milliseconds(delay))")
    }
    guard whole <= Double(UInt16.max) else {
      throw fail(
        "the delay of `\(path)` is longer than \(UInt16.max) steps of "
          + Self.milliseconds(timeStep))
    }
    if isExact {
      guard abs(steps - whole) <= 1e-6 * max(1, whole) else {
        throw fail(
          delay < timeStep
            ? "the delay of `\(path)`, \(Self.milliseconds(delay)), is shorter than the step of "
              + Self.milliseconds(timeStep)
            : "the delay of `\(path)`, \(Self.milliseconds(delay)), is no whole number of steps of "
              + Self.milliseconds(timeStep))
      }
    }
    return UInt16(whole)
  }

  private static func milliseconds(_ seconds: Double) -> String {
    "\((seconds * 1e9).rounded() / 1e6) ms"
  }
}

/// log(u) of consecutive uniform numbers.
private enum LogarithmOfUniforms {
  static func values(_ stream: RandomStream, from place: Int) -> SIMD8<Double> {
    ElementaryFunctions.evaluate(.log, stream.uniforms(from: place))
  }
}
