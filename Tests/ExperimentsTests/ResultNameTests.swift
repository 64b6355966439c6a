import Diagnostics
import Testing

@testable import Experiments

@Suite("Names in results")
struct ResultNameTests {
  private func names(_ rest: String) -> [String] {
    let model = SourceFile(
      path: "named.model",
      text: """
        /// Names that a result has already.
        model Named {
            parameter run = 1 /h assumed "a test"
            state status : 1 = 1
            status' = -run*status
        }
        """)
    let (_, diagnostics) = Experiment.read(
      SourceFile(path: "test.yaml", text: "model: named\nduration: 3 h\n" + rest),
      library: FileLibrary(mainModel: model, files: []))
    return diagnostics.filter { $0.severity == .error }.map(\.message)
  }

  @Test("are told apart before a run begins, whatever they are names of")
  func taken() {
    func message(_ name: String) -> [String] { ["the result has something else called `\(name)`"] }
    #expect(names("record: {every: 1 h, variables: [status]}") == message("status"))
    #expect(
      names("reduce: {verdict: max(status)}\nverdict: [a: verdict > 1, otherwise: b]")
        == message("verdict"))
    let sweep = "sweep: {design: random, samples: 3, parameters: {run: [1 /h, 2 /h]}}"
    #expect(names("reduce: {peak: max(status)}\n" + sweep) == message("run"))
  }

  @Test("are told where the parameter of individuals or of a sweep is")
  func places() {
    let individuals = "individuals: {count: 3, parameters: {run: {uniform: [1 /h, 2 /h]}}}"
    #expect(names("reduce: {peak: max(status)}\n" + individuals) == [])
    #expect(
      names("reduce: {run: max(status)}\n" + individuals) == [
        "the result has something else called `run`"
      ])
  }

  @Test("are free where the result does not need them")
  func free() {
    #expect(
      names("reduce: {verdict: max(status), spikes: min(status), statistic: max(status)}") == [])
    #expect(names("reduce: {run: max(status)}") == [])
    let grid = "sweep: {design: grid, parameters: {run: {values: [1 /h, 2 /h]}}}"
    #expect(names("reduce: {peak: max(status)}\n" + grid) == [])
  }
}
