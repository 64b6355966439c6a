import CHDF5
import Datasets

/// What a result says of all runs along one axis, worked out from the numbers in the file itself.
extension ResultFileWriter {
  /// How many numbers are in memory at once.
  private static let numbersAtOnce = 1 << 22

  /// Writes the statistics of every reduction, and of every variable at every time if all runs are
  /// sampled.
  ///
  /// Numbers that are missing are left out; how many there are stands beside the statistics.
  func writeSummary() throws(StorageFailure) {
    guard let summary = layout.summary,
      let axis = layout.runAxes.firstIndex(where: { $0.name == summary.axis })
    else { return }
    try writeAxis(
      Axis(
        name: "statistic", values: .labels(summary.statistics), longName: summary.longName))
    for (quantity, dataset) in zip(layout.reductions, reductions) {
      try summarise(dataset, quantity, summary, along: axis, times: 1, inner: [])
    }
    guard layout.sampled.chosen == nil, let time = layout.time else { return }
    for (quantity, dataset) in zip(layout.variables, variables) where quantity.cells == nil {
      try summarise(
        dataset, quantity, summary, along: axis, times: time.count, inner: [time.name])
    }
  }

  private func summarise(
    _ source: HDF5Object, _ quantity: ResultLayout.Quantity, _ summary: AxisSummary,
    along axis: Int, times: Int, inner: [String]
  ) throws(StorageFailure) {
    var places = shape
    places.remove(at: axis)
    let shared = layout.runAxes.map(\.name).filter { $0 != summary.axis } + inner
    let sizes = places + (inner.isEmpty ? [] : [times])
    let values = try makeDataset(
      quantity.name + ".across_" + summary.noun, h5_float64(), sizes + [summary.statistics.count],
      axes: shared + ["statistic"])
    try describe(values, quantity, along: shared)
    let counts = try makeDataset(
      quantity.name + "." + summary.noun, h5_int64(), sizes, axes: shared)
    try require(
      counts.setAttribute("long_name", "\(summary.noun) with a value of \(quantity.name)"),
      "describing")
    let width = max(1, min(times, Self.numbersAtOnce / max(1, shape[axis])))
    var first = 0
    // A file without times is one place with one number.
    while first < times {
      let stretch = first..<min(first + width, times)
      first = stretch.upperBound
      for place in 0..<places.reduce(1, *) {
        let numbers = try read(
          source, place, of: places, along: axis, inner.isEmpty ? nil : stretch)
        var statistics: [Double] = []
        var found: [Int64] = []
        for offset in 0..<stretch.count {
          let sample = (0..<shape[axis]).map { numbers[$0 * stretch.count + offset] }
            .filter(\.isFinite)
          found.append(Int64(sample.count))
          statistics += summary.compute(sample)
        }
        var start = position(of: place, in: places)
        var count = places.map { _ in hsize_t(1) }
        if !inner.isEmpty {
          start.append(hsize_t(stretch.lowerBound))
          count.append(hsize_t(stretch.count))
        }
        try put(found, h5_native_int64(), into: counts, start: start, count: count)
        try put(
          statistics, h5_native_double(), into: values, start: start + [0],
          count: count + [hsize_t(summary.statistics.count)])
      }
    }
  }

  /// All numbers along an axis, for each over some times.
  private func read(
    _ source: HDF5Object, _ place: Int, of places: [Int], along axis: Int, _ times: Range<Int>?
  ) throws(StorageFailure) -> [Double] {
    var start = position(of: place, in: places)
    start.insert(0, at: axis)
    var count = places.map { _ in hsize_t(1) }
    count.insert(hsize_t(shape[axis]), at: axis)
    if let times {
      start.append(hsize_t(times.lowerBound))
      count.append(hsize_t(times.count))
    }
    var numbers = [Double](repeating: .nan, count: shape[axis] * (times?.count ?? 1))
    let length = [hsize_t(numbers.count)]
    guard let space = HDF5Object(H5Dget_space(source.id), H5Sclose),
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil) >= 0,
      let memory = HDF5Object(H5Screate_simple(1, length, nil), H5Sclose),
      H5Dread(source.id, h5_native_double(), memory.id, space.id, h5_default(), &numbers) >= 0
    else { throw .failed(operation: "reading", path: temporaryPath) }
    return numbers
  }

  private func put<Number: BitwiseCopyable>(
    _ numbers: [Number], _ type: hid_t, into dataset: HDF5Object, start: [hsize_t],
    count: [hsize_t]
  ) throws(StorageFailure) {
    let length = [hsize_t(numbers.count)]
    // An array without axes has a place for one number.
    let isScalar = start.isEmpty
    guard let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose),
      isScalar || H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil) >= 0,
      let memory = HDF5Object(H5Screate_simple(1, length, nil), H5Sclose)
    else { throw .failed(operation: "writing to", path: temporaryPath) }
    let isGood = numbers.withUnsafeBytes {
      H5Dwrite(
        dataset.id, type, isScalar ? h5_all() : memory.id, isScalar ? h5_all() : space.id,
        h5_default(), $0.baseAddress) >= 0
    }
    try require(isGood, "writing to")
  }

  /// The indices of a place along axes of such lengths, the last running fastest.
  private func position(of place: Int, in lengths: [Int]) -> [hsize_t] {
    var rest = place
    var result: [hsize_t] = []
    for length in lengths.reversed() {
      result.append(hsize_t(rest % length))
      rest /= length
    }
    return result.reversed()
  }
}
