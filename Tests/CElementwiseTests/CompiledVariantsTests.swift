import CElementwise
import Foundation
import Testing

/// The same headers, compiled as kernels are, for other processors and at other levels of
/// optimisation than those of this process.
@Suite(
  "Compiled variants of elementary functions",
  .enabled(if: Compiler.path != nil, "no clang at CC or in PATH"))
struct CompiledVariantsTests {
  struct Variant: CustomTestStringConvertible, Sendable {
    var processor: String
    var optimisation: String
    var lanes: Int
    /// What `afterglow_processor_level` must be at least.
    var level: Int32 = 0

    var testDescription: String { "\(processor) \(optimisation), \(lanes) lanes" }
  }

  #if arch(x86_64)
  static let variants: [Variant] = [
    Variant(processor: "x86-64", optimisation: "-O0", lanes: 8),
    Variant(processor: "x86-64", optimisation: "-O2", lanes: 2),
    Variant(processor: "x86-64", optimisation: "-O2", lanes: 8),
    Variant(processor: "x86-64-v3", optimisation: "-O0", lanes: 4, level: 1),
    Variant(processor: "x86-64-v3", optimisation: "-O2", lanes: 8, level: 1),
    Variant(processor: "x86-64-v4", optimisation: "-O2", lanes: 8, level: 2),
    Variant(processor: "x86-64-v4", optimisation: "-O2", lanes: 16, level: 2),
    Variant(processor: "native", optimisation: "-O2", lanes: 1),
    Variant(processor: "native", optimisation: "-O3", lanes: 8),
  ]
  #else
  static let variants: [Variant] = [
    Variant(processor: "native", optimisation: "-O0", lanes: 8),
    Variant(processor: "native", optimisation: "-O2", lanes: 2),
    Variant(processor: "native", optimisation: "-O2", lanes: 8),
  ]
  #endif

  @Test(
    "the bits are those that were recorded",
    arguments: variants.filter { $0.level <= afterglow_processor_level() })
  func sameBits(variant: Variant) throws {
    let compiler = try #require(Compiler.path)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("afterglow-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let program = folder.appendingPathComponent("recorded-bits").path
    let tests = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent()
    let reference = tests.appendingPathComponent("CReferenceMathematics").path
    let headers = tests.deletingLastPathComponent()
      .appendingPathComponent("Sources/CElementwise/include").path
    let messages = try run(
      compiler,
      [
        "-std=gnu2x", variant.optimisation, "-march=\(variant.processor)", "-ffp-contract=off",
        "-fno-math-errno", "-DAFTERGLOW_LANES=\(variant.lanes)",
        "-DAFTERGLOW_RECORDED_BITS_PROGRAM", "-I\(headers)", "-I\(reference)/include",
        "\(reference)/recorded_bits.c", "\(reference)/sample_arguments.c", "-o", program, "-lm",
      ])
    try #require(FileManager.default.isExecutableFile(atPath: program), "\(messages)")
    var found: [String: UInt64] = [:]
    for line in try run(program, ["\(RecordedBitsTests.count)"]).split(separator: "\n") {
      let words = line.split(separator: " ")
      try #require(words.count == 2, "\(line)")
      found[String(words[0])] = UInt64(words[1], radix: 16)
    }
    for (name, hash) in RecordedBitsTests.hashes {
      #expect(found[name] == hash, "\(name)")
    }
  }

  private func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }
}

/// Where clang is: at CC, if that is a clang, or in PATH.
enum Compiler {
  static let path: String? = {
    let environment = ProcessInfo.processInfo.environment
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    let named = environment["CC"].map { [$0] } ?? []
    let candidates =
      named.filter { $0.contains("/") } + named.flatMap { name in folders.map { "\($0)/\(name)" } }
      + folders.map { "\($0)/clang" }
    return candidates.first {
      $0.contains("clang") && FileManager.default.isExecutableFile(atPath: $0)
    }
  }()
}
