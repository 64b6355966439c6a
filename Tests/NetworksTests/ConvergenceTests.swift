import Foundation
import ModelLanguage
import Networks
import Programs
import Solvers
import Testing

@Suite("Order of the methods for cells")
struct CellConvergenceTests {
  /// Hodgkin and Huxley's cell with a constant current; one run of it lasts 50 ms.
  static let hodgkinHuxley = """
    neuron HodgkinHuxley {
      parameter C = 1 uF/cm^2      source "Hodgkin & Huxley 1952"
      parameter I = 10 uA/cm^2     assumed "test"
      state V = -65 mV
      state m = 0.05
      state h = 0.6
      state n = 0.32
      quantity v = V/(1 mV)
      V' = (I - 120 mS/cm^2*m^3*h*(V - 50 mV) - 36 mS/cm^2*n^4*(V + 77 mV)
        - 0.3 mS/cm^2*(V + 54.387 mV))/C
      m' = 1 /ms*linoid(-(v + 40)/10)*(1 - m) - 4 /ms*exp(-(v + 65)/18)*m
      h' = 0.07 /ms*exp(-(v + 65)/20)*(1 - h) - 1 /ms/(1 + exp(-(v + 35)/10))*h
      n' = 0.1 /ms*linoid(-(v + 55)/10)*(1 - n) - 0.125 /ms*exp(-(v + 65)/80)*n
      event spike when V rises through 0 mV
    }
    circuit One { population cell : HodgkinHuxley[1] { } }
    """

  private func spikeTimes(_ method: CellMethod, steps: Int) throws -> [Double] {
    let circuit = try TestCircuits.circuit(Self.hodgkinHuxley)
    let run = try TestCircuits.run(
      circuit, step: 0.05 / Double(steps), until: steps, method: method)
    return run.takeSpikes(of: 0).times
  }

  @Test(
    "spike times converge at the order of the method",
    arguments: [
      (CellMethod.exponentialEuler, 1.0), (.exponentialMidpoint, 2.0), (.heun, 2.0),
    ])
  func order(method: CellMethod, expected: Double) throws {
    // Against the same cell at a step a hundred times smaller by the method of order 2, which
    // agrees with an adaptive solution at 1e-10 (see the validation of the cell).
    let reference = try spikeTimes(.exponentialMidpoint, steps: 512_000)
    #expect(reference.count == 4)
    let counts = [4000, 8000, 16_000]
    let errors = try counts.map { count in
      let times = try spikeTimes(method, steps: count)
      #expect(times.count == reference.count)
      return zip(times, reference).map { abs($0 - $1) }.max() ?? .nan
    }
    let orders = zip(errors, errors.dropFirst()).map { log2($0 / $1) }
    for order in orders { #expect(abs(order - expected) < 0.25, "orders \(orders)") }
  }
}
