import Diagnostics
import Experiments
import Foundation
import ModelLanguage
import Programs
import Simulations
import Solvers
import Storage
import Testing

/// Every shipped experiment and reference problem, through the path of any user.
@Suite("Shipped experiments")
struct ShippedExperimentsTests {
  static let root = LanguageReferenceTests.root
  static let library = FileLibrary(modelRoots: [root.appendingPathComponent("Models").path])
  static let native = Backend.native(
    KernelToolchain.detect(environment: ProcessInfo.processInfo.environment))

  static let experiments: [String] = ["Experiments", "Benchmarks"].flatMap { folder in
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: root.appendingPathComponent(folder).path)
    return (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted().map { folder + "/" + $0 }
  }

  private func experiment(_ path: String) throws -> Experiment {
    let file = try FileLibrary.file(Self.root.appendingPathComponent(path).path)
    let (found, diagnostics) = Experiment.read(file, library: Self.library)
    return try #require(found, "\(DiagnosticPrinter().text(of: diagnostics))")
  }

  /// A hundred steps, on any backend and with any number of threads.
  private func sameBitsOfNetwork(_ experiment: inout Experiment) throws {
    let step = try #require(experiment.network?.step)
    experiment.duration = try WrittenQuantity(parsing: "\(100 * step.value) s")
    for index in experiment.reductions.indices {
      experiment.reductions[index].population?.from = 0
      experiment.reductions[index].population?.to = 100 * step.value
    }
    let folder = FileManager.default.temporaryDirectory
    func contents(_ backend: Backend, threads: Int) throws -> [UInt64] {
      let path = folder.appendingPathComponent("afterglow-\(UUID().uuidString).h5").path
      defer { try? FileManager.default.removeItem(atPath: path) }
      let campaign = try #require(
        NetworkCampaign(experiment, options: CampaignOptions(threads: threads, backend: backend)))
      let output = try NetworkFileOutput(
        path: path, campaign: campaign, mayReplace: false, facts: [:])
      let summary = try campaign.run(into: output)
      #expect(summary.progress.failed == 0, "\(summary.firstFailure?.text ?? "")")
      try output.commit(summary: summary)
      let reader = try ResultFileReader(path: path)
      var values = summary.results.flatMap(\.result.spikeCounts).map(Double.init)
      for name in reader.names where (try? reader.numbers(name)) != nil {
        values += try reader.numbers(name)
      }
      return values.map { $0.isNaN ? 1 : $0.bitPattern }
    }
    let expected = try contents(.interpreter, threads: 2)
    #expect(try contents(Self.native, threads: 1) == expected)
    #expect(try contents(Self.native, threads: 2) == expected)
  }

  @Test("the bits are those of the interpreter, on any instructions", arguments: experiments)
  func sameBits(path: String) throws {
    var experiment = try experiment(path)
    if experiment.network != nil {
      try sameBitsOfNetwork(&experiment)
      return
    }
    // Sixty days of settling add time and no new arithmetic.
    if let leadIn = experiment.leadIn, leadIn.value > 86_400 { experiment.leadIn = nil }
    let plan = RunPlan(experiment)
    let chosen = stride(from: 0, to: plan.count, by: max(1, plan.count / 5)).prefix(6).map { $0 }
    func hash(_ backend: Backend, _ order: [Int]) throws -> [UInt64] {
      let runs = CollectedRuns(experiment)
      _ = try Campaign(experiment, options: CampaignOptions(threads: 1, backend: backend))
        .run(only: order, into: runs)
      return chosen.map { run in
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var values: [Double] = []
        for variable in runs.samples.indices { values += runs.samples(of: variable, run: run) }
        for reduction in runs.reductions { values.append(reduction[run]) }
        for value in values {
          let bits = value.isNaN ? 1 : value.bitPattern
          hash = (hash ^ bits) &* 0x100_0000_01B3
        }
        return hash
      }
    }
    let expected = try hash(.interpreter, chosen)
    for target in KernelToolchain.Target.allCases {
      if target == .avx512, KernelToolchain.widestTarget != .avx512 { continue }
      if target == .avx2, KernelToolchain.widestTarget == .baseline { continue }
      var toolchain = KernelToolchain.detect(environment: ProcessInfo.processInfo.environment)
      toolchain.target = target
      let found = try hash(.native(toolchain), chosen.reversed())
      #expect(found == expected, "\(target)")
    }
  }

  @Test("two threads give the bits of one")
  func threads() throws {
    let experiment = try experiment("Experiments/reset.yaml")
    var hashes: [[[Double]]] = []
    for threads in [1, 2] {
      let runs = CollectedRuns(experiment)
      _ = try Campaign(
        experiment, options: CampaignOptions(threads: threads, backend: Self.native, chunk: 1)
      ).run(into: runs)
      hashes.append(runs.reductions)
    }
    #expect(hashes[0].map { $0.map(\.bitPattern) } == hashes[1].map { $0.map(\.bitPattern) })
  }

  @Test("placebo does nothing, and one infusion resets the circuit")
  func reset() throws {
    let experiment = try experiment("Experiments/reset.yaml")
    let runs = CollectedRuns(experiment)
    _ = try Campaign(experiment, options: CampaignOptions(threads: 1, backend: Self.native))
      .run(into: runs)
    let names = try #require(experiment.verdict).names
    let verdicts = runs.reports.map { $0.verdict.map { names[$0] } }
    #expect(verdicts == ["reset", "no_response"])
  }

  @Test(
    "stiff problems deliver at least one digit less than was asked for",
    arguments: ReferenceProblem.all.map(\.model))
  func delivered(name: String) throws {
    let problem = try #require(ReferenceProblem.all.first { $0.model == name })
    let path = Self.root.appendingPathComponent("Models/reference/\(name).model").path
    let model = try #require(Self.library.loadModel(try FileLibrary.file(path)).model)
    for digits in stride(from: 4.0, through: 10, by: 2) {
      let row = try problem.solve(
        model, method: .rodas5P, relativeTolerance: pow(10, -digits), backend: Self.native)
      // The reference of E5 has nine digits, which is where its last row stops.
      let wanted = min(digits - 1, name == "e5" ? 8 : digits - 1)
      #expect(row.deliveredDigits >= wanted, "1e-\(Int(digits)): \(row.deliveredDigits) digits")
    }
  }
}
