/// The sum and the sum of squares of counts, exactly.
struct CountMoments: Sendable {
  private(set) var sum = 0
  private var squares = 0

  /// Adds a count; zeros may be left out.
  mutating func add(_ count: Int) {
    sum += count
    squares += count * count
  }

  /// The mean square minus the squared mean of as many counts; zero exactly if they are all equal.
  func variance(of count: Int) -> Double {
    // (n ∑x² − (∑x)²)/n², where the difference of the two products, never negative, is taken in
    // 128 bits: floating point would lose it if counts are large and vary little.
    let positive = count.multipliedFullWidth(by: squares)
    let negative = sum.multipliedFullWidth(by: sum)
    let (low, borrows) = positive.low.subtractingReportingOverflow(negative.low)
    let high = positive.high - negative.high - (borrows ? 1 : 0)
    return (Double(high) * 0x1p64 + Double(low)) / Double(count) / Double(count)
  }
}
