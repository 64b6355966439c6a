import Diagnostics
import ModelLanguage
import Testing

/// Texts that no one means well with: never a crash, never a hang, always a word about it.
@Suite("Hostile texts")
struct HostileTextTests {
  private func load(_ text: String) -> (model: Model?, diagnostics: [Diagnostic]) {
    loadModel(SourceFile(path: "test.model", text: text)) { _, _ in .failure(.notFound) }
  }

  @Test("damaged models are either still right or told apart", arguments: 0..<600)
  func damaged(seed: Int) {
    var random = RandomText(seed: seed)
    let file = SourceFile(path: "test.model", bytes: random.damage(everyConstruct))
    let (model, diagnostics) = loadModel(file) { _, _ in .failure(.notFound) }
    #expect((model == nil) == diagnostics.hasErrors || diagnostics.map(\.id) == ["nothing-to-run"])
    #expect(DiagnosticPrinter().text(of: diagnostics).utf8.count < 1_000_000)
    for diagnostic in diagnostics {
      #expect(diagnostic.range.lowerBound <= diagnostic.range.upperBound)
      #expect(diagnostic.range.upperBound <= diagnostic.range.file.bytes.count)
    }
  }

  @Test("damaged circuits are either still right or told apart", arguments: 0..<600)
  func damagedCircuits(seed: Int) {
    var random = RandomText(seed: seed)
    let file = SourceFile(path: "test.model", bytes: random.damage(everyCircuitConstruct))
    let table = SourceFile(path: "pairs.csv", bytes: random.damage(pairsOfEveryCircuit))
    let (loaded, diagnostics) = ModelLanguage.load(file) { _, _ in
      seed.isMultiple(of: 3) ? .success(table) : .failure(.notFound)
    }
    #expect(
      (loaded == nil) == diagnostics.hasErrors || diagnostics.contains { $0.id == "nothing-to-run" }
    )
    #expect(DiagnosticPrinter().text(of: diagnostics).utf8.count < 1_000_000)
    for diagnostic in diagnostics {
      #expect(diagnostic.range.lowerBound <= diagnostic.range.upperBound)
      #expect(diagnostic.range.upperBound <= diagnostic.range.file.bytes.count)
    }
    if case .circuit(let circuit)? = loaded { #expect(!circuit.printed.isEmpty) }
  }

  @Test("tables of connections are read whatever is in them", arguments: 0..<200)
  func damagedTables(seed: Int) {
    var random = RandomText(seed: seed)
    let table = SourceFile(path: "pairs.csv", bytes: random.damage(pairsOfEveryCircuit))
    let file = SourceFile(path: "test.model", text: everyCircuitConstruct)
    let (loaded, diagnostics) = ModelLanguage.load(file) { _, _ in .success(table) }
    #expect((loaded == nil) == diagnostics.hasErrors)
    #expect(diagnostics.count <= 40)
  }

  @Test("a table of more than 10 MB is refused unread", .timeLimit(.minutes(1)))
  func largeTable() {
    let table = SourceFile(
      path: "pairs.csv", bytes: [UInt8](repeating: UInt8(ascii: "1"), count: 11 << 20))
    let file = SourceFile(path: "test.model", text: everyCircuitConstruct)
    let diagnostics = ModelLanguage.load(file) { _, _ in .success(table) }.diagnostics
    #expect(diagnostics.map(\.id) == ["list-too-large"])
  }

