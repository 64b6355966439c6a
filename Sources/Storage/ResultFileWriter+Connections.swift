import CHDF5

/// Connections with the weights that they have at the end of a run, in a layout near that of SONATA:
/// in the group `edges/PROJECTION` the arrays `source_node_id`, `target_node_id` and `weight`.
extension ResultFileWriter {
  /// Appends connections of one projection in one run.
  ///
  /// - Parameters:
  ///   - projection: Its index among those whose connections are kept.
  ///   - run: The flat index of the run.
  ///   - sources: The source of each, from 0, not descending.
  ///   - targets: The target of each.
  ///   - weights: In SI units.
  /// - Throws: `StorageFailure`, for instance when the disk is full.
  public func appendConnections(
    of projection: Int, run: Int, sources: [UInt32], targets: [UInt32], weights: [Double]
  ) throws(StorageFailure) {
    let scale = layout.weightedProjections[projection].scale
    try lists.append(
      scale == 1 ? weights : weights.map { $0 / scale }, [sources, targets],
      to: RunSpool.Place(run: run, kind: .connections, index: projection))
  }

  /// How many connections a projection has so far in one run.
  public func connectionCount(of projection: Int, run: Int) -> Int {
    lists.count(of: RunSpool.Place(run: run, kind: .connections, index: projection))
  }

  /// Copies the connections of a run of another result as they stand there.
  ///
  /// - Parameters:
  ///   - place: The flat index of the run there.
  ///   - earlier: The other result.
  ///   - run: The flat index here.
  /// - Throws: `StorageFailure` if the other result is damaged, or the disk is full.
  public func copyConnections(
    ofRun place: Int, of earlier: ResultFileReader, to run: Int
  ) throws(StorageFailure) {
    guard layout.sampled.contains(run) else { return }
    for (index, projection) in layout.weightedProjections.enumerated() {
      try earlier.forEachStretchOfConnections(of: projection.name, run: place) {
        sources, targets, weights throws(StorageFailure) in
        try lists.append(
          weights, [sources, targets],
          to: RunSpool.Place(run: run, kind: .connections, index: index))
      }
    }
  }

  /// Writes the connections of one run.
  func writeConnections(ofRun run: Int, in parent: HDF5Object) throws(StorageFailure) {
    guard !layout.weightedProjections.isEmpty else { return }
    let all = try makeGroup("edges", in: parent)
    for (index, projection) in layout.weightedProjections.enumerated() {
      let place = RunSpool.Place(run: run, kind: .connections, index: index)
      let group = try makeGroup(projection.name, in: all)
      let count = lists.count(of: place)
      let sources = try makeDataset("source_node_id", h5_uint64(), [count], in: group)
      let targets = try makeDataset("target_node_id", h5_uint64(), [count], in: group)
      let weights = try makeDataset("weight", h5_float64(), [count], in: group)
      try require(weights.setAttribute("units", projection.unit), "describing")
      var first = 0
      try lists.forEachStretch(of: place) { numbers, cells throws(StorageFailure) in
        func put(_ cells: [UInt32], into dataset: HDF5Object) -> Bool {
          cells.map { UInt64($0) }.withUnsafeBytes {
            Self.put($0.baseAddress, numbers.count, h5_native_uint64(), into: dataset, first)
          }
        }
        let isGood =
          numbers.withUnsafeBytes {
            Self.put($0.baseAddress, numbers.count, h5_native_double(), into: weights, first)
          } && put(cells[0], into: sources) && put(cells[1], into: targets)
        try require(isGood, "writing to")
        first += numbers.count
      }
    }
  }
}
