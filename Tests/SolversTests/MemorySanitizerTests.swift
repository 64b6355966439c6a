import Foundation
import Solvers
import Testing

@testable import Programs

/// The compiler's watch over memory that nobody has written.
enum MemorySanitizer {
  static let toolchain: KernelToolchain = {
    var toolchain = KernelToolchain.detect(environment: ProcessInfo.processInfo.environment)
    toolchain.cacheDirectory = nil
    return toolchain
  }()

  /// Whether the compiler has the sanitizer and its library, and whether it finds what it should.
  static let isThere: Bool = {
    let text = "int main(int count, char **_) { int x[2]; x[count > 9] = 1; return x[1] ? 3 : 4; }"
    guard let outcome = try? run(text) else { return false }
    return outcome.hasReport
  }()

  struct Outcome {
    var status: Int32
    var output: String
    var hasReport: Bool { output.contains("MemorySanitizer") }
  }

  /// Compiles a program in C and runs it.
  static func run(_ text: String) throws -> Outcome {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("afterglow-memory-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = folder.appendingPathComponent("kernel.c")
    let program = folder.appendingPathComponent("kernel")
    try Data(text.utf8).write(to: source)
    let arguments = toolchain.arguments(isLarge: false).filter {
      $0 != "-nostdlib" && $0 != "-O2" && $0 != "-fPIC"
    }
    // The optimiser may make use of what has no value and hide it.
    let compilation = try execute(
      toolchain.compiler,
      arguments + ["-O0", "-fsanitize=memory", "-o", program.path, source.path])
    guard compilation.status == 0 else { return compilation }
    return try execute(program.path, [])
  }

  private static func execute(_ path: String, _ arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
  }
}

/// The printed C of kernels under a compiler's watch over memory that nobody has written.
///
/// Takes some seconds: each kernel is compiled by itself.
@Suite("Kernels under a memory sanitizer", .enabled(if: MemorySanitizer.isThere))
struct MemorySanitizerTests {
  /// The text of a kernel, and a main function that fills what is given from outside and looks at what the
  /// kernel leaves behind.
  private static func text(of program: LaneProgram, _ calls: String) -> String {
    let layout = WorkspaceLayout(of: program, width: 8)
    let kernel = KernelSource.print(
      program, layout: layout, prelude: KernelPrelude.text(for: program))
    return kernel[0] + """

      void *aligned_alloc(unsigned long, unsigned long);
      void __msan_check_mem_is_initialized(const volatile void *, unsigned long);
      void __msan_allocated_memory(const volatile void *, unsigned long);
      static double *numbers(long count, double value) {
        double *numbers = aligned_alloc(128, (count * 8 + 127) / 128 * 128 + 128);
        for (long i = 0; i < count; i++) numbers[i] = value;
        return numbers;
      }
      static void nothing(void *context, double *values, long long order, long long width) {}
      int main(void) {
        double *workspace = numbers(\(layout.workspaceCount), 0.25);
        double *shared = numbers(\(layout.sharedCount), 0.125);
        double *out = numbers(4096, 0.0);
        \(calls)
        __msan_check_mem_is_initialized(workspace, \(8 * layout.workspaceCount));
        return 0;
      }
      """
  }

  @Test(
    "steps of every method use nothing that was not written", arguments: Method.allCases, [0, 1, 4])
  func methods(_ method: Method, _ states: Int) throws {
    let system = WrittenBeforeReadTests.system(states: states, seed: 3, isTimed: true)
    let stepped = SteppedProgram(system, method: method)
    let layout = WorkspaceLayout(of: stepped.program, width: 8)
    func set(_ array: LaneArray, _ value: String) -> String {
      "for (int l = 0; l < 8; l++) workspace[\(8 * layout.offset(of: array)) + l] = \(value);\n"
    }
    let arrays = stepped.arrays
    let calls =
      set(arrays.time, "0.0") + set(arrays.stop, "1.0") + set(arrays.nextSample, "0.01")
      + set(arrays.isActive, "1.0") + set(arrays.isRestarting, "1.0") + set(arrays.step, "0.05")
        + """
        afterglow_prepare(workspace, shared);
        afterglow_begin(workspace, shared);
        afterglow_observe(workspace, shared);
        double times[4] = {0.01, 0.02, 0.5, __builtin_inf()};
        long long index[8] = {0};
        double *destination[8];
        for (int l = 0; l < 8; l++) destination[l] = out + 64 * l;
        struct afterglow_control control = {
          .sample_times = times, .sample_index = index, .destination = destination,
          .variable_stride = 8, .rounds = 4, .dense_context = 0,
          .factor_dense = nothing, .solve_dense = nothing};
        afterglow_advance(workspace, shared, &control);
        afterglow_locate(workspace, shared);
        afterglow_diagnose(workspace, shared);
        __msan_check_mem_is_initialized(out, 8 * 4096);
        """
    let outcome = try MemorySanitizer.run(Self.text(of: stepped.program, calls))
    #expect(outcome.status == 0, "\(outcome.output.prefix(2000))")
  }

  @Test(
    "steps of cells use nothing that was not written", arguments: CellMethod.allCases, [0, 1, 4])
  func cells(_ method: CellMethod, _ states: Int) throws {
    let cell = CellProgram(
      WrittenBeforeReadTests.cell(states: states, hasSpike: true), method: method)
    let calls = """
      afterglow_prepare(workspace, shared);
      double *rings[2] = {numbers(64, 0.0), numbers(64, 0.5)};
      const double *sums[1] = {numbers(16, 0.5)};
      struct afterglow_spike *spikes = (struct afterglow_spike *)numbers(1024, 0.0);
      struct afterglow_cells control = {
        .first_block = 0, .end_block = 1, .cell_count = 7, .first_step = 0, .step_count = 4,
        .start = 0, .time_step = 0.125, .arrivals = rings, .slot_count = 4, .first_slot = 0,
        .slot_stride = 8, .sums = sums, .spikes = spikes, .spike_count = 0, .releases = out,
        .lost_step = 0x7fffffffffffffffLL, .lost_cell = 0, .lost_values = numbers(256, 0.0)};
      afterglow_step_cells(workspace, shared, &control);
      afterglow_observe(workspace, shared);
      __msan_check_mem_is_initialized(out, 8 * 4096);
      __msan_check_mem_is_initialized(spikes, 8 * 1024);
      __msan_check_mem_is_initialized(&control, sizeof control);
      """
    let outcome = try MemorySanitizer.run(Self.text(of: cell.program, calls))
    #expect(outcome.status == 0, "\(outcome.output.prefix(2000))")
  }
}
