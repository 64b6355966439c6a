import Diagnostics
import Units

/// Reads what the values of one axis are drawn from.
struct DistributionReader {
  let target: SweepTargetCheck
  let entry: YamlNode.Entry
  /// The standard deviation in a covariance matrix, if the parameter has one there.
  let deviation: Double?
  let problems: ProblemList
  let axes: SweepAxisReader

  /// Less than this part of a distribution is not drawn from: rounding would show.
  private static let leastPart = 1e-9

  private var path: String { entry.key }

  /// An axis from a form such as `normal` and its numbers.
  ///
  /// - Parameters:
  ///   - node: The numbers: two, or the first alone where the second stands elsewhere.
  ///   - form: `uniform`, `log_uniform`, `normal` or `log_normal`.
  ///   - table: The settings of the axis; `nil` for a plain pair.
  /// - Returns: The axis; `nil` if something is wrong and was reported.
  func axis(_ node: YamlNode, form: String, table: TableReader?) -> SweepAxis? {
    let isNormal = form == "normal" || form == "log_normal"
    if deviation != nil, !isNormal {
      problems.error(
        "`\(path)` is in the covariance matrix and is not normal or log-normal",
        id: "conflicting-keys", at: node.range,
        help: "write `{normal: mean}` or `{log_normal: median}`, or use `correlation`")
      return nil
    }
    if target.target.isWhole {
      problems.error(
        "`\(path)` takes whole numbers, and `\(form)` gives any", id: "wrong-type", at: node.range,
        help: "write `{values: [1, 2, 3]}`")
      return nil
    }
    let written = table.flatMap(axes.unit)
    let found =
      isNormal
      ? normal(node, form: form, table, written) : range(node, form: form, written)
    guard let found,
      let distribution = isNormal
        ? truncated(found, table, written) : found.distribution
    else { return nil }
    if found.isRelative, let node = table?["truncated"] {
      problems.error(
        "what multiplies a typical value is not `truncated`", id: "unused-setting", at: node.range,
        help: "leave it out, or write the median itself")
      return nil
    }
    let unit = found.first.isBare ? target.unit : found.first.unit
    return SweepAxis(
      path: path, target: target.target, unit: found.isRelative ? .one : unit,
      form: .distribution(distribution), written: entry.value.plain, isRelative: found.isRelative)
  }

  /// An axis of some values and their weights.
  func choice(_ table: TableReader) -> SweepAxis? {
    guard let numbers = axes.numbers(table, target, entry) else { return nil }
    var weights = Array(repeating: 1.0, count: numbers.count)
    if let node = table["weights"] {
      guard let elements = node.elements, elements.count == numbers.count else {
        problems.error(
          "`weights` has a number for each of the \(numbers.count) values of `\(path)`",
          id: "wrong-arguments", at: node.range)
        return nil
      }
      weights = elements.compactMap { problems.positiveNumber($0, "a weight of `\(path)`") }
      guard weights.count == numbers.count else { return nil }
    }
    if deviation != nil {
      problems.error(
        "`\(path)` is in the covariance matrix and is not normal or log-normal",
        id: "conflicting-keys", at: entry.keyRange, help: "use `correlation`")
      return nil
    }
    let total = weights.reduce(0, +)
    var sum = 0.0
    var cumulative = weights.map { weight in
      sum += weight
      return sum / total
    }
    cumulative[cumulative.count - 1] = 1
    return SweepAxis(
      path: path, target: target.target,
      unit: numbers.first { !$0.isBare }?.unit ?? target.unit,
      form: .distribution(.choice(values: numbers.map(\.value), cumulative: cumulative)),
      written: entry.value.plain)
  }

  /// A distribution and the first quantity that the file says of it.
  private struct Found {
    var distribution: Distribution
    var first: WrittenQuantity
    /// Whether the median is 1 and multiplies a typical value.
    var isRelative = false
  }

  private func pair(_ node: YamlNode, _ form: String) -> [YamlNode]? {
    guard let pair = node.elements else {
      problems.error(
        "`\(form)` is a list of two, found \(node.kindInWords)", id: "wrong-type", at: node.range)
      return nil
    }
    guard pair.count == 2 else {
      problems.error(
        "`\(path)` has \(pair.count) value\(pair.count == 1 ? "" : "s"), a range has two",
        id: "wrong-arguments", at: entry.value.range, help: "write `[low, high]`")
      return nil
    }
    return pair
  }

  private func range(_ node: YamlNode, form: String, _ unit: PhysicalUnit?) -> Found? {
    guard let pair = pair(node, form), let first = axes.quantity(pair[0], target, unit: unit),
      let second = second(pair[1], like: first, unit)
    else { return nil }
    guard isAscending(first, second, at: pair[0].range),
      target.check(first.value, text: first.text, at: pair[0].range, problems: problems),
      target.check(second.value, text: second.text, at: pair[1].range, problems: problems)
    else { return nil }
    if form == "uniform" {
      return Found(distribution: .uniform(low: first.value, high: second.value), first: first)
    }
    guard axes.isPositive(first, pair[0], path, form) else { return nil }
    return Found(distribution: .logUniform(low: first.value, high: second.value), first: first)
  }

