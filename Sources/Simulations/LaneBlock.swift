import LinearAlgebra
import ModelLanguage
import Programs
import Solvers

/// The memory of one block of lanes, and what is done to all of them at once.
final class LaneBlock {
  let width: Int
  private let kernel: any LaneKernel
  let stepped: SteppedProgram
  let arrays: SteppingArrays
  private let layout: WorkspaceLayout
  private let workspace: UnsafeMutablePointer<Double>
  private let shared: UnsafeMutablePointer<Double>
  private let sampleTimes: UnsafeMutablePointer<Double>
  let sampleIndex: UnsafeMutablePointer<Int64>
  let destinations: UnsafeMutablePointer<UnsafeMutablePointer<Double>?>
  private let sampleCount: Int
  private let recordedCount: Int
  private let modelStateCount: Int
  /// How far apart the recorded variables of a run are.
  private(set) var variableStride = 0
  private var needsRestart = false
  private let denseSolver: LapackSolver?
  private let followsMagnitudes: Bool

  init(_ ensemble: Ensemble, _ compiled: SteppedKernel) throws(LinearAlgebraFailure) {
    stepped = compiled.stepped
    let lanes = compiled.kernel.layout.width
    if let order = stepped.denseOrder {
      denseSolver = try LapackSolver(order: order, width: lanes)
    } else {
      denseSolver = nil
    }
    kernel = compiled.kernel
    arrays = stepped.arrays
    layout = kernel.layout
    width = layout.width
    let configuration = ensemble.configuration
    followsMagnitudes = !configuration.magnitudeTolerances.isEmpty
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, layout.workspaceCount) * 8, alignment: 128)
    workspace = memory.bindMemory(to: Double.self, capacity: max(1, layout.workspaceCount))
    workspace.initialize(repeating: 0, count: layout.workspaceCount)
    shared = .allocate(capacity: max(1, layout.sharedCount))
    shared.initialize(repeating: 0, count: layout.sharedCount)
    sampleCount = configuration.sampleTimes.count
    recordedCount = configuration.recorded.count
    modelStateCount = ensemble.model.states.count
    sampleTimes = .allocate(capacity: sampleCount + 1)
    for (index, time) in configuration.sampleTimes.enumerated() { sampleTimes[index] = time }
    sampleTimes[sampleCount] = .infinity
    sampleIndex = .allocate(capacity: width)
    sampleIndex.initialize(repeating: 0, count: width)
    destinations = .allocate(capacity: width)
    destinations.initialize(repeating: nil, count: width)
    fillShared(ensemble, calmBound: compiled.calmBound)
    for lane in 0..<width { idle(lane) }
  }

  deinit {
    UnsafeMutableRawPointer(workspace).deallocate()
    shared.deallocate()
    sampleTimes.deallocate()
    sampleIndex.deallocate()
    destinations.deallocate()
  }

  private func fillShared(_ ensemble: Ensemble, calmBound: Double) {
    let configuration = ensemble.configuration
    shared[layout.offset(of: arrays.relativeTolerance)] = configuration.relativeTolerance
    let absolute = shared + layout.offset(of: arrays.absoluteTolerance)
    for (index, value) in configuration.absoluteTolerances.enumerated() {
      absolute[index] = value
    }
    let ratios = shared + layout.offset(of: arrays.toleranceRatio)
    for state in configuration.magnitudeTolerances {
      ratios[state] = configuration.toleranceRatio
    }
    let first =
      stepped.method.isAdaptive ? configuration.initialStep : configuration.fixedStep
    shared[layout.offset(of: arrays.initialStep)] = first ?? 0
    shared[layout.offset(of: arrays.maximumStep)] =
      configuration.maximumStep ?? .greatestFiniteMagnitude
    shared[layout.offset(of: arrays.shortestQuadratureStep)] =
      1e-9 * (configuration.end - configuration.start)
    shared[layout.offset(of: arrays.maximumSteps)] = Double(configuration.maximumSteps)
    let windows = shared + layout.offset(of: arrays.extremeWindows)
    for (index, edge) in ensemble.reductions.extremeWindows.enumerated() { windows[index] = edge }
    guard let watch = stepped.switching else { return }
    shared[layout.offset(of: watch.calmBound)] = calmBound
    let directions = shared + layout.offset(of: watch.directions)
    for state in 0..<modelStateCount + ensemble.reductions.addedCount {
      // Multiples of the golden ratio without their whole part are spread evenly.
      let size = 0.5 + (Double(state) * 0.6180339887498949).truncatingRemainder(dividingBy: 1)
      directions[state] = state % 2 == 0 ? size : -size
    }
  }

  /// Sets how far apart the recorded variables of a run are.
  func setVariableStride(_ stride: Int) { variableStride = stride }

  // MARK: All lanes

  /// Steps until a lane needs attention.
  func advance() {
    var control = AdvanceControl(
      sampleTimes: sampleTimes, sampleIndex: sampleIndex, destination: destinations,
      variableStride: variableStride, rounds: 1_000_000, denseSolver: denseSolver)
    kernel.advance(workspace: workspace, shared: shared, control: &control)
  }

  /// Starts the lanes afresh that were changed since the last time.
  func restart() {
    guard needsRestart else { return }
    needsRestart = false
    kernel.run(.prepare, workspace: workspace, shared: shared)
    kernel.run(.begin, workspace: workspace, shared: shared)
    for lane in 0..<width { self[arrays.isRestarting, lane] = 0 }
  }

  /// Computes the recorded and observed values of all lanes at their times.
  func observe() {
    kernel.run(.prepare, workspace: workspace, shared: shared)
    kernel.run(.observe, workspace: workspace, shared: shared)
  }

  /// Computes the conditions of all lanes at their fractions.
  func locate() { kernel.run(.locate, workspace: workspace, shared: shared) }

  // MARK: One lane

  subscript(array: LaneArray, lane: Int) -> Double {
    get { workspace[layout.offset(of: array) * width + lane] }
    set { workspace[layout.offset(of: array) * width + lane] = newValue }
  }

  subscript(array: LaneArray, element: Int, lane: Int) -> Double {
    get { workspace[(layout.offset(of: array) + element) * width + lane] }
    set { workspace[(layout.offset(of: array) + element) * width + lane] = newValue }
  }

  /// Gives a lane the tolerances with which a run begins.
  func resetTolerances(_ lane: Int) {
    guard followsMagnitudes else { return }
    let most = shared + layout.offset(of: arrays.absoluteTolerance)
    let ratios = shared + layout.offset(of: arrays.toleranceRatio)
    for state in 0..<stepped.program[arrays.tolerance].count {
      // A part of what the unit suggests, until there is a magnitude to go by.
      self[arrays.tolerance, state, lane] = ratios[state] > 0 ? most[state] * 1e-12 : most[state]
    }
  }

  private func absoluteTolerance(_ state: Int, _ lane: Int) -> Double {
    followsMagnitudes
      ? self[arrays.tolerance, state, lane]
      : shared[layout.offset(of: arrays.absoluteTolerance) + state]
  }

  /// Marks a lane to start afresh.
  func markForRestart(_ lane: Int) {
    self[arrays.isRestarting, lane] = 1
    needsRestart = true
  }

  /// Takes a lane out of use.
  func idle(_ lane: Int) {
    self[arrays.isActive, lane] = 0
    self[arrays.isRestarting, lane] = 0
    self[arrays.attention, lane] = 0
    self[arrays.nextSample, lane] = .infinity
    self[arrays.time, lane] = 0
    self[arrays.stop, lane] = 1
    self[arrays.step, lane] = 1e-3
    destinations[lane] = nil
  }

  func attention(_ lane: Int) -> Attention {
    Attention(rawValue: self[arrays.attention, lane]) ?? .none
  }

  /// Where the samples of a lane's run go; nowhere if it keeps none.
  func setDestination(_ lane: Int, _ pointer: UnsafeMutablePointer<Double>?) {
    destinations[lane] = pointer
    sampleIndex[lane] = 0
    self[arrays.nextSample, lane] = pointer == nil ? .infinity : sampleTimes[0]
  }

  func isSampleDue(_ lane: Int) -> Bool {
    self[arrays.nextSample, lane] == self[arrays.time, lane]
  }

  /// Stores the observed values as the next sample of a lane.
  func storeSample(_ lane: Int) {
    let index = Int(sampleIndex[lane])
    if let destination = destinations[lane] {
      for variable in 0..<recordedCount {
        destination[variable * variableStride + index] = self[arrays.recorded, variable, lane]
      }
    }
    sampleIndex[lane] += 1
    self[arrays.nextSample, lane] = sampleTimes[index + 1]
  }

  /// By how much two times may differ that are the same but for roundings.
  static func sameMoment(as time: Double) -> Double { 64 * time.ulp }

  /// Samples once more what has been sampled at the present time, because something has changed.
  func sampleAgain(_ lane: Int) {
    let index = Int(sampleIndex[lane]) - 1
    let time = self[arrays.time, lane]
    guard index >= 0, destinations[lane] != nil,
      time - sampleTimes[index] <= Self.sameMoment(as: time)
    else {
      return
    }
    observe()
    sampleIndex[lane] = Int64(index)
    storeSample(lane)
  }

  /// Fills the samples that a run did not reach with NaN.
  func markMissingSamples(_ lane: Int) {
    guard let destination = destinations[lane] else { return }
    for variable in 0..<recordedCount {
      for index in Int(sampleIndex[lane])..<sampleCount {
        destination[variable * variableStride + index] = .nan
      }
    }
  }

  /// The first sample of a run that is not finite, of the variables that must have a value.
  func firstMissingSample(_ lane: Int, except: Set<Int>) -> (variable: Int, sample: Int)? {
    guard let destination = destinations[lane] else { return nil }
    for sample in 0..<sampleCount {
      for variable in 0..<recordedCount
      where !destination[variable * variableStride + sample].isFinite && !except.contains(variable)
      {
        return (variable, sample)
      }
    }
    return nil
  }

  func statistics(_ lane: Int) -> RunStatistics {
    RunStatistics(
      acceptedSteps: Int(self[arrays.acceptedSteps, lane]),
      rejectedSteps: Int(self[arrays.rejectedSteps, lane]))
  }

  /// Says which state broke: the first whose derivative is not finite there or just behind, or
  /// the fastest.
  func failure(_ lane: Int, _ reason: RunFailure.Reason) -> RunFailure {
    let time = self[arrays.time, lane]
    let values = (0..<modelStateCount).map { self[arrays.state, $0, lane] }
    kernel.run(.diagnose, workspace: workspace, shared: shared)
    var found = diagnosis(lane, reason)
    let slopes = values.indices.map { self[arrays.derivative, $0, lane] }
    found.states = values
    // The last state that was reached is still sound; a few roundings on, it may not be, nor at the end of
    // a step of fixed length.
    let doublings: Int
    switch reason {
    case .stepTooSmall: doublings = 12
    case .notFinite: doublings = 80
    default: return found
    }
    guard (values + slopes).allSatisfy(\.isFinite) else { return found }
    var step = max(time.magnitude.ulp, .leastNormalMagnitude)
    for _ in 0..<doublings {
      self[arrays.time, lane] = time + step
      for state in values.indices {
        self[arrays.state, state, lane] = values[state] + step * slopes[state]
      }
      kernel.run(.diagnose, workspace: workspace, shared: shared)
      let ahead = diagnosis(lane, .stepTooSmall)
      if ahead.reason == .notFinite {
        return RunFailure(
          reason: .notFinite, time: time, state: ahead.state, value: values[ahead.state],
          states: values)
      }
      step *= 2
    }
    return found
  }

  private func diagnosis(_ lane: Int, _ reason: RunFailure.Reason) -> RunFailure {
    let relative = shared[layout.offset(of: arrays.relativeTolerance)]
    var worst = 0
    var worstSpeed = -1.0
    var isBroken = false
    for state in 0..<modelStateCount {
      let slope = self[arrays.derivative, state, lane]
      let value = self[arrays.state, state, lane]
      if !slope.isFinite || !value.isFinite {
        worst = state
        isBroken = true
        break
      }
      let speed = slope.magnitude / (absoluteTolerance(state, lane) + relative * value.magnitude)
      if speed > worstSpeed {
        worst = state
        worstSpeed = speed
      }
    }
    return RunFailure(
      reason: isBroken ? .notFinite : reason, time: self[arrays.time, lane], state: worst,
      value: modelStateCount == 0 ? .nan : self[arrays.state, worst, lane])
  }
}
