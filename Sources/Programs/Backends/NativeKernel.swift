import CElementwise

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A program compiled to the machine's vector instructions.
public final class NativeKernel: LaneKernel, Sendable {
  /// The types of the functions in a compiled kernel; see `KernelSource`.
  private typealias RoutineFunction =
    @convention(c) (
      UnsafeMutablePointer<Double>, UnsafePointer<Double>
    ) -> Void
  private typealias AdvanceFunction =
    @convention(c) (
      UnsafeMutablePointer<Double>, UnsafePointer<Double>, UnsafeMutableRawPointer
    ) -> Void

  public let layout: WorkspaceLayout
  /// Whether an earlier run had compiled it already.
  public let cameFromCache: Bool
  private let functions: [LaneProgram.Routine: RoutineFunction]
  private let advanceFunction: AdvanceFunction
  private let cellFunction: AdvanceFunction?

  /// Compiles a complete program, multiply-adds fused, or finds it compiled.
  ///
  /// The library stays loaded as long as the process lives: unloading would gain little and could
  /// pull code away from under another thread.
  ///
  /// - Throws: `KernelFailure` if there is no kernel to be had.
  public init(_ program: LaneProgram, toolchain: KernelToolchain) throws(KernelFailure) {
    let layout = WorkspaceLayout(of: program, width: toolchain.width(of: program))
    let prelude = KernelPrelude.text(for: program)
    let texts = KernelSource.print(program, layout: layout, prelude: prelude)
    var library = try KernelCache.library(of: texts, prelude: prelude, toolchain: toolchain)
    var loaded = dlopen(library.path, RTLD_NOW | RTLD_LOCAL)
    if loaded == nil, library.cameFromCache {
      // A disk that was full or a machine that stopped may have left half a library there.
      library.discard()
      library = try KernelCache.library(of: texts, prelude: prelude, toolchain: toolchain)
      loaded = dlopen(library.path, RTLD_NOW | RTLD_LOCAL)
    }
    guard let handle = loaded else {
      throw .notLoadable(reason: dlerror().map { String(cString: $0) } ?? library.path)
    }
    library.removeIfTemporary()
    func symbol(_ name: String) throws(KernelFailure) -> UnsafeMutableRawPointer {
      guard let address = dlsym(handle, name) else {
        throw .notLoadable(reason: "no function \(name)")
      }
      return address
    }
    var functions: [LaneProgram.Routine: RoutineFunction] = [:]
    for routine in [LaneProgram.Routine.prepare, .begin, .observe, .diagnose, .locate] {
      functions[routine] = unsafeBitCast(
        try symbol("afterglow_\(routine.rawValue)"), to: RoutineFunction.self)
    }
    self.layout = layout
    self.cameFromCache = library.cameFromCache
    self.functions = functions
    self.advanceFunction = unsafeBitCast(
      try symbol("afterglow_advance"), to: AdvanceFunction.self)
    self.cellFunction =
      program.cells == nil
      ? nil : unsafeBitCast(try symbol("afterglow_step_cells"), to: AdvanceFunction.self)
  }

  /// The C text of a program, as the compiler gets it.
  public static func source(of program: LaneProgram, toolchain: KernelToolchain) -> String {
    KernelSource.print(
      program, layout: WorkspaceLayout(of: program, width: toolchain.width(of: program)),
      prelude: ""
    ).joined(separator: "\n")
  }

  public func run(
    _ routine: LaneProgram.Routine, workspace: UnsafeMutablePointer<Double>,
    shared: UnsafePointer<Double>
  ) {
    guard let function = functions[routine] else {
      preconditionFailure("`\(routine)` is not a function of a kernel")
    }
    function(workspace, shared)
  }

  public func stepCells(
    workspaces: UnsafeMutablePointer<Double>, shared: UnsafePointer<Double>, loop: inout CellLoop
  ) {
    let spikes = UnsafeMutableRawPointer(loop.spikes).assumingMemoryBound(to: afterglow_spike.self)
    var block = afterglow_cells(
      first_block: CLongLong(loop.blocks.lowerBound), end_block: CLongLong(loop.blocks.upperBound),
      cell_count: CLongLong(loop.cellCount), first_step: CLongLong(loop.firstStep),
      step_count: CLongLong(loop.stepCount), start: loop.start, time_step: loop.timeStep,
      arrivals: loop.arrivals, slot_count: CLongLong(loop.slotCount),
      first_slot: CLongLong(loop.firstSlot), slot_stride: CLongLong(loop.slotStride),
      sums: loop.sums, spikes: spikes, spike_count: CLongLong(loop.spikeCount),
      releases: loop.releases, lost_step: .max, lost_cell: 0, lost_values: loop.lostValues)
    guard let cellFunction else {
      preconditionFailure("a kernel without cells is to step cells")
    }
    withUnsafeMutablePointer(to: &block) { cellFunction(workspaces, shared, $0) }
    loop.spikeCount = Int(block.spike_count)
    if block.lost_step != .max { loop.lost = (Int(block.lost_step), Int(block.lost_cell)) }
  }

  public func advance(
    workspace: UnsafeMutablePointer<Double>, shared: UnsafePointer<Double>,
    control: inout AdvanceControl
  ) {
    let bridge = DenseSolverBridge(control.denseSolver)
    var block = afterglow_control(
      sample_times: control.sampleTimes, sample_index: control.sampleIndex.rebound,
      destination: control.destination, variable_stride: CLongLong(control.variableStride),
      rounds: CLongLong(control.rounds),
      dense_context: Unmanaged.passUnretained(bridge).toOpaque(),
      factor_dense: { context, matrix, order, width in
        guard let context, let matrix else { preconditionFailure("a kernel lost its matrix") }
        DenseSolverBridge.solver(of: context)
          .factor(matrix, order: Int(order), width: Int(width))
      },
      solve_dense: { context, values, order, width in
        guard let context, let values else { preconditionFailure("a kernel lost its values") }
        DenseSolverBridge.solver(of: context)
          .solve(values, order: Int(order), width: Int(width))
      })
    withExtendedLifetime(bridge) {
      withUnsafeMutablePointer(to: &block) { advanceFunction(workspace, shared, $0) }
    }
  }
}

extension UnsafeMutablePointer where Pointee == Int64 {
  /// The same numbers under C's name of the type.
  fileprivate var rebound: UnsafeMutablePointer<CLongLong> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: CLongLong.self)
  }
}

/// What a kernel hands back to itself: C cannot hold an existential.
private final class DenseSolverBridge {
  private let solver: (any DenseLinearSolver)?

  init(_ solver: (any DenseLinearSolver)?) { self.solver = solver }

  static func solver(of context: UnsafeMutableRawPointer) -> any DenseLinearSolver {
    let bridge = Unmanaged<DenseSolverBridge>.fromOpaque(context).takeUnretainedValue()
    guard let solver = bridge.solver else {
      preconditionFailure("a dense system is to be solved without a solver")
    }
    return solver
  }
}
