import Dynamics
import ModelLanguage
import Programs
import Solvers

/// One run of a network through time: its cells, its connections, and what is on its way.
///
/// The bits of a run depend on the circuit, the configuration, the settings and the times at which
/// inputs change, and on nothing else: not on threads, backends, or where a run is looked at.
///
/// Within a step, in this order: what has arrived acts, receiver by receiver in the order of
/// `Population.receivers`, everything for one receiver of one cell at once, as the sum of its
/// weights in the order of steps, projections, sources and connections; states advance; thresholds
/// are tested; spikes reset. A spike at the end of a step arrives at the beginning of the next one
/// or, with a delay of n steps, n steps later; so does what a continuous projection carries, whose
/// value at the start stands for those of all times before. Weights that spikes change do so at the
/// end of the step, after all spikes in it were sent: projection by projection, at the spikes of
/// sources first, then at those of targets.
public final class NetworkRun {
  private let network: Network
  private let team: ThreadTeam
  private let populations: [PopulationState]
  private let spikeTargets: [SpikeTarget]
  private let sumTargets: [SumTarget]
  private let plasticProjections: [PlasticProjection]
  /// Which of them a projection is.
  private let plasticNumbers: [Int: Int]
  /// The connections of projections of spikes, by index into the circuit's projections.
  private let spikeConnections: [Int: Connections]
  /// The sums that the circuit itself takes over cells, which come first: cells may need what it
  /// makes of them.
  private let circuitSums: [SumTarget]
  private let allSums: [SumTarget]
  /// The circuit itself, among the populations.
  private let circuitItself: Int?
  /// The buffers of a window and those of the one before, which others may still be reading.
  private let buffers: [[[SpikeBuffer]]]
  /// For each thread, the recorded spikes of its cells.
  private let feeds: [[RecordedFeed]]
  /// How many steps run between two exchanges of spikes.
  private let window: Int
  private let hasSums: Bool
  private let stepTimes: StepTimes
  private var parity = 0
  private var trains: [SpikeTrain]
  /// For each thread, what has been lost behind the step of cells.
  private let lossesBehindSteps: [FirstLoss]
  /// What has been lost; no step is taken after that.
  private var loss: NetworkFailure?
  /// How many steps have been taken, those of lost numbers left out.
  public private(set) var step = 0
  /// How many connections each projection has.
  public let connectionCounts: [Int]

  /// More threads than this only wait for each other.
  private static let mostThreads = 256
  /// More steps than this between exchanges gain nothing.
  private static let longestWindow = 32

