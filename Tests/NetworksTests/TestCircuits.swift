import Diagnostics
import ModelLanguage
import Networks
import Units

/// Circuits put together by hand, so that these tests do not depend on the language of circuits.
enum TestCircuits {
  static func declaration(_ path: String) -> Declaration {
    Declaration(path: path, unit: .one, range: SourceFile(path: "test", text: "").range)
  }

  /// A cell written as a component; inputs whose names are given take other roles.
  static func cell(_ text: String, roles: [String: Input.Role] = [:]) -> Model {
    let (model, diagnostics) = loadModel(SourceFile(path: "cell.model", text: text)) { _, _ in
      .failure(.notFound)
    }
    guard var model else {
      fatalError(diagnostics.map { $0.message }.joined(separator: "\n"))
    }
    for index in model.inputs.indices {
      if let role = roles[model.inputs[index].declaration.path] { model.inputs[index].role = role }
    }
    return model
  }

  static func input(_ path: String, of cell: Model) -> Int {
    cell.inputs.firstIndex { $0.declaration.path == path } ?? -1
  }

  static func state(_ path: String, of cell: Model) -> Int {
    cell.states.firstIndex { $0.declaration.path == path } ?? -1
  }

  static func parameter(_ path: String, of cell: Model) -> Int {
    cell.parameters.firstIndex { $0.declaration.path == path } ?? -1
  }

  /// `state = state + input` when something arrives.
  static func adding(_ input: String, to state: String, of cell: Model) -> Receiver {
    let input = self.input(input, of: cell)
    let state = self.state(state, of: cell)
    return Receiver(
      declaration: declaration("receiver"), input: input,
      assignments: [(state, .binary(.add, .state(state), .input(input)))])
  }

  static let cobahhText = """
    component Cell {
      parameter C = 200 pF assumed "W1"
      parameter g_L = 10 nS assumed "W1"
      parameter E_L = -60 mV assumed "W1"
      parameter g_Na = 20000 nS assumed "W1"
      parameter E_Na = 50 mV assumed "W1"
      parameter g_K = 6000 nS assumed "W1"
      parameter E_K = -90 mV assumed "W1"
      parameter V_T = -63 mV assumed "W1"
      parameter tau_e = 5 ms assumed "W1"
      parameter tau_i = 10 ms assumed "W1"
      parameter E_e = 0 mV assumed "W1"
      parameter E_i = -80 mV assumed "W1"
      input excitation : nS = 0 nS
      input inhibition : nS = 0 nS
      state V = -65 mV
      state m, h, n : 1 = 0
      state g_e, g_i : nS = 0 nS
      quantity u : 1 = (V - V_T)/(1 mV)
      V' = (g_L*(E_L - V) + g_e*(E_e - V) + g_i*(E_i - V)
        - g_Na*m^3*h*(V - E_Na) - g_K*n^4*(V - E_K))/C
      quantity a_m : /ms = 1.28 /ms*linoid((13 - u)/4)
      quantity b_m : /ms = 1.4 /ms*linoid((u - 40)/5)
      quantity a_h : /ms = 0.128 /ms*exp((17 - u)/18)
      quantity b_h : /ms = 4 /ms/(1 + exp((40 - u)/5))
      quantity a_n : /ms = 0.16 /ms*linoid((15 - u)/5)
      quantity b_n : /ms = 0.5 /ms*exp((10 - u)/40)
      m' = a_m*(1 - m) - b_m*m
      h' = a_h*(1 - h) - b_h*h
      n' = a_n*(1 - n) - b_n*n
      g_e' = -g_e/tau_e
      g_i' = -g_i/tau_i
      event spike when V rises through -20 mV { }
    }
    """

  /// The network of Brette et al. (2007), benchmark 3, at any size.
  static func cobahh(_ count: Int) -> Circuit {
    var cell = cell(cobahhText, roles: ["excitation": .arrivals, "inhibition": .arrivals])
    cell.events[0].needsCrossing = false
    cell.events[0].refractoryTime = .number(3e-3)
    func normal(_ path: String, _ mean: Double, _ deviation: Double) -> Variation {
      Variation(
        target: .initialState(state(path, of: cell)),
        law: .normal(mean: .number(mean), standardDeviation: .number(deviation)),
        declaration: declaration(path))
    }
    let variations = [
      normal("V", -65e-3, 5e-3), normal("g_e", 40e-9, 15e-9), normal("g_i", 200e-9, 120e-9),
    ]
    let receivers = [
      adding("excitation", to: "g_e", of: cell), adding("inhibition", to: "g_i", of: cell),
    ]
    let excitatory = count * 4 / 5
    let populations = [("e", excitatory), ("i", count - excitatory)].map { name, size in
      Population(
        declaration: declaration(name), size: .number(Double(size)), cell: cell, spike: 0,
        variations: variations, receivers: receivers)
    }
    var projections: [Projection] = []
    for (source, weight) in [(0, 6e-9), (1, 67e-9)] {
      for target in 0..<2 {
        projections.append(
          Projection(
            declaration: declaration("p\(source)\(target)"), source: source, target: target,
            signal: .spikes(receiver: source), rule: .random(probability: .number(0.02)),
            allowsAutapses: true, weight: .formula(.number(weight)), delay: .formula(.number(0)),
            weightDeclaration: declaration("weight"), delayDeclaration: declaration("delay")))
      }
    }
    return Circuit(name: "cobahh", populations: populations, projections: projections)
  }
}
