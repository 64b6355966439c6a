import Foundation
import Testing

/// What a fault of the command itself leaves behind; one is planted, or sent from outside.
@Suite("Faults of our own")
struct InternalErrorTests {
  /// The command, beside the tests, where it was built with them.
  private static let command = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent().appendingPathComponent("afterglow").path
  private static var isThere: Bool { FileManager.default.isExecutableFile(atPath: command) }

  private static let model = """
    title: A sweep that a fault ends
    model: reset/depressed_circuit
    duration: 1 d
    doses: [{into: ketamine, route: intravenous, amount: 0.5 mg/kg, start: 1 h, over: 40 min}]
    reduce: {peak: max(ketamine.brain), end: "at(cortex.pyramidal, 20 h)"}
    sweep: {design: random, samples: 300, parameters: {ketamine.weight: [50 kg, 100 kg]}}
    """
  private static let circuit = """
    title: A sweep of a circuit that a fault ends
    model: reference/brunel_2000
    duration: 50 ms
    solver: {step: 0.1 ms}
    parameters: {scale: 0.2}
    record: {spikes: all}
    reduce: {rate: rate(excitatory)}
    sweep: {design: random, samples: 12, parameters: {g: [3, 6]}}
    """

  private struct Ended {
    var reason: Process.TerminationReason
    var status: Int32
    var errors: String
  }

  private func start(
    _ arguments: [String], in folder: String, trap: Int? = nil
  ) throws -> (process: Process, errors: Pipe) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.command)
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["AFTERGLOW_TEST_TRAP"] = trap.map { "\($0)" }
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    return (process, errors)
  }

  private func end(_ process: Process, _ errors: Pipe) -> Ended {
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Ended(
      reason: process.terminationReason, status: process.terminationStatus, errors: text)
  }

  private func run(_ arguments: [String], in folder: String, trap: Int? = nil) throws -> Ended {
    let (process, errors) = try start(arguments, in: folder, trap: trap)
    return end(process, errors)
  }

  private func makeFolder() throws -> String {
    let folder =
      FileManager.default.temporaryDirectory.path + "/afterglow-fault-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }

  @Test(
    "a fault in the middle of a sweep ends it with 70, and `resume` gives the bytes of one without",
    arguments: [(model, 120), (circuit, 5)])
  func resumed(text: String, trap: Int) throws {
    try #require(Self.isThere, "the command has not been built beside the tests")
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try text.write(toFile: folder + "/sweep.yaml", atomically: true, encoding: .utf8)
    let whole = try run(["run", "sweep.yaml", "-o", "whole.h5", "--quiet"], in: folder)
    #expect(whole.status == 0)
    let fault = try run(["run", "sweep.yaml", "-o", "hurt.h5", "--quiet"], in: folder, trap: trap)
    #expect(fault.reason == .exit)
    #expect(fault.status == 70)
    #expect(fault.errors.contains("this is a bug in afterglow, and not in your files"))
    #expect(fault.errors.contains("`afterglow resume hurt.h5` goes on from there"))
    #expect(!FileManager.default.fileExists(atPath: folder + "/hurt.h5"))
    // One more fault, of the resumed sweep, which has finished some runs of its own by then.
    let again = try run(["resume", "hurt.h5", "--quiet"], in: folder, trap: 2)
    #expect(again.status == 70)
    let rest = try run(["resume", "hurt.h5", "--quiet"], in: folder)
    #expect(rest.status == 0)
    let expected = try Data(contentsOf: URL(fileURLWithPath: folder + "/whole.h5"))
    let found = try Data(contentsOf: URL(fileURLWithPath: folder + "/hurt.h5"))
    #expect(found == expected)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(!left.contains { $0.contains(".tmp-") || $0.hasSuffix(".journal") })
  }

  @Test("the trial of a file from elsewhere still ends by the signal that its damage causes")
  func trial() throws {
    try #require(Self.isThere, "the command has not been built beside the tests")
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(mkfifo(folder + "/pipe.h5", 0o600) == 0)
    // The process waits for a writer of the pipe when it is hit.
    let (process, errors) = try start(["try-reading", "pipe.h5", "all"], in: folder)
    // Until it has opened the pipe there is no reader, and a writer that does not wait is refused.
    var writer: Int32 = -1
    for _ in 0..<2000 where writer < 0 {
      usleep(5000)
      writer = open(folder + "/pipe.h5", O_WRONLY | O_NONBLOCK)
    }
    #expect(writer >= 0, "the command did not open the file")
    defer { close(writer) }
    kill(process.processIdentifier, SIGSEGV)
    let ended = end(process, errors)
    #expect(ended.reason == .uncaughtSignal)
    #expect(!ended.errors.contains("bug in afterglow"))
  }

  @Test(
    "an access to memory that is not there is told in the same way",
    arguments: [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT])
  func signals(signal: Int32) throws {
    try #require(Self.isThere, "the command has not been built beside the tests")
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // So many runs that the sweep is on its way when it is hit.
    let text = Self.model.replacing("samples: 300", with: "samples: 20_000")
    try text.write(toFile: folder + "/sweep.yaml", atomically: true, encoding: .utf8)
    let (process, errors) = try start(["run", "sweep.yaml", "-o", "hit.h5", "--quiet"], in: folder)
    while process.isRunning,
      !FileManager.default.fileExists(atPath: folder + "/hit.h5.journal")
    {
      usleep(1000)
    }
    // Some runs have been begun by then.
    usleep(200_000)
    kill(process.processIdentifier, signal)
    let ended = end(process, errors)
    #expect(ended.reason == .exit)
    #expect(ended.status == 70)
    #expect(ended.errors.contains("this is a bug in afterglow"))
    #expect(ended.errors.contains("`afterglow resume hit.h5` goes on"))
  }
}