  /// Draws the cells and the connections.
  ///
  /// - Throws: `NetworkFailure` if a size, a probability or a delay does not fit, or if a state or a sum
  ///   begins as something that is not a finite number.
  public init(
    _ network: Network, settings: NetworkSettings = NetworkSettings(), threads: Int = 1
  ) throws(NetworkFailure) {
    self.network = network
    let timeStep = network.configuration.timeStep
    var budget = MemoryBudget()
    var populations: [PopulationState] = []
    for (number, part) in network.parts.enumerated() {
      populations.append(
        try PopulationState(
          part, settings: settings, number: number, timeStep: timeStep, budget: &budget))
    }
    let mostThreads = min(Self.mostThreads, populations.map(\.blockCount).max() ?? 1)
    let team = ThreadTeam(count: max(1, min(threads, mostThreads)))
    var isComplete = false
    defer { if !isComplete { team.close() } }
    let threads = team.count
    self.team = team
    var spikeTargets: [SpikeTarget] = []
    var sumTargets: [SumTarget] = []
    var plasticProjections: [PlasticProjection] = []
    var plasticNumbers: [Int: Int] = [:]
    var spikeConnections: [Int: Connections] = [:]
    var window = Self.longestWindow
    var longestDelays = [Int](repeating: 0, count: populations.count)
    var counts: [Int] = []
    for (number, projection) in network.circuit.projections.enumerated() {
      let target = populations[projection.target]
      var builder = ConnectionBuilder(
        projection, number: number, sourceCount: populations[projection.source].cellCount,
        targetCount: target.cellCount, values: target.values, timeStep: timeStep,
        seed: settings.seed)
      let connections = try builder.build()
      counts.append(connections.count)
      switch projection.signal {
      case .spikes(let receiver):
        spikeConnections[number] = connections
        let input = target.part.population.receivers[receiver].input
        spikeTargets.append(
          SpikeTarget(
            source: projection.source, target: projection.target,
            ring: target.part.equations.inputPlaces[input],
            release: network.parts[projection.source].releases[number], connections: connections,
            threads: threads, populations: populations))
        window = min(window, connections.shortestDelay + 1)
        if let kernels = network.plasticities[number] {
          plasticNumbers[number] = plasticProjections.count
          plasticProjections.append(
            PlasticProjection(
              number: number, source: projection.source, target: projection.target,
              kernels: kernels,
              connections: connections, threads: threads, population: target))
          window = 1
        }
        longestDelays[projection.target] = max(
          longestDelays[projection.target], connections.longestDelay)
      case .continuous(_, let input, let total):
        let history = try SignalHistory(
          signal: network.parts[projection.source].signal(of: number),
          of: populations[projection.source], longestDelay: connections.longestDelay,
          budget: &budget)
        sumTargets.append(
          SumTarget(
            number: number, source: projection.source, target: projection.target, history: history,
            sum: target.part.equations.inputPlaces[input],
            total: total.map { target.part.equations.inputPlaces[$0] },
            incoming: IncomingConnections(connections, targetCount: target.cellCount)))
        window = 1
      }
    }
    feeds = try RecordedSpikes.feeds(settings, populations, threads: threads)
    let fed = Set(feeds.joined().map(\.population))
    for (number, population) in populations.enumerated() {
      // Recorded spikes arrive a window at a time.
      let longest = max(longestDelays[number], fed.contains(number) ? window : 0)
      try population.makeRings(slotCount: longest + 2, budget: &budget)
    }
    let length = window
    buffers = (0..<2).map { _ in
      populations.map { population in
        (0..<threads).map { thread in
          let blocks = Self.share(of: thread, among: threads, population.blockCount)
          return SpikeBuffer(
            cells: blocks.count * population.part.kernel.layout.width, steps: length,
            releases: population.part.releases.count,
            lostValues: PopulationState.lostValueCount(of: population.part))
        }
      }
    }
    self.window = window
    self.populations = populations
    self.spikeTargets = spikeTargets
    let itself = network.parts.firstIndex { $0.population.isCircuitItself }
    circuitItself = itself
    allSums = sumTargets
    circuitSums = sumTargets.filter { $0.target == itself }
    self.sumTargets = sumTargets.filter { $0.target != itself }
    hasSums = !sumTargets.isEmpty
    stepTimes = StepTimes(step: timeStep)
    self.plasticProjections = plasticProjections
    self.plasticNumbers = plasticNumbers
    self.spikeConnections = spikeConnections
    connectionCounts = counts
    trains = populations.map { _ in SpikeTrain() }
    lossesBehindSteps = (0..<threads).map { _ in FirstLoss() }
    isComplete = true
    try checkStates()
    if hasSums {
      for population in populations {
        population.observe(blocks: 0..<population.blockCount, step: 0)
      }
      for target in sumTargets { target.history.begin(with: populations[target.source]) }
      for thread in 0..<threads { addUpForCircuit(thread, step: 0) }
      for thread in 0..<threads { addUp(thread, self.sumTargets, step: 0) }
      if let found = lossBehindStep(0) { throw .notFinite(found) }
    }
    for population in populations { population.begin() }
  }

  deinit { team.close() }

  /// The blocks that are a thread's own.
  static func share(of thread: Int, among threads: Int, _ blocks: Int) -> Range<Int> {
    blocks * thread / threads..<blocks * (thread + 1) / threads
  }

  // MARK: Looking at a run

  /// The time that has been reached, in s.
  public var time: Double { stepTimes.time(after: step) }

  /// How many cells a population has.
  public func cellCount(of population: Int) -> Int { populations[population].cellCount }

  /// The spikes of a population since they were last taken.
  public func takeSpikes(of population: Int) -> SpikeTrain {
    defer { trains[population] = SpikeTrain() }
    return trains[population]
  }

  /// The current value of a recorded expression in each cell.
  ///
  /// - Parameter index: Index into `NetworkConfiguration.recorded`.
  /// - Returns: One value in SI units for each cell.
  public func recorded(_ index: Int) -> [Double] {
    let (population, array, element) = place(ofRecorded: index)
    return population.values(of: array, element)
  }

  /// The mean over all cells of the current value of a recorded expression.
  ///
  /// - Parameter index: Index into `NetworkConfiguration.recorded`.
  /// - Returns: A value in SI units.
  public func meanRecorded(_ index: Int) -> Double {
    let (population, array, element) = place(ofRecorded: index)
    return population.sum(of: array, element) / Double(population.cellCount)
  }