  @Test("populations and projections that multiply cannot grow without bound")
  func populationBomb() {
    var text = "neuron C {\n  state V = 0\n  V' = 0\n  receive k : 1 { V = V + k }\n"
    text += "  event spike when V > 1\n}\ncircuit N {\n"
    for number in 0..<1001 { text += "  population p\(number) : C[1]\n" }
    #expect(
      ModelLanguage.load(SourceFile(path: "test.model", text: text + "}\n")) { _, _ in
        .failure(.notFound)
      }.diagnostics.map(\.id) == ["model-too-large"])
    text = "synapse S {\n  state g = 0\n  g' = 0\n  receive w : 1 { g = g + w }\n"
    for number in 0..<200 { text += "  parameter p\(number) = 1 assumed \"a\"\n" }
    text += "  output o = g\n}\nneuron C {\n  input I = 0\n  state V = 0\n  V' = I\n"
    text += "  event spike when V > 1\n}\ncircuit N {\n  population c : C[1]\n"
    for number in 0..<1000 {
      text += "  projection p\(number) : c -> c.I : S { connect all  autapses  weight = 1 }\n"
    }
    #expect(
      ModelLanguage.load(SourceFile(path: "test.model", text: text + "}\n")) { _, _ in
        .failure(.notFound)
      }.diagnostics.map(\.id) == ["model-too-large"])
  }

  @Test("random bytes are told apart", arguments: 0..<100)
  func garbage(seed: Int) {
    var random = RandomText(seed: seed)
    let bytes = (0..<random.below(2000)).map { _ in UInt8(random.below(256)) }
    let file = SourceFile(path: "test.model", bytes: bytes)
    #expect(loadModel(file) { _, _ in .failure(.notFound) }.model == nil)
  }

  @Test("a line of 100 MB is refused unread", .timeLimit(.minutes(1)))
  func longLine() {
    let file = SourceFile(
      path: "test.model", bytes: [UInt8](repeating: UInt8(ascii: "a"), count: 100_000_000))
    let (model, diagnostics) = loadModel(file) { _, _ in .failure(.notFound) }
    #expect(model == nil)
    #expect(diagnostics.map(\.id) == ["file-too-large"])
    #expect(DiagnosticPrinter().text(of: diagnostics).utf8.count < 1000)
  }

  @Test("a line of 4 MB is read", .timeLimit(.minutes(1)))
  func wideLine() {
    let text = "model M { output x = y" + String(repeating: " + 1", count: 1_000_000) + " }"
    #expect(load(text).diagnostics.map(\.id) == ["too-deep"])
  }

  @Test(
    "nesting has a limit",
    arguments: [
      "model M {\n output x = " + String(repeating: "(", count: 100_000),
      "model M {\n output x = " + String(repeating: "-", count: 100_000) + "1\n}",
      "model M {\n output x = " + String(repeating: "not ", count: 100_000) + "1\n}",
      "model M {\n output x = 2" + String(repeating: "^2", count: 100_000) + "\n}",
      "model M {\n output x = " + String(repeating: "exp(", count: 100_000),
      "model M {\n output x = "
        + String(repeating: "if 1 < 2 then 1 else ", count: 100_000) + "1\n}",
      String(repeating: "model M {\n", count: 50_000), String(repeating: "{", count: 100_000),
      String(repeating: "}\n", count: 100_000),
    ])
  func nesting(text: String) {
    let diagnostics = load(text).diagnostics
    #expect(diagnostics.hasErrors)
    #expect(diagnostics.count <= 200)
  }

  @Test("functions that double each other's work cannot grow without bound")
  func functionBomb() {
    var text = "function f0(x) = x + x\n"
    for level in 1..<45 {
      text += "function f\(level)(x) = f\(level - 1)(f\(level - 1)(x))\n"
    }
    text += "model M {\n  output y = f44(1)\n}\n"
    #expect(load(text).diagnostics.contains { ["model-too-large", "too-deep"].contains($0.id) })
  }

  @Test("instances that multiply cannot grow without bound")
  func instanceBomb() {
    var text = "component C0 {\n  output x = 1\n}\n"
    for level in 1..<40 {
      text += "component C\(level) {\n"
      for copy in 0..<10 { text += "  instance c\(copy) : C\(level - 1)\n" }
      text += "}\n"
    }
    text += "model M {\n  instance c : C39\n}\n"
    #expect(load(text).diagnostics.contains { $0.id == "model-too-large" })
  }

  @Test("a chain of instances has a limit")
  func instanceChain() {
    var text = "component C0 {\n  output x = 1\n}\n"
    for level in 1..<200 {
      text += "component C\(level) {\n  instance c : C\(level - 1)\n}\n"
    }
    text += "model M {\n  instance c : C199\n}\n"
    #expect(load(text).diagnostics.contains { $0.id == "too-deep" })
  }

  @Test("a long chain of quantities is no loop and no problem")
  func quantityChain() {
    var text = "model M {\n  output q0 = 1\n"
    for index in 1..<5000 { text += "  output q\(index) = q\(index - 1) + 1\n" }
    let reversed = text.split(separator: "\n").dropFirst().reversed().joined(separator: "\n")
    let (model, diagnostics) = load("model M {\n\(reversed)\n}\n")
    #expect(diagnostics.isEmpty)
    #expect(model?.quantities.first?.declaration.path == "q0")
  }

  @Test("imports without end are stopped")
  func importBomb() {
    let main = SourceFile(path: "0.model", text: "import \"1.model\"\nmodel M {\n}\n")
    let (model, diagnostics) = loadModel(main) { _, relative in
      let number = Int(relative.dropLast(6)) ?? 0
      return .success(
        SourceFile(path: relative, text: "import \"\(number + 1).model\"\n"))
    }
    #expect(model == nil)
    #expect(diagnostics.contains { $0.id == "model-too-large" })
  }

  @Test("a file with a thousand mistakes gets a readable number of diagnostics")
  func manyMistakes() {
    let text = "model M {\n" + String(repeating: "  parameter = 3\n", count: 1000) + "}\n"
    #expect(load(text).diagnostics.count <= 52)
    #expect(load(text).diagnostics.last?.id == "too-many-errors")
    let names = (0..<1000).map { "  output y\($0) = x\($0)\n" }.joined()
    #expect(load("model M {\n\(names)}\n").diagnostics.count <= 200)
  }

  @Test("a file that cannot be read is reported where it is imported")
  func unreadable() {
    let main = SourceFile(path: "a.model", text: "import \"b.model\"\nmodel M {\n}\n")
    let diagnostics = checkModel(main) { _, _ in .failure(.unreadable("permission denied")) }
    #expect(diagnostics.map(\.id) == ["import-unreadable"])
    #expect(diagnostics.first?.message == "`b.model` cannot be read: permission denied")
  }
}
