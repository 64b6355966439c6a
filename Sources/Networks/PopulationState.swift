import Dynamics
import ModelLanguage
import Programs
import Solvers
import Units

/// The cells of a population in one run: their states, what is on its way to them, their spikes.
///
/// Cells stand in blocks of lanes; within a block, each state of all lanes together. Threads touch
/// blocks of their own only.
final class PopulationState: @unchecked Sendable {
  let part: Network.Part
  let cellCount: Int
  /// The cells rounded up to whole blocks.
  let paddedCount: Int
  let blockCount: Int
  private(set) var values: SharedValues
  let workspace: UnsafeMutablePointer<Double>
  private let shared: UnsafeMutablePointer<Double>
  /// For each receiver of spikes, a ring of slots; for each sum, one slot.
  let rings: UnsafeMutablePointer<UnsafeMutablePointer<Double>?>
  let sums: UnsafeMutablePointer<UnsafePointer<Double>?>
  let ringCount: Int
  let sumCount: Int
  private(set) var slotCount = 1
  let timeStep: Double
  private let workspaceCount: Int
  private let sharedCount: Int
  private let limits: CellLimits
  /// Between which values of each driven input the limits have been checked.
  private var checkedInputs: [ClosedRange<Double>]
  /// For each input that differs between cells, those that are driven.
  private let drivenCells: [[Int]]

  init(
    _ part: Network.Part, settings: NetworkSettings, number: Int, timeStep: Double,
    budget: inout MemoryBudget
  ) throws(NetworkFailure) {
    self.part = part
    self.timeStep = timeStep
    let values = SharedValues(part.population, settings)
    self.values = values
    limits = CellLimits(part.population.cell, timeStep: timeStep)
    checkedInputs = values.inputs.map { $0...$0 }
    cellCount = try Self.cellCount(of: part.population, values)
    drivenCells = try Self.drivenCells(of: part, settings, count: cellCount)
    let width = part.kernel.layout.width
    blockCount = (cellCount + width - 1) / width
    paddedCount = blockCount * width
    workspaceCount = part.kernel.layout.workspaceCount
    sharedCount = part.kernel.layout.sharedCount
    try budget.take(
      8 * Double(blockCount) * Double(workspaceCount), for: part.population.declaration,
      "its cells")
    workspace = Self.allocate(blockCount * workspaceCount)
    shared = Self.allocate(sharedCount)
    ringCount = part.equations.arrivalInputs.count
    sumCount = part.equations.sumInputs.count
    rings = .allocate(capacity: max(1, ringCount))
    rings.initialize(repeating: nil, count: max(1, ringCount))
    sums = .allocate(capacity: max(1, sumCount))
    sums.initialize(repeating: nil, count: max(1, sumCount))
    for sum in 0..<sumCount { sums[sum] = UnsafePointer(Self.allocate(paddedCount)) }
    share()
    try fill(settings, number: number)
    try checkLimits()
    prepare()
  }

  /// How many cells a population has.
  ///
  /// - Throws: `NetworkFailure` if that is no number of cells.
  static func cellCount(
    of population: Population, _ values: SharedValues
  ) throws(NetworkFailure) -> Int {
    let size = values.value(population.size)
    guard size >= 1, size == size.rounded(), size <= 100_000_000 else {
      throw .unsuitable(
        population.declaration,
        message: "the size of `\(population.declaration.path)` is "
          + "\(PhysicalUnit.one.text(ofSI: size)); it has to be a "
          + "whole number from 1 to 100000000")
    }
    return Int(size)
  }

  deinit {
    workspace.deallocate()
    shared.deallocate()
    for ring in 0..<ringCount { rings[ring]?.deallocate() }
    for sum in 0..<sumCount { sums[sum]?.deallocate() }
    rings.deallocate()
    sums.deallocate()
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Double> {
    let bytes = max(1, count) * MemoryLayout<Double>.stride
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 128)
      .bindMemory(to: Double.self, capacity: max(1, count))
    pointer.initialize(repeating: 0, count: max(1, count))
    return pointer
  }

