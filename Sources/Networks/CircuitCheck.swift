public import ModelLanguage

extension Circuit {
  /// What keeps a network of this circuit from being built, as far as numbers tell.
  ///
  /// Sizes, the numbers of connection rules and delays that all connections share are looked at, and
  /// nothing is drawn.
  ///
  /// - Parameters:
  ///   - settings: What is set from outside.
  ///   - timeStep: The step, in s.
  /// - Returns: At most one failure for each population and each projection.
  public func problems(with settings: NetworkSettings, timeStep: Double) -> [NetworkFailure] {
    var failures: [NetworkFailure] = []
    var sizes: [Int] = []
    for population in populations {
      do throws(NetworkFailure) {
        sizes.append(
          try PopulationState.cellCount(of: population, SharedValues(population, settings)))
      } catch {
        failures.append(error)
      }
    }
    guard failures.isEmpty else { return failures }
    for (number, projection) in projections.enumerated() {
      let builder = ConnectionBuilder(
        projection, number: number, sourceCount: sizes[projection.source],
        targetCount: sizes[projection.target],
        values: SharedValues(populations[projection.target], settings), timeStep: timeStep,
        seed: settings.seed)
      do throws(NetworkFailure) { try builder.check() } catch { failures.append(error) }
    }
    return failures
  }
}
