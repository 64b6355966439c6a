import Testing

/// What the table of the net tells of a change.
@Suite("The table of the net")
struct NetTableTests {
  private static let text = """
    Why bits changed.
    2 a mend
    3 another mend

    recorded by version 3

    every-method/doses rk4
      runs 0000000000000001
      ends 2 done, 1 failed
      file 0000000000000002
      plasma                                float64 2×13 mg/L             2 0000000000000003
      failure_reason                        text 3                        3 0000000000000004

    """

  private func changed(
    _ old: String, _ new: String, version: Int
  ) throws -> (section: NetTable.Section, unannounced: [String]) {
    let found = try NetTable(Self.text.replacing(old, with: new)).sections[0]
    return try NetTable(Self.text).comparison(of: found, by: version)
  }

  @Test("a table is the text that it was read from")
  func roundTrip() throws {
    let table = try NetTable(Self.text)
    #expect(table.text == Self.text)
    #expect(table.version == 3 && table.explained == [2, 3])
  }

  @Test("other numbers of the same runs need another version")
  func unannounced() throws {
    #expect(try changed("03\n", "05\n", version: 3).unannounced == ["plasma"])
    #expect(try changed("03\n", "05\n", version: 4).unannounced == [])
    #expect(try changed("2×13 mg/L", "2×14 mg/L", version: 3).unannounced == [])
    #expect(try changed("04\n", "05\n", version: 3).unannounced == [], "texts are no numbers")
  }

  @Test("other runs may have other numbers")
  func otherRuns() throws {
    let text = Self.text.replacing("01\n", with: "09\n").replacing("03\n", with: "05\n")
    let found = try NetTable(text).sections[0]
    #expect(try NetTable(Self.text).comparison(of: found, by: 3).unannounced == [])
  }

  @Test("values keep the version that they have been the same since")
  func since() throws {
    var found = try NetTable(Self.text).sections[0]
    for place in found.lines.indices { found.lines[place].since = 4 }
    found.lines[1].hash = "0000000000000007"
    let section = try NetTable(Self.text).comparison(of: found, by: 4).section
    #expect(section.lines.map(\.since) == [2, 4])
  }

  @Test(
    "what is no table is refused",
    arguments: [
      "", "recorded by version x\n", text.replacing("  ends 2 done, 1 failed\n", with: ""),
    ])
  func refused(text: String) {
    #expect(throws: NetTable.Unreadable.self) { try NetTable(text) }
  }
}