  /// Makes room for everything that can be on its way at once.
  ///
  /// - Throws: `NetworkFailure` if there is no such room.
  func makeRings(slotCount: Int, budget: inout MemoryBudget) throws(NetworkFailure) {
    try budget.take(
      8 * Double(slotCount) * Double(paddedCount) * Double(ringCount),
      for: part.population.declaration, "spikes on their way")
    self.slotCount = slotCount
    for ring in 0..<ringCount {
      rings[ring]?.deallocate()
      rings[ring] = Self.allocate(slotCount * paddedCount)
    }
  }

  // MARK: Values

  /// Changes a driven input for all cells.
  ///
  /// - Throws: `NetworkFailure` if a rate of random arrivals leaves its bounds.
  func setInput(_ index: Int, _ value: Double) throws(NetworkFailure) {
    values.inputs[index] = value
    drive(index)
    // Rates follow inputs without turning back, as a rule: what lies between values that were
    // checked is not checked again.
    let checked = checkedInputs[index]
    if !limits.isEmpty, !checked.contains(value) {
      try checkLimits()
      checkedInputs[index] = min(checked.lowerBound, value)...max(checked.upperBound, value)
    }
    share()
    prepare()
  }

  /// Gives the present value of an input to the cells in which it is driven, if it differs.
  private func drive(_ input: Int) {
    guard let element = part.equations.differingInputs.firstIndex(of: input) else { return }
    let position = part.equations.variedParameters.count + element
    for cell in drivenCells[element] {
      // Padding cells are copies of the last one.
      let copies = cell == cellCount - 1 ? cell..<paddedCount : cell..<cell + 1
      for copy in copies {
        workspace[place(part.program.varied, position, cell: copy)] = values.inputs[input]
      }
    }
  }

  private func checkLimits() throws(NetworkFailure) {
    guard !limits.isEmpty else { return }
    let varied = part.equations.variedParameters
    let differing = part.equations.differingInputs
    guard !differing.isEmpty || limits.depends(onParameters: Set(varied)) else {
      try limits.check(parameters: values.parameters, inputs: values.inputs, number: 0)
      return
    }
    var parameters = values.parameters
    var inputs = values.inputs
    for number in 0..<cellCount {
      for (element, parameter) in varied.enumerated() {
        parameters[parameter] = workspace[place(part.program.varied, element, cell: number)]
      }
      for (element, input) in differing.enumerated() {
        inputs[input] =
          workspace[
            place(part.program.varied, varied.count + element, cell: number)]
      }
      try limits.check(parameters: parameters, inputs: inputs, number: number)
    }
  }

  /// Changes a state of all cells.
  func changeState(_ index: Int, _ change: (Double) -> Double) {
    for cell in 0..<paddedCount {
      let place = place(part.program.state, index, cell: cell)
      workspace[place] = change(workspace[place])
    }
  }

  private func share() {
    let layout = part.kernel.layout
    let program = part.program
    let uniform = values.uniform
    for (index, value) in uniform.enumerated() {
      shared[layout.offset(of: program.uniform) + index] = value
    }
    shared[layout.offset(of: program.timeStep)] = timeStep
    let hoisted = program.hoistedValues(uniform: uniform, timeStep: timeStep)
    for (index, value) in hoisted.enumerated() {
      shared[layout.offset(of: program.hoisted) + index] = value
    }
  }

  private func prepare() {
    for block in 0..<blockCount {
      part.kernel.run(.prepare, workspace: workspace + block * workspaceCount, shared: shared)
    }
  }

  /// Where an element of an array of a cell is.
  private func place(_ array: LaneArray, _ element: Int, cell: Int) -> Int {
    let layout = part.kernel.layout
    return cell / layout.width * workspaceCount
      + (layout.offset(of: array) + element) * layout.width + cell % layout.width
  }

