/// Which arrays some routines read and write.
struct ArrayUsage {
  private(set) var read: Set<LaneArray> = []
  private(set) var written: Set<LaneArray> = []

  /// Every array in use, in order.
  var arrays: [LaneArray] { read.union(written).sorted() }

  /// Finds the arrays of some routines, formals replaced by what calls bind.
  init(of routines: [LaneProgram.Routine], in program: LaneProgram) {
    for statement in routines.flatMap({ program.routines[$0] ?? [] }) {
      switch statement {
      case .call(let handle, let actuals):
        let procedure = program[handle]
        let bindings = Dictionary(uniqueKeysWithValues: zip(procedure.formals, actuals))
        note(procedure.stores.map(\.value), program) { bindings[$0] ?? $0 }
        // What is passed has to be there, even where this procedure has no use for it.
        read.formUnion(actuals)
        for store in procedure.stores { written.insert(bindings[store.array] ?? store.array) }
      case .forEach(_, let loop):
        note(loop.stores.map(\.value) + loop.sums.map(\.value), program) { $0 }
        for (array, _) in loop.stores + loop.sums { written.insert(array) }
      case .factorDense(let array, _), .solveDense(let array, _):
        read.insert(array)
        written.insert(array)
      }
    }
  }

  /// Adds what the loop of steps itself touches.
  mutating func include(_ control: ControlArrays) {
    read.formUnion([
      control.time, control.newTime, control.step, control.accepted, control.nextSample,
      control.attention,
    ])
    if let isTurning = control.isTurning { read.insert(isTurning) }
    if let isAssessed = control.isAssessed { read.insert(isAssessed) }
    written.formUnion([control.fraction, control.recorded, control.nextSample])
  }

  /// Adds what the loop over cells itself touches.
  mutating func include(_ cells: CellArrays) {
    read.formUnion([cells.spike, cells.crossing, cells.state, cells.replaced])
    if let check = cells.check { read.insert(check) }
    if let releases = cells.releases { read.insert(releases) }
    written.formUnion([cells.clock, cells.arrivals, cells.sums])
  }

  private mutating func note(
    _ roots: [Node], _ program: LaneProgram, _ actual: (LaneArray) -> LaneArray
  ) {
    for node in program.graph.reachableNodes(from: roots) {
      switch program.graph[node] {
      case .load(let array, _), .element(let array): read.insert(actual(array))
      default: break
      }
    }
  }
}

/// Where the persistent and the shared arrays of a program are.
public struct WorkspaceLayout: Sendable, Hashable {
  /// How many lanes a block has.
  public let width: Int
  /// The offset of each persistent array, in elements of one number per lane, and of each shared
  /// array, in numbers.
  private let offsets: [Int]
  /// How many numbers a workspace holds.
  public let workspaceCount: Int
  /// How many numbers all lanes share.
  public let sharedCount: Int

  /// Lays out the arrays of a program in order of declaration.
  public init(of program: LaneProgram, width: Int) {
    var offsets: [Int] = []
    var elements = 0
    var shared = 0
    for declaration in program.arrays {
      switch declaration.storage {
      case .persistent:
        offsets.append(elements)
        elements += declaration.count
      case .temporary where declaration.count > Self.stackLimit:
        offsets.append(elements)
        elements += declaration.count
      case .shared:
        offsets.append(shared)
        shared += declaration.count
      case .temporary, .formal:
        offsets.append(0)
      }
    }
    self.width = width
    self.offsets = offsets
    self.workspaceCount = elements * width
    self.sharedCount = shared
  }

  /// Arrays with more elements stay in the workspace: they would not fit on a thread's stack.
  static let stackLimit = 512

  /// Whether a kernel works on an array in place, instead of on a copy of its own.
  func isInWorkspace(_ array: LaneArray, of declaration: ArrayDeclaration) -> Bool {
    declaration.count > Self.stackLimit
      && (declaration.storage == .persistent || declaration.storage == .temporary)
  }

  /// The offset of an array.
  public func offset(of array: LaneArray) -> Int { offsets[array.index] }
}