  /// Looks whether a recorded expression has a finite value in every cell now.
  ///
  /// States have one, or the run would not be there; a formula over them need not.
  ///
  /// - Parameter index: Index into `NetworkConfiguration.recorded`.
  /// - Throws: `NetworkFailure.notFinite` with the first cell in which it has none.
  public func checkRecorded(_ index: Int) throws(NetworkFailure) {
    guard let cell = recorded(index).firstIndex(where: { !$0.isFinite }) else { return }
    let entry = network.configuration.recorded[index]
    let population = network.circuit.populations[entry.population]
    var name = SingularRateHint.shortened(population.cell.text(of: entry.expression))
    var value = entry.expression
    if case .quantity(let quantity) = entry.expression {
      name = population.cell.quantities[quantity].declaration.path
      value = population.cell.quantities[quantity].value
    }
    throw .notFinite(
      LostNumber(
        owner: population.declaration.path, cell: cell, name: name, time: time,
        hint: "it is recorded or reduced there; "
          + SingularRateHint.text(for: value, named: name, in: population.cell)))
  }

  /// Where the values of a recorded expression are, once they are up to date.
  private func place(ofRecorded index: Int) -> (PopulationState, LaneArray, Int) {
    let entry = network.configuration.recorded[index]
    let population = populations[entry.population]
    let before = network.configuration.recorded[..<index].filter {
      $0.population == entry.population
    }.count
    switch population.part.recorded[before] {
    case .state(let state): return (population, population.part.program.state, state)
    case .observed(let element):
      population.observe(blocks: 0..<population.blockCount, step: step)
      return (population, population.part.program.recorded, element)
    }
  }

  /// The present weight of each connection of a projection whose weights spikes change, by source and
  /// target.
  ///
  /// - Parameter projection: Index into the circuit's projections.
  /// - Returns: Weights in SI units; `nil` for a projection whose weights stay as they are.
  public func weights(of projection: Int) -> [Double]? {
    plasticNumbers[projection].map { plasticProjections[$0].weights }
  }

  /// Gives the connections of a projection of spikes with their present weights, by source and target,
  /// stretch by stretch.
  ///
  /// - Parameters:
  ///   - projection: Index into the circuit's projections; of another kind there are none.
  ///   - width: How many connections a stretch has at most.
  ///   - body: Takes the source and the target of each, and its weight in SI units.
  /// - Throws: What the body throws.
  public func forEachStretch<Failure: Error>(
    ofConnections projection: Int, width: Int = 1 << 16,
    _ body: (_ sources: [UInt32], _ targets: [UInt32], _ weights: [Double]) throws(Failure) -> Void
  ) throws(Failure) {
    guard let connections = spikeConnections[projection] else { return }
    try connections.forEachStretch(width: width, body)
  }

  /// The value of a state in each cell of a population.
  public func states(_ state: Int, of population: Int) -> [Double] {
    populations[population].values(of: populations[population].part.program.state, state)
  }

  // MARK: Going on

  /// Changes a driven input in every population that has it, from this step on.
  ///
  /// - Parameters:
  ///   - path: The path of the input.
  ///   - value: In SI units.
  /// - Throws: `NetworkFailure` if it is not a finite number, or if a rate of random arrivals leaves its
  ///   bounds.
  public func setInput(_ path: String, to value: Double) throws(NetworkFailure) {
    for population in populations {
      for (index, input) in population.part.population.cell.inputs.enumerated()
      where input.declaration.path == path {
        guard value.isFinite else {
          throw .unsuitable(
            input.declaration,
            message: "`\(path)` is given the value \(value), which is no finite number")
        }
        try population.setInput(index, value)
      }
    }
  }

  /// Changes a state in all cells of the population that has it, at the end of a step.
  ///
  /// - Parameters:
  ///   - path: The path of the state.
  ///   - change: From the value before to the value after, in SI units.
  /// - Throws: `NetworkFailure.notFinite` if a state is not a finite number then.
  public func changeState(
    _ path: String, _ change: (Double) -> Double
  ) throws(NetworkFailure) {
    for population in populations {
      for (index, state) in population.part.population.cell.states.enumerated()
      where state.declaration.path == path {
        population.changeState(index, change)
      }
    }
    try checkStates()
  }

