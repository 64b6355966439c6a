import Diagnostics
import Foundation
import ModelLanguage
import Networks
import Programs
import Storage
import Testing

@testable import Experiments

/// Experiments whose populations replay recorded spikes.
@Suite("Replays")
final class ReplayTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("afterglow-\(UUID().uuidString)").path

  init() throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    let replaying = networkModel.text
      .replacing(
        "circuit Network {",
        with: """
          neuron Replaying {
            recorded spikes
            event spike when spikes > 0
          }
          circuit Network {
          """
      )
      .replacing(
        "population many : Cell[size] {\n    gain ~ normal(1, 0.1)      assumed \"a test value\"\n"
          + "    drive = current\n  }", with: "population many : Replaying[size]"
      )
      .replacing(/projection around[^}]*}/, with: "")
    // Without what they do to each other, cells that replay have no state.
    let original = networkModel.text.replacing(/projection around[^}]*}/, with: "")
    try write("original.model", original)
    try write("network.model", replaying)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ name: String, _ text: String) throws {
    try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
  }

  private static let settings = """
    duration: 200 ms
    seed: 5
    solver: {step: 0.1 ms}
    inputs: {current: 1.5 mV/ms}
    record: {spikes: all}
    reduce: {count: count(few), sources: count(many)}

    """

  private func read(
    _ text: String, library: FileLibrary = FileLibrary(modelRoots: [])
  ) throws -> (experiment: Experiment, warnings: [String]) {
    let (experiment, diagnostics) = Experiment.read(
      SourceFile(path: folder + "/test.yaml", text: text), library: library)
    try #require(!diagnostics.hasErrors, "\(DiagnosticPrinter().text(of: diagnostics))")
    return (try #require(experiment), diagnostics.map(\.message))
  }

  /// Runs the original and keeps its file.
  private func record(_ name: String, _ rest: String = "") throws -> NetworkResults {
    let (experiment, _) = try read("title: r\nmodel: original\n" + Self.settings + rest)
    let campaign = try #require(
      NetworkCampaign(experiment, options: CampaignOptions(threads: 1, backend: .interpreter)))
    let output = try NetworkFileOutput(
      path: folder + "/" + name, campaign: campaign, mayReplace: false, facts: [:])
    let summary = try campaign.run(into: output)
    try output.commit(summary: summary)
    return try NetworkResults(experiment)
  }

  private func replay(_ lines: String) -> String {
    "title: p\nmodel: network\n" + Self.settings + lines
  }

  @Test("a result's spikes replay to the same spikes, and the new result replays without the file")
  func resultFile() throws {
    let original = try record("run.h5")
    #expect(try original.spikes("few").times.count > 10)
    let (experiment, warnings) = try read(
      replay("replay: {many.spikes: {file: run.h5, population: many}}"))
    #expect(warnings == [])
    for threads in [1, 2] {
      let again = try NetworkResults(experiment, threads: threads)
      #expect(try again.spikes("few") == original.spikes("few"))
      #expect(try again.spikes("many").cells == original.spikes("many").cells)
    }
    let results = try NetworkResults(experiment)
    let kept = try results.reader.provenance()
    #expect(kept.tables.map(\.path) == [folder + "/run.h5#spikes/many"])
    #expect(experiment.resolved.yaml().contains("population: \"many\""))
    try FileManager.default.removeItem(atPath: folder + "/run.h5")
    let library = FileLibrary(
      mainModel: SourceFile(path: kept.models[0].path, text: kept.models[0].text),
      files: kept.tables.map { SourceFile(path: $0.path, text: $0.text) })
    let (reread, _) = try read(kept.experiment, library: library)
    #expect(try NetworkResults(reread).spikes("few") == original.spikes("few"))
  }

  @Test("a table replays like the file, its unit in the header or beside it")
  func tables() throws {
    let original = try record("run.h5")
    let (times, cells) = try original.spikes("many")
    var text = "time [ms],cell\n"
    for (time, cell) in zip(times, cells) { text += "\(time),\(Int(cell))\n" }
    try write("in_header.csv", text)
    // Decimal places are moved, and no digit is changed.
    try write(
      "beside.csv",
      "cell,note,time\n" + zip(times, cells).map { "\(Int($1)),x,\($0)e-3\n" }.joined())
    for entry in ["in_header.csv", "{file: beside.csv, unit: s}"] {
      let (experiment, warnings) = try read(replay("replay: {many.spikes: \(entry)}"))
      #expect(warnings == [])
      #expect(try NetworkResults(experiment).spikes("few") == original.spikes("few"))
    }
  }

  @Test("a sweep chooses among files, an arm has its own, and runs of a sweep are named")
  func choices() throws {
    _ = try record(
      "runs.h5", "sweep: {design: grid, parameters: {many.tau: {values: [5 ms, 10 ms]}}}")
    try write("none.csv", "time [ms],cell\n")
    try write("some.csv", "time [ms],cell\n10,0\n10,29\n20,7\n")
    let (swept, _) = try read(
      replay(
        """
        replay: {many.spikes: {files: [none.csv, some.csv]}}
        sweep: {design: grid, parameters: {replay.many.spikes: {values: [1, 0]}}}
        """))
    let results = try NetworkResults(swept, threads: 2)
    #expect(results.summary.results.map(\.result.reductions[1]) == [3, 0])
    #expect(try results.spikes("many", run: 0).times == [10, 10, 20])
    #expect(try results.reader.numbers("replay.many.spikes") == [1, 0])
    let (again, _) = try read(swept.resolved.yaml())
    #expect(try NetworkResults(again).numbers() == results.numbers())
    let (arms, _) = try read(
      replay(
        """
        replay: {many.spikes: some.csv}
        arms: {plain: {}, own: {replay: {many.spikes: {file: runs.h5, population: many, run: 1}}}}
        """))
    let both = try NetworkResults(arms)
    let expected = try read(
      replay("replay: {many.spikes: {file: runs.h5, population: many, run: 1}}"))
    let alone = try NetworkResults(expected.experiment)
    #expect(both.summary.results[0].result.reductions[1] == 3)
    #expect(
      both.summary.results[1].result.reductions == alone.summary.results[0].result.reductions)
    let (armsAgain, _) = try read(arms.resolved.yaml())
    #expect(try NetworkResults(armsAgain).numbers() == both.numbers())
  }

  @Test("the example of the page on experiments is right")
  func documented() throws {
    func blocks(_ page: String, _ kind: String) throws -> [String] {
      let file = LanguageReferenceTests.root.appendingPathComponent("Documentation/" + page)
      return try String(contentsOf: file, encoding: .utf8)
        .components(separatedBy: "```\(kind)\n").dropFirst()
        .map { $0.components(separatedBy: "\n```")[0] }
    }
    let model = try #require(
      blocks("language/README.md", "model").first { $0.contains("circuit Replay") })
    try write("replay.model", model)
    let example = try #require(
      blocks("experiments.md", "yaml").first { $0.contains("replay:") })
    var many = "time [ms],cell\n"
    for spike in 0..<9000 { many += "\(Double(spike + 1)/10),\(spike % 100)\n" }
    try write("first.csv", "time [ms],cell\n5,99\n")
    try write("second.csv", many)
    let (experiment, warnings) = try read(example)
    #expect(warnings == [])
    let results = try NetworkResults(experiment)
    #expect(results.summary.results.map { $0.result.spikeCounts[0] } == [1, 9000])
    #expect(results.summary.results[0].result.reductions[0] == 0)
    #expect(results.summary.results[1].result.reductions[0] > 1)
  }

  @Test("spikes outside the run and in one step are said")
  func warnings() throws {
    try write("odd.csv", "time [ms],cell\n-1,0\n0,1\n10,0\n10,0\n199.99,2\n200,3\n200.01,4\n")
    let (experiment, warnings) = try read(replay("replay: {many.spikes: odd.csv}"))
    #expect(warnings.count == 2)
    #expect(warnings.contains { $0.hasPrefix("3 of 7 spikes lie outside the run") })
    #expect(warnings.contains { $0.hasPrefix("1 spikes fall into one step") })
    let result = try NetworkResults(experiment)
    #expect(try result.spikes("many").times == [10, 200, 200])
  }

  @Test("damaged spike files are errors, and never crash")
  func damaged() throws {
    _ = try record("run.h5")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/run.h5"))
    var read = 0
    for seed in 0..<60 {
      var damaged = bytes
      let generator = Philox(seed: UInt64(seed))
      for change in 0..<(1 + seed % 8) {
        let bits = generator.bits(index: change, dimension: 0, purpose: .randomDesign)
        damaged[Int(bits % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: bits >> 40)
      }
      if seed % 10 == 0 { damaged = damaged.prefix(bytes.count * seed / 60) }
      let path = folder + "/damaged.h5"
      try damaged.write(to: URL(fileURLWithPath: path))
      do throws(StorageFailure) {
        let file = try SpikeFile(path: path, population: "many", run: nil)
        #expect(file.times.count == file.cells.count)
        read += 1
      } catch {
        #expect(!error.message.isEmpty)
      }
    }
    #expect(read > 0)
  }
}
