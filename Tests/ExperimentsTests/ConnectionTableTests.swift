import Diagnostics
import Foundation
import Networks
import Storage
import Testing

@testable import Experiments

/// Tables of connections that stand in files beside a model.
@Suite("Tables of connections")
final class ConnectionTableTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("afterglow-\(UUID().uuidString)").path

  init() throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
  }

  /// An experiment on the network of the tests, its recurrent connections from a table.
  private func read(
    table: String, weight: String = "weight = 0.5 mV"
  ) throws -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
    try write(
      "listed.model",
      networkModel.text.replacing("connect random(probability)", with: "connect list(\"\(table)\")")
        .replacing("weight = 0.5 mV", with: weight)
        .replacing("parameter probability = 0.2  assumed \"a test value\"", with: ""))
    return Experiment.read(
      SourceFile(
        path: folder + "/test.yaml",
        text: """
          title: Listed
          model: listed
          duration: 50 ms
          seed: 1
          solver: {step: 0.1 ms}
          inputs: {current: 1.5 mV/ms}
          record: {spikes: all}
          reduce: {count: count(many)}
          """), library: FileLibrary(modelRoots: []))
  }

  @Test("are read from disk, and kept in the result")
  func fromDisk() throws {
    try write("pairs.csv", "source,target,weight [mV]\n0,1,20\n0,2,20\n3,1,20\n")
    let (experiment, diagnostics) = try read(table: "pairs.csv", weight: "")
    #expect(diagnostics.map(\.message) == [])
    let results = try NetworkResults(try #require(experiment))
    #expect(try results.reader.provenance().models.map(\.path).contains(folder + "/pairs.csv"))
    // A weight of 20 mV makes every target fire with its source, a delay of 1 ms later.
    let (times, cells) = try results.spikes("many")
    func first(_ cell: Double) -> Double? { zip(times, cells).first { $0.1 == cell }?.0 }
    let source = try #require(first(0))
    #expect(try abs(#require(first(1)) - source) <= 1.1)
  }

  @Test("are in files whose names end with .csv")
  func name() throws {
    try write("pairs.txt", "source,target\n0,1\n")
    let (experiment, diagnostics) = try read(table: "pairs.txt")
    #expect(experiment == nil)
    #expect(diagnostics.contains { $0.message.contains("`.csv`") })
  }

  @Test("with a bad row are told by line and column")
  func badRow() throws {
    try write("pairs.csv", "source,target\n0,1\n1,x\n")
    let (experiment, diagnostics) = try read(table: "pairs.csv")
    #expect(experiment == nil)
    let wrong = try #require(diagnostics.first)
    #expect(wrong.range.file.path == folder + "/pairs.csv")
    #expect(wrong.range.text == "x")
  }
}
