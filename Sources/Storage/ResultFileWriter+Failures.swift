import CHDF5
import Datasets

extension ResultFileWriter {
  /// The group of what failed runs reached last.
  static let failureGroup = "failures"

  /// Writes why runs failed, and the states that they reached last into a group of their own.
  ///
  /// The group has an axis of failed runs, in the order of the runs, and a variable for each state, so
  /// that a few failures among many runs take little room.
  func writeFailures() throws(StorageFailure) {
    let runs = failures.runs
    guard !runs.isEmpty else { return }
    for run in runs {
      guard let entry = try failures.entry(of: run), !entry.reason.isEmpty else { continue }
      try writeReason(entry.reason, run: run)
    }
    guard let file, !layout.states.isEmpty else { return }
    let group = try makeGroup(Self.failureGroup, in: file)
    try require(
      group.setAttribute("description", "what failed runs reached last"), "describing")
    let axis = Axis(
      name: "failure", values: .positions(runs.count), longName: "failed run, in order")
    let scale = try writeScale(axis, in: group)
    func column(
      _ name: String, _ type: hid_t, unit: String, _ longName: String
    ) throws(StorageFailure) -> HDF5Object {
      let dataset = try makeDataset(name, type, [runs.count], scales: [scale], in: group)
      if !unit.isEmpty { try require(dataset.setAttribute("units", unit), "describing") }
      try require(dataset.setAttribute("long_name", longName), "describing")
      return dataset
    }
    let index = try column("failed_run", h5_int64(), unit: "", "flat index of the run")
    try put(runs.map { Int64($0) }, h5_native_int64(), into: index, from: 0)
    let time = try column("last_time", h5_float64(), unit: "s", "last time that was reached")
    var states: [HDF5Object] = []
    for state in layout.states {
      states.append(
        try column(state.name, h5_float64(), unit: state.unit, "\(state.name) at last_time"))
    }
    // As many at once as fit into some megabytes.
    let rows = max(1, (1 << 20) / states.count)
    var first = 0
    while first < runs.count {
      let part = runs[first..<min(first + rows, runs.count)]
      var times: [Double] = []
      var values = states.map { _ in [Double]() }
      for run in part {
        let entry = try failures.entry(of: run)
        let isWhole = entry?.lastStates.count == states.count
        times.append(isWhole ? entry?.lastTime ?? .nan : .nan)
        for state in states.indices {
          let value = isWhole ? entry?.lastStates[state] ?? .nan : .nan
          values[state].append(value / layout.states[state].scale)
        }
      }
      try put(times, h5_native_double(), into: time, from: first)
      for (state, column) in zip(states, values) {
        try put(column, h5_native_double(), into: state, from: first)
      }
      first += part.count
    }
  }

  /// Writes consecutive numbers of an array with one axis.
  private func put<Number: BitwiseCopyable>(
    _ numbers: [Number], _ type: hid_t, into dataset: HDF5Object, from first: Int
  ) throws(StorageFailure) {
    let start = [hsize_t(first)]
    let count = [hsize_t(numbers.count)]
    guard let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose),
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil) >= 0,
      let memory = HDF5Object.space([numbers.count]),
      H5Dwrite(dataset.id, type, memory.id, space.id, h5_default(), numbers) >= 0
    else { throw .failed(operation: "writing to", path: temporaryPath) }
  }
}
