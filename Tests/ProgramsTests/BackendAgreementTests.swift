import Foundation
import Programs
import Testing

/// The interpreter is the specification; native code has to give its bits.
@Suite("Backends agree")
struct BackendAgreementTests {
  static let targets: [KernelToolchain.Target] = {
    switch KernelToolchain.widestTarget {
    case .avx512: [.baseline, .avx2, .avx512]
    case .avx2: [.baseline, .avx2]
    case .baseline: [.baseline]
    }
  }()

  @Test("random programs give the same bits natively and interpreted", arguments: 0..<12)
  func randomPrograms(seed: Int) throws {
    var generator = RandomPrograms(seed: UInt64(seed))
    let (program, input, output) = generator.program(operations: 120)
    let expected = values(of: Interpreter(program), input, output, in: program)
    for target in Self.targets {
      var toolchain = KernelToolchain.detect(environment: ProcessInfo.processInfo.environment)
      toolchain.target = target
      toolchain.cacheDirectory = nil
      let kernel = try NativeKernel(program, toolchain: toolchain)
      let found = values(of: kernel, input, output, in: program)
      #expect(found == expected, "\(target), seed \(seed)")
    }
  }

  @Test("a library in the cache that cannot be loaded is compiled again")
  func damagedLibrary() throws {
    var generator = RandomPrograms(seed: 99)
    let (program, _, _) = generator.program(operations: 20)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("afterglow-cache-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    var toolchain = KernelToolchain.detect(environment: ProcessInfo.processInfo.environment)
    // A process does not load a path twice, so the damaged copy stands elsewhere.
    let sound = folder.appendingPathComponent("sound")
    let damaged = folder.appendingPathComponent("damaged")
    toolchain.cacheDirectory = sound.path
    #expect(try !NativeKernel(program, toolchain: toolchain).cameFromCache)
    let entry = try #require(try FileManager.default.contentsOfDirectory(atPath: sound.path).first)
    try FileManager.default.copyItem(at: sound, to: damaged)
    let library = damaged.appendingPathComponent(entry).appendingPathComponent("kernel.so")
    try Data("no library".utf8).write(to: library)
    toolchain.cacheDirectory = damaged.path
    #expect(try !NativeKernel(program, toolchain: toolchain).cameFromCache)
    #expect(try NativeKernel(program, toolchain: toolchain).cameFromCache)
  }

  /// The bits of the outputs for eight fixed inputs, which include signed zeros and extremes.
  private func values(
    of kernel: any LaneKernel, _ input: LaneArray, _ output: LaneArray, in program: LaneProgram
  ) -> [UInt64] {
    let layout = kernel.layout
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: layout.workspaceCount * 8, alignment: 128)
    defer { memory.deallocate() }
    let workspace = memory.bindMemory(to: Double.self, capacity: layout.workspaceCount)
    workspace.initialize(repeating: 0, count: layout.workspaceCount)
    let samples: [Double] = [0.3, -1.7, 2.5, 0, -0.0, 40.25, -600, 1e-9]
    for element in 0..<program[input].count {
      for lane in 0..<layout.width {
        workspace[(layout.offset(of: input) + element) * layout.width + lane] =
          samples[lane % 8] * Double(element + 1) * 0.75
      }
    }
    var shared = [0.0]
    kernel.run(.prepare, workspace: workspace, shared: &shared)
    return (0..<program[output].count * 8).map { index in
      let value = workspace[
        (layout.offset(of: output) + index / 8) * layout.width + index % 8]
      // A NaN is a NaN: hardware may choose its payload and sign.
      return value.isNaN ? Double.nan.bitPattern : value.bitPattern
    }
  }
}

/// Random expression programs from a seed.
struct RandomPrograms {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 2_654_435_761 &+ 1 }

  /// SplitMix64 (Steele, Lea and Flood 2014).
  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(bound))
  }

  mutating func program(
    operations: Int
  ) -> (program: LaneProgram, input: LaneArray, output: LaneArray) {
    var program = LaneProgram()
    let input = program.declare("input", count: 4, storage: .persistent)
    let output = program.declare("output", count: 6, storage: .persistent)
    var numbers = (0..<4).map { program.graph.load(input, $0) }
    numbers.append(program.graph.constant(1.25))
    numbers.append(program.graph.constant(-0.5))
    var truths: [Node] = []
    let functions = UnaryOperation.allCases.filter { !$0.rawValue.hasPrefix("coarse") }
    for _ in 0..<operations {
      let a = numbers[next(below: numbers.count)]
      let b = numbers[next(below: numbers.count)]
      let c = numbers[next(below: numbers.count)]
      switch next(below: 10) {
      case 0: numbers.append(program.graph.add(a, b))
      case 1: numbers.append(program.graph.subtract(a, b))
      case 2: numbers.append(program.graph.multiply(a, b))
      case 3: numbers.append(program.graph.divide(a, b))
      case 4: numbers.append(program.graph.minimum(a, b))
      case 5: numbers.append(program.graph.power(a, b))
      case 6, 7:
        numbers.append(
          program.graph.unary(functions[next(below: functions.count)], a))
      case 8:
        let kind = Comparison.allCases[next(below: Comparison.allCases.count)]
        truths.append(program.graph.compare(kind, a, b))
      default:
        if let truth = truths.last { numbers.append(program.graph.select(truth, b, c)) }
      }
    }
    let results = numbers.suffix(6)
    let procedure = program.define(
      Procedure(
        name: "random",
        stores: results.enumerated().map { .init(output, $0.offset, $0.element) }))
    program.routines[.prepare] = [.call(procedure, [])]
    program.fuse()
    return (program, input, output)
  }
}