  /// The value of an element of an array of a cell.
  subscript(array: LaneArray, element: Int, cell cell: Int) -> Double {
    workspace[place(array, element, cell: cell)]
  }

  /// The value of a state of a cell.
  func state(_ index: Int, cell: Int) -> Double {
    workspace[place(part.program.state, index, cell: cell)]
  }

  /// Draws what differs between cells; padding cells are copies of the last one.
  private func fill(_ settings: NetworkSettings, number: Int) throws(NetworkFailure) {
    let population = part.population
    let cell = population.cell
    var laws: [(target: Variation.Target, law: SampledLaw, declaration: Declaration)] = []
    for (index, variation) in population.variations.enumerated() {
      // A parameter that is set is the same for all cells.
      if case .parameter(let parameter) = variation.target,
        settings.parameters[cell.parameters[parameter].declaration.path] != nil
      {
        continue
      }
      let stream = RandomStream(seed: settings.seed, 1, UInt64(number), UInt64(index))
      laws.append(
        (
          variation.target,
          try SampledLaw(
            variation.law, values: values, count: cellCount, stream: stream,
            declaration: variation.declaration),
          variation.declaration
        ))
    }
    let varied = part.equations.variedParameters
    let direct = Set(
      laws.compactMap { entry -> Int? in
        if case .parameter(let index) = entry.target { return index }
        return nil
      })
    let hasDerived = varied.contains { !direct.contains($0) }
    let initial = cell.initialStates(parameters: values.parameters)
    for index in 0..<paddedCount {
      let number = min(index, cellCount - 1)
      var parameters = values.parameters
      var overrides: [Int: Double] = [:]
      var states = initial
      var drawn: [(Int, Double)] = []
      for (target, law, declaration) in laws {
        let value = law.value(at: number, index: number)
        guard value.isFinite else {
          throw .unsuitable(
            declaration,
            message:
              "`\(declaration.path)` of cell \(number) is \(value), which is no finite number")
        }
        switch target {
        case .parameter(let parameter):
          parameters[parameter] = value
          overrides[parameter] = value
        case .initialState(let state): drawn.append((state, value))
        }
      }
      if hasDerived {
        for parameter in cell.parameters.indices where !varied.contains(parameter) {
          overrides[parameter] = values.parameters[parameter]
        }
        parameters = cell.parameterValues(overriding: overrides)
      }
      if !varied.isEmpty { states = cell.initialStates(parameters: parameters) }
      for (state, value) in drawn { states[state] = value }
      for (element, parameter) in varied.enumerated() {
        workspace[place(part.program.varied, element, cell: index)] = parameters[parameter]
      }
      for (state, value) in states.enumerated() {
        workspace[place(part.program.state, state, cell: index)] = value
      }
      guard !part.equations.differingInputs.isEmpty else { continue }
      let inputs = cell.initialInputs(parameters: parameters)
      for (element, input) in part.equations.differingInputs.enumerated() {
        workspace[place(part.program.varied, varied.count + element, cell: index)] = inputs[input]
      }
    }
    for input in part.equations.differingInputs { drive(input) }
    guard part.equations.isRandom else { return }
    for index in 0..<cellCount {
      let stream = RandomStream(seed: settings.seed, 3, UInt64(number), UInt64(index))
      workspace[place(part.program.randomStream, 0, cell: index)] = stream.name
    }
  }

  /// The cells of some blocks, without those that fill up the last one.
  func cells(of blocks: Range<Int>) -> Range<Int> {
    let width = part.kernel.layout.width
    return blocks.lowerBound
      * width..<max(
        blocks.lowerBound * width, min(cellCount, blocks.upperBound * width))
  }

  // MARK: Stepping

