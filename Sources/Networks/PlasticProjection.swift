import Dynamics
import ModelLanguage
import Programs

/// The rules of a projection whose weights change, compiled.
struct PlasticityKernels: Sendable {
  /// A rule, and where a block of its lanes has what it works on.
  struct Rule: Sendable {
    let equations: PlasticityEquations.Rule
    let kernel: any LaneKernel
  }

  let presynaptic: Rule?
  let postsynaptic: Rule?
  /// Which of the values that the source's cells expose each rule takes, and of the target's.
  let sourceValues: [Int]
  let targetValues: [Int]
}

/// The changes of the weights of one projection in a run.
///
/// Spikes meet at the cells themselves: the delay of a connection acts on the way to the current
/// only. Within a step spikes of sources come first, those of targets after them.
final class PlasticProjection: @unchecked Sendable {
  // Each thread changes the weights of connections to its own cells.

  /// The number of the projection.
  let number: Int
  let source: Int
  let target: Int
  private let kernels: PlasticityKernels
  private let connections: Connections
  private let incoming: IncomingPositions
  /// For each thread and behind the last, where its targets begin in each row.
  private let bounds: [[Int32]]
  /// For each thread and rule, a block of lanes.
  private let workspaces: [[UnsafeMutablePointer<Double>]]
  private let shared: [UnsafeMutablePointer<Double>]
  private let rules: [PlasticityKernels.Rule?]

  /// For each thread, the first connection whose weight is not a finite number.
  let lostWeights: [LostWeight]

  final class LostWeight {
    fileprivate(set) var connection: (source: Int, target: Int)?
  }

  init(
    number: Int, source: Int, target: Int, kernels: PlasticityKernels, connections: Connections,
    threads: Int,
    population: PopulationState
  ) {
    self.number = number
    self.source = source
    lostWeights = (0..<threads).map { _ in LostWeight() }
    self.target = target
    self.kernels = kernels
    self.connections = connections
    incoming = IncomingPositions(connections, targetCount: population.cellCount)
    let width = population.part.kernel.layout.width
    bounds = connections.split(
      at: (0...threads).map { population.blockCount * $0 / threads * width })
    let rules = [kernels.presynaptic, kernels.postsynaptic]
    self.rules = rules
    workspaces = (0..<threads).map { _ in
      rules.map { Self.allocate($0?.kernel.layout.workspaceCount ?? 0) }
    }
    shared = rules.map { rule in
      let values = Self.allocate(rule?.kernel.layout.sharedCount ?? 0)
      guard let rule else { return values }
      let offset = rule.kernel.layout.offset(of: rule.equations.uniform)
      for (index, value) in population.values.parameters.enumerated() {
        values[offset + index] = value
      }
      return values
    }
  }

  deinit {
    for workspace in workspaces.joined() { workspace.deallocate() }
    for values in shared { values.deallocate() }
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Double> {
    let bytes = max(1, count) * MemoryLayout<Double>.stride
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 128)
      .bindMemory(to: Double.self, capacity: max(1, count))
    pointer.initialize(repeating: 0, count: max(1, count))
    return pointer
  }

  /// The weights as they are, row by row.
  var weights: [Double] { connections.weightValues }

  /// Changes weights after spikes of sources.
  ///
  /// - Parameters:
  ///   - buffer: The spikes of one step.
  ///   - thread: Whose connections.
  ///   - populations: All populations.
  func sourcesSpiked(_ buffer: SpikeBuffer, thread: Int, _ populations: [PopulationState]) {
    guard rules[0] != nil else { return }
    for number in buffer.starts[0]..<buffer.starts[1] {
      let cell = Int(buffer.sorted[number].cell)
      let start = connections.rows[cell]
      let row = start + Int(bounds[thread][cell])..<start + Int(bounds[thread + 1][cell])
      change(0, row.count, thread, populations) { place in
        (row.lowerBound + place, cell, Int(connections.targets[row.lowerBound + place]))
      }
    }
  }

  /// Changes weights after spikes of targets, which are the thread's own cells.
  func targetsSpiked(_ buffer: SpikeBuffer, thread: Int, _ populations: [PopulationState]) {
    guard rules[1] != nil else { return }
    for number in buffer.starts[0]..<buffer.starts[1] {
      let cell = Int(buffer.sorted[number].cell)
      let column = incoming.columns[cell]..<incoming.columns[cell + 1]
      change(1, column.count, thread, populations) { place in
        let entry = column.lowerBound + place
        return (incoming.positions[entry], Int(incoming.sources[entry]), cell)
      }
    }
  }

  /// Gathers connections into lanes, applies a rule, and writes the weights back.
  private func change(
    _ number: Int, _ count: Int, _ thread: Int, _ populations: [PopulationState],
    _ connection: (Int) -> (position: Int, source: Int, target: Int)
  ) {
    guard let rule = rules[number] else { return }
    let layout = rule.kernel.layout
    let workspace = workspaces[thread][number]
    func lanes(_ array: LaneArray) -> UnsafeMutablePointer<Double> {
      workspace + layout.offset(of: array) * layout.width
    }
    let weights = lanes(rule.equations.weight)
    let sources = lanes(rule.equations.source)
    let targets = lanes(rule.equations.target)
    for first in stride(from: 0, to: count, by: layout.width) {
      let used = min(layout.width, count - first)
      for lane in 0..<used {
        let (position, source, target) = connection(first + lane)
        weights[lane] = connections.weights[position]
        for (place, value) in kernels.sourceValues.enumerated() {
          sources[place * layout.width + lane] = populations[self.source].exposed(
            value, cell: source)
        }
        for (place, value) in kernels.targetValues.enumerated() {
          targets[place * layout.width + lane] = populations[self.target].exposed(
            value, cell: target)
        }
      }
      rule.kernel.run(.observe, workspace: workspace, shared: shared[number])
      for lane in 0..<used {
        let (position, source, target) = connection(first + lane)
        connections.weights[position] = weights[lane]
        if !weights[lane].isFinite {
          let known = lostWeights[thread].connection
          if known.map({ (target, source) < ($0.target, $0.source) }) ?? true {
            lostWeights[thread].connection = (source, target)
          }
        }
      }
    }
  }
}

/// Connections by target: for each, its sources, ascending, and where they stand in the rows.
struct IncomingPositions: Sendable {
  let columns: [Int]
  let sources: [UInt32]
  let positions: [Int]

  init(_ connections: Connections, targetCount: Int) {
    var columns = [Int](repeating: 0, count: targetCount + 1)
    for target in connections.targets { columns[Int(target) + 1] += 1 }
    for target in 0..<targetCount { columns[target + 1] += columns[target] }
    var next = columns
    var sources = [UInt32](repeating: 0, count: connections.count)
    var positions = [Int](repeating: 0, count: connections.count)
    for source in 0..<max(0, connections.rows.count - 1) {
      for position in connections.row(of: source) {
        let target = Int(connections.targets[position])
        sources[next[target]] = UInt32(source)
        positions[next[target]] = position
        next[target] += 1
      }
    }
    self.columns = columns
    self.sources = sources
    self.positions = positions
  }
}
