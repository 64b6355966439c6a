import Diagnostics
import Testing
import Units

@testable import ModelLanguage

/// Elaborates a text that is right.
func elaborated(
  _ text: String, location: SourceLocation = #_sourceLocation
) throws -> Model {
  let (model, diagnostics) = loadModel(SourceFile(path: "test.model", text: text)) { _, _ in
    .failure(.notFound)
  }
  #expect(
    diagnostics.isEmpty, "\(DiagnosticPrinter().text(of: diagnostics))", sourceLocation: location)
  return try #require(model, sourceLocation: location)
}

/// The ids of what is said of a text.
func ids(_ text: String) -> [String] {
  loadModel(SourceFile(path: "test.model", text: text)) { _, _ in .failure(.notFound) }
    .diagnostics.map(\.id)
}

@Suite("Elaboration")
struct ElaborationTests {
  @Test("every construct has its place in the model")
  func everything() throws {
    let model = try elaborated(everyConstruct)
    #expect(model.name == "Whole")
    #expect(model.documentation == "The whole.")
    #expect(
      model.parameters.map(\.declaration.path)
        == ["drug.weight", "drug.volume", "drug.k", "receptor.factor"])
    #expect(
      model.states.map(\.declaration.path) == [
        "drug.depot", "drug.amount_in", "receptor.R", "receptor.A", "receptor.B", "receptor.C", "V",
      ])
    #expect(model.routes.map(\.declaration.path) == ["drug.oral", "drug.intravenous"])
    #expect(model.events.map(\.declaration.path) == ["spike", "silence", "both"])
    #expect(model.parameters[2].provenance == .assumed("faster"))
    #expect(model.parameters[0].allowed == 30...150)
    #expect(
      model.inputs.map(\.declaration.path) == [
        "drug.warmth", "drug.oral.depot.rate", "drug.intravenous.amount_in.rate",
      ])
  }

  @Test("numbers are in SI and units as they are declared")
  func units() throws {
    let model = try elaborated(
      "model M {\n  state V : mV = -65 mV\n  V' = 0\n  parameter k = 6 /min assumed \"a\"\n}")
    #expect(model.states[0].initialValue == .number(-0.065))
    #expect(model.states[0].declaration.unit.symbol == "mV")
    #expect(model.parameters[0].defaultValue == .number(0.1))
    #expect(model.parameters[0].declaration.unit.symbol == "1/min")
  }

  @Test("quantities come after those that they use")
  func order() throws {
    let model = try elaborated(
      "model M {\n  output c = b + 1\n  quantity b = 2*a\n  quantity a = time/(1 s)\n}")
    #expect(model.quantities.map(\.declaration.path) == ["a", "b", "c"])
    for (index, quantity) in model.quantities.enumerated() {
      #expect(quantity.value.references.quantities.allSatisfy { $0 < index })
    }
  }

  @Test("a wired input is a quantity, and an input that nothing wires stays one")
  func inputs() throws {
    let model = try elaborated(
      """
      component Part {
        input x : mV
        input y = 3
        output z = x*y
      }
      model M {
        instance part : Part { x = 2 mV*part2 }
        parameter part2 = 1 assumed "a"
      }
      """)
    #expect(model.inputs.map(\.declaration.path) == ["part.y"])
    #expect(model.quantities.map(\.declaration.path) == ["part.x", "part.z"])
  }

  @Test("an override follows the parameters of the enclosing component")
  func overrides() throws {
    let model = try elaborated(
      """
      component Part {
        parameter a = 1 assumed "a"
        parameter b = 2*a derived
        output c = b
      }
      model M {
        parameter outer = 5 assumed "a"
        instance part : Part { a = 3*outer derived }
      }
      """)
    var values = [Double](repeating: .nan, count: model.parameters.count)
    for _ in values.indices {
      for (index, parameter) in model.parameters.enumerated() {
        values[index] = parameter.defaultValue.value(in: ExpressionValues(parameters: values))
      }
    }
    #expect(model.parameters.map(\.declaration.path) == ["outer", "part.a", "part.b"])
    #expect(values == [5, 15, 30])
  }

  @Test("a scheme moves its states by one shared flux")
  func scheme() throws {
    let model = try elaborated(
      """
      model M {
        parameter k = 3 /s assumed "a"
        state A = 1
        state B, C = 0
        scheme move {
          A <-> B : k, 2*k
          2 B -> 2 C : k
        }
      }
      """)
    #expect(model.quantities.map(\.declaration.path) == ["move.flux1", "move.flux2"])
    let k = Expression.parameter(0)
    let forward = Expression.binary(.multiply, k, .state(0))
    let backward = Expression.binary(
      .multiply, .binary(.multiply, .number(2), k), .state(1))
    #expect(model.quantities[0].value == .binary(.subtract, forward, backward))
    #expect(model.states[0].derivative == .negate(.quantity(0)))
    #expect(
      model.states[1].derivative
        == .binary(
          .subtract, .quantity(0), .binary(.multiply, .number(2), .quantity(1))))
  }

  @Test("a chain of reactions conserves the sum of its states")
  func conservation() throws {
    let model = try elaborated(
      """
      model M {
        input drug : uM = 0 uM
        state R = 1
        state A, B = 0
        scheme {
          R + drug <-> A : 1 /uM/s, 5 /s
          A <-> B : 1 /s, 5 /s
        }
      }
      """)
    #expect(model.conservations.count == 1)
    #expect(model.conservations[0].terms.map(\.state) == [0, 1, 2])
    #expect(model.conservations[0].terms.map(\.weight) == [1, 1, 1])
  }

  @Test("functions are inlined, and see only their arguments")
  func functions() throws {
    let model = try elaborated(
      """
      function square(x) = x*x
      model M {
        parameter x = 4 mV assumed "a"
        output y = square(square(x))
      }
      """)
    let x = Expression.parameter(0)
    let once = Expression.binary(.multiply, x, x)
    #expect(model.quantities[0].value == .binary(.multiply, once, once))
    #expect(model.quantities[0].declaration.unit.dimensions == dimensions("V^4"))
  }

  private func dimensions(_ text: String) -> Dimensions? {
    try? PhysicalUnit(parsing: text).dimensions
  }

  @Test("a unit behind a number wins over a name, and a name wins elsewhere")
  func unitsAndNames() throws {
    let model = try elaborated(
      """
      model M {
        parameter h = 3 assumed "a"
        parameter s = 2 s assumed "a"
        output a = 5 h
        output b = 2*h
        output c = 5 /s
        output d = 5 / s
        output e = 1 mV * h
      }
      """)
    #expect(model.quantities[0].value == .number(18_000))
    #expect(model.quantities[1].value == .binary(.multiply, .number(2), .parameter(0)))
    let quotient = Expression.binary(.divide, .number(5), .parameter(1))
    #expect(model.quantities[2].value == .number(5))
    #expect(model.quantities[3].value == quotient)
    #expect(model.quantities[4].value == .binary(.multiply, .number(0.001), .parameter(0)))
  }

  @Test("a bare 0 fits everything, and other bare numbers are pure")
  func zero() {
    #expect(ids("model M {\n  parameter a = 1 mV assumed \"a\"\n  output b = max(a, 0)\n}").isEmpty)
    #expect(
      ids("model M {\n  parameter a = 1 mV assumed \"a\"\n  output b = max(a, 1)\n}")
        == ["missing-unit"])
  }

  @Test("a bare 0 in the place of a value keeps the dimensions of that value")
  func zeroOverride() throws {
    let text = """
      component Membrane {
        parameter whole = 2*part  derived
        parameter part = 3 nS/pF  assumed "a"
        output rate : /ms = part + whole
      }
      model M {
        instance first : Membrane { part = 0  assumed "a" }
        instance second : Membrane { whole = 0  assumed "a" }
        output sum = first.rate + second.rate
      }
      """
    let model = try elaborated(text)
    #expect(model.parameters.allSatisfy { $0.declaration.unit.dimensions == .none / .time })
    #expect(try model.value(of: "first.whole") == 0 && model.value(of: "second.whole") == 0)
    #expect(
      ids(text.replacing("part = 0 ", with: "part = 1 ")).contains("unit-mismatch"))
  }

  @Test("a bare 0 for a population's parameter or a start keeps the dimensions")
  func zeroInPopulation() {
    #expect(
      ids(
        """
        component Membrane {
          parameter g = 3 nS/pF  assumed "a"
          output rate : /ms = g
        }
        neuron Cell {
          instance membrane : Membrane
          state V = -60 mV
          V' = -membrane.rate*V
          event spike when V > -40 mV { V = -60 mV }
        }
        circuit C {
          population cells : Cell[10] {
            membrane.g = 0  assumed "none"
            V = 0
          }
        }
        """
      ).isEmpty)
  }

  @Test("a statement goes on where the next line can only continue it")
  func continuation() throws {
    let model = try elaborated(
      """
      model M {
        parameter a = 1
          + 2
          in 0
            ... 5
          assumed "a"
        output b = if a > 1
          then a
          else -a
      }
      """)
    #expect(model.parameters[0].defaultValue.value(in: ExpressionValues(parameters: [])) == 3)
  }

  @Test("the order of operators is that of mathematics")
  func precedence() throws {
    let values: [(String, Double)] = [
      ("2 + 3*4", 14), ("-2^2", -4), ("2^3^2", 512), ("2^-1", 0.5), ("8/4/2", 1), ("7 - 2 - 1", 4),
      ("2*-3", -6), ("(1 + 2)*3", 9), ("if 1 < 2 and not 2 < 1 or 1 == 2 then 5 else 6", 5),
      ("min(3, 1, 2)", 1), ("max(3, 1, 5)", 5), ("clamp(7, 0, 1)", 1), ("hill(3, 3, 4)", 0.5),
      ("sigmoid(0)", 0.5), ("exprel(0)", 1), ("linoid(0)", 1), ("sign(-3)", -1), ("cbrt(1)", 1),
      ("sqrt(16 m^2)/(1 m)", 4), ("abs(-2)", 2), ("floor(2.7) + ceil(2.2)", 5), ("50 %", 0.5),
    ]
    for (text, value) in values {
      let model = try elaborated("model M {\n  output x = \(text)\n}")
      let number = model.quantities[0].value.value(in: ExpressionValues(parameters: []))
      #expect(number == value, "\(text)")
    }
  }
}
