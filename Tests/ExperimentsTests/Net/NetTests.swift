import Foundation
import Programs
import Simulations
import Storage
import Synchronization
import Testing

@testable import Experiments

/// Every construct by every method, in every way in which runs can be carried out, against recorded
/// hashes: nothing changes a bit unannounced.
@Suite("The net")
struct NetTests {
  private static let place = NetCase.folder + "/table.txt"
  /// The table as it was when the tests began.
  private static let recorded = Result {
    try NetTable(String(contentsOfFile: place, encoding: .utf8))
  }
  private static let updates = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
  private static let writing = Mutex(())

  @Test("values are those recorded, and the same in every way", arguments: NetCase.all)
  func values(entry: NetCase) throws {
    let found = try section(of: entry)
    let table = try Self.recorded.get()
    let (section, unannounced) = table.comparison(of: found, by: Numerics.version)
    let old = table.sections.first { $0.name == entry.name }
    if section == old { return }
    for name in unannounced {
      Issue.record(
        """
        `\(name)` has other bits, and the runs and the version of the numerics are the same: raise \
        `Numerics.version`, say why at the top of the table, and record the bits by `make net`
        """)
    }
    if Self.updates, unannounced.isEmpty {
      try rewrite { table in
        table.sections.removeAll { $0.name == section.name }
        table.sections.append(section)
      }
    }
    Issue.record("\(entry.name) is not as recorded:\n\(Self.changes(from: old, to: section))")
  }

  /// The lines that are others, as a difference of texts shows them.
  private static func changes(from old: NetTable.Section?, to new: NetTable.Section) -> String {
    let before = (old?.text ?? "").split(separator: "\n")
    let changes = new.text.split(separator: "\n").difference(from: before)
    return changes.map { change in
      switch change {
      case .remove(_, let line, _): "-\(line)"
      case .insert(_, let line, _): "+\(line)"
      }
    }.joined(separator: "\n")
  }

  /// Changes the table on disk, one test at a time.
  private func rewrite(_ change: (inout NetTable) -> Void) throws {
    try Self.writing.withLock { _ in
      var table = try NetTable(String(contentsOfFile: Self.place, encoding: .utf8))
      change(&table)
      table.version = Numerics.version
      try table.text.write(toFile: Self.place, atomically: true, encoding: .utf8)
    }
  }

  @Test("has every case, and says why bits changed")
  func whole() throws {
    if Self.updates {
      let names = Set(NetCase.all.map(\.name))
      try rewrite { table in table.sections.removeAll { !names.contains($0.name) } }
    }
    let table = try NetTable(String(contentsOfFile: Self.place, encoding: .utf8))
    #expect(table.version == Numerics.version, "`make net` records what this version gives")
    let versions = Set(table.sections.flatMap { $0.lines.map(\.since) } + [Numerics.version])
    #expect(
      versions.subtracting(table.explained).sorted() == [],
      "the top of the table has no line that says why this version has other bits")
    if Self.updates { return }
    #expect(table.sections.map(\.name) == NetCase.all.map(\.name))
  }

  @Test("has a shortened copy of every shipped experiment")
  func shipped() throws {
    let shipped = ShippedExperimentsTests.experiments.filter { $0.hasPrefix("Experiments/") }
      .map { $0.replacing("Experiments/", with: "shipped/").replacing(".yaml", with: "") }
    #expect(!shipped.isEmpty)
    #expect(NetCase.files(in: "shipped") == shipped)
  }

  // MARK: What a case gives

  private func section(of entry: NetCase) throws -> NetTable.Section {
    let experiment = try entry.experiment()
    let folder = FileManager.default.temporaryDirectory.path + "/afterglow-net-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    guard experiment.network != nil else {
      let ways = NetWays(folder: folder) {
        // Chunks of two runs, so that journals have something to be cut between.
        Campaign(experiment, options: CampaignOptions(threads: $1, backend: $0, chunk: 2))
      }
      return try section(of: entry, ways)
    }
    let ways = NetWays(folder: folder) {
      try #require(
        NetworkCampaign(experiment, options: CampaignOptions(threads: $1, backend: $0)))
    }
    return try section(of: entry, ways)
  }

  private func section<Campaign: JournaledCampaign>(
    of entry: NetCase, _ ways: NetWays<Campaign>
  ) throws -> NetTable.Section {
    let outcome = try ways.outcome()
    let experiment = try entry.experiment()
    let inventory = try ResultInventory(path: outcome.path)
    // Without the version of the numerics, which is not what a run is but who does it.
    let plan = RunPlan(experiment, numerics: 0)
    var runs = StableHash()
    for run in 0..<plan.count { runs.add(plan.identity(of: run)) }
    var lines = inventory.values.map { values in
      NetTable.Line(
        name: values.path,
        form: [values.type, values.shape, values.unit].filter { !$0.isEmpty }
          .joined(separator: " "),
        since: Numerics.version, hash: Self.hexadecimal(values.hash))
    }
    lines += try sensitivity(experiment, outcome.path)
    return NetTable.Section(
      name: entry.name, runs: Self.hexadecimal(runs.value),
      ends: "\(outcome.done) done, \(outcome.failed) failed",
      file: Self.hexadecimal(inventory.whole), lines: lines)
  }

  private static func hexadecimal(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The indices of a design that has some, which follow from the file.
  private func sensitivity(_ experiment: Experiment, _ path: String) throws -> [NetTable.Line] {
    switch experiment.sweep?.design {
    case .sobolIndices, .morris: break
    default: return []
    }
    let report = try SensitivityReport(experiment, result: ResultFileReader(path: path))
    return report.entries.map { entry in
      var hash = StableHash()
      hash.add("\(entry.indices)")
      return NetTable.Line(
        name: "sensitivity/\(entry.output)", form: "indices \(report.parameters.count)",
        since: Numerics.version, hash: Self.hexadecimal(hash.value))
    }
  }
}