  /// Goes on to a step.
  ///
  /// Where a number is lost, the run stands before the step in which that happened: its spikes are those
  /// up to there, and it goes no further.
  ///
  /// - Throws: `NetworkFailure.notFinite` if a state, a sum, a weight or what a spike tells is not a
  ///   finite number any more, and `NetworkFailure.endlessEvent`.
  public func advance(toStep end: Int) throws(NetworkFailure) {
    if let loss { throw loss }
    guard end > step else { return }
    let start = step
    let firstParity = parity
    nonisolated(unsafe) let run = self
    team.run { thread in
      var step = start
      var parity = firstParity
      while step < end {
        let count = min(run.window, end - step)
        run.stepCells(thread, parity, from: step, count: count)
        run.team.barrier()
        let lost = run.firstLoss(parity)
        if thread == 0 {
          run.collect(parity, from: step, count: (lost?.step).map { $0 - step } ?? count)
        }
        if let lost {
          if thread == 0 { run.lose(run.failure(lost, parity), atStep: lost.step) }
          return
        }
        run.deliver(thread, parity, from: step, count: count)
        if run.hasSums {
          if run.circuitItself != nil {
            run.addUpForCircuit(thread, step: step + count)
            run.team.barrier()
          }
          run.addUp(thread, run.sumTargets, step: step + count)
        }
        if !run.plasticProjections.isEmpty { run.changeWeights(thread, parity) }
        // Others still read what the next step replaces.
        if run.hasSums || !run.plasticProjections.isEmpty {
          run.team.barrier()
          if let lost = run.lossBehindStep(step + count) {
            if thread == 0 { run.lose(.notFinite(lost), atStep: step) }
            return
          }
        }
        step += count
        parity = 1 - parity
      }
      if thread == 0 { run.step = end }
    }
    parity = (firstParity + (end - start + window - 1) / window) % 2
    if let loss { throw loss }
  }

  private func stepCells(_ thread: Int, _ parity: Int, from step: Int, count: Int) {
    for (index, population) in populations.enumerated() {
      let blocks = Self.share(of: thread, among: team.count, population.blockCount)
      let buffer = buffers[parity][index][thread]
      for feed in feeds[thread] where feed.population == index {
        feed.fill(population, firstStep: step, stepCount: count)
      }
      population.step(
        blocks: blocks, firstStep: step, stepCount: count, slot: step % population.slotCount,
        into: buffer)
      buffer.sort(steps: count)
      buffer.findLostReleases(firstStep: step, steps: count)
      guard hasSums else { continue }
      population.observe(blocks: blocks, step: step + count)
      for target in allSums where target.source == index {
        target.history.keep(population, blocks: blocks, step: step + count)
      }
    }
  }

  private func deliver(_ thread: Int, _ parity: Int, from first: Int, count: Int) {
    for offset in 0..<count {
      for target in spikeTargets {
        let population = populations[target.target]
        guard let ring = population.rings[target.ring] else { continue }
        for buffer in buffers[parity][target.source] {
          let spikes = buffer.starts[offset]..<buffer.starts[offset + 1]
          if spikes.isEmpty { continue }
          target.deliver(
            buffer, spikes, thread: thread, into: ring,
            slot: (first + offset + 1) % population.slotCount, slotCount: population.slotCount,
            stride: population.paddedCount)
        }
      }
    }
  }

  /// Adds up what the circuit itself takes over cells, and works out what follows from it.
  private func addUpForCircuit(_ thread: Int, step: Int) {
    guard let circuitItself else { return }
    let population = populations[circuitItself]
    let blocks = Self.share(of: thread, among: team.count, population.blockCount)
    addUp(thread, circuitSums, step: step)
    population.observe(blocks: blocks, step: step)
    for target in sumTargets where target.source == circuitItself {
      target.history.keep(population, blocks: blocks, step: step)
    }
  }

  /// Adds up what continuous projections show a thread's own cells after a number of steps.
  private func addUp(_ thread: Int, _ sumTargets: [SumTarget], step: Int) {
    for target in sumTargets {
      let population = populations[target.target]
      let blocks = Self.share(of: thread, among: team.count, population.blockCount)
      target.clear(population, blocks: blocks)
    }
    for target in sumTargets {
      let population = populations[target.target]
      let blocks = Self.share(of: thread, among: team.count, population.blockCount)
      if let cell = target.addUp(into: population, blocks: blocks, step: step) {
        lossesBehindSteps[thread].note(.sum(projection: target.number), cell: cell)
      }
    }
  }

  /// Changes the weights of connections to a thread's own cells, by the spikes of one step.
  private func changeWeights(_ thread: Int, _ parity: Int) {
    for projection in plasticProjections {
      for buffer in buffers[parity][projection.source] {
        projection.sourcesSpiked(buffer, thread: thread, populations)
      }
      projection.targetsSpiked(
        buffers[parity][projection.target][thread], thread: thread, populations)
      if let (source, target) = projection.lostWeights[thread].connection {
        lossesBehindSteps[thread].note(
          .weight(projection: projection.number, source: source), cell: target)
      }
    }
  }

