import Diagnostics
import Foundation
import ModelLanguage
import Programs
import Simulations
import Storage
import Testing

@testable import Experiments

/// The Python that has xarray and libsonata, if there is one.
enum ConformancePython {
  static let path: String? = {
    let own = LanguageReferenceTests.root.appendingPathComponent(".build/conformance/bin/python")
    let named = ProcessInfo.processInfo.environment["AFTERGLOW_PYTHON"] ?? own.path
    return FileManager.default.isExecutableFile(atPath: named) ? named : nil
  }()
}

/// Result files, opened by the programs that people open them with.
///
/// `make test` makes the Python environment; without it, and without a network to make it from, the
/// suite is skipped.
@Suite(
  "Conformance of result files",
  .enabled(if: ConformancePython.path != nil, "there is no Python with xarray and libsonata"))
struct ConformanceTests {
  struct Found: Decodable {
    struct Dataset: Decodable {
      var sizes: [String: Int]
      var coordinates: [String]
      var units: [String: String]
      var missing: [String: Int]
      var sums: [String: Double]
      var status: [Int]
    }
    struct Train: Decodable {
      var count: Int
      var sorting: String
      var last: Double
    }
    var netcdf4: Dataset
    var h5netcdf: Dataset
    var spikes: [String: Train]
  }

  private func open(_ path: String) throws -> Found {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(ConformancePython.path))
    let script = LanguageReferenceTests.root.appendingPathComponent(
      "Tests/Conformance/open_results.py")
    process.arguments = [script.path, path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the file does not open")
    return try JSONDecoder().decode(Found.self, from: data)
  }

  private func temporaryFile() -> String {
    FileManager.default.temporaryDirectory
      .appendingPathComponent("afterglow-\(UUID().uuidString).h5").path
  }

  private func write(_ text: String, to path: String) throws -> Experiment {
    let experiment = try rightExperiment(text)
    let campaign = Campaign(
      experiment, options: CampaignOptions(threads: 2, backend: .interpreter))
    let output = try ResultFileOutput(
      path: path, experiment: experiment, plan: campaign.plan, mayReplace: false, facts: [:])
    let summary = try campaign.run(into: output)
    try output.commit(summary: summary)
    return experiment
  }

  @Test("a grid is a grid, arms are an axis, and both engines see the numbers that were written")
  func grid() throws {
    let path = temporaryFile()
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try write(
      """
      title: A grid
      model: test
      duration: 4 h
      arms:
        dose: {doses: [{into: drug, route: oral, amount: 10 mg, start: 0 h}]}
        none: {}
      record: {every: 1 h, variables: [drug.plasma]}
      reduce: {most: max(drug.plasma)}
      sweep:
        design: grid
        parameters:
          drug.k: {values: [0.1 /h, 0.2 /h, 0.3 /h]}
          drug.V: {values: [10 L, 20 L]}
      """, to: path)
    let found = try open(path)
    let reader = try ResultFileReader(path: path)
    for dataset in [found.netcdf4, found.h5netcdf] {
      #expect(dataset.sizes == ["arm": 2, "drug.k": 3, "drug.V": 2, "time": 5])
      #expect(dataset.coordinates == ["arm", "drug.V", "drug.k", "time"])
      #expect(dataset.units["drug.plasma"] == "mg/L" && dataset.units["drug.k"] == "1/h")
      #expect(dataset.missing == ["drug.plasma": 0, "most": 0])
      #expect(dataset.status == Array(repeating: 1, count: 12))
      let sum = try reader.numbers("drug.plasma").reduce(0, +)
      #expect(abs((dataset.sums["drug.plasma"] ?? .nan) - sum) < 1e-12 * abs(sum))
    }
  }

  @Test("a sample has its coordinates")
  func sample() throws {
    let path = temporaryFile()
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try write(
      """
      model: test
      duration: 1 h
      doses: [{into: drug, route: oral, amount: 10 mg, start: 0 h}]
      reduce: {most: max(drug.plasma)}
      sweep: {design: sobol, samples: 8, parameters: {drug.k: [0.1 /h, 0.3 /h]}}
      """, to: path)
    let found = try open(path)
    #expect(found.netcdf4.sizes == ["run": 8])
    #expect(found.netcdf4.coordinates.contains("drug.k"))
  }

  @Test("spikes are read back by libsonata, and cells are an axis")
  func spikes() throws {
    let path = temporaryFile()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let root = LanguageReferenceTests.root
    let file = try FileLibrary.file(root.appendingPathComponent("Experiments/cobahh.yaml").path)
    let library = FileLibrary(modelRoots: [root.appendingPathComponent("Models").path])
    let read = Experiment.read(
      file, library: library,
      overrides: ExperimentOverrides(settings: [("size", "100")]))
    let experiment = try #require(
      read.experiment, "\(DiagnosticPrinter().text(of: read.diagnostics))")
    let campaign = try #require(
      NetworkCampaign(
        experiment,
        options: CampaignOptions(
          threads: 2,
          backend: .native(
            KernelToolchain.detect(environment: ProcessInfo.processInfo.environment)))))
    let output = try NetworkFileOutput(
      path: path, campaign: campaign, mayReplace: false, facts: [:])
    let summary = try campaign.run(into: output)
    try output.commit(summary: summary)
    let counts = try #require(summary.results.first).result.spikeCounts
    let found = try open(path)
    #expect(found.netcdf4.sizes == ["time": 1001, "cell_excitatory": 20])
    #expect(found.h5netcdf.missing["excitatory.V"] == 0)
    #expect(found.spikes["excitatory"]?.count == counts[0])
    #expect(found.spikes["inhibitory"]?.count == counts[1])
    let train = try #require(found.spikes["excitatory"])
    #expect(train.count > 100 && train.sorting.hasSuffix("by_time"))
    #expect(train.last > 900 && train.last <= 1000, "times are in ms")
  }
}
