import ModelLanguage
import Programs

/// Connections while they are found: row by row, targets ascending.
struct PairList {
  private var rows: [Int] = []
  private var targets: [UInt32] = []

  mutating func beginRow(_ declaration: Declaration) throws(NetworkFailure) {
    guard targets.count <= Connections.largestCount else {
      throw .tooManyConnections(declaration)
    }
    rows.append(targets.count)
  }

  mutating func append(_ target: Int) { targets.append(UInt32(truncatingIfNeeded: target)) }

  mutating func endRows(_ declaration: Declaration) throws(NetworkFailure) {
    guard !isComplete else { return }
    try beginRow(declaration)
    isComplete = true
  }

  private var isComplete = false

  /// How many connections there are.
  var count: Int { targets.count }

  /// Takes over rows that were found in another order.
  mutating func replace(rows: [Int], targets: [UInt32]) {
    self.rows = rows
    self.targets = targets
    isComplete = true
  }

  /// The value of a law for each connection, by its place among all pairs and its target.
  func values(of law: SampledLaw, targetCount: Int) -> [Double] {
    [Double](unsafeUninitializedCapacity: targets.count) { result, count in
      var places = SIMD8<Double>(repeating: 0)
      var indices = SIMD8<Int64>(repeating: 0)
      var source = 0
      for first in stride(from: 0, to: targets.count, by: 8) {
        let length = min(8, targets.count - first)
        for lane in 0..<length {
          while rows[source + 1] <= first + lane { source += 1 }
          let target = Int(targets[first + lane])
          places[lane] = Double(source * targetCount + target)
          indices[lane] = Int64(target)
        }
        let values = law.values(at: places, indices: indices)
        for lane in 0..<length { result.initializeElement(at: first + lane, to: values[lane]) }
      }
      count = targets.count
    }
  }

  /// The finished connections; weights and delays have one entry each or one for all.
  func connections(weights: [Double], delays: [UInt16]) -> Connections {
    Connections(
      rows: Self.copy(rows), targets: Self.copy(targets), weights: Self.copy(weights),
      delays: Self.copy(delays))
  }

  private static func copy<Element>(_ array: [Element]) -> UnsafeMutableBufferPointer<Element> {
    let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: array.count)
    _ = buffer.initialize(from: array)
    return buffer
  }
}
