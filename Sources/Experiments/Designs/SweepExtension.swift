/// Why the points of a finished sweep are not the first points of another.
public struct SweepExtensionFailure: Error, Sendable, Hashable {
  /// What stands in the way, and what to do instead.
  public var message: String
}

extension Sweep {
  /// How many points an earlier sweep with fewer samples has in common with this one: its own,
  /// which are then the first of this one, bit for bit.
  ///
  /// Both have to have the same seed.
  ///
  /// - Parameter earlier: The sweep whose points are finished.
  /// - Returns: The number of points of the earlier sweep.
  /// - Throws: When its points are not the first of this one.
  public func pointsKept(of earlier: Sweep) throws(SweepExtensionFailure) -> Int {
    guard design == earlier.design else {
      throw SweepExtensionFailure(
        message: "a \(earlier.design.name) design does not become a \(design.name) design")
    }
    guard axes == earlier.axes, correlation == earlier.correlation else {
      throw SweepExtensionFailure(
        message: "what varies has changed, and with it every point: begin a new file")
    }
    let kept = earlier.samples * earlier.pointsPerSample
    if samples == earlier.samples { return kept }
    guard samples > earlier.samples else {
      throw SweepExtensionFailure(
        message: "there are \(earlier.samples) samples, more than the \(samples) that are asked for"
      )
    }
    switch design {
    case .random, .sobol, .sobolIndices, .morris: return kept
    case .latinHypercube:
      throw SweepExtensionFailure(
        message: "a Latin hypercube of \(samples) samples has none of the points of one of "
          + "\(earlier.samples), since its intervals are narrower; run the larger one into a new file, "
          + "or take `design: sobol` or `design: random`, which can be extended")
    case .grid, .list:
      throw SweepExtensionFailure(
        message:
          "a \(design.name) design has no samples to add; add values in the experiment, and the "
          + "runs that are done are found again by `afterglow run EXPERIMENT --extend FILE`")
    }
  }
}
