import CHDF5

/// The two arrays of one population's spikes, which grow while a run goes on.
final class SpikeDatasets {
  let timestamps: HDF5Object
  let nodes: HDF5Object
  var count = 0

  init(timestamps: HDF5Object, nodes: HDF5Object) {
    self.timestamps = timestamps
    self.nodes = nodes
  }
}

extension ResultFileWriter {
  /// Appends spikes of a population, in the layout of SONATA.
  ///
  /// The arrays `timestamps`, in ms, and `node_ids` stand in the group; they are not compressed, so
  /// that every reader of SONATA takes them. Source: Dai and others (2020), PLoS Comput. Biol. 16,
  /// e1007696.
  ///
  /// - Parameters:
  ///   - group: The path of the group, such as `spikes/lhb`; it is made when first named.
  ///   - times: In s, not descending.
  ///   - cells: The cell of each, from 0.
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func appendSpikes(
    to group: String, times: [Double], cells: [UInt32]
  ) throws(StorageFailure) {
    h5_be_quiet()
    let train = try spikeDatasets(group)
    guard !times.isEmpty else { return }
    let milliseconds = times.map { $0 * 1e3 }
    let nodes = cells.map { UInt64($0) }
    let isGood =
      milliseconds.withUnsafeBytes {
        Self.append(
          $0.baseAddress, times.count, h5_native_double(), to: train.timestamps, train.count)
      }
      && nodes.withUnsafeBytes {
        Self.append($0.baseAddress, times.count, h5_native_uint64(), to: train.nodes, train.count)
      }
    try require(isGood, "writing to")
    train.count += times.count
  }

  /// How many spikes a group has so far.
  public func spikeCount(of group: String) -> Int { trains[group]?.count ?? 0 }

  private static func append(
    _ values: UnsafeRawPointer?, _ count: Int, _ type: hid_t, to dataset: HDF5Object, _ old: Int
  ) -> Bool {
    let size = [hsize_t(old + count)]
    let start = [hsize_t(old)]
    let length = [hsize_t(count)]
    guard let values, H5Dset_extent(dataset.id, size) >= 0,
      let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose),
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, length, nil) >= 0,
      let memory = HDF5Object(H5Screate_simple(1, length, nil), H5Sclose)
    else { return false }
    return H5Dwrite(dataset.id, type, memory.id, space.id, h5_default(), values) >= 0
  }

  private func spikeDatasets(_ path: String) throws(StorageFailure) -> SpikeDatasets {
    if let known = trains[path] { return known }
    guard let file, let creation = HDF5Object(H5Pcreate(h5_link_creation()), H5Pclose) else {
      throw .failed(operation: "creating", path: temporaryPath)
    }
    H5Pset_create_intermediate_group(creation.id, 1)
    guard
      let group = HDF5Object(
        H5Gcreate2(file.id, path, creation.id, h5_default(), h5_default()), H5Gclose)
    else { throw .failed(operation: "creating `\(path)` in", path: temporaryPath) }
    try require(Self.setSorting(of: group), "describing")
    let timestamps = try growing("timestamps", h5_float64(), in: group)
    let nodes = try growing("node_ids", h5_uint64(), in: group)
    try require(timestamps.setAttribute("units", "ms"), "describing")
    let train = SpikeDatasets(timestamps: timestamps, nodes: nodes)
    trains[path] = train
    return train
  }

  private func growing(
    _ name: String, _ type: hid_t, in group: HDF5Object
  ) throws(StorageFailure) -> HDF5Object {
    let none = [hsize_t(0)]
    let limit = [h5_unlimited()]
    // A chunk is on disk whole: 512 KiB are quick, and too much where there are many runs.
    let chunk = [hsize_t(layout.runCount == 1 ? 65_536 : 1024)]
    guard let space = HDF5Object(H5Screate_simple(1, none, limit), H5Sclose),
      let creation = HDF5Object(H5Pcreate(h5_dataset_creation()), H5Pclose),
      H5Pset_chunk(creation.id, 1, chunk) >= 0,
      let dataset = HDF5Object(
        H5Dcreate2(group.id, name, type, space.id, h5_default(), creation.id, h5_default()),
        H5Dclose)
    else { throw .failed(operation: "creating `\(name)` in", path: temporaryPath) }
    return dataset
  }

  /// Says that spikes are in the order of time, by the enumeration that readers of SONATA expect.
  private static func setSorting(of group: HDF5Object) -> Bool {
    guard let type = HDF5Object(H5Tenum_create(h5_native_uint8()), H5Tclose) else { return false }
    for (name, value) in [("none", UInt8(0)), ("by_id", 1), ("by_time", 2)] {
      var value = value
      guard H5Tenum_insert(type.id, name, &value) >= 0 else { return false }
    }
    guard let space = HDF5Object.space([]),
      let attribute = HDF5Object(
        H5Acreate2(group.id, "sorting", type.id, space.id, h5_default(), h5_default()), H5Aclose)
    else { return false }
    var byTime: UInt8 = 2
    return H5Awrite(attribute.id, type.id, &byTime) >= 0
  }
}
