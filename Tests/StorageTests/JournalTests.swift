import Foundation
import Storage
import Testing

@Suite("Journals of runs")
struct JournalTests {
  private let header = JournalHeader(
    title: "test", version: "1", experiment: "title: test\n", experimentPath: "test.yaml",
    overrides: ["a=1"], seed: 7, models: [.init(path: "m.model", text: "model M { }")], tables: [],
    runCount: 10, reductionCount: 2, variableCount: 1, timeCount: 3)

  private func entry(_ first: Int, _ count: Int) -> JournalEntry {
    JournalEntry(
      firstRun: first,
      records: (0..<count).map {
        $0 == 1
          ? RunRecord(
            status: .failed, reason: "it broke: ü", acceptedSteps: 3, identity: 11, lastTime: 2.5,
            lastStates: [1, -2, .infinity])
          : RunRecord(
            status: .done, verdict: 1, acceptedSteps: 7, rejectedSteps: 2, identity: .max)
      },
      reductions: [
        (0..<count).map { Double(first + $0) / 3 }, (0..<count).map { _ in Double.nan },
      ],
      samples: [(0..<count * 3).map { -Double($0) * 1e300 }])
  }

  private func inUnits(_ entry: JournalEntry) -> JournalEntry {
    var entry = entry
    entry.samplesAreInUnits = true
    return entry
  }

  private func isEqual(_ a: JournalEntry, _ b: JournalEntry) -> Bool {
    func bits(_ arrays: [[Double]]) -> [[UInt64]] { arrays.map { $0.map(\.bitPattern) } }
    return a.firstRun == b.firstRun && a.samplesAreInUnits == b.samplesAreInUnits
      && a.records == b.records
      && bits(a.reductions) == bits(b.reductions) && bits(a.samples) == bits(b.samples)
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder =
      FileManager.default.temporaryDirectory.path + "/afterglow-journal-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder + "/x.journal")
  }

  private func entries(_ reader: JournalReader) -> [JournalEntry] {
    var found: [JournalEntry] = []
    while let entry = reader.next() { found.append(entry) }
    return found
  }

  @Test("what is appended is read back, bit by bit")
  func roundTrip() throws {
    try withFolder { path in
      let writer = try JournalWriter(path: path, header: header)
      let written = [entry(0, 3), inUnits(entry(7, 2)), entry(3, 1)]
      for entry in written { try writer.append(entry) }
      let reader = try JournalReader(path: path)
      #expect(reader.header == header)
      let found = entries(reader)
      #expect(found.count == 3 && zip(found, written).allSatisfy(isEqual))
      writer.close()
      let resumed = try JournalWriter(resuming: path, at: reader.soundLength)
      try resumed.append(entry(5, 2))
      resumed.close()
      #expect(entries(try JournalReader(path: path)).count == 4)
    }
  }

  @Test("parts of runs are read back among entries, cut and damaged ones never")
  func parts() throws {
    try withFolder { path in
      let writer = try JournalWriter(path: path, header: header)
      let contents: [(Int, RunPart.Content)] = [
        (9, .spikes(population: 3, first: 0, times: [1e-3, 0.1 + 0.2, 7], cells: [4, 0, .max])),
        (0, .samples(variable: 2, firstTime: 5, cells: 2, values: [1, -0.0, 1e-300, 4])),
        (9, .spikes(population: 3, first: 3, times: [], cells: [])), (9, .tally([1, 2.5])),
      ]
      for (run, content) in contents { try writer.append(content, of: run) }
      try writer.append(entry(9, 1))
      writer.close()
      let expected = contents.map { RunPart(run: $0.0, attempt: writer.attempt, $0.1) }
      func read(_ path: String) throws -> (parts: [RunPart], entries: Int) {
        let reader = try JournalReader(path: path)
        var found: (parts: [RunPart], entries: Int) = ([], 0)
        while let block = reader.nextBlock() {
          switch block {
          case .part(let part): found.parts.append(part)
          case .entry: found.entries += 1
          }
        }
        return found
      }
      let all = try read(path)
      #expect(all.parts == expected && all.entries == 1)
      #expect(entries(try JournalReader(path: path)).count == 1)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for place in 0..<whole.count {
        var bytes = whole
        bytes[place] ^= UInt8(1 << (place % 8))
        for damaged in [bytes, whole.prefix(place)] {
          try damaged.write(to: URL(fileURLWithPath: path))
          guard let found = try? read(path) else { continue }
          #expect(found.parts.count + found.entries < 5)
          #expect(Array(expected.prefix(found.parts.count)) == found.parts)
        }
      }
    }
  }

  @Test("a journal that is cut anywhere keeps what was whole")
  func truncation() throws {
    try withFolder { path in
      let writer = try JournalWriter(path: path, header: header)
      var ends: [Int] = []
      for place in 0..<3 {
        try writer.append(entry(3 * place, 3))
        ends.append(Int(try FileManager.default.attributesOfItem(atPath: path)[.size] as! UInt64))
      }
      writer.close()
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for length in 0..<whole.count {
        let cut = path + ".cut"
        try whole.prefix(length).write(to: URL(fileURLWithPath: cut))
        guard let reader = try? JournalReader(path: cut) else {
          #expect(length < ends[0])
          continue
        }
        #expect(entries(reader).count == ends.count { $0 <= length })
        #expect(reader.soundLength <= length)
      }
    }
  }

  @Test("a damaged byte ends a journal where it is, and is never read as a value")
  func damage() throws {
    try withFolder { path in
      let writer = try JournalWriter(path: path, header: header)
      let written = [entry(0, 3), entry(3, 3), entry(6, 3)]
      for entry in written { try writer.append(entry) }
      writer.close()
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for place in 0..<whole.count {
        var bytes = whole
        bytes[place] ^= UInt8(1 << (place % 8))
        let damaged = path + ".damaged"
        try bytes.write(to: URL(fileURLWithPath: damaged))
        guard let reader = try? JournalReader(path: damaged) else { continue }
        let found = entries(reader)
        #expect(found.count < 3 && zip(found, written).allSatisfy(isEqual))
      }
    }
  }

  @Test("a journal has one writer")
  func lock() throws {
    try withFolder { path in
      let writer = try JournalWriter(path: path, header: header)
      #expect(throws: StorageFailure.exists(path: path)) {
        _ = try JournalWriter(path: path, header: header)
      }
      #expect(JournalWriter.isInUse(path))
      #expect(throws: StorageFailure.isInUse(path: path)) {
        _ = try JournalWriter(resuming: path, at: 100)
      }
      writer.close()
      #expect(!JournalWriter.isInUse(path))
      #expect(!JournalWriter.isInUse(path + ".none"))
    }
  }

  @Test("what is no journal is refused")
  func notJournals() throws {
    try withFolder { path in
      for text in ["", "afterglow", "afterglow journal 4\n", "afterglow journal 3\n"] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: StorageFailure.noJournal(path: path)) {
          _ = try JournalReader(path: path)
        }
      }
      let folder = (path as NSString).deletingLastPathComponent
      #expect(throws: StorageFailure.self) { _ = try JournalReader(path: folder) }
    }
  }
}
