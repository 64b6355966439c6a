import CHDF5

/// Consecutive runs as boxes of an array with several run axes.
///
/// Runs are counted with the last axis running fastest; a stretch of them is rarely one box.
struct RunSelection {
  /// A box: where it starts and how far it reaches along each axis, those within a run last.
  struct Box {
    var firstRun: Int
    var start: [hsize_t]
    var count: [hsize_t]

    func fileSpace(of dataset: HDF5Object) -> HDF5Object? {
      guard let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose) else { return nil }
      if count.isEmpty { return space }
      let result = H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil)
      return result >= 0 ? space : nil
    }

    func memorySpace() -> HDF5Object? {
      if count.isEmpty { return HDF5Object(H5Screate(H5S_SCALAR), H5Sclose) }
      let size = [count.reduce(1, *)]
      return HDF5Object(H5Screate_simple(1, size, nil), H5Sclose)
    }
  }

  private(set) var boxes: [Box] = []

  init?(shape: [Int], inner: [Int], runs: Range<Int>) {
    guard !runs.isEmpty, runs.lowerBound >= 0, runs.upperBound <= shape.reduce(1, *) else {
      return nil
    }
    add(runs, shape[...], at: [], inner: inner, offset: 0)
  }

  private mutating func add(
    _ runs: Range<Int>, _ shape: ArraySlice<Int>, at prefix: [hsize_t], inner: [Int], offset: Int
  ) {
    let innerStart = inner.map { _ in hsize_t(0) }
    let innerCount = inner.map { hsize_t($0) }
    guard let first = shape.first else {
      boxes.append(
        Box(
          firstRun: offset, start: prefix + innerStart,
          count: prefix.map { _ in 1 } + innerCount))
      return
    }
    let rest = shape.dropFirst()
    let size = rest.reduce(1, *)
    var position = runs.lowerBound
    while position < runs.upperBound {
      let row = position / size
      if position % size == 0 && runs.upperBound - position >= size {
        let rows = min(first - row, (runs.upperBound - position) / size)
        boxes.append(
          Box(
            firstRun: offset + position,
            start: prefix + [hsize_t(row)] + rest.map { _ in 0 } + innerStart,
            count: prefix.map { _ in 1 } + [hsize_t(rows)] + rest.map { hsize_t($0) }
              + innerCount))
        position += rows * size
      } else {
        let end = min(runs.upperBound, (row + 1) * size)
        add(
          (position - row * size)..<(end - row * size), rest, at: prefix + [hsize_t(row)],
          inner: inner, offset: offset + row * size)
        position = end
      }
    }
  }
}
