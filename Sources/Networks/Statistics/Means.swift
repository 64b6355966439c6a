/// Means in which not a number stands for what is missing.
enum Means {
  /// The mean of the numbers among the values, added in their order; not a number if there is none.
  static func ofNumbers(_ values: [Double]) -> Double {
    var sum = 0.0
    var count = 0
    for value in values where !value.isNaN {
      sum += value
      count += 1
    }
    return sum / Double(count)
  }
}
