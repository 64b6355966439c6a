/// Runs a program as it stands, operation by operation, over blocks of eight lanes.
///
/// Needs no compiler and gives the bits of the native backend, which it serves to check: the
/// operations, their order and the functions are the same.
public struct Interpreter: LaneKernel {
  public let layout: WorkspaceLayout
  private let control: ControlArrays?
  private let recordedCount: Int
  private let cells: CellArrays?
  private let arrivalCount: Int
  private let sumCount: Int
  private let releaseCount: Int
  private let stateCount: Int
  private let replacedCount: Int
  private let frame: InterpreterFrame
  private let tapes: [LaneProgram.Routine: [InterpreterInstruction]]
  private let copies: [LaneProgram.Routine: [InterpreterFrame.Copy]]
  private let writeBacks: [LaneProgram.Routine: [InterpreterFrame.Copy]]

  /// Translates a complete program, multiply-adds fused.
  public init(_ program: LaneProgram) {
    let layout = WorkspaceLayout(of: program, width: 8)
    var builder = InterpreterTapeBuilder(program: program, layout: layout)
    var tapes: [LaneProgram.Routine: [InterpreterInstruction]] = [:]
    var copies: [LaneProgram.Routine: [InterpreterFrame.Copy]] = [:]
    var writeBacks: [LaneProgram.Routine: [InterpreterFrame.Copy]] = [:]
    for routine in LaneProgram.Routine.allCases {
      tapes[routine] = builder.tape(of: program.routines[routine] ?? [])
    }
    for (entry, routines) in Self.entries {
      var usage = ArrayUsage(of: routines, in: program)
      if entry == .attempt, let control = program.control { usage.include(control) }
      if entry == .attempt, let cells = program.cells { usage.include(cells) }
      copies[entry] = usage.arrays.filter { program[$0].storage == .persistent }
        .map { builder.copy(of: $0) }
      writeBacks[entry] = usage.written.sorted().filter { program[$0].storage == .persistent }
        .map { builder.copy(of: $0) }
    }
    self.layout = layout
    self.control = program.control
    self.recordedCount = program.control.map { program[$0.recorded].count } ?? 0
    self.cells = program.cells
    self.arrivalCount = program.cells.map { program[$0.arrivals].count } ?? 0
    self.sumCount = program.cells.map { program[$0.sums].count } ?? 0
    self.releaseCount = program.cells?.releases.map { program[$0].count } ?? 0
    self.stateCount = program.cells.map { program[$0.state].count } ?? 0
    self.replacedCount = program.cells.map { program[$0.replaced].count } ?? 0
    self.frame = builder.frame
    self.tapes = tapes
    self.copies = copies
    self.writeBacks = writeBacks
  }

  /// Which routines run one after the other behind each entry.
  private static let entries: [(LaneProgram.Routine, [LaneProgram.Routine])] = [
    (.prepare, [.prepare]), (.begin, [.begin]), (.observe, [.observe]), (.diagnose, [.diagnose]),
    (.locate, [.interpolationCoefficients, .locate]),
    (
      .attempt,
      [
        .attempt, .interpolationError, .judge, .interpolationCoefficients, .interpolate,
        .turningPoints, .turningRound, .turningEnd, .commit, .assess,
      ]
    ),
  ]

  public func run(
    _ routine: LaneProgram.Routine, workspace: UnsafeMutablePointer<Double>,
    shared: UnsafePointer<Double>
  ) {
    withFrame(routine, workspace, shared) { memory in
      if routine == .locate { execute(.interpolationCoefficients, memory) }
      execute(routine, memory)
    }
  }

