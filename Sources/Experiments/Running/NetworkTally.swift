/// All reductions of a run of a network, kept up to date while it goes on.
struct NetworkTally {
  var spikes: SpikeTally
  var variables: VariableTally
  var weights: WeightTally
  private let reductions: [NamedReduction]

  init(_ campaign: NetworkCampaign, cellCounts: [Int]) {
    reductions = campaign.experiment.reductions
    spikes = SpikeTally(
      reductions.compactMap(\.population), cellCounts: cellCounts, timeStep: campaign.timeStep)
    variables = VariableTally(
      reductions.compactMap(\.variable), recordedPaths: campaign.recordedPaths,
      timeStep: campaign.timeStep)
    weights = WeightTally(reductions.compactMap(\.weights))
  }

  /// The reductions in SI units, in their order.
  var values: [Double] {
    var ofSpikes = spikes.values.makeIterator()
    var ofVariables = variables.values.makeIterator()
    var ofWeights = weights.values.makeIterator()
    return reductions.map { reduction in
      let value =
        reduction.population != nil
        ? ofSpikes.next() : reduction.weights != nil ? ofWeights.next() : ofVariables.next()
      guard let value else {
        preconditionFailure("the reduction `\(reduction.name)` of a circuit was not kept")
      }
      return value
    }
  }
}
