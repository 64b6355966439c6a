import Diagnostics
import Testing

@testable import ModelLanguage

/// Names that are symbols of units too.
@Suite("Units and names")
struct UnitOrNameTests {
  /// A model whose parameters have the symbols of a volume, a duration and a pure number.
  private func model(_ lines: String) -> String {
    """
    model M {
      parameter L = 1.5 L in 1 L ... 2 L  assumed "a volume"
      parameter d = 2 d                   assumed "a duration"
      parameter h = 3                     assumed "a pure number"
      parameter V = 7 mV                  assumed "a potential"
      \(lines)
    }
    """
  }

  private func value(_ lines: String) throws -> Double {
    let model = try elaborated(model(lines))
    let parameters = model.parameters.map { parameter in
      parameter.defaultValue.value(in: ExpressionValues(parameters: []))
    }
    let quantity = try #require(model.quantities.last)
    return quantity.value.value(in: ExpressionValues(parameters: parameters))
  }

  private static let sourced: [(String, Double)] = [
    ("0.5 /d", 0.5 / 86_400), ("3 L/d", 3e-3 / 86_400), ("10 mg/L", 10e-3), ("-10 mg/L", -10e-3),
    ("3.6 mg/h", 1e-9), ("5 h", 18_000), ("3.6 mg /h", 1e-9), ("86.4 mg/L/d", 1e-6),
  ]

  @Test("a number with a source has a unit, whatever names there are", arguments: sourced)
  func numbers(text: String, value: Double) throws {
    let model = try elaborated(model("parameter x = \(text) assumed \"an example\""))
    let last = try #require(model.parameters.last)
    #expect(last.defaultValue == .number(value))
  }

  @Test("bounds of ranges and starts of states have units too")
  func boundsAndStarts() throws {
    let model = try elaborated(
      model(
        """
        parameter c = 2 mg/L in 1 mg/L ... 4 mg/L  assumed "an example"
          state y : mg/L = 3 mg/L
          y' = -y*0.5 /d
        """))
    #expect(model.parameters.last?.allowed == 1e-3...4e-3)
    #expect(model.states[0].initialValue == .number(3e-3))
  }

  @Test("in a formula each of two readings has its own spelling")
  func spellings() throws {
    #expect(try value("output x = 3.6 mg /h") == 1e-9)
    #expect(try value("output x = (2 mg)/h") == 2e-6 / 3)
    #expect(try value("output x = 5 /d") == 5.0 / 86400)
    #expect(try value("output x = 5 / d") == 5.0 / 172800)
    #expect(try value("output x = 6/h") == 2)
    #expect(try value("output x = 1 / V") == 1 / 7e-3)
  }

  @Test("behind `*` the name is meant")
  func products() throws {
    #expect(try value("output x = 2*h") == 6)
    #expect(try value("output x = 5 /ms*V") == 5000 * 7e-3)
  }

  @Test(
    "what has two readings is refused",
    arguments: [
      "output x = 2 mg/h", "output x = 2 mg / h", "output x = 2 mg/h*(1 + h)", "output x = 3*1/d",
      "output x = 1/d^2", "parameter x = 2 mg/h derived", "parameter x = 2 A*h assumed \"a\"",
      "parameter x = 2*2 mg/L assumed \"a\"", "parameter x = 12/h assumed \"a\"",
      "function f(g) = 2 mg/g", "quantity x = if 1 mg/L > 0 mg/L then 1 else 2",
    ])
  func refused(line: String) {
    #expect(ids(model(line)).contains("unit-or-name"))
  }

  @Test("a printed file has the readings of the original")
  func printing() throws {
    let text = model(
      """
      parameter x = 10 mg/L assumed "an example"
        output y = 2 mg /h + (2 mg)/h*(1 /h) + (1 / d)*(1 mg)
      """)
    let first = parse(SourceFile(path: "a.model", text: text)).syntax
    let second = parse(SourceFile(path: "b.model", text: SyntaxPrinter().text(of: first)))
    #expect(second.diagnostics.isEmpty)
    #expect(SyntaxPrinter().text(of: second.syntax) == SyntaxPrinter().text(of: first))
    #expect(SyntaxPrinter().text(of: first).contains("2 mg /h + (2 mg) / h"))
  }
}
