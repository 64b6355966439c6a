import Diagnostics
import Testing

@Suite("Source file")
struct SourceFileTests {
  @Test("finds the first byte that is not UTF-8")
  func invalid() {
    #expect(SourceFile(path: "a", text: "plain").firstInvalidOffset == nil)
    #expect(SourceFile(path: "a", text: "ünï").firstInvalidOffset == nil)
    #expect(SourceFile(path: "a", bytes: [65, 0xC3, 0xBC, 0xFF, 65]).firstInvalidOffset == 3)
    #expect(SourceFile(path: "a", bytes: [65, 0xC3]).firstInvalidOffset == 1)
    #expect(SourceFile(path: "a", bytes: []).firstInvalidOffset == nil)
  }

  @Test("positions count lines and characters from 1")
  func positions() {
    let file = SourceFile(path: "a", text: "ab\n\ncd")
    #expect(file.position(of: 0) == SourcePosition(line: 1, column: 1))
    #expect(file.position(of: 2) == SourcePosition(line: 1, column: 3))
    #expect(file.position(of: 3) == SourcePosition(line: 2, column: 1))
    #expect(file.position(of: 6) == SourcePosition(line: 3, column: 3))
    #expect(file.position(of: 600) == SourcePosition(line: 3, column: 3))
  }

  @Test("a file that is too large for a table of lines has positions too")
  func large() {
    var bytes = [UInt8](repeating: 65, count: (1 << 24) + 100)
    bytes[1 << 24] = 10
    let file = SourceFile(path: "a", bytes: bytes)
    #expect(file.position(of: (1 << 24) + 3) == SourcePosition(line: 2, column: 3))
  }

  @Test("files are equal by path and contents")
  func equality() {
    #expect(SourceFile(path: "a", text: "x") == SourceFile(path: "a", bytes: [120]))
    #expect(SourceFile(path: "a", text: "x") != SourceFile(path: "b", text: "x"))
    #expect(SourceFile(path: "a", text: "x") != SourceFile(path: "a", text: "y"))
  }
}