  public func advance(
    workspace: UnsafeMutablePointer<Double>, shared: UnsafePointer<Double>,
    control steering: inout AdvanceControl
  ) {
    guard let control else { return }
    let zero = SIMD8<Double>(repeating: 0)
    withFrame(.attempt, workspace, shared) { memory in
      func value(_ array: LaneArray) -> SIMD8<Double> { memory[frame.address(of: array)] }
      var rounds = steering.rounds
      while true {
        execute(.attempt, memory, steering.denseSolver)
        if let needed = control.needsInterpolation, any(value(needed) .!= zero) {
          execute(.interpolationCoefficients, memory)
          execute(.interpolationError, memory, steering.denseSolver)
        }
        execute(.judge, memory)
        if recordedCount > 0 { sample(control, memory, &steering) }
        if let isTurning = control.isTurning, any(value(isTurning) .!= zero) {
          if control.needsInterpolation == nil { execute(.interpolationCoefficients, memory) }
          repeat {
            execute(.turningPoints, memory)
            for _ in 0..<control.turningRounds { execute(.turningRound, memory) }
            execute(.turningEnd, memory)
          } while any(value(isTurning) .!= zero)
        }
        execute(.commit, memory)
        if let isAssessed = control.isAssessed, any(value(isAssessed) .!= zero) {
          execute(.assess, memory)
        }
        rounds -= 1
        if rounds == 0 || any(value(control.attention) .!= zero) { break }
      }
    }
  }

  public func stepCells(
    workspaces: UnsafeMutablePointer<Double>, shared: UnsafePointer<Double>, loop: inout CellLoop
  ) {
    guard let cells else { return }
    for block in loop.blocks {
      withFrame(.attempt, workspaces + block * layout.workspaceCount, shared) { memory in
        step(block, cells, memory, &loop)
      }
    }
  }

  private func step(
    _ block: Int, _ cells: CellArrays, _ memory: UnsafeMutablePointer<SIMD8<Double>>,
    _ loop: inout CellLoop
  ) {
    var slot = loop.firstSlot
    let clock = frame.address(of: cells.clock)
    let crossing = frame.address(of: cells.crossing)
    for step in 0..<loop.stepCount {
      let number = Double(loop.firstStep + step)
      memory[clock] = SIMD8(repeating: loop.start + number * loop.timeStep)
      memory[clock + 1] = SIMD8(repeating: number)
      memory[clock + 2] = SIMD8(repeating: loop.start + (number + 1) * loop.timeStep)
      for element in 0..<arrivalCount {
        guard let ring = loop.arrivals[element] else { continue }
        let place = ring + slot * loop.slotStride + 8 * block
        for lane in 0..<8 {
          memory[frame.address(of: cells.arrivals) + element][lane] = place[lane]
          place[lane] = 0
        }
      }
      for element in 0..<sumCount {
        guard let sums = loop.sums[element] else { continue }
        for lane in 0..<8 {
          memory[frame.address(of: cells.sums) + element][lane] = sums[8 * block + lane]
        }
      }
      execute(.attempt, memory)
      let fired = memory[frame.address(of: cells.spike)]
      findLosses(step, block, cells, memory, &loop)
      for lane in 0..<8 where 8 * block + lane < loop.cellCount {
        guard fired[lane] != 0 else { continue }
        let start = memory[crossing][lane]
        loop.spikes[loop.spikeCount] = CellSpike(
          cell: UInt32(8 * block + lane), step: UInt32(step),
          fraction: start / (start - memory[crossing + 1][lane]))
        if let releases = cells.releases, let told = loop.releases {
          for element in 0..<releaseCount {
            told[loop.spikeCount * releaseCount + element] =
              memory[frame.address(of: releases) + element][lane]
          }
        }
        loop.spikeCount += 1
      }
      slot = slot + 1 == loop.slotCount ? 0 : slot + 1
    }
  }

