import Datasets
import Foundation
import Storage
import Testing

@Suite("Result files")
struct ResultFileTests {
  private func layout(runs: [Axis], times: Int = 3, compression: Int = 0) -> ResultLayout {
    ResultLayout(
      title: "test", runAxes: runs, coordinates: [],
      time: Axis(name: "time", values: .numbers((0..<times).map { Double($0) }), unit: "s"),
      variables: [.init(name: "cell.v", unit: "mV", scale: 1e-3, longName: "voltage")],
      reductions: [.init(name: "peak", unit: "mV", scale: 1e-3, longName: "max(cell.v)")],
      verdicts: ["reset", "relapse"], precision: .double, compression: compression,
      attributes: [:],
      provenance: ResultProvenance(
        experiment: "title: test\n", experimentPath: "test.yaml",
        models: [.init(path: "cell.model", text: "model Cell { }")], tables: [], parameters: [],
        facts: [:]))
  }

  private func temporaryFolder() throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/afterglow-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private func write(
    _ writer: ResultFileWriter, run: Int, value: Double, times: Int = 3
  ) throws {
    let samples = [Double](repeating: value, count: times)
    try samples.withUnsafeBufferPointer { try writer.writeSamples(of: 0, firstRun: run, $0) }
    try [value].withUnsafeBufferPointer { try writer.writeReduction(0, firstRun: run, $0) }
    try writer.writeRecords(
      firstRun: run, [RunRecord(status: .done, verdict: 1, acceptedSteps: 7)])
  }

  @Test(
    "what is written is read back in its unit, and what was not run is missing",
    arguments: [0, 1])
  func roundTrip(compression: Int) throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/result.h5"
    let axes = [
      Axis(name: "arm", values: .labels(["a", "b"])),
      Axis(name: "dose", values: .numbers([1, 2, 3]), unit: "mg/kg"),
    ]
    let writer = try ResultFileWriter(
      path: path, layout: layout(runs: axes, compression: compression), mayReplace: false)
    // Runs 1 to 4 of six, in one stretch over the end of an arm.
    let values = (0..<12).map { Double($0) * 1e-3 }
    try values.withUnsafeBufferPointer { try writer.writeSamples(of: 0, firstRun: 1, $0) }
    try writer.writeRecords(
      firstRun: 1,
      [
        RunRecord(status: .done), RunRecord(status: .done),
        RunRecord(status: .failed, reason: "it broke"), RunRecord(status: .done),
      ])
    try writer.commit()
    let reader = try ResultFileReader(path: path)
    let found = try reader.numbers("cell.v")
    #expect(reader.shape(of: "cell.v") == [2, 3, 3])
    #expect(found[0..<3].allSatisfy(\.isNaN) && found[15...].allSatisfy(\.isNaN))
    for index in 0..<12 { #expect(abs(found[3 + index] - Double(index)) < 1e-12) }
    let counts = try reader.status()
    #expect((counts.done, counts.failed, counts.notRun) == (3, 1, 2))
    #expect(counts.failures.first?.reason == "it broke")
    #expect(counts.failures.first?.run == 3)
    #expect(reader.description(of: "cell.v").unit == "mV")
    #expect(try reader.provenance().models.first?.text == "model Cell { }")
  }

  @Test("an existing file is kept unless it may be replaced")
  func existingFile() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/result.h5"
    try "mine".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: StorageFailure.exists(path: path)) {
      _ = try ResultFileWriter(path: path, layout: layout(runs: []), mayReplace: false)
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    let writer = try ResultFileWriter(path: path, layout: layout(runs: []), mayReplace: true)
    try write(writer, run: 0, value: 1)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine", "until it is complete")
    try writer.commit()
    #expect(try ResultFileReader(path: path).numbers("peak") == [1000])
  }

  @Test("a destination that cannot be is refused with its reason")
  func impossibleDestinations() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: StorageFailure.isFolder(path: folder)) {
      _ = try ResultFileWriter(path: folder, layout: layout(runs: []), mayReplace: true)
    }
    let missing = folder + "/no/result.h5"
    #expect(throws: StorageFailure.noFolder(path: missing)) {
      _ = try ResultFileWriter(path: missing, layout: layout(runs: []), mayReplace: true)
    }
  }

  @Test("giving up leaves nothing behind")
  func abandon() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let writer = try ResultFileWriter(
      path: folder + "/result.h5", layout: layout(runs: []), mayReplace: false)
    writer.abandon()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test("a full disk is an error, and the process lives on")
  func fullDisk() async {
    // In a process of its own: the limit would hit the files of every other test too.
    await #expect(processExitsWith: .success) {
      let tests = ResultFileTests()
      let folder = try tests.temporaryFolder()
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let times = 200_000
      // A file size limit stands in for a small disk: writing fails in the same way.
      var small = rlimit(rlim_cur: 200_000, rlim_max: 200_000)
      signal(SIGXFSZ, SIG_IGN)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small)
      #expect(throws: StorageFailure.self) {
        let writer = try ResultFileWriter(
          path: folder + "/result.h5", layout: tests.layout(runs: [], times: times),
          mayReplace: false)
        try tests.write(writer, run: 0, value: 1, times: times)
        try writer.commit()
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/result.h5"))
    }
  }

  @Test("garbage and truncated files are errors")
  func damagedFiles() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let garbage = folder + "/garbage.h5"
    try Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 37) })
      .write(to: URL(fileURLWithPath: garbage))
    #expect(throws: StorageFailure.self) { _ = try ResultFileReader(path: garbage) }
    let path = folder + "/result.h5"
    let writer = try ResultFileWriter(path: path, layout: layout(runs: []), mayReplace: false)
    try write(writer, run: 0, value: 1)
    try writer.commit()
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for size in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
      let cut = folder + "/cut.h5"
      try whole.prefix(size).write(to: URL(fileURLWithPath: cut))
      do {
        let reader = try ResultFileReader(path: cut)
        _ = try reader.status()
        _ = try reader.provenance()
        Issue.record("a file cut to \(size) of \(whole.count) bytes was read")
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
  }
}