  // MARK: Lost numbers

  private func checkStates() throws(NetworkFailure) {
    for population in populations {
      if let lost = population.lostNumber(atStep: step) { throw .notFinite(lost) }
    }
  }

  private func lose(_ failure: NetworkFailure, atStep step: Int) {
    loss = failure
    self.step = step
  }

  /// What was lost first in a window: the earliest step, then states before what spikes tell, then
  /// populations and cells in their order.
  private func firstLoss(_ parity: Int) -> LossInWindow? {
    var first: LossInWindow?
    for (population, threads) in buffers[parity].enumerated() {
      for (thread, buffer) in threads.enumerated()
      where buffer.lost != nil || buffer.lostRelease != nil {
        let found = [
          buffer.lost.map { LossInWindow(step: $0.step, population, thread, $0.cell, nil) },
          buffer.lostRelease.map {
            LossInWindow(step: $0.step, population, thread, $0.cell, $0.element)
          },
        ]
        for loss in found.compactMap({ $0 }) where first.map({ loss < $0 }) ?? true { first = loss }
      }
    }
    return first
  }

  private struct LossInWindow: Comparable {
    var step: Int
    var population: Int
    var thread: Int
    var cell: Int
    /// Which of the values told of a spike; `nil` for a state.
    var release: Int?

    init(step: Int, _ population: Int, _ thread: Int, _ cell: Int, _ release: Int?) {
      self.step = step
      self.population = population
      self.thread = thread
      self.cell = cell
      self.release = release
    }

    static func < (left: Self, right: Self) -> Bool {
      (left.step, left.release == nil ? 0 : 1, left.population, left.cell)
        < (right.step, right.release == nil ? 0 : 1, right.population, right.cell)
    }
  }

  private func failure(_ loss: LossInWindow, _ parity: Int) -> NetworkFailure {
    let population = populations[loss.population]
    guard let release = loss.release else {
      let buffer = buffers[parity][loss.population][loss.thread]
      let values = UnsafeBufferPointer(start: buffer.lostValues, count: buffer.lostValueCount)
      return population.failure(cell: loss.cell, step: loss.step, values: Array(values))
    }
    let projection = network.circuit.projections.indices.first {
      population.part.releases[$0] == release
    }
    guard let projection, let told = network.circuit.projections[projection].release else {
      preconditionFailure("what a spike tells belongs to a projection")
    }
    let text = population.part.population.cell.text(of: told)
    return .notFinite(
      LostNumber(
        owner: population.part.population.declaration.path, cell: loss.cell,
        name: "release", time: stepTimes.time(after: loss.step + 1),
        hint:
          "`\(network.circuit.projections[projection].declaration.path)` multiplies its weights by "
          + "`\(SingularRateHint.shortened(text))` at each spike"))
  }

  /// What was lost behind a step in sums and weights, of whatever thread: projections in their order.
  private func lossBehindStep(_ step: Int) -> LostNumber? {
    let found = lossesBehindSteps.compactMap(\.first).min { $0.key < $1.key }
    guard let found else { return nil }
    let time = stepTimes.time(after: step)
    switch found.kind {
    case .sum(let number):
      let projection = network.circuit.projections[number]
      guard case .continuous(let source, let input, _) = projection.signal else {
        preconditionFailure("only continuous projections have sums")
      }
      let cell = network.circuit.populations[projection.target].cell
      let text = network.circuit.populations[projection.source].cell.text(of: source)
      return LostNumber(
        owner: network.circuit.populations[projection.target].declaration.path, cell: found.cell,
        name: cell.inputs[input].declaration.path, time: time,
        hint: "look at the weights of `\(projection.declaration.path)` and at what it carries, "
          + "`\(SingularRateHint.shortened(text))`")
    case .weight(let number, let source):
      return LostNumber(
        owner: network.circuit.projections[number].declaration.path, cell: found.cell,
        name: "weight", time: time,
        hint: "it is that of the connection from cell \(source); look at what the blocks "
          + "`on presynaptic spike` and `on postsynaptic spike` make of it")
    }
  }

  private func collect(_ parity: Int, from first: Int, count: Int) {
    for index in populations.indices {
      for offset in 0..<count {
        let beginning = trains[index].count
        defer { trains[index].order(from: beginning) }
        for buffer in buffers[parity][index] {
          for position in buffer.starts[offset]..<buffer.starts[offset + 1] {
            let spike = buffer.sorted[position]
            trains[index].append(
              cell: spike.cell, time: stepTimes.time(spike.fraction, ofStep: first + offset))
          }
        }
      }
    }
  }
}
