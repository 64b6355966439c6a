import ModelLanguage
import Programs

/// What a continuous projection carries: present values, and past ones for as long as its longest
/// delay.
final class SignalHistory: @unchecked Sendable {
  // Each thread writes the values of its own cells before a barrier; any reads them behind it.

  /// Which recorded value of the source.
  private let signal: Int
  /// The cells, rounded up to whole blocks.
  private let paddedCount: Int
  /// How many steps are kept, the present one included.
  private let length: Int
  private let values: UnsafeMutablePointer<Double>

  /// Makes room for the past.
  ///
  /// - Throws: `NetworkFailure` if there is no such room.
  init(
    signal: Int, of population: PopulationState, longestDelay: Int, budget: inout MemoryBudget
  ) throws(NetworkFailure) {
    try budget.take(
      8 * Double(longestDelay + 1) * Double(population.paddedCount),
      for: population.part.population.declaration, "what it showed during the longest delay")
    self.signal = signal
    paddedCount = population.paddedCount
    length = longestDelay + 1
    values = .allocate(capacity: length * paddedCount)
    values.initialize(repeating: 0, count: length * paddedCount)
  }

  deinit { values.deallocate() }

  /// Takes the values at the start for those of all times before.
  func begin(with population: PopulationState) {
    for step in 0..<length { keep(population, blocks: 0..<population.blockCount, step: step) }
  }

  /// Keeps the values of some cells after a number of steps.
  func keep(_ population: PopulationState, blocks: Range<Int>, step: Int) {
    population.copyRecorded(signal, blocks: blocks, to: values + step % length * paddedCount)
  }

  /// The values of all cells a delay before a step.
  func values(atStep step: Int, delay: Int) -> UnsafePointer<Double> {
    UnsafePointer(values + (step + length - delay) % length * paddedCount)
  }
}
