import Networks
import Storage

/// Spikes of the recorded populations on their way to the file.
struct SpikeBlock {
  /// So many spikes of a population are written at once.
  private static let limit = 16_384

  private let run: Int
  private let isRecorded: [Bool]
  private var times: [[Double]]
  private var cells: [[UInt32]]
  /// How many have been written of each population.
  private var written: [Int]

  /// Makes an empty block.
  ///
  /// - Parameters:
  ///   - populations: Which populations are recorded.
  ///   - count: How many populations there are.
  ///   - run: Which run it is.
  init(of populations: [Int], among count: Int, run: Int) {
    self.run = run
    isRecorded = (0..<count).map { populations.contains($0) }
    times = Array(repeating: [], count: count)
    cells = Array(repeating: [], count: count)
    written = Array(repeating: 0, count: count)
  }

  /// Takes the next spikes of a population.
  mutating func take(_ train: SpikeTrain, of population: Int, _ output: (any NetworkOutput)?) {
    guard output != nil, isRecorded[population] else { return }
    times[population] += train.times
    cells[population] += train.cells
    if times[population].count >= Self.limit { flush(population, output) }
  }

  /// Writes what has been taken.
  mutating func flush(_ output: (any NetworkOutput)?) {
    for population in times.indices { flush(population, output) }
  }

  private mutating func flush(_ population: Int, _ output: (any NetworkOutput)?) {
    let count = times[population].count
    guard count > 0 else { return }
    output?.write(
      .spikes(
        population: population, first: written[population], times: times[population],
        cells: cells[population]), run: run)
    written[population] += count
    times[population].removeAll(keepingCapacity: true)
    cells[population].removeAll(keepingCapacity: true)
  }
}