  private func normal(
    _ node: YamlNode, form: String, _ table: TableReader?, _ unit: PhysicalUnit?
  ) -> Found? {
    let isLog = form == "log_normal"
    let name = isLog ? "median" : "mean"
    let spread = isLog ? table?["cv"] : nil
    if node.elements != nil, deviation != nil || spread != nil {
      let other = deviation == nil ? "`cv`" : "the covariance matrix"
      problems.error(
        "the deviation of `\(path)` stands here and in \(other)", id: "conflicting-keys",
        at: node.range, help: "write `\(form): \(name)` with the \(name) alone")
      return nil
    }
    if deviation != nil, let spread {
      problems.error(
        "the deviation of `\(path)` stands here and in the covariance matrix",
        id: "conflicting-keys", at: spread.range, help: "leave out `cv`")
      return nil
    }
    if node.elements == nil, deviation == nil, spread == nil {
      problems.error(
        "`\(form)` is a list of two, found \(node.kindInWords)", id: "wrong-type", at: node.range,
        help: isLog
          ? "write `[median, deviation of the logarithm]`, or add `cv`"
          : "write `[mean, deviation]`")
      return nil
    }
    let parts = node.elements == nil ? [node] : pair(node, form)
    guard let parts else { return nil }
    if parts[0].scalar == "typical", isLog {
      guard axes.allowsTypical else {
        problems.error(
          "the median of `\(path)` is a number, found `typical`", id: "wrong-type",
          at: parts[0].range, help: "only `individuals` vary around typical values")
        return nil
      }
      guard let deviation = logDeviation(parts, spread) else { return nil }
      return Found(
        distribution: .logNormal(median: 1, deviation: deviation),
        first: WrittenQuantity(si: 1, in: .one), isRelative: true)
    }
    guard let first = axes.quantity(parts[0], target, unit: unit) else { return nil }
    if isLog {
      guard axes.isPositive(first, parts[0], path, form),
        let deviation = logDeviation(parts, spread)
      else { return nil }
      return Found(
        distribution: .logNormal(median: first.value, deviation: deviation), first: first)
    }
    if let deviation {
      // The matrix has no units: its numbers are in that of the mean.
      let scale = first.isBare ? 1 : first.unit.scale
      return Found(
        distribution: .normal(mean: first.value, deviation: deviation * scale), first: first)
    }
    guard let second = second(parts[1], like: first, unit) else { return nil }
    guard second.value > 0 else {
      problems.error(
        "the deviation of `\(path)` has to be positive", id: "out-of-range", at: parts[1].range)
      return nil
    }
    return Found(
      distribution: .normal(mean: first.value, deviation: second.value), first: first)
  }

  /// The standard deviation of the natural logarithm, from wherever it stands.
  private func logDeviation(_ parts: [YamlNode], _ spread: YamlNode?) -> Double? {
    if let deviation { return deviation }
    guard let spread else {
      return problems.positiveNumber(parts[1], "the deviation of `\(path)`")
    }
    guard let quantity = problems.quantity(spread, "the `cv` of `\(path)`", like: .one) else {
      return nil
    }
    guard quantity.value > 0 else {
      problems.error(
        "the `cv` of `\(path)` has to be positive, found \(quantity.text)", id: "out-of-range",
        at: spread.range)
      return nil
    }
    // The coefficient of variation of a log-normal quantity is sqrt(exp(deviation²) − 1).
    return logarithm(1 + quantity.value * quantity.value).squareRoot()
  }

  /// The distribution between the limits under `truncated`, if there are any.
  private func truncated(
    _ found: Found, _ table: TableReader?, _ unit: PhysicalUnit?
  ) -> Distribution? {
    let distribution = found.distribution
    guard let node = table?["truncated"], !found.isRelative else { return distribution }
    guard let limits = node.elements, limits.count == 2 else {
      problems.error(
        "`truncated` is a list of two limits, found \(node.kindInWords)", id: "wrong-type",
        at: node.range, help: "write `[low, high]`; `none` is no limit")
      return nil
    }
    func limit(_ node: YamlNode, none: Double) -> Double? {
      if node.scalar == "none" { return none }
      guard let value = axes.quantity(node, target, unit: unit),
        target.check(value.value, text: value.text, at: node.range, problems: problems)
      else { return nil }
      return value.value
    }
    guard let low = limit(limits[0], none: -.infinity),
      let high = limit(limits[1], none: .infinity)
    else { return nil }
    guard low < high else {
      problems.error(
        "the limits of `\(path)` go from \(limits[0].scalar ?? "") down to "
          + (limits[1].scalar ?? ""), id: "range-reversed", at: limits[0].range,
        help: "write the lower value first")
      return nil
    }
    guard distribution.part(from: low, to: high) > Self.leastPart else {
      problems.error(
        "nothing of the distribution of `\(path)` lies within its limits",
        id: "empty-distribution", at: node.range,
        help:
          "are the limits in the same unit as the \(table?.has("normal") == true ? "mean" : "median")?"
      )
      return nil
    }
    return .truncated(distribution, low: low, high: high)
  }

  private func second(
    _ node: YamlNode, like first: WrittenQuantity, _ unit: PhysicalUnit?
  ) -> WrittenQuantity? {
    guard let second = axes.quantity(node, target, unit: unit) else { return nil }
    guard first.unit.dimensions == second.unit.dimensions || first.isBare || second.isBare else {
      _ = problems.check(second, "`\(path)`", like: first.unit, at: node.range)
      return nil
    }
    return second
  }

  private func isAscending(
    _ first: WrittenQuantity, _ second: WrittenQuantity, at range: SourceRange
  ) -> Bool {
    if first.value < second.value { return true }
    problems.error(
      "the range of `\(path)` goes from \(first.text) down to \(second.text)",
      id: "range-reversed", at: range, help: "write the lower value first")
    return false
  }
}