  /// Looks at the functions of all events before anything has happened.
  func begin() {
    let layout = part.kernel.layout
    let width = layout.width
    for block in 0..<blockCount {
      let own = workspace + block * workspaceCount
      for sum in 0..<part.program.program[part.program.firstSums].count {
        guard let values = sums[sum] else { continue }
        (own + (layout.offset(of: part.program.firstSums) + sum) * width)
          .update(from: values + block * width, count: width)
      }
      part.kernel.run(.begin, workspace: own, shared: shared)
    }
  }

  /// Steps some blocks; of one step, spikes come in the order of cells.
  func step(
    blocks: Range<Int>, firstStep: Int, stepCount: Int, slot: Int, into spikes: SpikeBuffer
  ) {
    var loop = CellLoop(
      blocks: blocks, cellCount: cellCount, firstStep: firstStep, stepCount: stepCount, start: 0,
      timeStep: timeStep, arrivals: UnsafePointer(rings), slotCount: slotCount, firstSlot: slot,
      slotStride: paddedCount, sums: UnsafePointer(sums), spikes: spikes.raw,
      releases: spikes.rawReleases, lostValues: spikes.lostValues)
    part.kernel.stepCells(workspaces: workspace, shared: shared, loop: &loop)
    spikes.count = loop.spikeCount
    spikes.lost = loop.lost.map { (firstStep + $0.step, $0.cell) }
  }

  /// Computes what is recorded of some blocks, at the end of a step.
  func observe(blocks: Range<Int>, step: Int) {
    let layout = part.kernel.layout
    let width = layout.width
    let program = part.program
    let clock = program.program[program.observedClock].count
    let sumCount = program.program[program.observedSums].count
    for block in blocks {
      let own = workspace + block * workspaceCount
      for element in 0..<clock {
        (own + (layout.offset(of: program.observedClock) + element) * width)
          .update(repeating: element == 1 ? Double(step) : Double(step) * timeStep, count: width)
      }
      for sum in 0..<sumCount {
        guard let values = sums[sum] else { continue }
        (own + (layout.offset(of: program.observedSums) + sum) * width)
          .update(from: values + block * width, count: width)
      }
      part.kernel.run(.observe, workspace: own, shared: shared)
    }
  }

  /// What a cell showed at the end of the last step, before what a spike changed.
  func exposed(_ element: Int, cell: Int) -> Double {
    guard let array = part.program.exposed else { return .nan }
    return workspace[place(array, element, cell: cell)]
  }

  /// Copies a value that `observe` has computed of some blocks to where each cell has its place.
  func copyRecorded(
    _ element: Int, blocks: Range<Int>, to values: UnsafeMutablePointer<Double>
  ) {
    let width = part.kernel.layout.width
    let offset = (part.kernel.layout.offset(of: part.program.recorded) + element) * width
    for block in blocks {
      (values + block * width).update(
        from: workspace + block * workspaceCount + offset, count: width)
    }
  }

  /// The values of an element of an array in all cells.
  func values(of array: LaneArray, _ element: Int) -> [Double] {
    let width = part.kernel.layout.width
    let offset = (part.kernel.layout.offset(of: array) + element) * width
    return [Double](unsafeUninitializedCapacity: cellCount) { result, count in
      for block in 0..<blockCount {
        let source = workspace + block * workspaceCount + offset
        for lane in 0..<min(width, cellCount - block * width) {
          result.initializeElement(at: block * width + lane, to: source[lane])
        }
      }
      count = cellCount
    }
  }

  /// The sum of an element of an array over all cells, in their order.
  func sum(of array: LaneArray, _ element: Int) -> Double {
    let width = part.kernel.layout.width
    let offset = (part.kernel.layout.offset(of: array) + element) * width
    var sum = 0.0
    for block in 0..<blockCount {
      let source = workspace + block * workspaceCount + offset
      for lane in 0..<min(width, cellCount - block * width) { sum += source[lane] }
    }
    return sum
  }
}
