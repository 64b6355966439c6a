import Networks
import Storage

/// Samples of cells on their way to the file.
struct SampleBlock {
  private let run: Int
  private let limit: Int
  /// For each variable, which cells are kept.
  private let cells: [[Int]]
  private var values: [[Double]]
  private var firstTime = 0
  private var count = 0

  /// Makes an empty block.
  ///
  /// - Parameters:
  ///   - cells: For each variable, which cells are kept.
  ///   - run: Which run it is.
  ///   - limit: How many samples are kept before they are written.
  init(cells: [[Int]], run: Int, limit: Int) {
    self.run = run
    self.limit = limit
    self.cells = cells
    values = Array(repeating: [], count: cells.count)
  }

  /// Takes a sample of every variable; cells that this run does not have are missing.
  ///
  /// - Throws: `NetworkFailure` if a variable has no finite value in some cell.
  mutating func take(
    _ live: NetworkRun, time: Int, _ output: (any NetworkOutput)?
  ) throws(NetworkFailure) {
    guard output != nil else { return }
    for variable in values.indices { try live.checkRecorded(variable) }
    if count == 0 { firstTime = time }
    for variable in values.indices {
      let sample = live.recorded(variable)
      for cell in cells[variable] {
        values[variable].append(cell < sample.count ? sample[cell] : .nan)
      }
    }
    count += 1
    if count == limit { flush(output) }
  }

  /// Writes what has been taken.
  mutating func flush(_ output: (any NetworkOutput)?) {
    guard count > 0 else { return }
    for variable in values.indices {
      guard !values[variable].isEmpty else { continue }
      output?.write(
        .samples(
          variable: variable, firstTime: firstTime, cells: cells[variable].count,
          values: values[variable]), run: run)
      values[variable].removeAll(keepingCapacity: true)
    }
    count = 0
  }
}
