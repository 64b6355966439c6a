import Diagnostics
import ModelLanguage
import Testing
import Units

@Suite("Syntax printer")
struct SyntaxPrinterTests {
  /// The tree of an expression in full parentheses, without places.
  private func shape(_ expression: ExpressionSyntax) -> String {
    switch expression {
    case .number(let number): "<\(number.literal)|\(number.unit?.unit?.symbol ?? "")>"
    case .name(let path): path.text
    case .negate(let operand, _): "[neg \(shape(operand))]"
    case .not(let operand, _): "[not \(shape(operand))]"
    case .binary(let symbol, let left, let right):
      "[\(shape(left)) \(symbol.symbol.rawValue) \(shape(right))]"
    case .call(let name, let arguments, _):
      "[\(name.text): \(arguments.map { shape($0) }.joined(separator: "; "))]"
    case .conditional(let condition, let then, let otherwise, _):
      "[if \(shape(condition)) \(shape(then)) \(shape(otherwise))]"
    }
  }

  private func parsed(_ text: String) throws -> ExpressionSyntax {
    let source = "model M {\n  parameter s = 1 derived\n  quantity x = \(text)\n}\n"
    let (syntax, diagnostics) = parse(SourceFile(path: "a.model", text: source))
    #expect(diagnostics.isEmpty, "\(DiagnosticPrinter().text(of: diagnostics))")
    let declaration = try #require(syntax.components.first?.declarations.last)
    guard case .quantity(let quantity) = declaration.kind else {
      throw WrongShape()
    }
    return quantity.value
  }

  private struct WrongShape: Error {}

  @Test("what is printed parses to the same tree", arguments: 0..<500)
  func identity(seed: Int) throws {
    var random = RandomText(seed: seed)
    let first = try parsed(random.expression(depth: 5))
    let printed = SyntaxPrinter().text(of: first)
    let second = try parsed(printed)
    #expect(shape(first) == shape(second), "\(printed)")
  }

  @Test(
    "prints no more parentheses than needed",
    arguments: [
      "-62 mV", "a + b*2", "(a + b) * 2", "a - (b - 1)", "a / (b / 2)", "2^(3^2)", "(-a)^2", "-a^2",
      "(5 mV) * s", "5 mV * a", "if a < b then 1 else 2", "1 + (if a < b then 1 else 2)",
      "not a < b", "a and b or not a", "5 / s",
    ])
  func parentheses(text: String) throws {
    let expected = text == "a + b*2" ? "a + b * 2" : text
    if text.contains("and") || text.hasPrefix("not") {
      let whole = "if \(text) then 1 else 2"
      #expect(SyntaxPrinter().text(of: try parsed(whole)) == whole)
    } else {
      #expect(SyntaxPrinter().text(of: try parsed(text)) == expected)
    }
  }

  @Test("a whole file is printed as a fixed point, with every construct")
  func wholeFile() {
    let first = parse(SourceFile(path: "a.model", text: everyConstruct))
    #expect(first.diagnostics.isEmpty, "\(DiagnosticPrinter().text(of: first.diagnostics))")
    let printed = SyntaxPrinter().text(of: first.syntax)
    let second = parse(SourceFile(path: "b.model", text: printed))
    #expect(second.diagnostics.isEmpty, "\(DiagnosticPrinter().text(of: second.diagnostics))")
    #expect(SyntaxPrinter().text(of: second.syntax) == printed)
    #expect(second.syntax.items.count == first.syntax.items.count)
    #expect(
      second.syntax.components.map(\.declarations.count)
        == first.syntax.components.map(\.declarations.count))
  }
}

/// A model that uses every construct of the language.
let everyConstruct = """
  /// A gate.
  function gate(V : mV, half : mV, slope : mV) : 1 = 1/(1 + exp((half - V)/slope))

  /// A drug.
  /// With two lines.
  component Drug {
    parameter weight = 70 kg in 30 kg ... 150 kg source "a \\"paper\\""
    parameter volume = 0.5 L/kg * weight derived
    parameter k : 1/h = 0.3 /h
      in 0 ... 2 /h
      assumed "a choice"
    input warmth = 1
    state depot, amount_in : mg = 0
    depot' = -k*warmth*depot
    amount_in' = k*depot
      - k*amount_in
    output plasma : ng/mL = amount_in/volume
    route oral { into depot fraction 0.8 over 10 min + 5 min lag 5 min }
    route intravenous {
      into amount_in fraction if amount > 100 mg then 0.9 else 1
    }
  }

  component Receptor {
    input drug, agonist : ng/mL
    function local(x) = 2*x*factor
    parameter factor = 1.5 assumed "a choice"
    state R = 1
    state A, B = 0
    scheme binding {
      R + agonist <-> A : 0.1 mL/ng/s, 5 /s
      A + drug -> B : 1 mL/ng/s
      2 B -> 2 R : 3 /s
      conserve R + A + B = 1
    }
    scheme { 0 -> C : 1 /s  }
    state C = 0
    output open = local(A) + clamp(B, 0, 1) + hill(agonist, 5 ng/mL, 2) + sigmoid(B)
  }

  /// The whole.
  model Whole {
    instance drug : Drug { k = 0.4 /h assumed "faster" }
    instance receptor : Receptor {
      drug = drug.plasma
      agonist = 2*drug.plasma + 1 ng/mL
    }
    state V : mV = -65 mV
    V' = (-65 mV - V)/(10 ms) * gate(V, -40 mV, 5 mV) * (1 + receptor.open)
      + 20 mV/s
    event spike when V rises through -20 mV {
      V = -70 mV
    }
    event silence when V falls through -80 mV { V = if time > 1 min and not V > 0 then V else -65 mV }
    event both when V > -20 mV and not (V > 0 or time < 1 s) at start after 2 ms + 1 ms { V = 0 }
    quantity distance : mV = abs(V - -65 mV)
  }
  """
