/// A window of time in bins of one width; what is left over at its end belongs to no bin.
///
/// A time less than a millionth of a bin before an edge counts as on it: multiples of a time step
/// round, and a bin of ten steps shall have ten steps' ends in it.
struct TimeBins: Sendable, Hashable {
  let start: Double
  let width: Double
  let count: Int

  private static let margin = 1e-6

  init(_ window: Range<Double>, width: Double) {
    precondition(width > 0, "a bin has a positive width")
    start = window.lowerBound
    self.width = width
    count = Int((window.upperBound - window.lowerBound) / width + Self.margin)
  }

  /// The bin of a time; nil outside.
  func index(of time: Double) -> Int? {
    let position = (time - start) / width + Self.margin
    guard position >= 0, position < Double(count) else { return nil }
    return Int(position)
  }
}
