import Diagnostics
import Testing

@testable import ModelLanguage

/// What is said of rates that are 0/0 at a voltage.
@Suite("Hints at singular rates")
struct SingularRateHintTests {
  /// What is said of the derivative of `m`, whose opening rate is given.
  private func hint(_ rate: String) throws -> String {
    let source = SourceFile(
      path: "test.model",
      text: """
        model M {
          state V : mV = -40 mV
          state m = 0
          quantity x = (V + 40 mV)/(10 mV)
          quantity opening : /ms = \(rate)
          V' = 0 mV/ms
          m' = opening*(1 - m) - m/(1 ms)
        }
        """)
    let (loaded, diagnostics) = load(source) { _, _ in .failure(.notFound) }
    guard case .model(let model)? = loaded else {
      Issue.record("\(diagnostics.map(\.message))")
      return ""
    }
    return SingularRateHint.text(for: model.states[1].derivative, named: "m'", in: model)
  }

  @Test(
    "quotients that are 0/0 where an exponent is 0 are named with their rate",
    arguments: [
      "1 /ms*x/(1 - exp(-x))", "1 /ms*x/(exp(x) - 1)", "0.1 /ms*x/(2*(1 - exp(-x)))",
      "1 /ms*x/expm1(x)", "-1 /ms*x/(exp(-x) - 1)", "1 /ms*x/(-exp(x) + 1)",
    ])
  func singular(_ rate: String) throws {
    let text = try hint(rate)
    #expect(text.contains("linoid"))
    #expect(text.contains("exprel"))
    #expect(text.contains("`opening`"))
  }

  @Test(
    "others are not said to be",
    arguments: [
      "1 /ms*linoid(-x)", "1 /ms/(1 + exp(-x))", "1 /ms*log(x)", "1 /ms/x",
      "1 /ms*x/(2 - exp(-x))", "1 /ms*(1 - exp(-x))",
    ])
  func regular(_ rate: String) throws {
    let text = try hint(rate)
    #expect(!text.contains("linoid"))
    #expect(text.contains("m' = "))
  }
}
