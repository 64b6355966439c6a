import CHDF5

/// What runs record whose length is not known beforehand: spikes, and connections with their weights.
extension ResultFileWriter {
  /// Of more runs than this only those have groups that have anything in them.
  private static let mostEmptyRuns = 1000

  /// Writes the lists of all runs in their order.
  func writeLists() throws(StorageFailure) {
    guard let file, !layout.spikingPopulations.isEmpty || !layout.weightedProjections.isEmpty
    else { return }
    if layout.runCount == 1 {
      try writeLists(ofRun: 0, in: file)
      return
    }
    var runs: HDF5Object?
    for run in 0..<layout.runCount where layout.sampled.contains(run) {
      guard layout.runCount <= Self.mostEmptyRuns || hasLists(run) else { continue }
      if runs == nil { runs = try makeGroup("runs", in: file) }
      guard let runs else { continue }
      try writeLists(ofRun: run, in: try makeGroup("\(run)", in: runs))
    }
  }

  private func hasLists(_ run: Int) -> Bool {
    layout.spikingPopulations.indices.contains { spikeCount(of: $0, run: run) > 0 }
      || layout.weightedProjections.indices.contains { connectionCount(of: $0, run: run) > 0 }
  }

  private func writeLists(ofRun run: Int, in parent: HDF5Object) throws(StorageFailure) {
    try writeSpikes(ofRun: run, in: parent)
    try writeConnections(ofRun: run, in: parent)
  }
}
