import Foundation
import Testing

/// The command itself is killed while it sweeps, and goes on: what `make soak` does at length.
@Suite("Killed sweeps")
struct KilledSweepTests {
  /// The command, beside the tests, where it was built with them.
  private static let command = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent().appendingPathComponent("afterglow").path
  private static var isThere: Bool { FileManager.default.isExecutableFile(atPath: command) }

  private static let model = """
    title: A sweep that is killed
    model: reset/depressed_circuit
    duration: 1 d
    doses: [{into: ketamine, route: intravenous, amount: 0.5 mg/kg, start: 1 h, over: 40 min}]
    reduce: {peak: max(ketamine.brain), end: "at(cortex.pyramidal, 20 h)"}
    sweep: {design: random, samples: 2000, parameters: {ketamine.weight: [50 kg, 100 kg]}}
    """
  private static let circuit = """
    title: A sweep of a circuit that is killed
    model: reference/brunel_2000
    duration: 0.1 s
    solver: {step: 0.1 ms}
    parameters: {scale: 0.2}
    record: {spikes: all}
    reduce: {rate: rate(excitatory)}
    sweep: {design: random, samples: 30, parameters: {g: [3, 6]}}
    """

  private func start(_ arguments: [String], in folder: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.command)
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.arguments = arguments + ["--quiet"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private func carryOut(_ arguments: [String], in folder: String) throws {
    let process = try start(arguments, in: folder)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
  }

  private func size(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? Int) ?? 0
  }

  @Test("end in the bytes of one that was left alone", arguments: [model, circuit])
  func killed(text: String) throws {
    try #require(Self.isThere, "the command has not been built beside the tests")
    let folder =
      FileManager.default.temporaryDirectory.path + "/afterglow-killed-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try text.write(toFile: folder + "/sweep.yaml", atomically: true, encoding: .utf8)
    try carryOut(["run", "sweep.yaml", "-o", "whole.h5", "--threads", "1"], in: folder)
    var arguments = ["run", "sweep.yaml", "-o", "killed.h5"]
    var kills = 0
    let journal = folder + "/killed.h5.journal"
    while kills < 4 {
      let before = size(journal)
      let process = try start(arguments, in: folder)
      // Some runs further, it is killed; it may have come to its end by then.
      while process.isRunning, size(journal) <= before + 10_000 { usleep(1000) }
      guard process.isRunning else { break }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      kills += 1
      guard FileManager.default.fileExists(atPath: journal) else { break }
      arguments = ["resume", "killed.h5", "--threads", "\(1 + kills % 2)"]
    }
    #expect(kills > 0)
    if FileManager.default.fileExists(atPath: journal) { try carryOut(arguments, in: folder) }
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder + "/whole.h5"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/killed.h5")) == whole)
  }
}