  /// Looks for states that are not finite after a step, or were not before something replaced them.
  private func findLosses(
    _ step: Int, _ block: Int, _ cells: CellArrays, _ memory: UnsafeMutablePointer<SIMD8<Double>>,
    _ loop: inout CellLoop
  ) {
    let state = frame.address(of: cells.state)
    let replaced = frame.address(of: cells.replaced)
    for lane in 0..<8 where 8 * block + lane < loop.cellCount {
      let cell = 8 * block + lane
      let isLost = (0..<stateCount).contains { !memory[state + $0][lane].isFinite }
      // What only a spike replaces is there without one.
      let wasLost =
        (fired(cells, lane, memory))
        && (0..<replacedCount).contains { !memory[replaced + $0][lane].isFinite }
      guard isLost || wasLost, (step, cell) < loop.lost ?? (.max, .max) else { continue }
      loop.lost = (step, cell)
      for index in 0..<stateCount { loop.lostValues[index] = memory[state + index][lane] }
      for element in 0..<replacedCount {
        loop.lostValues[stateCount + element] = wasLost ? memory[replaced + element][lane] : 0
      }
    }
  }

  /// Whether a cell spikes, or has lost a state that something else replaces.
  private func fired(
    _ cells: CellArrays, _ lane: Int, _ memory: UnsafeMutablePointer<SIMD8<Double>>
  ) -> Bool {
    let spikes = memory[frame.address(of: cells.spike)][lane] != 0
    guard let check = cells.check else { return spikes }
    return spikes || !memory[frame.address(of: check)][lane].isFinite
  }

  private func sample(
    _ control: ControlArrays, _ memory: UnsafeMutablePointer<SIMD8<Double>>,
    _ steering: inout AdvanceControl
  ) {
    func value(_ array: LaneArray) -> SIMD8<Double> { memory[frame.address(of: array)] }
    func due() -> SIMDMask<SIMD8<Int64>> {
      (value(control.accepted) .!= SIMD8(repeating: 0))
        .& (value(control.nextSample) .<= value(control.newTime))
    }
    var lanes = due()
    guard any(lanes) else { return }
    if control.needsInterpolation == nil { execute(.interpolationCoefficients, memory) }
    let recorded = frame.address(of: control.recorded)
    while any(lanes) {
      memory[frame.address(of: control.fraction)] =
        (value(control.nextSample) - value(control.time)) / value(control.step)
      execute(.interpolate, memory)
      for lane in 0..<8 where lanes[lane] {
        let index = Int(steering.sampleIndex[lane])
        if let destination = steering.destination[lane] {
          for variable in 0..<recordedCount {
            destination[variable * steering.variableStride + index] =
              memory[recorded + variable][lane]
          }
        }
        steering.sampleIndex[lane] += 1
        memory[frame.address(of: control.nextSample)][lane] = steering.sampleTimes[index + 1]
      }
      lanes = due()
    }
  }

  private func withFrame(
    _ entry: LaneProgram.Routine, _ workspace: UnsafeMutablePointer<Double>,
    _ shared: UnsafePointer<Double>, _ body: (UnsafeMutablePointer<SIMD8<Double>>) -> Void
  ) {
    let memory = UnsafeMutablePointer<SIMD8<Double>>.allocate(capacity: frame.count)
    defer { memory.deallocate() }
    memory.initialize(repeating: SIMD8(repeating: 0), count: frame.count)
    for (address, value) in frame.constants { memory[address] = SIMD8(repeating: value) }
    for copy in frame.sharedCopies {
      for element in 0..<copy.count {
        memory[copy.address + element] = SIMD8(repeating: shared[copy.offset + element])
      }
    }
    workspace.withMemoryRebound(
      to: SIMD8<Double>.self, capacity: layout.workspaceCount / 8
    ) { lanes in
      for copy in copies[entry] ?? [] {
        for element in 0..<copy.count {
          memory[copy.address + element] = lanes[copy.offset + element]
        }
      }
      body(memory)
      for copy in writeBacks[entry] ?? [] {
        for element in 0..<copy.count {
          lanes[copy.offset + element] = memory[copy.address + element]
        }
      }
    }
  }

  private func execute(
    _ routine: LaneProgram.Routine, _ memory: UnsafeMutablePointer<SIMD8<Double>>,
    _ denseSolver: (any DenseLinearSolver)? = nil
  ) {
    guard let tape = tapes[routine] else { return }
    tape.withUnsafeBufferPointer { instructions in
      for instruction in instructions { instruction.execute(memory, denseSolver) }
    }
  }
}
