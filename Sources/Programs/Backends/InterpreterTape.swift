/// One operation on addresses of the interpreter's frame.
struct InterpreterInstruction {
  enum Kind {
    case move
    case unary(UnaryOperation)
    case binary(BinaryOperation)
    case fusedMultiplyAdd
    case compare(Comparison)
    case both
    case either
    case not
    case select
    /// The address is the result, the order of the matrix `a`.
    case factorDense
    case solveDense
  }

  var kind: Kind
  var result: Int
  var a: Int
  var b: Int = 0
  var c: Int = 0

  @inline(__always)
  func execute(
    _ memory: UnsafeMutablePointer<SIMD8<Double>>, _ denseSolver: (any DenseLinearSolver)?
  ) {
    switch kind {
    case .factorDense:
      guard let denseSolver else { Self.stopWithoutDenseSolver() }
      denseSolver.factor(
        UnsafeMutableRawPointer(memory + result)
          .assumingMemoryBound(to: Double.self), order: a, width: 8)
    case .solveDense:
      guard let denseSolver else { Self.stopWithoutDenseSolver() }
      denseSolver.solve(
        UnsafeMutableRawPointer(memory + result)
          .assumingMemoryBound(to: Double.self), order: a, width: 8)
    case .move: memory[result] = memory[a]
    case .unary(let operation): memory[result] = LaneArithmetic.apply(operation, memory[a])
    case .binary(let operation):
      memory[result] = LaneArithmetic.apply(operation, memory[a], memory[b])
    case .fusedMultiplyAdd:
      memory[result] = LaneArithmetic.fusedMultiplyAdd(memory[a], memory[b], memory[c])
    case .compare(let comparison):
      memory[result] = SIMD8(
        bitPattern: LaneArithmetic.compare(comparison, memory[a], memory[b]))
    case .both:
      memory[result] = SIMD8(
        bitPattern: SIMD8<Int64>(bitPattern: memory[a]) & SIMD8<Int64>(bitPattern: memory[b]))
    case .either:
      memory[result] = SIMD8(
        bitPattern: SIMD8<Int64>(bitPattern: memory[a]) | SIMD8<Int64>(bitPattern: memory[b]))
    case .not:
      memory[result] = SIMD8(bitPattern: ~SIMD8<Int64>(bitPattern: memory[a]))
    case .select:
      memory[result] = LaneArithmetic.select(
        SIMD8<Int64>(bitPattern: memory[a]), memory[b], memory[c])
    }
  }

  @inline(never)
  private static func stopWithoutDenseSolver() -> Never {
    preconditionFailure("a dense system is to be solved without a solver")
  }
}

/// Where arrays, constants and intermediate values are while the interpreter runs.
struct InterpreterFrame {
  /// A stretch of the frame and its place in the workspace or the shared block.
  struct Copy {
    var address: Int
    var offset: Int
    var count: Int
  }

  fileprivate(set) var count = 0
  fileprivate(set) var constants: [(address: Int, value: Double)] = []
  fileprivate(set) var sharedCopies: [Copy] = []
  fileprivate var arrayAddresses: [Int] = []

  /// The address of the first element of an array.
  func address(of array: LaneArray) -> Int { arrayAddresses[array.index] }
}

/// Translates statements into instructions.
struct InterpreterTapeBuilder {
  private let program: LaneProgram
  private let layout: WorkspaceLayout
  private(set) var frame = InterpreterFrame()
  private var constantAddresses: [UInt64: Int] = [:]

  init(program: LaneProgram, layout: WorkspaceLayout) {
    self.program = program
    self.layout = layout
    for (index, declaration) in program.arrays.enumerated() {
      let array = LaneArray(index: index)
      let address = reserve(declaration.storage == .formal ? 0 : max(1, declaration.count))
      frame.arrayAddresses.append(address)
      if declaration.storage == .shared {
        frame.sharedCopies.append(
          .init(address: address, offset: layout.offset(of: array), count: declaration.count))
      }
    }
  }

  func copy(of array: LaneArray) -> InterpreterFrame.Copy {
    .init(
      address: frame.address(of: array), offset: layout.offset(of: array),
      count: program[array].count)
  }

  mutating func tape(of statements: [Statement]) -> [InterpreterInstruction] {
    var tape: [InterpreterInstruction] = []
    for statement in statements {
      switch statement {
      case .call(let handle, let actuals):
        let procedure = program[handle]
        let bindings = Dictionary(uniqueKeysWithValues: zip(procedure.formals, actuals))
        append(procedure, bindings, to: &tape)
      case .forEach(let count, let loop):
        append(loop, count, to: &tape)
      case .factorDense(let array, let order):
        tape.append(.init(kind: .factorDense, result: frame.address(of: array), a: order))
      case .solveDense(let array, let order):
        tape.append(.init(kind: .solveDense, result: frame.address(of: array), a: order))
      }
    }
    return tape
  }

