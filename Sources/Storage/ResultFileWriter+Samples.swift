import CHDF5
import Datasets

extension ResultFileWriter {
  /// Writes consecutive samples of one variable in one run, while the run goes on.
  ///
  /// - Parameters:
  ///   - variable: The index of the variable.
  ///   - run: The flat index of the run.
  ///   - firstTime: The index of the first sample time.
  ///   - values: SI values, for each time over all cells; cells beyond them stay missing.
  ///   - cells: How many cells there are values of; 1 for a variable without an axis of cells.
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func writeSamples(
    of variable: Int, run: Int, firstTime: Int, _ values: [Double], cells: Int
  ) throws(StorageFailure) {
    h5_be_quiet()
    let quantity = layout.variables[variable]
    guard cells > 0, values.count >= cells else { return }
    let scaled = quantity.scale == 1 ? values : values.map { $0 / quantity.scale }
    let times = values.count / cells
    guard let place = layout.sampled.places(of: run..<run + 1).first else { return }
    var start = position(of: place).map { hsize_t($0) } + [hsize_t(firstTime)]
    var count = sampledShape.map { _ in hsize_t(1) } + [hsize_t(times)]
    if quantity.cells != nil {
      start.append(0)
      count.append(hsize_t(cells))
    }
    let length = [hsize_t(times * cells)]
    let dataset = sampledDatasets[variable]
    guard let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose),
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, count, nil) >= 0,
      let memory = HDF5Object(H5Screate_simple(1, length, nil), H5Sclose),
      H5Dwrite(dataset.id, h5_native_double(), memory.id, space.id, h5_default(), scaled) >= 0
    else { throw .failed(operation: "writing to", path: temporaryPath) }
  }

  /// The indices of a run along the axes of what is sampled, the last running fastest.
  private func position(of place: Int) -> [Int] {
    var rest = place
    var result: [Int] = []
    for count in sampledShape.reversed() {
      result.append(rest % count)
      rest /= count
    }
    return result.reversed()
  }
}
