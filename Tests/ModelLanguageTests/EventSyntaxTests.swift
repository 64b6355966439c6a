import Diagnostics
import Testing

@testable import ModelLanguage

/// What a model says about its events.
@Suite("Syntax of events")
struct EventSyntaxTests {
  private func event(_ trigger: String) throws -> (model: Model, event: Event) {
    let model = try elaborated(
      """
      model M {
        parameter wait = 3 s  assumed "an example"
        state V = 0 mV
        state w = 0
        V' = 1 mV/s
        w' = 0 /s
        event change when \(trigger) { w = w + 1 }
      }
      """)
    return (model, try #require(model.events.first))
  }

  @Test(
    "a crossing is a condition that holds on the threshold and beyond",
    arguments: [("rises", ">="), ("falls", "<=")])
  func crossing(verb: String, comparison: String) throws {
    let (model, event) = try event("V \(verb) through 2 mV")
    let symbol = try #require(Expression.Condition.Comparison(rawValue: comparison))
    #expect(event.condition == .comparison(symbol, .state(0), .number(0.002)))
    #expect(event.function == .binary(.subtract, .state(0), .number(0.002)))
    #expect(event.direction == (verb == "rises" ? .rising : .falling))
    #expect(!event.happensAtStart && event.delay == nil && event.needsCrossing)
    #expect(model.text(of: event) == "V \(verb) through 0.002")
  }

  @Test("the margin of a condition rises where it becomes true")
  func margins() throws {
    let above = Expression.binary(.subtract, .state(0), .number(0.002))
    let below = Expression.binary(.subtract, .number(1), .state(1))
    let cases: [(String, Expression)] = [
      ("V > 2 mV", above), ("V >= 2 mV", above), ("w < 1", below), ("w <= 1", below),
      ("V > 2 mV and w < 1", .call(.min, [above, below])),
      ("V > 2 mV or w < 1", .call(.max, [above, below])), ("not w < 1", .negate(below)),
    ]
    for (text, margin) in cases {
      let (model, event) = try event(text)
      #expect(event.function == margin, "\(text)")
      #expect(event.direction == .rising && event.needsCrossing, "\(text)")
      #expect(event.condition.margin == margin, "\(text)")
      #expect(model.text(of: event).contains("0.002") == text.contains("mV"))
    }
  }

  @Test("`at start` and `after` follow the condition in either order")
  func startAndDelay() throws {
    for text in ["at start after 2*wait + 1 s", "after 2*wait + 1 s at start"] {
      let (model, event) = try event("V > 2 mV and w < 1 \(text)")
      #expect(event.happensAtStart)
      let delay = try #require(event.delay)
      #expect(delay.value(in: ExpressionValues(parameters: [3])) == 7)
      #expect(model.text(of: event).hasSuffix("at start after 2.0 * wait + 1.0"))
    }
    let (_, crossing) = try event("V rises through 2 mV after wait")
    #expect(crossing.delay == .parameter(0) && !crossing.happensAtStart)
  }

  @Test("`at`, `after` and `start` are names elsewhere")
  func contextualWords() throws {
    let model = try elaborated(
      """
      model M {
        parameter at = 1   assumed "a name"
        parameter after = 2 assumed "a name"
        state start = 0
        start' = at*after/(1 s)
        event reset when start > after + at after 1 s { start = 0 }
      }
      """)
    #expect(model.events[0].delay == .number(1))
  }

  @Test("a spike by comparison is beyond its threshold, with several conditions too")
  func spikes() throws {
    func spike(_ condition: String) throws -> Event {
      let text = """
        neuron Cell {
          state V = -65 mV
          state w = 0
          V' = 1 mV/ms
          w' = 0 /s
          event spike when \(condition) refractory 2 ms { V = -65 mV }
        }
        circuit Net { population cells : Cell[2] }
        """
      let (loaded, diagnostics) = load(SourceFile(path: "test.model", text: text)) { _, _ in
        .failure(.notFound)
      }
      #expect(diagnostics.isEmpty, "\(DiagnosticPrinter().text(of: diagnostics))")
      guard case .circuit(let circuit)? = loaded else { throw NoCircuit() }
      return try #require(circuit.populations[0].cell.events.first)
    }
    let below = try spike("V < -70 mV")
    #expect(below.direction == .falling && !below.needsCrossing)
    #expect(below.condition == .comparison(.less, .state(0), .number(-0.07)))
    let both = try spike("V > -50 mV and w < 1")
    #expect(both.direction == .rising && !both.needsCrossing)
    #expect(
      both.function
        == .call(
          .min,
          [
            .binary(.subtract, .state(0), .number(-0.05)),
            .binary(.subtract, .number(1), .state(1)),
          ]))
    let crossing = try spike("V rises through -50 mV")
    #expect(crossing.needsCrossing)
  }

  private struct NoCircuit: Error {}
}
