import Programs

/// Past values of what a continuous projection carries, for as long as its longest delay.
final class SignalHistory: @unchecked Sendable {
  // Each thread writes the values of its own cells before a barrier; any reads them behind it.

  /// Which recorded value of the source.
  private let signal: Int
  private let cellCount: Int
  /// How many steps are kept, the present one included.
  private let length: Int
  private let values: UnsafeMutablePointer<Double>

  init(signal: Int, cellCount: Int, longestDelay: Int) {
    self.signal = signal
    self.cellCount = cellCount
    length = longestDelay + 1
    values = .allocate(capacity: max(1, length * cellCount))
    values.initialize(repeating: 0, count: max(1, length * cellCount))
  }

  deinit { values.deallocate() }

  /// Takes the values at the start for those of all times before.
  func begin(with population: PopulationState) {
    for cell in 0..<cellCount {
      let value = population.recorded(signal, cell: cell)
      for slot in 0..<length { values[slot * cellCount + cell] = value }
    }
  }

  /// Keeps the values of some cells after a number of steps.
  func keep(_ population: PopulationState, cells: Range<Int>, step: Int) {
    let slot = values + step % length * cellCount
    for cell in cells { slot[cell] = population.recorded(signal, cell: cell) }
  }

  /// The value of a cell a delay before a step.
  func value(_ cell: Int, step: Int, delay: Int) -> Double {
    values[(step + length - delay) % length * cellCount + cell]
  }
}
