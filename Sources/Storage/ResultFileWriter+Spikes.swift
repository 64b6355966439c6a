import CHDF5

/// Spikes of populations, in the layout of SONATA.
///
/// The arrays `timestamps`, in ms, and `node_ids` stand in a group for each population; they are not
/// compressed, so that every reader of SONATA takes them. Source: Dai and others (2020), PLoS Comput.
/// Biol. 16, e1007696.
extension ResultFileWriter {
  /// Appends spikes of one population in one run.
  ///
  /// - Parameters:
  ///   - population: Its index among those whose spikes are kept.
  ///   - run: The flat index of the run.
  ///   - times: In s, not descending.
  ///   - cells: The cell of each, from 0.
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func appendSpikes(
    of population: Int, run: Int, times: [Double], cells: [UInt32]
  ) throws(StorageFailure) {
    try lists.append(
      times.map(Self.milliseconds), [cells],
      to: RunSpool.Place(run: run, kind: .spikes, index: population))
  }

  /// A time in ms.
  ///
  /// Where the time stands for a decimal of at most twelve digits, such as the end of a step, this is the
  /// number nearest to a thousand times that decimal; what is interpolated has more digits.
  static func milliseconds(_ seconds: Double) -> Double {
    var scale = 1e3
    var rest = 1.0
    for _ in 3...15 {
      let digits = (seconds * scale).rounded()
      if digits.magnitude >= 1e12 { break }
      if digits / scale == seconds { return digits / rest }
      scale *= 10
      rest *= 10
    }
    return seconds * 1e3
  }

  /// How many spikes a population has so far in one run.
  public func spikeCount(of population: Int, run: Int) -> Int {
    lists.count(of: RunSpool.Place(run: run, kind: .spikes, index: population))
  }

  /// Copies the spikes of a run of another result as they stand there.
  ///
  /// - Parameters:
  ///   - place: The flat index of the run there.
  ///   - earlier: The other result.
  ///   - run: The flat index here.
  /// - Throws: `StorageFailure` if the other result is damaged, or the disk is full.
  public func copySpikes(
    ofRun place: Int, of earlier: ResultFileReader, to run: Int
  ) throws(StorageFailure) {
    guard layout.sampled.contains(run) else { return }
    for (index, population) in layout.spikingPopulations.enumerated() {
      try earlier.forEachStretchOfSpikes(of: population, run: place) {
        times, cells throws(StorageFailure) in
        try lists.append(
          times, [cells], to: RunSpool.Place(run: run, kind: .spikes, index: index))
      }
    }
  }

  /// Writes the spikes of one run.
  func writeSpikes(ofRun run: Int, in parent: HDF5Object) throws(StorageFailure) {
    guard !layout.spikingPopulations.isEmpty else { return }
    let all = try makeGroup("spikes", in: parent)
    for (index, name) in layout.spikingPopulations.enumerated() {
      let place = RunSpool.Place(run: run, kind: .spikes, index: index)
      let group = try makeGroup(name, in: all)
      try require(Self.setSorting(of: group), "describing")
      let count = lists.count(of: place)
      let timestamps = try makeDataset("timestamps", h5_float64(), [count], in: group)
      let nodes = try makeDataset("node_ids", h5_uint64(), [count], in: group)
      try require(timestamps.setAttribute("units", "ms"), "describing")
      var first = 0
      try lists.forEachStretch(of: place) { times, cells throws(StorageFailure) in
        let isGood =
          times.withUnsafeBytes {
            Self.put($0.baseAddress, times.count, h5_native_double(), into: timestamps, first)
          }
          && cells[0].map { UInt64($0) }.withUnsafeBytes {
            Self.put($0.baseAddress, times.count, h5_native_uint64(), into: nodes, first)
          }
        try require(isGood, "writing to")
        first += times.count
      }
    }
  }

  /// Writes consecutive values of a list.
  static func put(
    _ values: UnsafeRawPointer?, _ count: Int, _ type: hid_t, into dataset: HDF5Object, _ first: Int
  ) -> Bool {
    let start = [hsize_t(first)]
    let length = [hsize_t(count)]
    guard let values, let space = HDF5Object(H5Dget_space(dataset.id), H5Sclose),
      H5Sselect_hyperslab(space.id, H5S_SELECT_SET, start, nil, length, nil) >= 0,
      let memory = HDF5Object(H5Screate_simple(1, length, nil), H5Sclose)
    else { return false }
    return H5Dwrite(dataset.id, type, memory.id, space.id, h5_default(), values) >= 0
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