  private mutating func reserve(_ count: Int) -> Int {
    defer { frame.count += count }
    return frame.count
  }

  private mutating func constantAddress(_ bits: UInt64) -> Int {
    if let address = constantAddresses[bits] { return address }
    let address = reserve(1)
    constantAddresses[bits] = address
    frame.constants.append((address, Double(bitPattern: bits)))
    return address
  }

  private mutating func append(
    _ procedure: Procedure, _ bindings: [LaneArray: LaneArray],
    to tape: inout [InterpreterInstruction]
  ) {
    func actual(_ array: LaneArray) -> LaneArray { bindings[array] ?? array }
    let written = Set(procedure.stores.map { actual($0.array) })
    let roots = procedure.stores.map(\.value)
    var addresses = NodeTable<Int>()
    for node in program.graph.reachableNodes(from: roots) {
      if case .load(let array, let element) = program.graph[node] {
        let source = frame.address(of: actual(array)) + element
        if written.contains(actual(array)) {
          let copy = reserve(1)
          tape.append(.init(kind: .move, result: copy, a: source))
          addresses[node] = copy
        } else {
          addresses[node] = source
        }
      }
    }
    for node in program.graph.reachableNodes(from: roots) where !addresses.has(node) {
      addresses[node] = translate(node, addresses, to: &tape)
    }
    for store in procedure.stores {
      tape.append(
        .init(
          kind: .move, result: frame.address(of: actual(store.array)) + store.element,
          a: addresses[store.value]))
    }
  }

  private mutating func append(
    _ loop: ElementLoop, _ count: Int, to tape: inout [InterpreterInstruction]
  ) {
    let zero = constantAddress(0)
    let parts = loop.sums.map { _ in (even: reserve(1), odd: reserve(1)) }
    for part in parts {
      tape.append(.init(kind: .move, result: part.even, a: zero))
      tape.append(.init(kind: .move, result: part.odd, a: zero))
    }
    let roots = loop.stores.map(\.value) + loop.sums.map(\.value)
    let order = program.graph.reachableNodes(from: roots)
    for index in 0..<count {
      var addresses = NodeTable<Int>()
      for node in order {
        switch program.graph[node] {
        case .load(let array, let element):
          addresses[node] = frame.address(of: array) + element
        case .element(let array):
          addresses[node] = frame.address(of: array) + index
        case .constant, .unary, .binary, .fusedMultiplyAdd, .compare, .both, .either, .not,
          .select:
          addresses[node] = translate(node, addresses, to: &tape)
        }
      }
      for (array, value) in loop.stores {
        tape.append(
          .init(kind: .move, result: frame.address(of: array) + index, a: addresses[value]))
      }
      for (part, entry) in zip(parts, loop.sums) {
        let sum = index % 2 == 0 ? part.even : part.odd
        tape.append(
          .init(kind: .binary(.add), result: sum, a: sum, b: addresses[entry.value]))
      }
    }
    for (part, entry) in zip(parts, loop.sums) {
      tape.append(
        .init(
          kind: .binary(.add), result: frame.address(of: entry.array), a: part.even, b: part.odd))
    }
  }

  private mutating func translate(
    _ node: Node, _ addresses: NodeTable<Int>, to tape: inout [InterpreterInstruction]
  ) -> Int {
    let kind: InterpreterInstruction.Kind
    switch program.graph[node] {
    case .constant(let bits): return constantAddress(bits)
    case .load, .element:
      preconditionFailure("an element of an array has its address before it is translated")
    case .unary(let unary, _): kind = .unary(unary)
    case .binary(let binary, _, _): kind = .binary(binary)
    case .fusedMultiplyAdd: kind = .fusedMultiplyAdd
    case .compare(let comparison, _, _): kind = .compare(comparison)
    case .both: kind = .both
    case .either: kind = .either
    case .not: kind = .not
    case .select: kind = .select
    }
    let operands = program.graph[node].operands.map { addresses[$0] }
    let result = reserve(1)
    var instruction = InterpreterInstruction(kind: kind, result: result, a: operands[0])
    if operands.count > 1 { instruction.b = operands[1] }
    if operands.count > 2 { instruction.c = operands[2] }
    tape.append(instruction)
    return result
  }
}
